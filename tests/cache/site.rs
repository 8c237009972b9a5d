//! A site whose settings say which cache it has.

use hyper_core::cache::DatabaseCache;
use hyperdjango::db::{Db, Sql};
use hyperdjango::db::{Executor, Reader};
use hyperdjango::prelude::*;
use hyperdjango::test::{Client, LiveServer};

use crate::until;

#[post("/visits")]
async fn visit(cache: &Cache) -> Result<String> {
    cache.add("visits", &0, 60).await?;
    Ok(cache.incr("visits", 1).await?.unwrap_or_default().to_string())
}

#[get("/visits")]
async fn visits(cache: &Cache) -> Result<String> {
    Ok(format!("{:?}", cache.get::<i64>("visits").await?))
}

routes! { Urls: visit, visits }

#[derive(App)]
#[app(routes = Urls)]
struct Site {
    db: Db,
    cache: Cache,
}

const DATABASE: &[(&str, &str)] =
    &[("CACHE_BACKEND", "database"), ("CACHE_TABLE", "pages"), ("CACHE_KEY_PREFIX", "site")];

/// Each of these counts from 1, as what the other did is rolled back.
async fn counts() {
    let client = Client::<Site>::start(DATABASE).await;
    for n in 1..=3 {
        client.post(visit::url()).await.expect(200).expect_text(&n.to_string());
    }
    client.get(visits::url()).await.expect_text("Some(3)");
    let rows = Sql::new("SELECT key FROM pages");
    let mut keys = Vec::new();
    let each = |row: &hyperdjango::db::Row| {
        keys.push(row.try_get::<_, String>(0)?);
        Ok(())
    };
    client.db().read(rows, &[], each).await.unwrap();
    assert_eq!(keys, ["site:v1:visits"]);
    // Its table may go in a test, too.
    client.db().execute_batch("DROP TABLE pages").await.unwrap();
    client.get(visits::url()).await.expect_text("None");
    client.post(visit::url()).await.expect_text("1");
    // Bounds are not looked at.
    DatabaseCache::new(client.db().clone()).table("pages").sweep().await.unwrap();
}

#[hyperdjango::test]
async fn a_test_counts() {
    counts().await;
}

#[hyperdjango::test]
async fn another_test_counts_as_well() {
    counts().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn instances_share_a_cache_of_two_layers() {
    let database = hyper_tests::postgres();
    let settings =
        [("DATABASE_URL", database.url()), ("CACHE_BACKEND", "two_tier"), ("CACHE_L1_TTL", "3600")];
    let one = LiveServer::<Site>::with_settings(&settings).await;
    let two = LiveServer::<Site>::with_settings(&settings).await;
    let (one, two) = (&one.app().cache, &two.app().cache);
    one.set("a", &1, 3600).await.unwrap();
    assert_eq!(two.get::<i32>("a").await.unwrap(), Some(1));
    one.set("a", &2, 3600).await.unwrap();
    until("it to be heard", async || two.get::<i32>("a").await.unwrap() == Some(2)).await;
    let names: Vec<String> = one.stats().into_iter().map(|layer| layer.name).collect();
    assert_eq!(names, ["two_tier", "two_tier/l1/loc_mem", "two_tier/l2/database"]);
    // The pool of the site, and no other one.
    let elsewhere = Db::new(database.url().parse().unwrap());
    let mut listen = 0_i64;
    let sql = Sql::new(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
         AND application_name LIKE '% (listens)'",
    );
    elsewhere
        .read(sql, &[], |row| {
            listen = row.try_get(0)?;
            Ok(())
        })
        .await
        .unwrap();
    assert_eq!(listen, 2);
}

#[tokio::test]
async fn what_cannot_be_is_said() {
    let settings = Settings::from_pairs([("CACHE_BACKEND", "disk")]).unwrap();
    let error = <Cache as Component>::start(&settings).await.unwrap_err();
    let error = format!("{error:?}");
    assert!(error.contains("CACHE_BACKEND") && error.contains("two_tier"), "{error}");
}
