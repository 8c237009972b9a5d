//! A transaction that only reads, by its type.

use super::super::cursor::{Cursor, Held};
use super::super::error::DatabaseError;
use super::super::executor::Reader;
use super::super::forward::forward;
use super::super::sql::{Param, Sql};
use super::super::transaction::Transaction;

/// A transaction on one replica, from [`Replica::atomic`](super::Replica::atomic) or
/// [`Replica::begin`](super::Replica::begin). What writes does not compile with it. It ends when it is dropped.
#[derive(Debug)]
pub struct ReadTransaction(Transaction);

impl ReadTransaction {
    pub(super) fn new(tx: Transaction) -> Self {
        Self(tx)
    }

    pub(super) async fn end(self) -> Result<(), DatabaseError> {
        self.0.rollback().await
    }

    pub(super) async fn into_cursor(
        self,
        sql: Sql<'_>,
        params: &[Param<'_>],
        chunk_size: u32,
    ) -> Result<Cursor<'static>, DatabaseError> {
        Cursor::open(Held::Own(Some(self.0)), sql, params, chunk_size).await
    }
}

impl Reader for ReadTransaction {
    forward!(self.0, by self: read, run, cursor, copy_out);
}
