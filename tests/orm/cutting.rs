//! Connections that are cut at exact points, and what goes in one round trip.

use std::pin::pin;

use futures_util::FutureExt;
use futures_util::future::{join, join_all};
use hyperdjango::db::{DatabaseError, Db, ErrorKind, Executor, Param, Sql};

use crate::numbers::{Numbers, insert, texts};
use crate::proxy::{Cut, Proxy};

type Outcome<T = ()> = Result<T, DatabaseError>;

async fn commit(db: &Db, n: i64) -> Outcome {
    db.atomic(async |tx| insert(tx, n).await.map(drop)).await
}

/// An answer that did not come is not a success and not a failure, and nobody is told that it is either.
#[tokio::test]
async fn a_connection_lost_around_the_commit_is_never_called_a_success() {
    let numbers = Numbers::new().await;
    let (proxy, db) = Proxy::new(&numbers.url).await;
    commit(&db, 1).await.unwrap();

    // Before it reached PostgreSQL, which then undid it.
    proxy.cut(Cut::Before("COMMIT"));
    let error = commit(&db, 2).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Interrupted);
    assert!(proxy.was_cut());
    assert_eq!(hyperdjango::Error::from(error).status(), 503);
    numbers.wait_for("0", "state LIKE '%transaction%'").await;
    assert_eq!(numbers.kept().await, "1");

    // After PostgreSQL had done it: for the program it is the same.
    proxy.cut(Cut::Answer("COMMIT"));
    assert_eq!(commit(&db, 3).await.unwrap_err().kind(), ErrorKind::Interrupted);
    assert!(proxy.was_cut());
    assert_eq!(numbers.kept().await, "1 3");

    // In the middle of the transaction.
    proxy.cut(Cut::Answer("SAVEPOINT sp_1"));
    let outcome: Outcome = db
        .atomic(async |tx| {
            insert(tx, 4).await?;
            tx.atomic(async |tx| insert(tx, 5).await.map(drop)).await
        })
        .await;
    assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Interrupted);

    // When it begins, nothing has been done: it begins elsewhere.
    commit(&db, 6).await.unwrap();
    proxy.cut(Cut::Answer("BEGIN"));
    commit(&db, 7).await.unwrap();
    assert!(proxy.was_cut());
    assert_eq!(numbers.kept().await, "1 3 6 7");
}

#[tokio::test]
async fn it_is_never_tried_again_either_and_calls_no_callback() {
    let numbers = Numbers::new().await;
    let (proxy, db) = Proxy::new(&numbers.url).await;
    for cut in [Cut::Before("COMMIT"), Cut::Answer("COMMIT")] {
        proxy.cut(cut);
        let tries = &std::sync::atomic::AtomicU32::new(0);
        let (called, calls) = std::sync::mpsc::channel();
        let outcome: Outcome = db
            .transaction()
            .retry(3)
            .atomic(async |tx| {
                tries.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                // It may have been committed or not: neither of these may be said.
                let (committed, rolled_back) = (called.clone(), called.clone());
                tx.on_commit(move || committed.send("committed"));
                tx.on_rollback(move || rolled_back.send("rolled back"));
                texts(tx, "SELECT 1").await.map(drop)
            })
            .await;
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Interrupted);
        assert_eq!(tries.load(std::sync::atomic::Ordering::SeqCst), 1);
        drop(called);
        // Both closures are gone, and have sent nothing.
        assert_eq!(calls.iter().next(), None);
    }
}

#[tokio::test]
async fn a_lost_write_is_interrupted_and_a_lost_read_is_asked_again() {
    let numbers = Numbers::new().await;
    let (proxy, db) = Proxy::new(&numbers.url).await;
    insert(&db, 1).await.unwrap();
    for (cut, kept) in [(Cut::Before("INSERT"), "1"), (Cut::Answer("INSERT"), "1 3")] {
        proxy.cut(cut);
        let n = kept.len() as i64;
        let text = format!("INSERT INTO numbers VALUES ({n})");
        assert_eq!(db.execute_batch(&text).await.unwrap_err().kind(), ErrorKind::Interrupted);
        assert_eq!(numbers.kept().await, kept);
    }
    texts(&db, "SELECT n FROM numbers").await.unwrap();
    for cut in [Cut::Before("SELECT t.v"), Cut::Answer("SELECT t.v")] {
        proxy.cut(cut);
        assert_eq!(texts(&db, "SELECT n + 1 FROM numbers ORDER BY n").await.unwrap(), ["2", "4"]);
    }
    // A cursor says that it was lost, and its connection is nobody's any more.
    let sql = Sql::new("SELECT n FROM numbers, generate_series(1, 10)");
    let mut rows = db.cursor(sql, &[], 3).await.unwrap();
    proxy.cut(Cut::Answer("FETCH"));
    let mut count = 0;
    let error = loop {
        match rows.next().await {
            Ok(row) => count += i32::from(row.is_some()),
            Err(error) => break error,
        }
    };
    assert_eq!((count, error.kind()), (3, ErrorKind::Interrupted));
    drop(rows);
    insert(&db, 9).await.unwrap();
}

