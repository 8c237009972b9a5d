//! An executor for benchmarks: it has each statement explained as it runs.

use std::sync::Mutex;

use bytes::Bytes;
use futures_util::Stream;
use serde_json::Value;
use tokio_postgres::Row;

use super::cursor::Cursor;
use super::error::DatabaseError;
use super::error_kind::ErrorKind;

use super::executor::{Executor, Reader};
use super::forward::forward;
use super::pool::Db;
use super::sql::{Param, Sql};
use super::transaction::Transaction;

/// Runs each query twice: under `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON)`, with the same parameters, and as it is, for its
/// rows.
///
/// All of it is a transaction that only reads and is rolled back. What cannot be explained fails:
/// [`begin`](Executor::begin), whose statements would not be seen, and COPY. Of
/// [`execute_batch`](Executor::execute_batch), which is there for `SET LOCAL`, nothing is measured.
///
/// ```no_run
/// use hyper_core::db::{Db, DatabaseError, Measured, Reader, Sql};
///
/// # async fn f(db: Db) -> Result<(), DatabaseError> {
/// let measured = Measured::begin(&db).await?;
/// measured.read(Sql::new("SELECT * FROM posts WHERE id = $1"), &[&7_i64], |_| Ok(())).await?;
/// let statements = measured.end().await?;
/// println!("{}", statements[0].plan[0]["Execution Time"]);
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct Measured {
    tx: Transaction,
    statements: Mutex<Vec<MeasuredStatement>>,
}

/// A statement that was run, and how PostgreSQL ran it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct MeasuredStatement {
    /// Its text.
    pub sql: String,
    /// What `EXPLAIN` answered: a list of one object with `Plan`, `Planning Time` and `Execution Time` in milliseconds.
    pub plan: Value,
}

impl Measured {
    /// Begins the transaction.
    ///
    /// # Errors
    /// As [`Db::begin`].
    pub async fn begin(db: &Db) -> Result<Self, DatabaseError> {
        Ok(Self { tx: db.transaction().read_only().begin().await?, statements: Mutex::default() })
    }

    /// Rolls the transaction back, and gives what ran, in the order in which it was explained.
    ///
    /// # Errors
    /// The connection broke.
    ///
    /// # Panics
    /// Never.
    pub async fn end(self) -> Result<Vec<MeasuredStatement>, DatabaseError> {
        self.tx.rollback().await?;
        Ok(self.statements.into_inner().expect("no panic while held"))
    }

    async fn explain(&self, sql: &str, params: &[Param<'_>]) -> Result<(), DatabaseError> {
        let plan = explain(&self.tx, sql, params).await?;
        let statement = MeasuredStatement { sql: sql.to_owned(), plan };
        self.statements.lock().expect("no panic while held").push(statement);
        Ok(())
    }
}

/// What PostgreSQL answers to `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON)` of a statement.
#[doc(hidden)]
pub async fn explain(db: &impl Executor, sql: &str, params: &[Param<'_>]) -> Result<Value, DatabaseError> {
    let text = format!("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}");
    let mut plan = Value::Null;
    // On a connection for itself where that can be chosen: it takes as long as the statement does.
    db.write(Sql::rendered(&text), params, |row| {
        plan = row.try_get(0)?;
        Ok(())
    })
    .await?;
    Ok(plan)
}

fn cannot(what: &str, instead: &str) -> DatabaseError {
    DatabaseError::new(ErrorKind::Other, format!("{what} cannot be measured: {instead}"))
}

impl Reader for Measured {
    async fn read(
        &self,
        sql: Sql<'_>,
        params: &[Param<'_>],
        each: impl FnMut(&Row) -> Result<(), DatabaseError> + Send,
    ) -> Result<u64, DatabaseError> {
        self.explain(sql.text, params).await?;
        self.tx.read(sql, params, each).await
    }

    async fn run(
        &self,
        sql: Sql<'_>,
        params: &[Param<'_>],
        each: impl FnMut(&Row) -> Result<(), DatabaseError> + Send,
    ) -> Result<u64, DatabaseError> {
        self.read(sql, params, each).await
    }

    async fn cursor(
        &self,
        sql: Sql<'_>,
        params: &[Param<'_>],
        chunk_size: u32,
    ) -> Result<Cursor<'_>, DatabaseError> {
        self.explain(sql.text, params).await?;
        self.tx.cursor(sql, params, chunk_size).await
    }

    async fn copy_out(
        &self,
        _: &str,
        _: impl FnMut(&[u8]) -> Result<(), DatabaseError> + Send,
    ) -> Result<u64, DatabaseError> {
        Err(cannot("a COPY", "measure the query whose rows it sends"))
    }
}

#[diagnostic::do_not_recommend]
impl Executor for Measured {
    async fn write(
        &self,
        sql: Sql<'_>,
        params: &[Param<'_>],
        each: impl FnMut(&Row) -> Result<(), DatabaseError> + Send,
    ) -> Result<u64, DatabaseError> {
        self.read(sql, params, each).await
    }

    async fn copy_in_stream(
        &self,
        _: &str,
        _: impl Stream<Item = Result<Bytes, DatabaseError>> + Send,
    ) -> Result<u64, DatabaseError> {
        Err(cannot("a COPY into a table", "a benchmark only reads"))
    }

    async fn begin(&self) -> Result<Transaction, DatabaseError> {
        Err(cannot("a transaction in a benchmark", "run its queries on the benchmark's `db`, which is one"))
    }

    forward!(self.tx, by self: execute_batch, on_commit, on_rollback);
}
