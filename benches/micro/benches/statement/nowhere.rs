//! An executor that sends nothing.

use std::future::ready;
use std::hint::black_box;

use futures_util::Stream;
use hyperdjango::db::{
    Callback, Cursor, DatabaseError, ErrorKind, Executor, Param, Reader, Row, Sql, Transaction,
};

/// Takes statements and has no rows.
pub(crate) struct Nowhere;

fn nothing() -> DatabaseError {
    DatabaseError::new(ErrorKind::Other, "nothing is sent")
}

impl Reader for Nowhere {
    fn read(
        &self,
        sql: Sql<'_>,
        params: &[Param<'_>],
        _: impl FnMut(&Row) -> Result<(), DatabaseError> + Send,
    ) -> impl Future<Output = Result<u64, DatabaseError>> + Send {
        black_box((sql.text, sql.key, params));
        ready(Ok(0))
    }

    fn run(
        &self,
        sql: Sql<'_>,
        params: &[Param<'_>],
        _: impl FnMut(&Row) -> Result<(), DatabaseError> + Send,
    ) -> impl Future<Output = Result<u64, DatabaseError>> + Send {
        black_box((sql.text, sql.key, params));
        ready(Ok(0))
    }

    async fn cursor(&self, _: Sql<'_>, _: &[Param<'_>], _: u32) -> Result<Cursor<'_>, DatabaseError> {
        Err(nothing())
    }

    async fn copy_out(
        &self,
        _: &str,
        _: impl FnMut(&[u8]) -> Result<(), DatabaseError> + Send,
    ) -> Result<u64, DatabaseError> {
        Err(nothing())
    }
}

impl Executor for Nowhere {
    fn write(
        &self,
        sql: Sql<'_>,
        params: &[Param<'_>],
        _: impl FnMut(&Row) -> Result<(), DatabaseError> + Send,
    ) -> impl Future<Output = Result<u64, DatabaseError>> + Send {
        black_box((sql.text, sql.key, params));
        ready(Ok(0))
    }

    async fn copy_in_stream(
        &self,
        _: &str,
        _: impl Stream<Item = Result<bytes::Bytes, DatabaseError>> + Send,
    ) -> Result<u64, DatabaseError> {
        Err(nothing())
    }

    async fn execute_batch(&self, _: &str) -> Result<(), DatabaseError> {
        Err(nothing())
    }

    async fn begin(&self) -> Result<Transaction, DatabaseError> {
        Err(nothing())
    }

    fn on_commit<Kind>(&self, _: impl Callback<Kind>) {}

    fn on_rollback<Kind>(&self, _: impl Callback<Kind>) {}
}
