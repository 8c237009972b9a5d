//! Whether a pool has all of its connections again, and PostgreSQL none that is left over.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use hyperdjango::db::{DatabaseError, Db, DbOptions, Executor, Reader, Sql};

use crate::load::PATIENCE;

/// How many connections for writes and transactions the pools of these tests have.
pub(crate) const EXCLUSIVE: usize = 8;

/// The sizes and limits that these tests have.
pub(crate) fn options() -> DbOptions {
    let mut options = DbOptions::default();
    options.pinned = 2;
    options.exclusive = EXCLUSIVE;
    options.acquire_timeout = Duration::from_secs(2);
    options.connect_timeout = Duration::from_secs(2);
    options
}

pub(crate) fn open(url: &str) -> Db {
    Db::with_options(url.parse().unwrap(), options())
}

/// A handle whose connections are not the ones that are looked at.
pub(crate) fn outside(url: &str) -> Db {
    let mut options = options();
    (options.pinned, options.exclusive) = (1, 2);
    let separator =
        if url.starts_with("postgres:") { if url.contains('?') { "&" } else { "?" } } else { " " };
    Db::with_options(format!("{url}{separator}application_name=outside").parse().unwrap(), options)
}

/// The first column of a query's only row.
pub(crate) async fn number(db: &impl Reader, query: &str) -> Result<i64, DatabaseError> {
    let mut number = 0;
    db.read(Sql::rendered(query), &[], |row| {
        number = row.try_get(0)?;
        Ok(())
    })
    .await?;
    Ok(number)
}

/// How many connections to the database, but for those from outside, fulfil a condition.
pub(crate) async fn count(outside: &Db, condition: &str) -> Result<i64, DatabaseError> {
    let query = format!(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name <> 'outside' \
         AND {condition}"
    );
    number(outside, &query).await
}

/// Waits for a condition.
pub(crate) async fn until(what: &str, mut so: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !so().await {
        assert!(Instant::now() < deadline, "waited for {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Nobody has or waits for a connection, and no transaction is open.
pub(crate) async fn assert_quiet(db: &Db, outside: &Db) {
    until("all connections to be given back", async || {
        let stats = db.stats();
        stats.in_use == 0 && stats.waiters == 0
    })
    .await;
    until("no transaction to be open", async || {
        count(outside, "state LIKE 'idle in transaction%'").await.is_ok_and(|open| open == 0)
    })
    .await;
}

/// The same, and there are as many connections to be had as before.
pub(crate) async fn assert_whole(db: &Db, outside: &Db) {
    assert_quiet(db, outside).await;
    // All at once. After an outage the first who connects may be one alone.
    let mut all = Vec::new();
    until("a connection for each", async || {
        all.clear();
        all = join_all((0..EXCLUSIVE).map(|_| db.begin())).await.into_iter().flatten().collect();
        all.len() == EXCLUSIVE
    })
    .await;
    assert!(db.stats().in_use >= EXCLUSIVE, "{:?}", db.stats());
    for tx in all {
        tx.execute_batch("SELECT 1").await.unwrap();
        tx.rollback().await.unwrap();
    }
    // One may be used for a moment to be replaced.
    assert_quiet(db, outside).await;
    let stats = db.stats();
    assert!(stats.total <= EXCLUSIVE + 2, "{stats:?}");
    until("PostgreSQL to have no others of it", async || {
        count(outside, "true").await.is_ok_and(|there| usize::try_from(there).unwrap() <= EXCLUSIVE + 3)
    })
    .await;
}
