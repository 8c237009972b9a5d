//! A database with two tables, of which one can be locked: a statement that is known to be short then takes long.

use std::time::Duration;

use futures_util::FutureExt;
use hyperdjango::db::{DatabaseError, Db, DbOptions, Executor, Reader, Sql, Transaction};

use crate::numbers::texts;

const A: Sql<'static> = Sql::new("SELECT n FROM a");
const B: Sql<'static> = Sql::new("SELECT n FROM b");

/// The database, and one handle with few connections.
pub(crate) struct TwoTables {
    pub(crate) db: Db,
    /// Another handle, whose connections are not the ones that are looked at.
    pub(crate) other: Db,
}

impl TwoTables {
    /// With one shared connection and so many for one user.
    pub(crate) async fn new(exclusive: usize) -> Self {
        let mut options = DbOptions::default();
        options.pinned = 1;
        options.exclusive = exclusive;
        Self::with(options).await
    }

    pub(crate) async fn with(options: DbOptions) -> Self {
        let url = hyper_tests::postgres().url().to_owned();
        let other = Db::new(url.parse().unwrap());
        let tables =
            "CREATE TABLE a (n bigint); INSERT INTO a VALUES (1); CREATE TABLE b AS SELECT 2::bigint AS n";
        other.execute_batch(tables).await.unwrap();
        let this = Self { db: Db::with_options(url.parse().unwrap(), options), other };
        // Tried out alone, and prepared on the shared connection. On a busy machine the first times may be long.
        let mut shared = 0;
        while shared < 3 {
            let before = this.db.stats().acquires;
            assert_eq!((this.a().await.unwrap(), this.b().await.unwrap()), (1, 2));
            shared = if this.db.stats().acquires == before { shared + 1 } else { 0 };
        }
        this
    }

    pub(crate) async fn a(&self) -> Result<i64, DatabaseError> {
        one(&self.db, A).await
    }

    pub(crate) async fn b(&self) -> Result<i64, DatabaseError> {
        one(&self.db, B).await
    }

    /// Nobody reads `a` until the transaction ends.
    pub(crate) async fn lock_a(&self) -> Transaction {
        let tx = self.other.begin().await.unwrap();
        tx.execute_batch("LOCK TABLE a IN ACCESS EXCLUSIVE MODE").await.unwrap();
        tx
    }

    /// How many connections of the program are in this state, and of these who look is none.
    pub(crate) async fn count(&self, condition: &str) -> usize {
        let query = format!(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() \
             AND {condition}"
        );
        texts(&self.other, &query).await.unwrap().remove(0).parse().unwrap()
    }

    /// Somebody waits for the lock.
    pub(crate) async fn wait_for_locked(&self, count: usize) {
        until("who waits for the lock", async || self.count("wait_event_type = 'Lock'").await == count).await;
    }
}

async fn one(db: &Db, sql: Sql<'_>) -> Result<i64, DatabaseError> {
    let mut n = None;
    db.read(sql, &[], |row| {
        n = Some(row.try_get(0)?);
        Ok(())
    })
    .await?;
    Ok(n.expect("a row"))
}

/// Waits until it is so.
pub(crate) async fn until(what: &str, mut so: impl AsyncFnMut() -> bool) {
    let waiting = async {
        while !so().await {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), waiting)
        .await
        .unwrap_or_else(|_| panic!("waited for {what}"));
}

/// Waits for what does not wait for anybody.
pub(crate) async fn soon<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(60), work).await.expect("it was kept waiting")
}

/// Sends a statement now, and goes on.
pub(crate) fn begin<F: Future>(work: &mut std::pin::Pin<Box<F>>) {
    assert!(work.as_mut().now_or_never().is_none(), "it ended at once");
}
