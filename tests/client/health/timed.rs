//! The timer sees every statement, however it is run.

use std::time::Duration;

use hyperdjango::db::Sql;
use hyperdjango::prelude::*;

use super::site::start;
use super::{database, until};

#[tokio::test]
async fn every_way_to_run_a_statement_is_counted() {
    let db = database(hyper_tests::postgres().url());
    let timer = db.timer();
    let mut seen = 0;
    let mut counted = |what: &str, least: u64| {
        let count = timer.count();
        assert!(count >= seen + least, "{what}: {} of {least}", count - seen);
        seen = count;
        assert_eq!(timer.in_flight(), 0, "{what}");
    };
    db.execute_batch("CREATE TABLE t (id int)").await.unwrap();
    counted("a script", 1);
    db.write(Sql::new("INSERT INTO t SELECT generate_series(1, 10)"), &[], |_| Ok(())).await.unwrap();
    counted("a write", 1);
    db.read(Sql::new("SELECT id FROM t"), &[], |_| Ok(())).await.unwrap();
    counted("a read", 1);
    assert!(db.read(Sql::new("SELECT nothing"), &[], |_| Ok(())).await.is_err());
    counted("one that fails", 1);
    let mut cursor = db.cursor(Sql::new("SELECT id FROM t"), &[], 2).await.unwrap();
    while cursor.next().await.unwrap().is_some() {}
    drop(cursor);
    counted("a cursor", 6);
    let csv = futures_util::stream::iter([Ok(bytes::Bytes::from("11\n12\n"))]);
    db.copy_in_stream("COPY t FROM STDIN", csv).await.unwrap();
    counted("COPY in", 3);
    db.copy_out("COPY t TO STDOUT", |_| Ok(())).await.unwrap();
    counted("COPY out", 1);
    db.atomic(async |tx| tx.execute_batch("SELECT 1").await).await.unwrap();
    counted("a transaction", 3);
    assert!(!timer.average().is_zero() && timer.total() >= timer.average());
}

#[tokio::test]
async fn draining_waits_for_statements_and_says_whether_they_ended() {
    let site = start(hyper_tests::postgres().url(), &[("DRAIN_TIMEOUT", "10")]).await;
    let slow = tokio::spawn(site.db.execute_batch("SELECT pg_sleep(0.4)"));
    until("it to begin", async || site.db.timer().in_flight() == 1).await;
    assert!(!site.db.timer().drain(Duration::from_millis(50)).await);
    let begun = std::time::Instant::now();
    hyperdjango::App::stop(&**site).await;
    assert!(begun.elapsed() >= Duration::from_millis(200), "the site stopped before its statement had ended");
    assert_eq!(site.db.timer().in_flight(), 0);
    slow.await.unwrap().unwrap();
    // Nobody waits for it any more, so it is none that must end.
    let dropped = tokio::spawn(site.db.execute_batch("SELECT pg_sleep(30)"));
    until("it to begin", async || site.db.timer().in_flight() == 1).await;
    dropped.abort();
    assert!(site.db.timer().drain(Duration::from_secs(10)).await);
}
