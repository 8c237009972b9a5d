//! A transaction that only reads, by its type.

use tokio_postgres::Row;

use super::super::cursor::{Cursor, Held};
use super::super::error::DatabaseError;
use super::super::executor::Reader;
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
    fn read(
        &self,
        sql: Sql<'_>,
        params: &[Param<'_>],
        each: impl FnMut(&Row) -> Result<(), DatabaseError> + Send,
    ) -> impl Future<Output = Result<u64, DatabaseError>> + Send {
        self.0.read(sql, params, each)
    }

    fn run(
        &self,
        sql: Sql<'_>,
        params: &[Param<'_>],
        each: impl FnMut(&Row) -> Result<(), DatabaseError> + Send,
    ) -> impl Future<Output = Result<u64, DatabaseError>> + Send {
        self.0.read(sql, params, each)
    }

    fn cursor(
        &self,
        sql: Sql<'_>,
        params: &[Param<'_>],
        chunk_size: u32,
    ) -> impl Future<Output = Result<Cursor<'_>, DatabaseError>> + Send {
        self.0.cursor(sql, params, chunk_size)
    }

    fn copy_out(
        &self,
        text: &str,
        each: impl FnMut(&[u8]) -> Result<(), DatabaseError> + Send,
    ) -> impl Future<Output = Result<u64, DatabaseError>> + Send {
        self.0.copy_out(text, each)
    }
}
