//! The table of a cache: what goes from it by itself, and how it comes to be there.

use std::time::Duration;

use futures_util::future::join_all;
use hyper_core::cache::{CacheBackend, CacheErrorKind, DatabaseCache, Ttl};
use hyper_core::db::{Db, Executor};

use crate::database::{Instance, bytes, number};
use crate::until;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_expired_goes_whoever_looks() {
    let (database, one) = Instance::new();
    let two = Instance::of(&database);
    let keys: Vec<String> = (0..5_000).map(|n| n.to_string()).collect();
    let entries: Vec<_> = keys.iter().map(|key| (key.as_str(), number(1))).collect();
    one.cache.set_many(&entries, 60.into()).await.unwrap();
    one.set("ever", number(1), Ttl::FOREVER).await;
    assert_eq!(one.cache.sweep().await.unwrap(), 0);
    one.pass("60 seconds").await;
    one.set("7", number(7), 60).await;
    let swept = join_all([one.cache.sweep(), two.cache.sweep(), one.cache.sweep()]).await;
    assert_eq!(swept.into_iter().map(Result::unwrap).sum::<u64>(), 4_999);
    assert_eq!((one.rows().await, one.get("7").await), ("2".to_owned(), Some(number(7))));
    let expired = |one: &Instance| one.cache.stats()[0].stats.expired;
    assert_eq!(expired(&one) + expired(&two), 4_999);
    // By itself, as soon as somebody has put something in.
    let own = DatabaseCache::new(one.db.clone()).sweep_every(Duration::from_millis(20));
    own.set("short", number(1), Duration::from_millis(1).into()).await.unwrap();
    until("it to be swept", async || one.rows().await == "2").await;
    assert_eq!(own.stats()[0].stats.expired, 1);
}

