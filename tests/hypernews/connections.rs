//! What happens to the database's connections when statements fail, are dropped, or find a changed table.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use hyperdjango::db::{DatabaseError, Db, ErrorKind, Executor, Param, Reader, Sql};
use hyperdjango::tokio;

use crate::served::{sql, wait_until};

struct Database {
    db: Db,
    url: String,
}

async fn database() -> Database {
    let url = hyper_tests::postgres().url().to_owned();
    let db = Db::new(url.parse().unwrap());
    db.execute_batch(
        "CREATE TABLE numbers (n bigint PRIMARY KEY, parent bigint REFERENCES numbers DEFERRABLE INITIALLY DEFERRED)",
    )
    .await
    .unwrap();
    Database { db, url }
}

const INSERT: Sql<'static> = Sql::new("INSERT INTO numbers VALUES ($1)");

async fn insert(db: &impl Executor, n: i64) -> Result<u64, DatabaseError> {
    db.write(INSERT, &[&n as Param<'_>], |_| Ok(())).await
}

impl Database {
    async fn others(&self, condition: &str) -> String {
        let query = format!(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND {condition}"
        );
        sql(&self.url, &query).await.unwrap().remove(0)
    }

    async fn count(&self) -> String {
        sql(&self.url, "SELECT count(*) FROM numbers").await.unwrap().remove(0)
    }

    async fn wait_for(&self, count: &str, condition: &str) {
        while self.others(condition).await != count {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

/// Polls a future until the statement is under way, and drops it.
async fn begin_and_drop(database: &Database, work: impl Future, condition: &str) {
    let mut work = pin!(work);
    let started = pin!(database.wait_for("1", condition));
    let mut started = started;
    poll_fn(|cx| {
        assert!(work.as_mut().poll(cx).is_pending(), "it should wait");
        match started.as_mut().poll(cx) {
            Poll::Ready(()) => Poll::Ready(()),
            Poll::Pending => {
                cx.waker().wake_by_ref();
                Poll::Pending
            }
        }
    })
    .await;
}

/// PostgreSQL answers the COMMIT of a failed transaction with a ROLLBACK, and calls that no error.
#[tokio::test]
async fn a_transaction_whose_failure_was_ignored_is_not_said_to_be_committed() {
    let database = database().await;
    let outcome: Result<(), DatabaseError> = database
        .db
        .atomic(async |tx| {
            insert(tx, 1).await?;
            let taken = insert(tx, 1).await;
            assert_eq!(taken.unwrap_err().kind(), ErrorKind::Unique);
            Ok(())
        })
        .await;
    let error = outcome.unwrap_err();
    assert!(error.to_string().contains("one of its statements had failed"), "{error}");
    assert_eq!(database.count().await, "0");

    // What was undone to a savepoint does no harm.
    let outcome: Result<(), DatabaseError> = database
        .db
        .atomic(async |tx| {
            insert(tx, 1).await?;
            tx.execute_batch("SAVEPOINT before").await?;
            insert(tx, 1).await.unwrap_err();
            tx.execute_batch("ROLLBACK TO SAVEPOINT before").await?;
            insert(tx, 2).await.map(drop)
        })
        .await;
    outcome.unwrap();
    assert_eq!(database.count().await, "2");
    assert_eq!(database.others("state LIKE '%transaction%'").await, "0");
}

#[tokio::test]
async fn a_constraint_that_fails_at_the_end_is_not_lost() {
    let database = database().await;
    const ORPHAN: Sql<'static> = Sql::new("INSERT INTO numbers VALUES (1, 99)");
    let error = database.db.write(ORPHAN, &[], |_| Ok(())).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ForeignKey);
    let outcome: Result<u64, DatabaseError> =
        database.db.atomic(async |tx| tx.write(ORPHAN, &[], |_| Ok(())).await).await;
    assert_eq!(outcome.unwrap_err().kind(), ErrorKind::ForeignKey);
    assert_eq!(database.count().await, "0");
}

#[tokio::test]
async fn a_write_that_is_dropped_half_way_does_not_keep_its_connection() {
    let database = database().await;
    const SLEEPS: Sql<'static> = Sql::new("INSERT INTO numbers SELECT 7 FROM pg_sleep(1000)");
    let sleeping = "wait_event = 'PgSleep'";
    begin_and_drop(&database, database.db.write(SLEEPS, &[], |_| Ok(())), sleeping).await;
    database.wait_for("0", sleeping).await;
    begin_and_drop(&database, database.db.execute_batch("SELECT pg_sleep(1000)"), sleeping).await;
    database.wait_for("0", sleeping).await;
    let transaction = database.db.atomic(async |tx| {
        insert(tx, 8).await?;
        tx.write(SLEEPS, &[], |_| Ok(())).await
    });
    begin_and_drop(&database, transaction, sleeping).await;
    database.wait_for("0", sleeping).await;
    database.wait_for("0", "state LIKE '%transaction%'").await;
    assert_eq!(database.count().await, "0");
    // None of the cancellations meets somebody else's statement.
    for n in 0..200 {
        insert(&database.db, n).await.unwrap();
    }
}

#[tokio::test]
async fn statements_that_leave_a_transaction_open_do_not_hand_it_on() {
    let database = database().await;
    let db = &database.db;
    for (text, fits) in [
        ("BEGIN", true),
        ("start transaction; INSERT INTO numbers VALUES (1)", true),
        ("begin; INSERT INTO numbers VALUES (2); SELECT 1/0; COMMIT", false),
    ] {
        assert_eq!(db.execute_batch(text).await.is_ok(), fits, "{text}");
        assert_eq!(database.others("state LIKE '%transaction%'").await, "0", "{text}");
        db.execute_batch("SELECT 1").await.unwrap();
    }
    db.execute_batch("BEGIN; INSERT INTO numbers VALUES (3); COMMIT").await.unwrap();
    db.execute_batch("DO $$ BEGIN INSERT INTO numbers VALUES (4); END $$").await.unwrap();
    assert_eq!(database.count().await, "2");
}

/// Sixteen connections that ended while they were idle cost nobody anything but the time to connect.
#[tokio::test]
async fn a_transaction_begins_although_the_idle_connections_have_ended() {
    let database = database().await;
    let mut open = Vec::new();
    for _ in 0..16 {
        open.push(database.db.begin().await.unwrap());
    }
    for tx in open {
        tx.commit().await.unwrap();
    }
    for n in 0..5 {
        sql(
            &database.url,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
             WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
        .await
        .unwrap();
        database.db.atomic(async |tx| insert(tx, n).await).await.unwrap();
    }
    assert_eq!(database.count().await, "5");
}

#[tokio::test]
async fn a_table_that_was_altered_is_read_and_written_as_it_is_now() {
    let database = database().await;
    const RETURNING: Sql<'static> = Sql::new("INSERT INTO numbers (n) VALUES ($1) RETURNING *");
    const ALL: Sql<'static> = Sql::new("SELECT * FROM numbers");
    let db = &database.db;
    for (n, alter) in
        [(1_i64, "ADD COLUMN more text"), (2, "DROP COLUMN more"), (3, "ALTER COLUMN parent TYPE numeric")]
    {
        db.write(RETURNING, &[&n as Param<'_>], |_| Ok(())).await.unwrap();
        db.read(ALL, &[], |_| Ok(())).await.unwrap();
        sql(&database.url, "ALTER TABLE numbers DROP CONSTRAINT IF EXISTS numbers_parent_fkey")
            .await
            .unwrap();
        sql(&database.url, &format!("ALTER TABLE numbers {alter}")).await.unwrap();
        assert_eq!(db.read(ALL, &[], |_| Ok(())).await.unwrap(), n as u64);
        assert_eq!(db.write(RETURNING, &[&(n + 100) as Param<'_>], |_| Ok(())).await.unwrap(), 1);
        sql(&database.url, "DELETE FROM numbers WHERE n > 100").await.unwrap();
    }
}

/// A runtime that ends in the middle of everything leaves no back end behind.
#[test]
fn a_runtime_that_ends_takes_its_connections_with_it() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let database = runtime.block_on(async {
        let database = database().await;
        for n in 0..8 {
            let db = database.db.clone();
            tokio::spawn(async move {
                let work = async |tx: &hyperdjango::db::Transaction| {
                    insert(tx, n).await?;
                    tx.execute_batch("SELECT pg_sleep(1000)").await
                };
                db.atomic(work).await
            });
        }
        database.wait_for("8", "wait_event = 'PgSleep'").await;
        database
    });
    runtime.shutdown_background();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    // PostgreSQL notices that the client is gone when the statement ends: it is told to.
    wait_until("the back ends to end", || {
        runtime.block_on(async {
            sql(
                &database.url,
                "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'",
            )
            .await
            .unwrap();
            database.others("true").await == "0"
        })
    });
}
