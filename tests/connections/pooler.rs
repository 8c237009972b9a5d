//! PgBouncer in transaction mode between the program and PostgreSQL: what works, and what is refused by its name.
//!
//! It has several connections to PostgreSQL and takes them in turns, so what is left on one is missed at once.

use std::time::Duration;

use futures_util::future::try_join_all;
use futures_util::stream;
use hyper_tests::{PgBouncer, Suite, require};
use hyperdjango::db::{DatabaseError, Db, DbOptions, ErrorKind, Executor, Reader, Sql};

use crate::servers::texts;

pub(crate) const TURNS: &str = "default_pool_size = 4\nserver_round_robin = 1";

/// Prepares statements of the names that the next ones of the program have.
pub(crate) const TAKE_NAMES: &str = "DO $$ BEGIN FOR n IN 0..5000 LOOP BEGIN \
    EXECUTE format('PREPARE s%s AS SELECT 1', n); EXCEPTION WHEN duplicate_prepared_statement THEN NULL; END; END LOOP; END $$";

/// A handle through a PgBouncer, and one to PostgreSQL itself.
pub(crate) fn through(bouncer: &PgBouncer, name: &str, change: impl FnOnce(&mut DbOptions)) -> Db {
    let mut options = DbOptions::default();
    (options.pinned, options.exclusive) = (2, 8);
    change(&mut options);
    Db::with_options(bouncer.url_of(name).parse().unwrap(), options)
}

/// A bit of everything, by several at once.
pub(crate) async fn works(db: &Db) -> Result<(), DatabaseError> {
    try_join_all((0..8).map(|n: i64| everything(db, n))).await?;
    assert_eq!(texts(db, "SELECT count(*) FROM numbers").await?, ["880"]);
    db.execute_batch("DELETE FROM numbers").await
}

async fn everything(db: &Db, task: i64) -> Result<(), DatabaseError> {
    let insert =
        Sql::new("INSERT INTO numbers (n, mood, js) VALUES ($1, $2::text::mood, $3) RETURNING n, mood");
    let select = Sql::new("SELECT n, mood, js FROM numbers WHERE n = $1 AND mood = ANY ($2::text[]::mood[])");
    for n in (task * 1000)..(task * 1000 + 10) {
        let json = serde_json::json!({ "n": n });
        let params: [&(dyn hyperdjango::db::types::ToSql + Sync); 3] = [&n, &"happy", &json];
        assert_eq!(db.write(insert, &params, |_| Ok(())).await?, 1);
        let mut read = None;
        db.read(select, &[&n, &["happy", "sad"].as_slice()], |row| {
            assert_eq!(row.columns()[1].type_().name(), "mood");
            read = Some((row.try_get::<_, i64>(0)?, row.try_get::<_, serde_json::Value>(2)?));
            Ok(())
        })
        .await?;
        assert_eq!(read, Some((n, json)));
    }
    let more = Sql::new("INSERT INTO numbers (n) SELECT generate_series($1::int8, $1 + 99) RETURNING n");
    let base = task * 1000 + 100;
    db.atomic(async |tx| {
        tx.advisory_lock(task).await?;
        assert_eq!(tx.write(more, &[&base], |_| Ok(())).await?, 100);
        let part = tx.savepoint().await?;
        part.execute_batch("DELETE FROM numbers").await?;
        part.rollback().await?;
        let both = tokio::join!(
            tx.read(Sql::new("SELECT $1::int4"), &[&1], |_| Ok(())),
            tx.read(Sql::new("SELECT $1::int8, 2"), &[&2_i64], |_| Ok(())),
        );
        both.0?;
        both.1?;
        let between = Sql::new("SELECT n FROM numbers WHERE n BETWEEN $1 AND $1 + 99 ORDER BY n");
        let mut rows = tx.cursor(between, &[&base], 7).await?;
        for n in base..base + 100 {
            assert_eq!(rows.next().await?.unwrap().try_get::<_, i64>(0)?, n);
        }
        assert!(rows.next().await?.is_none());
        drop(rows);
        tx.write(Sql::new("DELETE FROM numbers WHERE n BETWEEN $1 AND $1 + 99"), &[&base], |_| Ok(()))
            .await?;
        Ok::<_, DatabaseError>(())
    })
    .await?;
    let lines = (base..base + 100).map(|n| Ok(format!("{n},happy\n").into()));
    let copied = db.copy_in_stream("COPY numbers (n, mood) FROM STDIN (FORMAT csv)", stream::iter(lines));
    assert_eq!(copied.await?, 100);
    let mut bytes = 0;
    let out = format!("COPY (SELECT n FROM numbers WHERE n BETWEEN {base} AND {base} + 99) TO STDOUT");
    db.copy_out(&out, |row| {
        bytes += row.len();
        Ok(())
    })
    .await?;
    assert!(bytes >= 400);
    // What fails leaves nothing behind, neither in the program nor on a connection.
    let error = db.read(Sql::new("SELECT 1 / $1::int4"), &[&0], |_| Ok(())).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Data, "{error:?}");
    db.read(Sql::new("SELECT missing FROM numbers WHERE n = $1"), &[&0_i64], |_| Ok(())).await.unwrap_err();
    Ok(())
}

