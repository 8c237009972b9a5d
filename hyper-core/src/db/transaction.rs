//! Statements that take effect together or not at all.

use bytes::BytesMut;
use tokio_postgres::Row;

use super::error::{DatabaseError, ErrorKind};
use super::exclusive::Exclusive;
use super::executor::Executor;
use super::sql::{Param, Sql};

/// A transaction, from [`Db::atomic`](super::Db::atomic) or [`Db::begin`](super::Db::begin), with a
/// connection for itself. Dropped without [`commit`](Self::commit), it is rolled back.
pub struct Transaction(Option<Exclusive>);

impl Transaction {
    pub(super) async fn begin(connection: Exclusive) -> Result<Self, DatabaseError> {
        // A `Transaction` already while this waits: dropped half-way, it is rolled back like any other.
        let this = Self(Some(connection));
        this.connection().batch("BEGIN").await?;
        Ok(this)
    }

    /// Makes all of it permanent.
    ///
    /// # Errors
    /// A statement of it had failed, so that PostgreSQL has given it up; a deferred constraint that fails now; or
    /// the connection breaks while PostgreSQL commits, which is [`Interrupted`](super::ErrorKind::Interrupted): the
    /// transaction may have been committed.
    pub async fn commit(self) -> Result<(), DatabaseError> {
        if self.connection().is_unsettled() {
            // PostgreSQL answers the COMMIT of a failed transaction with a ROLLBACK and no error. Asked for anything
            // else it says so.
            self.connection().batch("SELECT 1").await.map_err(|error| match error.sqlstate() {
                Some("25P02") => DatabaseError::new(
                    ErrorKind::Other,
                    "the transaction cannot be committed: one of its statements had failed, and the failure was ignored",
                )
                .with_source(error),
                _ => error,
            })?;
        }
        self.end("COMMIT").await
    }

    /// Undoes all of it.
    ///
    /// # Errors
    /// The connection broke: PostgreSQL undoes it then by itself.
    pub async fn rollback(self) -> Result<(), DatabaseError> {
        self.end("ROLLBACK").await
    }

    async fn end(mut self, text: &str) -> Result<(), DatabaseError> {
        // Still ours while this waits: dropped half-way, the connection's state is unknown, and `Drop` sees to it.
        self.connection().batch(text).await?;
        let connection = self.0.take();
        connection.iter().for_each(|connection| connection.settled());
        Ok(())
    }

    fn connection(&self) -> &Exclusive {
        self.0.as_ref().expect("present until it ends")
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        if let Some(connection) = self.0.take() {
            connection.clean_up("ROLLBACK");
        }
    }
}

impl Executor for Transaction {
    async fn read(
        &self,
        sql: Sql<'_>,
        params: &[Param<'_>],
        mut each: impl FnMut(&Row) -> Result<(), DatabaseError> + Send,
    ) -> Result<u64, DatabaseError> {
        self.connection().run(sql, params, &mut each).await
    }

    async fn write(
        &self,
        sql: Sql<'_>,
        params: &[Param<'_>],
        each: impl FnMut(&Row) -> Result<(), DatabaseError> + Send,
    ) -> Result<u64, DatabaseError> {
        self.read(sql, params, each).await
    }

    async fn copy_in(
        &self,
        text: &str,
        fill: impl FnMut(&mut BytesMut) -> Result<bool, DatabaseError> + Send,
    ) -> Result<u64, DatabaseError> {
        self.connection().copy_in(text, fill).await
    }

    async fn execute_batch(&self, text: &str) -> Result<(), DatabaseError> {
        self.connection().batch(text).await
    }
}

impl std::fmt::Debug for Transaction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Transaction")
    }
}
