//! How many connections there are, and what is counted of them.

use std::time::Duration;

use futures_util::future::join_all;
use hyperdjango::db::{DbOptions, ErrorKind};

use crate::two_tables::{TwoTables, until};

#[tokio::test]
async fn who_waits_is_counted() {
    let mut options = DbOptions::default();
    options.pinned = 1;
    options.exclusive = 2;
    options.acquire_timeout = Duration::from_millis(100);
    let tables = TwoTables::with(options).await;
    let before = tables.db.stats();
    assert_eq!((before.in_use, before.waiters, before.timeouts), (0, 0, 0), "{before:?}");

    let (first, second) = (tables.db.begin().await.unwrap(), tables.db.begin().await.unwrap());
    let full = tables.db.stats();
    assert_eq!((full.total, full.in_use, full.available), (3, 2, 1), "{full:?}");

    let refused = join_all((0..5).map(|_| tables.db.begin())).await;
    for outcome in refused {
        let error = outcome.err().unwrap();
        assert_eq!(error.kind(), ErrorKind::Unavailable);
        assert!(error.to_string().contains("all 2 connections"), "{error}");
        assert!(error.to_string().contains("POOL_SIZE"), "{error}");
    }
    let after = tables.db.stats();
    assert_eq!((after.waiters, after.max_waiters, after.timeouts), (0, 5, 5), "{after:?}");
    assert_eq!(after.acquires, before.acquires + 2);
    drop((first, second));
    until("both to be given back", async || tables.db.stats().in_use == 0).await;
    assert_eq!(tables.db.stats().available, 3);
}

/// A tuner may change how many there are, while they are used.
#[tokio::test]
async fn there_can_be_more_and_fewer() {
    let tables = TwoTables::new(1).await;
    let first = tables.db.begin().await.unwrap();
    tables.db.resize(3);
    let (second, third) = (tables.db.begin().await.unwrap(), tables.db.begin().await.unwrap());
    assert_eq!(tables.db.stats().in_use, 3);

    tables.db.resize(1);
    assert_eq!(tables.db.stats().in_use, 3, "those who have one keep it");
    first.rollback().await.unwrap();
    second.rollback().await.unwrap();
    until("those to be closed", async || tables.db.stats().total == 2).await;
    third.rollback().await.unwrap();
    assert_eq!(tables.db.stats().in_use, 0);
    assert_eq!(tables.b().await.unwrap(), 2);

    tables.db.resize(0);
    tables.db.begin().await.unwrap().rollback().await.unwrap();
    // More at once, and fewer than before, and more again: none is lost.
    for size in [4, 2, 5, 1, 3] {
        let held = join_all((0..3).map(|_| tables.db.begin())).await;
        tables.db.resize(size);
        for tx in held.into_iter().flatten() {
            tx.rollback().await.unwrap();
        }
        tables.db.resize(3);
        until("all to be back", async || tables.db.stats().in_use == 0).await;
    }
    let all = join_all((0..3).map(|_| tables.db.begin())).await;
    assert!(all.iter().all(Result::is_ok));
    assert_eq!(tables.db.stats().in_use, 3);
    // Nor is one too many, when those that were to be closed may stay.
    tables.db.resize(1);
    tables.db.resize(3);
    assert_eq!(tables.db.stats().in_use, 3);
}
