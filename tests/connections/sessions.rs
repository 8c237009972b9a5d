//! PgBouncer in session mode, which is said by `POOLER_MODE`: all works as without it.

use std::time::Duration;

use futures_util::future::{join, try_join_all};
use hyper_tests::{PgBouncer, Suite, require};
use hyperdjango::db::{Db, DbOptions, ErrorKind, Executor, Heard, PoolerMode, Reader, Sql};

use crate::pooler::{TAKE_NAMES, TURNS, prepared, through, works};
use crate::servers::texts;

const SESSION: &str = "pool_mode = session";
const KEPT: &str = "SELECT count(*) FROM pg_prepared_statements";
const PROCESS: &str = "SELECT pg_backend_pid()";

fn in_session(options: &mut DbOptions) {
    options.pooler_mode = Some(PoolerMode::Session);
}

async fn heard(listener: &mut hyperdjango::db::Listener) -> String {
    match tokio::time::timeout(Duration::from_secs(20), listener.next()).await.expect("it was said") {
        Some(Heard::Notification(said)) => said.payload().to_owned(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn in_session_mode_all_works() {
    if !require(Suite::PgBouncer) {
        return;
    }
    let (bouncer, name) = prepared(&format!("{SESSION}\ndefault_pool_size = 30"), "pgbouncer").await;
    let db = through(&bouncer, &name, in_session);
    works(&db).await.unwrap();
    // Prepared once for each connection, and found again.
    let before = db.statement_stats();
    assert!(before.misses > 0 && before.hits > before.misses, "{before:?}");
    let tx = db.begin().await.unwrap();
    let sql = Sql::new("SELECT n FROM numbers WHERE n = $1 AND 'kept' = 'kept'");
    for n in 0..10_i64 {
        tx.read(sql, &[&n], |_| Ok(())).await.unwrap();
    }
    assert_eq!(db.statement_stats().misses, before.misses + 1);
    let kept = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%''kept'' = ''kept''%'";
    assert_eq!(texts(&tx, kept).await.unwrap(), ["1"]);
    tx.commit().await.unwrap();
    // Who listens hears.
    let mut listener = db.listen("jobs").await.unwrap();
    for said in ["one", "two"] {
        db.notify("jobs", said).await.unwrap();
        assert_eq!(heard(&mut listener).await, said);
        works(&db).await.unwrap();
    }
    // A lock stays where it is, whatever goes on beside it.
    let other = through(&bouncer, &name, in_session);
    let lock = db.advisory_lock("import").await.unwrap();
    works(&db).await.unwrap();
    assert!(other.try_advisory_lock("import").await.unwrap().is_none());
    lock.release().await.unwrap();
    other.try_advisory_lock("import").await.unwrap().expect("it was released").release().await.unwrap();
    db.execute_batch("SET work_mem = '5MB'; RESET work_mem").await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_for_statements_is_set_in_the_session() {
    if !require(Suite::PgBouncer) {
        return;
    }
    let (bouncer, name) = prepared(&format!("{SESSION}\ndefault_pool_size = 30"), "pgbouncer").await;
    let db = through(&bouncer, &name, |options| {
        in_session(options);
        options.query_timeout = Duration::from_millis(200);
    });
    for _ in 0..2 {
        let error = db.execute_batch("SELECT pg_sleep(60)").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
        assert_eq!(texts(&db, "SELECT current_setting('statement_timeout')").await.unwrap(), ["200ms"]);
    }
    // What takes long and is given up is stopped, through the pooler.
    let db = through(&bouncer, &name, |options| {
        in_session(options);
        options.exclusive = 1;
    });
    let tx = db.begin().await.unwrap();
    assert_eq!(texts(&tx, "SELECT current_setting('statement_timeout')").await.unwrap(), ["0"]);
    let slow = tx.execute_batch("SELECT pg_sleep(600)");
    assert!(tokio::time::timeout(Duration::from_millis(200), slow).await.is_err());
    drop(tx);
    let again = tokio::time::timeout(Duration::from_secs(20), db.execute_batch("SELECT 1")).await;
    again.expect("it was stopped").unwrap();
    let asleep = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%sleep(600)' AND state = 'active'";
    let stopped = async {
        while texts(&db, asleep).await.unwrap() != ["0"] {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), stopped).await.expect("it was cancelled");
}

/// With the one connection to PostgreSQL that all have one after the other.
async fn handed_over(reset: &str) {
    let more = format!("{SESSION}\ndefault_pool_size = 1\nserver_reset_query = {reset}");
    let (bouncer, name) = prepared(&more, "pgbouncer").await;
    let alone = |options: &mut DbOptions| {
        in_session(options);
        (options.pinned, options.exclusive) = (1, 1);
    };
    let mut processes = Vec::new();
    for _ in 0..3 {
        let db = through(&bouncer, &name, alone);
        let tx = db.begin().await.unwrap();
        assert_eq!(texts(&tx, KEPT).await.unwrap(), ["1"], "its own, and nobody else's");
        processes.extend(texts(&tx, PROCESS).await.unwrap());
        tx.execute_batch(TAKE_NAMES).await.unwrap();
        tx.commit().await.unwrap();
    }
    processes.dedup();
    assert_eq!(processes.len(), 1, "the same each time: {processes:?}");
}

/// `default_pool_size` of the pooler, 20 by default, is less than what the program may have: that is no failure.
#[tokio::test(flavor = "multi_thread")]
async fn fewer_sessions_than_connections_are_had_in_turn() {
    if !require(Suite::PgBouncer) {
        return;
    }
    let (bouncer, name) = prepared(&format!("{SESSION}\ndefault_pool_size = 3"), "pgbouncer").await;
    let db = through(&bouncer, &name, in_session);
    for _ in 0..3 {
        try_join_all((0..12).map(|_| async {
            db.atomic(async |tx| tx.execute_batch("SELECT pg_sleep(0.05)").await).await?;
            texts(&db, "SELECT 1").await
        }))
        .await
        .unwrap();
    }
    let stats = db.stats();
    assert!(stats.total <= 3, "{stats:?}");
}

/// `server_reset_query`, by default `DISCARD ALL`, has PostgreSQL forget what a client has prepared that goes.
#[tokio::test(flavor = "multi_thread")]
async fn what_one_client_prepared_is_nothing_to_the_next() {
    if !require(Suite::PgBouncer) {
        return;
    }
    handed_over("DISCARD ALL").await;
    handed_over("").await;
}

/// A session that has ended may be another connection's of the same program at once.
#[tokio::test(flavor = "multi_thread")]
async fn sessions_that_are_handed_over_are_no_shared_ones() {
    if !require(Suite::PgBouncer) {
        return;
    }
    let (bouncer, name) = prepared(&format!("{SESSION}\ndefault_pool_size = 2"), "pgbouncer").await;
    let db = through(&bouncer, &name, |options| {
        in_session(options);
        options.exclusive = 2;
    });
    let mut processes = Vec::new();
    for _ in 0..30 {
        let (one, other) = (db.begin().await.unwrap(), db.begin().await.unwrap());
        processes.extend(texts(&one, PROCESS).await.unwrap());
        processes.extend(texts(&other, PROCESS).await.unwrap());
        one.commit().await.unwrap();
        other.commit().await.unwrap();
        // One of the two is closed, and opened the next time.
        db.resize(1);
        db.resize(2);
    }
    processes.sort();
    processes.dedup();
    assert_eq!(processes.len(), 2, "{processes:?}");
    assert!(db.stats().opened >= 31, "{:?}", db.stats());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mode_that_it_is_not_in_is_found_out() {
    if !require(Suite::PgBouncer) {
        return;
    }
    let (bouncer, name) = prepared("default_pool_size = 1", "pgbouncer").await;
    let db = through(&bouncer, &name, in_session);
    db.execute_batch("SELECT 1").await.unwrap();
    let told = |error: String| {
        assert!(error.contains("POOLER_MODE is `session`"), "{error}");
        assert!(error.contains("to two connections"), "{error}");
    };
    // Nothing would ever be heard.
    told(db.listen("jobs").await.unwrap_err().to_string());
    told(through(&bouncer, &name, in_session).listen("jobs").await.unwrap_err().to_string());
    // A second connection, while the first one rests: a statement that is known to be short is for one that is shared.
    let mut outcome = Ok(Vec::new());
    for _ in 0..5 {
        outcome = texts(&db, "SELECT 1").await;
        if outcome.is_err() {
            break;
        }
    }
    told(outcome.unwrap_err().to_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mode_that_is_said_is_believed() {
    if !require(Suite::PgBouncer) {
        return;
    }
    let transaction = |options: &mut DbOptions| options.pooler_mode = Some(PoolerMode::Transaction);
    let (bouncer, name) = prepared(TURNS, "pgbouncer").await;
    let db = through(&bouncer, &name, transaction);
    works(&db).await.unwrap();
    assert_eq!(db.statement_stats().misses, 0);
    // A pooler that looks like PostgreSQL itself.
    let database = hyper_tests::postgres();
    let mut options = DbOptions::default();
    transaction(&mut options);
    let db = Db::with_options(database.url().parse().unwrap(), options);
    let (lock, listening) = join(db.advisory_lock("x"), db.listen("x")).await;
    for told in [lock.unwrap_err().to_string(), listening.unwrap_err().to_string()] {
        assert!(told.ends_with("If the pooler is in session mode, set POOLER_MODE=session"), "{told}");
    }
    // Without a pooler it is no matter that sessions were promised.
    let mut options = DbOptions::default();
    in_session(&mut options);
    let db = Db::with_options(database.url().parse().unwrap(), options);
    db.advisory_lock("x").await.unwrap().release().await.unwrap();
}

/// A new one gives names of its own to statements in any other mode: that is seen at once.
#[tokio::test(flavor = "multi_thread")]
async fn a_new_one_shows_that_it_is_in_another_mode() {
    if !require(Suite::PgBouncerNew) {
        return;
    }
    let program = PgBouncer::new_one().expect("required");
    let (bouncer, name) = prepared(&format!("{TURNS}\nmax_prepared_statements = 200"), &program).await;
    let error = through(&bouncer, &name, in_session).execute_batch("SELECT 1").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(error.to_string().contains("keeps account of prepared statements"), "{error}");
    let (bouncer, name) = prepared(&format!("{SESSION}\ndefault_pool_size = 30"), &program).await;
    let db = through(&bouncer, &name, in_session);
    works(&db).await.unwrap();
    let stats = db.statement_stats();
    assert!(stats.hits > stats.misses && stats.misses > 0, "{stats:?}");
    drop(db.listen("jobs").await.unwrap());
    db.advisory_lock("x").await.unwrap().release().await.unwrap();
}
