//! The query cache: what changes along with a table, and what is not plain in a statement.

use std::time::Duration;

use hyper_core::cache::{CacheBus, QueryCache, QueryCacheOptions, Said};
use hyper_core::db::Sql;
use hyperdjango::orm::schema::create_missing_tables;
use hyperdjango::prelude::*;

use super::until;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "things", cache_ttl = 300, ordering = [id])]
pub struct Thing {
    #[field(primary_key)]
    pub id: i64,
    pub name: String,
}

async fn names(db: &Db) -> Vec<String> {
    Thing::objects().values(Thing.name).all(db).await.unwrap()
}

/// A database with three things, the query cache on, and this in it.
async fn site(url: &str, more: &str) -> (Db, QueryCache) {
    let db = Db::new(url.parse().unwrap());
    create_missing_tables(&db, &[Thing::META]).await.unwrap();
    for id in 1..=3 {
        Thing::objects().create(&db, (Thing.id.set(id), Thing.name.set(format!("n{id}")))).await.unwrap();
    }
    db.execute_batch(more).await.unwrap();
    let cache = QueryCache::configure(&db, QueryCacheOptions::default()).await.unwrap();
    (db, cache)
}

/// That a write is seen at once, in what was kept before.
async fn is_seen(db: &Db, sql: &str) {
    let before = names(db).await;
    let hits = db.query_cache().unwrap().stats().stats.hits;
    assert_eq!(names(db).await, before);
    assert!(db.query_cache().unwrap().stats().stats.hits > hits, "kept before {sql}");
    db.execute_batch(sql).await.unwrap();
    let there = Thing::objects().cache(false).values(Thing.name).all(db).await.unwrap();
    assert_ne!(there, before, "{sql} changes something");
    assert_eq!(names(db).await, there, "after {sql}");
}

#[tokio::test]
async fn what_changes_things_by_itself_is_known() {
    let database = hyper_tests::postgres();
    let (db, _) = site(
        database.url(),
        "CREATE VIEW thing_view AS SELECT id, name FROM things;
         CREATE VIEW view_of_view AS SELECT * FROM thing_view WHERE id > 0;
         CREATE TABLE other (id int); CREATE TABLE logged (id int); CREATE TABLE counted (id int);
         CREATE RULE also AS ON INSERT TO logged DO ALSO UPDATE things SET name = 'by rule' WHERE id = 1;
         CREATE FUNCTION rename(text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN
           IF true THEN UPDATE things SET name = $1 WHERE id = 2; END IF; END $$;
         CREATE FUNCTION on_counted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
           PERFORM rename('by trigger ' || NEW.id); RETURN NEW; END $$;
         CREATE TRIGGER counting AFTER INSERT ON counted FOR EACH ROW EXECUTE FUNCTION on_counted();
         CREATE FUNCTION any_table() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
           EXECUTE format('UPDATE %I SET name = ''by dynamic SQL''', 'thi' || 'ngs'); RETURN NEW; END $$;
         CREATE TRIGGER dynamic AFTER INSERT ON other FOR EACH ROW EXECUTE FUNCTION any_table();
         CREATE FUNCTION atomic_rename() RETURNS void BEGIN ATOMIC
           UPDATE things SET name = 'by an atomic function' WHERE id = 3; END;
         CREATE FUNCTION outer_rename() RETURNS void LANGUAGE sql AS 'SELECT atomic_rename()'",
    )
    .await;
    for sql in [
        "UPDATE thing_view SET name = 'by view' WHERE id = 2",
        "UPDATE view_of_view SET name = 'by a view of a view' WHERE id = 2",
        "INSERT INTO logged VALUES (1)",
        "INSERT INTO counted VALUES (1)",
        "INSERT INTO other VALUES (1)",
        "SELECT rename('by a function')",
        "SELECT outer_rename()",
        "DO $$ BEGIN UPDATE things SET name = 'by DO'; END $$",
        "PREPARE p AS UPDATE things SET name = 'by EXECUTE' || id; EXECUTE p",
        "UPDATE ONLY public.things SET name = 'by ONLY' || id",
        "BEGIN; DELETE FROM things WHERE id = 1; COMMIT",
        "TRUNCATE other, ONLY things",
    ] {
        is_seen(&db, sql).await;
    }
}

#[tokio::test]
async fn a_query_reads_what_its_functions_and_policies_do() {
    let database = hyper_tests::postgres();
    let (db, cache) = site(
        database.url(),
        "CREATE FUNCTION best() RETURNS SETOF things LANGUAGE sql STABLE AS $$ SELECT * FROM things $$;
         CREATE VIEW of_best AS SELECT name FROM best();
         CREATE TABLE allowed (id int); INSERT INTO allowed VALUES (1);
         CREATE TABLE guarded (id int); INSERT INTO guarded VALUES (1), (2);
         ALTER TABLE guarded ENABLE ROW LEVEL SECURITY; ALTER TABLE guarded FORCE ROW LEVEL SECURITY;
         CREATE POLICY p ON guarded USING (id IN (SELECT id FROM allowed))",
    )
    .await;
    let ask = async |sql: &'static str| {
        let mut all = Vec::new();
        let each = |row: &hyper_core::db::Row| {
            all.push(row.try_get::<_, String>(0)?);
            Ok(())
        };
        db.read(Sql::new(sql).cached(300), &[], each).await.unwrap();
        all
    };
    for sql in ["SELECT name FROM best() ORDER BY id", "SELECT name FROM of_best ORDER BY name"] {
        let before = ask(sql).await;
        let hits = cache.stats().stats.hits;
        assert_eq!(ask(sql).await, before);
        assert_eq!(cache.stats().stats.hits, hits + 1);
        let new = format!("a{}", fastrand::u64(..));
        Thing::objects().filter(Thing.id.eq(1)).update(&db, Thing.name.set(&new)).await.unwrap();
        assert_eq!(ask(sql).await[0], new, "{sql}");
    }
    // The owner of the server sees through policies, so it is not the rows that tell.
    let guarded = "SELECT id::text FROM guarded";
    ask(guarded).await;
    let misses = cache.stats().stats.misses;
    db.execute_batch("INSERT INTO allowed VALUES (2)").await.unwrap();
    ask(guarded).await;
    assert_eq!(cache.stats().stats.misses, misses + 1);
}

