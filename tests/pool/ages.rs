//! Connections are replaced in time, and closed when nobody needs them.

use std::time::Duration;

use futures_util::future::try_join_all;
use hyperdjango::db::{DbOptions, Executor, Sql};

use crate::two_tables::{TwoTables, until};

fn options() -> DbOptions {
    let mut options = DbOptions::default();
    options.pinned = 1;
    options.exclusive = 3;
    options
}

/// Without a pause, and without more connections than there may be.
#[tokio::test]
async fn after_so_many_statements_another_one_takes_its_place() {
    let mut options = options();
    options.max_queries = 20;
    let tables = TwoTables::with(options).await;
    const INSERT: Sql<'static> = Sql::new("INSERT INTO b VALUES (2)");
    let mut most = 0;
    until("both sorts to be replaced", async || {
        let reads = try_join_all((0..30).map(|_| tables.b())).await.unwrap();
        assert!(reads.iter().all(|n| *n == 2));
        tables.db.write(INSERT, &[], |_| Ok(())).await.unwrap();
        most = most.max(tables.db.stats().total);
        tables.db.stats().recycled >= 6
    })
    .await;
    let stats = tables.db.stats();
    assert!(stats.opened >= stats.recycled && most <= 4, "{most}, {stats:?}");
    assert_eq!(stats.timeouts, 0);
}

#[tokio::test]
async fn after_some_time_too() {
    let mut options = options();
    options.max_lifetime = Duration::from_millis(300);
    let tables = TwoTables::with(options).await;
    until("connections to be replaced", async || {
        assert_eq!(tables.b().await.unwrap(), 2);
        tables.db.stats().recycled >= 3
    })
    .await;
}

/// Those that are needed no more go, down to as many as are to stay.
#[tokio::test]
async fn what_nobody_uses_is_closed() {
    let mut options = options();
    options.idle_timeout = Duration::from_secs(1);
    options.min_idle = 1;
    let tables = TwoTables::with(options).await;
    let all = try_join_all((0..3).map(|_| tables.db.begin())).await.unwrap();
    assert_eq!(tables.db.stats().total, 4);
    for tx in all {
        tx.rollback().await.unwrap();
    }
    until("two of them to be closed", async || tables.db.stats().total == 2).await;
    assert_eq!(tables.b().await.unwrap(), 2);
    // As PostgreSQL sees it, too.
    until("PostgreSQL to know", async || {
        tables.count("backend_type = 'client backend' AND query LIKE '%ROLLBACK%'").await <= 1
    })
    .await;
}