#[tokio::test]
async fn what_expires_first_makes_room() {
    let (_database, one) = Instance::new();
    let cache = one.cache.clone().max_entries(100).sweep_every(Duration::from_secs(3600));
    cache.set("ever", number(1), Ttl::FOREVER).await.unwrap();
    for n in 0..400_u32 {
        cache.set(&format!("{n}"), number(1), (1000 + n).into()).await.unwrap();
    }
    // In the background, and by a sixteenth late.
    until("room", async || cache.count().await.unwrap() <= 106).await;
    cache.sweep().await.unwrap();
    let count = cache.count().await.unwrap();
    assert!((80..=100).contains(&count), "{count}");
    assert!(cache.has("ever").await.unwrap() && cache.has("399").await.unwrap());
    assert!(!cache.has("0").await.unwrap());
    assert!(cache.stats()[0].stats.evictions >= 301 - 20);
    // There are fewer than may be: nothing has to go.
    let bound = one.cache.clone().max_entries(count);
    assert_eq!(bound.sweep().await.unwrap(), 0);
    let none = one.cache.clone().max_entries(0);
    assert_eq!(none.sweep().await.unwrap(), count);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_make_room_at_once_do_not_make_it_twice() {
    let (_database, one) = Instance::new();
    let keys: Vec<String> = (0..20_000).map(|n| n.to_string()).collect();
    let entries: Vec<_> = keys.iter().map(|key| (key.as_str(), number(1))).collect();
    one.cache.set_many(&entries, 60.into()).await.unwrap();
    let bound = one.cache.clone().max_entries(16_000);
    let swept = join_all((0..6).map(|_| bound.sweep())).await;
    assert!(swept.iter().all(Result::is_ok));
    assert_eq!(bound.count().await.unwrap(), 14_000);
}

#[tokio::test]
async fn a_table_that_is_lost_is_made_again() {
    let (_database, one) = Instance::new();
    let cache = &one.cache;
    let lose = async || one.db.execute_batch("DROP TABLE IF EXISTS hyper_cache").await.unwrap();
    for _ in 0..2 {
        lose().await;
        assert_eq!(one.get("a").await, None);
        one.set("a", number(1), 60).await;
        assert_eq!(one.get("a").await, Some(number(1)));
        lose().await;
        one.set("a", number(2), 60).await;
        assert_eq!(one.get("a").await, Some(number(2)));
        lose().await;
        assert!(cache.add("a", number(3), 60.into()).await.unwrap());
        lose().await;
        assert_eq!(cache.incr("a", 1).await.unwrap(), None);
        lose().await;
        cache.set_many(&[("a", number(1))], 60.into()).await.unwrap();
        lose().await;
        assert_eq!(cache.sweep().await.unwrap(), 0);
        lose().await;
        cache.check().await.unwrap();
    }
    assert_eq!(cache.stats()[0].stats.errors, 0);
}

#[tokio::test]
async fn a_table_is_where_and_as_it_can_be() {
    let (_database, one) = Instance::new();
    one.db.execute_batch("CREATE SCHEMA \"My Caches\"").await.unwrap();
    for name in ["My Caches.it's \"one\"", "Pages", &"x".repeat(63), &("x".repeat(62) + "y")] {
        let cache = DatabaseCache::new(one.db.clone()).table(name);
        cache.set("a", bytes(name), 60.into()).await.unwrap();
        assert_eq!(cache.get("a").await.unwrap(), Some(bytes(name)));
        let text = format!("{:?}", cache.sweep().await);
        assert_eq!(text, "Ok(0)", "{name}");
    }
    assert_eq!(
        one.says("SELECT count(*)::text FROM pg_indexes WHERE indexname LIKE '%expires_at'").await,
        ["4"]
    );
    for name in ["", "no.such"] {
        let error = DatabaseCache::new(one.db.clone()).table(name).get("a").await.unwrap_err();
        assert_eq!(error.kind(), CacheErrorKind::Other, "{name:?}: {error}");
    }
    // Where PostgreSQL refuses that it is UNLOGGED.
    one.db
        .execute_batch(
            "CREATE FUNCTION refuse() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN \
             IF EXISTS (SELECT FROM pg_event_trigger_ddl_commands() d JOIN pg_class c ON c.oid = d.objid \
                        WHERE c.relpersistence = 'u') THEN \
             RAISE 'not here' USING ERRCODE = '0A000'; END IF; END $$; \
             CREATE EVENT TRIGGER refuse ON ddl_command_end EXECUTE FUNCTION refuse()",
        )
        .await
        .unwrap();
    let cache = DatabaseCache::new(one.db.clone()).table("ordinary");
    cache.ensure_table().await.unwrap();
    cache.ensure_table().await.unwrap();
    let persistence = "SELECT relpersistence::text FROM pg_class WHERE relname = 'ordinary'";
    assert_eq!(one.says(persistence).await, ["p"]);
}

/// Who may not make tables uses the one that was made for him, and is told where there is none.
#[tokio::test]
async fn without_the_right_to_make_tables() {
    let (database, one) = Instance::new();
    one.cache.ensure_table().await.unwrap();
    let role = format!("poor_{}", database.name());
    one.db
        .execute_batch(&format!(
            "REVOKE CREATE ON SCHEMA public FROM PUBLIC; CREATE ROLE {role} LOGIN; \
             GRANT SELECT, INSERT, UPDATE, DELETE ON hyper_cache TO {role}"
        ))
        .await
        .unwrap();
    let url = database.url().replace("hyper@", &format!("{role}@"));
    let poor = DatabaseCache::new(Db::new(url.parse().unwrap()));
    poor.ensure_table().await.unwrap();
    poor.set("a", number(1), 60.into()).await.unwrap();
    assert_eq!(one.get("a").await, Some(number(1)));
    poor.clear().await.unwrap();
    let error = poor.clone().table("other").ensure_table().await.unwrap_err();
    assert_eq!(error.kind(), CacheErrorKind::Other);
    assert!(error.to_string().contains("permission denied"), "{error}");
    assert_eq!(hyper_core::Error::from(error).status(), 500);
}