#[tokio::test]
async fn what_copy_takes_out_is_gone() {
    let database = hyper_tests::postgres();
    let (db, _) = site(database.url(), "").await;
    let text = |id: i64| format!("COPY (DELETE FROM things WHERE id = {id} RETURNING name) TO STDOUT");
    let mut out = Vec::new();
    let mut each = |piece: &[u8]| {
        out.extend_from_slice(piece);
        Ok(())
    };
    names(&db).await;
    db.copy_out(&text(3), &mut each).await.unwrap();
    assert_eq!(names(&db).await, ["n1", "n2"]);
    let tx = db.begin().await.unwrap();
    tx.copy_out(&text(2), &mut each).await.unwrap();
    assert_eq!(names(&db).await, ["n1", "n2"]);
    tx.commit().await.unwrap();
    assert_eq!(names(&db).await, ["n1"]);
    assert_eq!(out, b"n3\nn2\n");
}

#[tokio::test]
async fn a_table_may_be_said_with_its_schema() {
    let database = hyper_tests::postgres();
    let (db, cache) = site(database.url(), "").await;
    let outside = Db::new(database.url().parse().unwrap());
    names(&db).await;
    let version = cache.version_of(&db, &["public.things"]).await.unwrap();
    outside.execute_batch("UPDATE things SET name = 'outside'").await.unwrap();
    cache.wrote(&["public.things"]);
    assert_eq!(names(&db).await, ["outside"; 3]);
    assert_ne!(cache.version_of(&db, &["public.things"]).await.unwrap(), version);
}

#[tokio::test]
async fn tables_that_are_made_while_it_runs_are_known() {
    let database = hyper_tests::postgres();
    let (db, _) = site(database.url(), "CREATE TABLE later (id int)").await;
    names(&db).await;
    db.execute_batch(
        "CREATE FUNCTION on_later() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
           DELETE FROM things WHERE id = NEW.id; RETURN NEW; END $$;
         CREATE TRIGGER later AFTER INSERT ON later FOR EACH ROW EXECUTE FUNCTION on_later()",
    )
    .await
    .unwrap();
    is_seen(&db, "INSERT INTO later VALUES (1)").await;
}

#[tokio::test]
async fn an_instance_that_stops_says_what_it_still_wrote() {
    let database = hyper_tests::postgres();
    let settings = [("DATABASE_URL", database.url()), ("QUERY_CACHE", "true"), ("DEBUG", "true")];
    let settings = Settings::from_pairs(settings).unwrap();
    let (one, two) = (Db::start(&settings).await.unwrap(), Db::start(&settings).await.unwrap());
    create_missing_tables(&one, &[Thing::META]).await.unwrap();
    Thing::objects().create(&one, (Thing.id.set(1), Thing.name.set("old"))).await.unwrap();
    let bus = CacheBus::of(&two).await.unwrap();
    until("the other is heard", async || bus.others() == 1).await;
    until("it is kept", async || names(&two).await == ["old"]).await;
    let gate = one.begin().await.unwrap();
    gate.execute_batch("LOCK TABLE things").await.unwrap();
    let writer = one.clone();
    let writing = tokio::spawn(async move { writer.execute_batch("UPDATE things SET name = 'new'").await });
    until("it waits for the lock", async || one.timer().in_flight() > 0).await;
    let (stopped, gate) = tokio::join!(one.stop(), async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        gate.rollback().await
    });
    let () = stopped;
    gate.unwrap();
    writing.await.unwrap().unwrap();
    drop(one);
    until("it is heard", async || names(&two).await == ["new"]).await;
    until("and that there will be no more", async || bus.others() == 0).await;
    assert_eq!(bus.forgotten(), 0);
}

#[tokio::test]
async fn who_panics_when_told_does_not_end_the_hearing() {
    let database = hyper_tests::postgres();
    let dbs = [(); 2].map(|()| Db::new(database.url().parse().unwrap()));
    let (one, two) = (CacheBus::of(&dbs[0]).await.unwrap(), CacheBus::of(&dbs[1]).await.unwrap());
    let (said, mut heard) = tokio::sync::mpsc::unbounded_channel();
    let _panics = one.on("t", |_| panic!("a closure of the program's"));
    let _hears = one.on("t", move |said_now| {
        if let Said::This(what) = said_now {
            said.send(what.to_owned()).unwrap();
        }
    });
    for what in ["first", "second"] {
        two.say("t", what);
        assert_eq!(heard.recv().await.unwrap(), what);
    }
    assert!(one.is_trusted());
}
