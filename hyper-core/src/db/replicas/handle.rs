//! Saying where a statement goes: Django's `using`.

use tokio_postgres::Row;

use super::super::cursor::Cursor;
use super::super::error::DatabaseError;
use super::super::error_kind::ErrorKind;
use super::super::executor::{Executor, Reader};
use super::super::forward::forward;
use super::super::options::Options;
use super::super::pool::Db;
use super::super::reading::read_here;
use super::super::sql::{Param, Sql};
use super::read_only::ReadTransaction;

/// The replicas of a database, whatever was written before: from [`Db::replica`]. It only reads: what writes does not
/// compile with it.
#[derive(Debug, Clone, Copy)]
pub struct Replica<'d>(&'d Db);

/// The primary of a database, also for what only reads: from [`Db::primary`].
#[derive(Debug, Clone, Copy)]
pub struct Primary<'d>(&'d Db);

impl Db {
    /// The replicas, to read from even what is older than one's own writes: reports, exports, counts. Without replicas,
    /// and while all of them are out, it is the primary.
    ///
    /// ```no_run
    /// # use hyper_core::db::{Db, DatabaseError, Reader, Sql};
    /// # async fn f(db: Db) -> Result<(), DatabaseError> {
    /// db.replica().read(Sql::new("SELECT count(*) FROM posts"), &[], |_| Ok(())).await?;
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn replica(&self) -> Replica<'_> {
        Replica(self)
    }

    /// The primary, to read what others have only just written.
    ///
    /// ```no_run
    /// # use hyper_core::db::{Db, DatabaseError, Reader, Sql};
    /// # async fn f(db: Db) -> Result<(), DatabaseError> {
    /// db.primary().read(Sql::new("SELECT balance FROM accounts"), &[], |_| Ok(())).await?;
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn primary(&self) -> Primary<'_> {
        Primary(self)
    }
}

impl Replica<'_> {
    /// Runs `work` in a transaction that only reads, on one replica.
    ///
    /// ```no_run
    /// # use hyper_core::db::{Db, DatabaseError, Reader, Sql};
    /// # async fn f(db: Db) -> Result<(), DatabaseError> {
    /// db.replica()
    ///     .atomic(async |tx| {
    ///         tx.read(Sql::new("SELECT count(*) FROM posts"), &[], |_| Ok(())).await?;
    ///         tx.read(Sql::new("SELECT count(*) FROM users"), &[], |_| Ok(())).await
    ///     })
    ///     .await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// What `work` returns, or the failure to begin.
    pub async fn atomic<T, E: From<DatabaseError>>(
        &self,
        work: impl AsyncFnOnce(&ReadTransaction) -> Result<T, E>,
    ) -> Result<T, E> {
        let tx = self.begin().await?;
        let outcome = work(&tx).await;
        // It has only read: how it ends is all one.
        let _ = tx.end().await;
        outcome
    }

    /// Begins a transaction that only reads, on one replica, or on the primary if none can be reached. It ends when it is
    /// dropped.
    ///
    /// # Errors
    /// As [`Db::begin`].
    pub async fn begin(&self) -> Result<ReadTransaction, DatabaseError> {
        let options = Options::read_only();
        if let Some(replicas) = self.0.0.replicas.get().filter(|_| !self.0.is_in_test()) {
            for _ in 0..replicas.nodes.len() {
                let Some(node) = replicas.any(self.0) else { break };
                match node.db.begin_as(&options).await {
                    Ok(tx) => return Ok(ReadTransaction::new(tx)),
                    Err(error) if matches!(error.kind(), ErrorKind::Unavailable | ErrorKind::Interrupted) => {
                        replicas.failed(node, self.0, &error);
                    }
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(ReadTransaction::new(self.0.begin_as(&options).await?))
    }

    /// Opens a cursor on a `SELECT`, on one replica, as [`Db::cursor`] does on the primary.
    ///
    /// # Errors
    /// As [`Db::cursor`].
    pub async fn cursor(
        &self,
        sql: Sql<'_>,
        params: &[Param<'_>],
        chunk_size: u32,
    ) -> Result<Cursor<'static>, DatabaseError> {
        if sql.of_primary || self.0.is_in_test() {
            return self.0.cursor(sql, params, chunk_size).await;
        }
        self.begin().await?.into_cursor(sql, params, chunk_size).await
    }
}

impl Reader for Replica<'_> {
    async fn read(
        &self,
        sql: Sql<'_>,
        params: &[Param<'_>],
        mut each: impl FnMut(&Row) -> Result<(), DatabaseError> + Send,
    ) -> Result<u64, DatabaseError> {
        match self.0.0.replicas.get() {
            Some(replicas) if !self.0.is_in_test() => {
                Box::pin(replicas.read_anywhere(self.0, sql, params, &mut each)).await
            }
            _ => read_here(self.0, None, &sql, params, &mut each).await,
        }
    }

    async fn run(
        &self,
        sql: Sql<'_>,
        params: &[Param<'_>],
        each: impl FnMut(&Row) -> Result<(), DatabaseError> + Send,
    ) -> Result<u64, DatabaseError> {
        self.begin().await?.run(sql, params, each).await
    }

    async fn cursor(
        &self,
        sql: Sql<'_>,
        params: &[Param<'_>],
        chunk_size: u32,
    ) -> Result<Cursor<'_>, DatabaseError> {
        self.cursor(sql, params, chunk_size).await
    }

    async fn copy_out(
        &self,
        text: &str,
        each: impl FnMut(&[u8]) -> Result<(), DatabaseError> + Send,
    ) -> Result<u64, DatabaseError> {
        self.begin().await?.copy_out(text, each).await
    }
}

impl Reader for Primary<'_> {
    async fn read(
        &self,
        sql: Sql<'_>,
        params: &[Param<'_>],
        mut each: impl FnMut(&Row) -> Result<(), DatabaseError> + Send,
    ) -> Result<u64, DatabaseError> {
        read_here(self.0, None, &sql, params, &mut each).await
    }

    forward!(self.0, by self: run, cursor, copy_out);
}

#[diagnostic::do_not_recommend]
impl Executor for Primary<'_> {
    forward!(self.0, by self: write, copy_in_stream, execute_batch, begin, on_commit, on_rollback);
}