const ADD: Sql<'static> = Sql::new("SELECT $1 + n FROM numbers");

async fn add(db: &impl Executor, to: i64) -> Outcome<i64> {
    let mut sum = 0;
    db.read(ADD, &[&to as Param<'_>], |row| {
        sum = row.try_get(0)?;
        Ok(())
    })
    .await?;
    Ok(sum)
}

/// Has `db` take the statement for a short one, which is prepared on the connection that is shared: on a busy machine
/// the first times may have been long.
async fn warm(db: &Db) {
    let mut shared = 0;
    while shared < 5 {
        let before = db.stats().acquires;
        add(db, 0).await.unwrap();
        shared = if db.stats().acquires == before { shared + 1 } else { 0 };
    }
}

/// Runs ten together, and returns in how many pieces they were sent.
async fn at_once(proxy: &Proxy, db: &Db, executor: &impl Executor) -> usize {
    add(executor, 0).await.unwrap();
    loop {
        let (sends, acquires) = (proxy.sends(), db.stats().acquires);
        // No answer comes before all ten have been sent: one that waited for another would wait for ever.
        let sent = proxy.hold_until(10);
        let mut all = pin!(join_all((0..10).map(|n| add(executor, n))));
        assert!(all.as_mut().now_or_never().is_none());
        let stats = db.stats();
        if (stats.acquires, stats.waiters) != (acquires, 0) {
            // The last time before them was one too long, and some want a connection alone: once more.
            proxy.release();
            all.await;
            warm(db).await;
            continue;
        }
        // On a busy machine some may be asked once more elsewhere after that.
        let (sums, sent) = join(all, sent).await;
        let sums: Vec<i64> = sums.into_iter().map(Result::unwrap).collect();
        assert_eq!(sums, (1..=10).collect::<Vec<i64>>());
        return sent - sends;
    }
}

/// What several statements at once need: `futures::join!` and its kin.
#[tokio::test]
async fn statements_waited_for_together_take_one_round_trip() {
    let numbers = Numbers::new().await;
    numbers.fill(1).await;
    let (proxy, db) = Proxy::new(&numbers.url).await;
    warm(&db).await;
    assert_eq!(at_once(&proxy, &db, &db).await, 1);
    let tx = db.begin().await.unwrap();
    assert_eq!(at_once(&proxy, &db, &tx).await, 1);
    let part = tx.savepoint().await.unwrap();
    assert_eq!(at_once(&proxy, &db, &part).await, 1);
    drop((part, tx));
    // A transaction of one statement: it begins, does it, commits.
    insert(&db, 2).await.unwrap();
    let sends = proxy.sends();
    commit(&db, 3).await.unwrap();
    assert_eq!(proxy.sends() - sends, 3);
    // A cursor of one chunk: BEGIN; DECLARE with the first FETCH; ROLLBACK.
    db.cursor(ADD, &[&1_i64 as Param<'_>], 10).await.unwrap();
    let sends = proxy.sends();
    db.cursor(ADD, &[&1_i64 as Param<'_>], 10).await.unwrap();
    assert_eq!(proxy.sends() - sends, 3);
}

/// Where the connection is served by another thread, it may take them one by one; nobody waits for an answer either.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_several_threads_too() {
    let numbers = Numbers::new().await;
    numbers.fill(1).await;
    let (proxy, db) = Proxy::new(&numbers.url).await;
    tokio::spawn(async move {
        for _ in 0..20 {
            warm(&db).await;
            assert!(at_once(&proxy, &db, &db).await <= 10);
            let tx = db.begin().await.unwrap();
            assert!(at_once(&proxy, &db, &tx).await <= 10);
        }
    })
    .await
    .unwrap();
}
