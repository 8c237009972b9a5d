//! A database with one small table, and what PostgreSQL says of its connections: for tests that are about statements
//! and not about models.

use std::time::{Duration, Instant};

use hyperdjango::db::{DatabaseError, Db, DbOptions, Executor, Param, Sql};

/// A database with the table `numbers`.
pub(crate) struct Numbers {
    pub(crate) db: Db,
    /// Another handle, whose connections are not the ones that are looked at.
    pub(crate) other: Db,
    pub(crate) url: String,
}

const INSERT: Sql<'static> = Sql::new("INSERT INTO numbers VALUES ($1)");

pub(crate) async fn insert(db: &impl Executor, n: i64) -> Result<u64, DatabaseError> {
    db.write(INSERT, &[&n as Param<'_>], |_| Ok(())).await
}

/// The first column of what a query returns, as text.
pub(crate) async fn texts(db: &impl Executor, query: &str) -> Result<Vec<String>, DatabaseError> {
    let text = format!("SELECT t.v::text FROM ({query}) t (v)");
    let mut texts = Vec::new();
    db.read(Sql::rendered(&text), &[], |row| {
        texts.push(row.try_get(0)?);
        Ok(())
    })
    .await?;
    Ok(texts)
}

impl Numbers {
    pub(crate) async fn new() -> Self {
        let url = hyper_tests::postgres().url().to_owned();
        let mut options = DbOptions::default();
        // What is not given back is missed at once.
        options.exclusive = 1;
        let db = Db::with_options(url.parse().unwrap(), options);
        db.execute_batch("CREATE TABLE numbers (n bigint PRIMARY KEY DEFERRABLE INITIALLY IMMEDIATE)")
            .await
            .unwrap();
        Self { db, other: Db::new(url.parse().unwrap()), url }
    }

    pub(crate) async fn fill(&self, count: i64) {
        self.other
            .execute_batch(&format!("INSERT INTO numbers SELECT generate_series(1, {count})"))
            .await
            .unwrap();
    }

    /// What is in the table for those outside, `"1 2 3"`.
    pub(crate) async fn kept(&self) -> String {
        texts(&self.other, "SELECT n FROM numbers ORDER BY n").await.unwrap().join(" ")
    }

    /// How many connections to the database fulfil a condition.
    pub(crate) async fn connections(&self, condition: &str) -> String {
        let query = format!(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() \
             AND {condition}"
        );
        texts(&self.other, &query).await.unwrap().remove(0)
    }

    pub(crate) async fn wait_for(&self, count: &str, condition: &str) {
        let started = Instant::now();
        while self.connections(condition).await != count {
            assert!(started.elapsed() < Duration::from_secs(30), "waited for {count}: {condition}");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    /// The only connection for writes is clean: nothing is open, and a statement of its own takes effect.
    pub(crate) async fn assert_usable(&self) {
        insert(&self.db, -1).await.unwrap();
        assert_eq!(self.kept().await.split(' ').next(), Some("-1"));
        self.db.execute_batch("DELETE FROM numbers WHERE n = -1").await.unwrap();
        assert_eq!(self.connections("state LIKE '%transaction%'").await, "0");
    }
}

/// Runs `work` until a condition is true of a connection, and drops it half-way.
pub(crate) async fn drop_when<T>(numbers: &Numbers, work: impl Future<Output = T>, condition: &str) {
    tokio::select! {
        biased;
        _ = work => panic!("it should not end"),
        () = numbers.wait_for("1", condition) => {}
    }
}

/// What is under way in PostgreSQL while `pg_sleep` runs.
pub(crate) const SLEEPING: &str = "wait_event = 'PgSleep'";