pub(crate) async fn prepared(more: &str, program: &str) -> (PgBouncer, String) {
    let database = hyper_tests::postgres();
    let db = Db::new(database.url().parse().unwrap());
    db.execute_batch(
        "CREATE TYPE mood AS ENUM ('happy', 'sad'); CREATE TABLE numbers (n bigint, mood mood, js jsonb)",
    )
    .await
    .unwrap();
    (PgBouncer::of(program, database.url(), more), database.name().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn without_prepared_statements_all_but_sessions_works() {
    if !require(Suite::PgBouncer) {
        return;
    }
    let (bouncer, name) = prepared(TURNS, "pgbouncer").await;
    let db = through(&bouncer, &name, |options| options.prepared_statements = Some(false));
    works(&db).await.unwrap();
    works(&db).await.unwrap();
    // Unsaid, it is found out, whether PgBouncer refuses options or drops them.
    let db = through(&bouncer, &name, |_| {});
    works(&db).await.unwrap();
    assert_eq!(db.statement_stats().misses, 0);
    let (drops, other) =
        prepared(&format!("{TURNS}\nignore_startup_parameters = options"), "pgbouncer").await;
    let db = through(&drops, &other, |_| {});
    works(&db).await.unwrap();
    assert_eq!(db.statement_stats().misses, 0);
}

/// Of a client that has gone, or of one that has the connection in turn.
#[tokio::test(flavor = "multi_thread")]
async fn names_of_other_clients_are_not_in_the_way() {
    if !require(Suite::PgBouncer) {
        return;
    }
    let (bouncer, name) = prepared("default_pool_size = 1", "pgbouncer").await;
    let other = through(&bouncer, &name, |_| {});
    other.execute_batch(TAKE_NAMES).await.unwrap();
    // One that connects, and asks for the types that there are.
    let db = through(&bouncer, &name, |options| options.exclusive = 1);
    db.execute_batch("SELECT 1").await.unwrap();
    for _ in 0..2 {
        other.execute_batch(TAKE_NAMES).await.unwrap();
        let lines = stream::iter([Ok("1,happy\n".into())]);
        assert_eq!(
            db.copy_in_stream("COPY numbers (n, mood) FROM STDIN (FORMAT csv)", lines).await.unwrap(),
            1
        );
        other.execute_batch(TAKE_NAMES).await.unwrap();
        db.copy_out("COPY numbers TO STDOUT", |_| Ok(())).await.unwrap();
    }
}

/// The reason for all this: should it pass one day, PgBouncer has learnt it.
#[tokio::test(flavor = "multi_thread")]
async fn with_prepared_statements_an_old_one_fails() {
    if !require(Suite::PgBouncer) {
        return;
    }
    let (bouncer, name) = prepared(TURNS, "pgbouncer").await;
    let db = through(&bouncer, &name, |options| options.prepared_statements = Some(true));
    // By chance each connection may get the one it had before.
    for _ in 0..100 {
        let Err(error) = works(&db).await else { continue };
        assert!(matches!(error.sqlstate(), Some("26000" | "42P05" | "08P01")), "{error:?}");
        return;
    }
    panic!("a hundred times it went well");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_one_keeps_prepared_statements() {
    if !require(Suite::PgBouncerNew) {
        return;
    }
    let program = PgBouncer::new_one().expect("required");
    let (bouncer, name) = prepared(&format!("{TURNS}\nmax_prepared_statements = 200"), &program).await;
    let db = through(&bouncer, &name, |_| {});
    works(&db).await.unwrap();
    assert!(db.statement_stats().hits > 0, "{:?}", db.statement_stats());
    let db = through(&bouncer, &name, |options| options.prepared_statements = Some(false));
    works(&db).await.unwrap();
    assert_eq!(db.statement_stats().misses, 0);
    // Without the setting it is as an old one.
    let (bouncer, name) = prepared(&format!("{TURNS}\nmax_prepared_statements = 0"), &program).await;
    let db = through(&bouncer, &name, |_| {});
    works(&db).await.unwrap();
    assert_eq!(db.statement_stats().misses, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_needs_a_session_is_refused_by_its_name() {
    if !require(Suite::PgBouncer) {
        return;
    }
    let (bouncer, name) = prepared(TURNS, "pgbouncer").await;
    let db = through(&bouncer, &name, |_| {});
    let told = |outcome: Result<(), DatabaseError>| outcome.unwrap_err().to_string();
    let lock = told(db.advisory_lock("import").await.map(drop));
    let listening = told(db.listen("jobs").await.map(drop));
    for told in [&lock, &listening] {
        assert!(told.contains("If the pooler is in session mode, set POOLER_MODE=session"), "{told}");
    }
    assert!(listening.starts_with("LISTEN lasts longer"), "{listening}");
    assert!(lock.contains("`db.advisory_lock(..)`") && lock.contains("`tx.advisory_lock(..)`"), "{lock}");
    for (script, instead) in [
        ("LISTEN jobs", "NOTIFY works here"),
        ("SET search_path = x", "SET LOCAL"),
        ("SELECT 1; SET work_mem = '5MB'", "ALTER ROLE .. SET"),
        ("PREPARE p AS SELECT 1", "run the statement as it is"),
    ] {
        let error = told(db.execute_batch(script).await);
        assert!(error.contains(instead) && error.contains("a pooler such as PgBouncer"), "{error}");
    }
    db.atomic(async |tx| tx.execute_batch("SET LOCAL work_mem = '5MB'; NOTIFY jobs").await).await.unwrap();
}

/// PostgreSQL cannot be told of a limit that is for one client: the program stops what takes too long.
#[tokio::test(flavor = "multi_thread")]
async fn a_statement_may_take_as_long_as_the_site_says() {
    if !require(Suite::PgBouncer) {
        return;
    }
    let (bouncer, name) = prepared("default_pool_size = 2", "pgbouncer").await;
    let limit = Duration::from_millis(400);
    let db = through(&bouncer, &name, |options| options.query_timeout = limit);
    assert_eq!(texts(&db, "SELECT current_setting('statement_timeout')").await.unwrap(), ["0"]);
    for outcome in [
        texts(&db, "SELECT pg_sleep(60)").await.map(drop),
        db.execute_batch("SELECT pg_sleep(60)").await,
        db.atomic(async |tx| tx.execute_batch("SELECT pg_sleep(60)").await).await,
    ] {
        let error = outcome.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
        assert_eq!(error.sqlstate(), Some("57014"), "PostgreSQL was asked to stop it: {error}");
    }
    // A transaction may take longer.
    let long = db.transaction().statement_timeout(Duration::from_secs(60));
    long.atomic(async |tx| tx.execute_batch("SELECT pg_sleep(2)").await).await.unwrap();
    // Nothing is left over, and those that were stopped are not used again.
    assert_eq!(db.stats().in_use, 0, "{:?}", db.stats());
    works(&db).await.unwrap();
}

/// PgBouncer passes it on.
#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_waits_for_is_cancelled() {
    if !require(Suite::PgBouncer) {
        return;
    }
    let (bouncer, name) = prepared("default_pool_size = 1", "pgbouncer").await;
    let db = through(&bouncer, &name, |options| options.exclusive = 1);
    let tx = db.begin().await.unwrap();
    let slow = tx.execute_batch("SELECT pg_sleep(60)");
    assert!(tokio::time::timeout(Duration::from_millis(200), slow).await.is_err());
    drop(tx);
    // The one connection to PostgreSQL is free again.
    let again = tokio::time::timeout(Duration::from_secs(20), texts(&db, "SELECT 1")).await;
    assert_eq!(again.expect("it was cancelled").unwrap(), ["1"]);
}
