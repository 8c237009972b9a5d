//! Statements that take effect together or not at all.

use bytes::BytesMut;
use tokio_postgres::Row;

use super::error::DatabaseError;
use super::executor::Executor;
use super::pool::{Exclusive, copy_in};
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
    /// A deferred constraint that fails now; or the connection breaks while PostgreSQL commits, which is
    /// [`Interrupted`](super::ErrorKind::Interrupted): the transaction may have been committed.
    pub async fn commit(self) -> Result<(), DatabaseError> {
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
        drop(self.0.take());
        Ok(())
    }

    fn connection(&self) -> &Exclusive {
        self.0.as_ref().expect("present until it ends")
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        let Some(connection) = self.0.take() else { return };
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            return connection.discard();
        };
        runtime.spawn(async move {
            if connection.batch("ROLLBACK").await.is_err() {
                connection.discard();
            }
        });
    }
}

impl Executor for Transaction {
    async fn read(
        &self,
        sql: Sql,
        params: &[Param<'_>],
        mut each: impl FnMut(&Row) -> Result<(), DatabaseError> + Send,
    ) -> Result<u64, DatabaseError> {
        self.connection().run(sql, params, &mut each).await
    }

    async fn write(
        &self,
        sql: Sql,
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
        copy_in(self.connection(), text, fill).await
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
