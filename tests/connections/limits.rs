//! Limits of connections, what PostgreSQL is told of them, and settings.

use std::time::{Duration, Instant};

use hyperdjango::db::{Db, DbOptions, ErrorKind, Executor};
use hyperdjango::prelude::*;
use hyperdjango::{Component, Settings};
use tokio::net::TcpListener;

use crate::servers::texts;

fn options(change: impl FnOnce(&mut DbOptions)) -> DbOptions {
    let mut options = DbOptions::default();
    change(&mut options);
    options
}

async fn started(url: &str, more: &[(&str, &str)]) -> Result<Db> {
    let pairs = [&[("DEBUG", "true"), ("DATABASE_URL", url)][..], more].concat();
    Db::start(&Settings::from_pairs(pairs)?).await
}

#[tokio::test]
async fn a_server_that_says_nothing_is_waited_for_as_long_as_it_is_said() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let url = format!("postgres://me:Zx9Zx9@127.0.0.1:{port}/x");
    let db = started(&url, &[("CONNECT_TIMEOUT", "300")]);
    let db = db.await.unwrap();
    let began = Instant::now();
    let error = db.execute_batch("SELECT 1").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert_eq!(error.to_string(), "PostgreSQL did not answer within 300ms");
    assert!((Duration::from_millis(300)..Duration::from_secs(5)).contains(&began.elapsed()));
    // What the URL says counts more.
    let url = format!("postgres://127.0.0.1:{port}/x?connect_timeout=1");
    let error = started(&url, &[("CONNECT_TIMEOUT", "60000")]).await.unwrap();
    let error = error.execute_batch("SELECT 1").await.unwrap_err();
    assert_eq!(error.to_string(), "PostgreSQL did not answer within 1s");
}

#[tokio::test]
async fn a_statement_may_take_as_long_as_the_site_says() {
    let url = hyper_tests::postgres().url().to_owned();
    let db = started(&url, &[("QUERY_TIMEOUT", "200")]).await.unwrap();
    assert_eq!(texts(&db, "SELECT current_setting('statement_timeout')").await.unwrap(), ["200ms"]);
    for outcome in [
        texts(&db, "SELECT pg_sleep(60)").await.map(drop),
        db.execute_batch("SELECT pg_sleep(60)").await,
        db.atomic(async |tx| tx.execute_batch("SELECT pg_sleep(60)").await).await,
    ] {
        let error = outcome.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
        assert_eq!(hyperdjango::Error::from(error).status(), 503);
    }
    // A transaction may take longer, or less.
    let long = db.transaction().statement_timeout(Duration::from_secs(60));
    long.atomic(async |tx| tx.execute_batch("SELECT pg_sleep(0.4)").await).await.unwrap();
    let none = db.transaction().statement_timeout(Duration::ZERO);
    none.atomic(async |tx| tx.execute_batch("SELECT pg_sleep(0.4)").await).await.unwrap();
    let short = db.transaction().statement_timeout(Duration::from_millis(50));
    let began = Instant::now();
    let outcome = short.atomic(async |tx| tx.execute_batch("SELECT pg_sleep(60)").await).await;
    assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Timeout);
    assert!(began.elapsed() < Duration::from_millis(5000));
    // Afterwards it is as before.
    assert_eq!(texts(&db, "SELECT current_setting('statement_timeout')").await.unwrap(), ["200ms"]);
}

/// What PostgreSQL says of a statement that it stops is the same code for two causes, in its language.
#[tokio::test]
async fn what_somebody_stops_is_no_timeout() {
    let url = hyper_tests::postgres().url().to_owned();
    let db = Db::with_options(url.parse().unwrap(), options(|o| o.query_timeout = Duration::from_secs(60)));
    let other = Db::new(url.parse().unwrap());
    let stop = async {
        let asleep =
            "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(50)'";
        while texts(&other, asleep).await.unwrap() != ["true"] {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let (outcome, ()) = tokio::join!(db.execute_batch("SELECT pg_sleep(50)"), stop);
    assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Canceled);
}

#[tokio::test]
async fn postgresql_is_told_who_connects() {
    let url = hyper_tests::postgres().url().to_owned();
    let name = "SELECT current_setting('application_name')";
    let db = Db::new(url.parse().unwrap());
    assert!(texts(&db, name).await.unwrap()[0].starts_with("connections-"), "the program's");
    let db = Db::new(format!("{url}?application_name=till%201").parse().unwrap());
    assert_eq!(texts(&db, name).await.unwrap(), ["till 1"]);
    // What the URL tells the server besides is told, too.
    let options = options(|o| o.query_timeout = Duration::from_millis(1234));
    let db = Db::with_options(format!("{url}?options=-c%20work_mem%3D5MB").parse().unwrap(), options);
    assert_eq!(texts(&db, "SELECT current_setting('work_mem')").await.unwrap(), ["5MB"]);
    assert_eq!(texts(&db, "SELECT current_setting('statement_timeout')").await.unwrap(), ["1234ms"]);
}

#[tokio::test]
async fn a_setting_that_cannot_be_used_is_named() {
    for (key, value, expected) in [
        ("CONNECT_TIMEOUT", "0", "from 1 to 3600000"),
        ("QUERY_TIMEOUT", "1s", "from 0 to 2147483647"),
        ("STATEMENT_CACHE_SIZE", "0", "from 1 to 65536"),
        ("PREPARED_STATEMENTS", "maybe", "`true` or `false`"),
        ("POOLER_MODE", "statement", "`session` or `transaction`, and is `statement`"),
    ] {
        let error = started("postgres://x", &[(key, value)]).await.unwrap_err();
        let told = format!("{error:?}");
        assert!(told.contains(key) && told.contains(expected), "{told}");
    }
    let error = started("postgres://me:Zx9Zx9@host:x/y", &[]).await.unwrap_err();
    let told = format!("{error} {error:?}");
    assert!(told.contains("cannot be read: `port` cannot") && !told.contains("Zx9"), "{told}");
}
