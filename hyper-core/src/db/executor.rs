//! Who can run a statement: the database handle and a transaction.

use tokio_postgres::Row;

use super::error::DatabaseError;
use super::sql::{Param, Sql};

/// Runs statements: [`Db`](super::Db) each on its own, [`Transaction`](super::Transaction) all together.
///
/// Query methods take `&db` or `tx`, whichever is at hand.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot run a query",
    label = "expected a `Db` or a `Transaction`",
    note = "handlers get one as an argument: `db: &Db`; inside `db.atomic(async |tx| ..)` pass `tx`"
)]
pub trait Executor: Send + Sync {
    /// Runs a statement that only reads, giving each row to `each` in order. Returns how many there were.
    ///
    /// # Errors
    /// What PostgreSQL reports, what `each` returns, or that PostgreSQL cannot be reached.
    fn read(
        &self,
        sql: Sql<'_>,
        params: &[Param<'_>],
        each: impl FnMut(&Row) -> Result<(), DatabaseError> + Send,
    ) -> impl Future<Output = Result<u64, DatabaseError>> + Send;

    /// Runs a statement that writes, giving each returned row to `each`. Returns how many rows it touched.
    ///
    /// # Errors
    /// As [`read`](Self::read); a connection lost under way is [`Interrupted`](super::ErrorKind::Interrupted):
    /// the statement may have taken effect.
    fn write(
        &self,
        sql: Sql<'_>,
        params: &[Param<'_>],
        each: impl FnMut(&Row) -> Result<(), DatabaseError> + Send,
    ) -> impl Future<Output = Result<u64, DatabaseError>> + Send;

    /// Starts a `COPY .. FROM STDIN` and feeds it what `fill` writes into the buffers it is handed, until it
    /// returns `false`. Returns how many rows arrived.
    ///
    /// # Errors
    /// As [`write`](Self::write); nothing has arrived then.
    fn copy_in(
        &self,
        text: &str,
        fill: impl FnMut(&mut bytes::BytesMut) -> Result<bool, DatabaseError> + Send,
    ) -> impl Future<Output = Result<u64, DatabaseError>> + Send;

    /// Runs statements without parameters whose results nobody wants, such as `CREATE TABLE`.
    ///
    /// # Errors
    /// What PostgreSQL reports, or that it cannot be reached.
    fn execute_batch(&self, text: &str) -> impl Future<Output = Result<(), DatabaseError>> + Send;
}
