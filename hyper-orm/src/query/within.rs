//! A database for the queries that belong to another: they are kept as that says, unless they say so themselves.

use hyper_core::cache::QueryCache;
use hyper_core::db::{Cursor, DatabaseError, Db, Param, Reader, Sql};
use tokio_postgres::Row;

use super::caching::{Caching, TTL};

/// The database, and what the query says that they belong to.
pub(crate) struct Within<'d, R> {
    db: &'d R,
    caching: Caching,
}

impl<'d, R> Within<'d, R> {
    pub(super) fn new(db: &'d R, caching: Caching) -> Self {
        Self { db, caching }
    }

    fn kept<'q>(&self, sql: Sql<'q>) -> Sql<'q> {
        if !sql.is_by_default() {
            return sql;
        }
        match self.caching {
            // What that belongs to may say it.
            Caching::Default => sql,
            Caching::Off => sql.cached(0),
            Caching::For(seconds) => sql.cached(seconds),
            Caching::On if sql.ttl() == 0 => sql.cached(TTL),
            Caching::On => sql.cached(sql.ttl()),
        }
    }
}

impl<R: Reader> Reader for Within<'_, R> {
    fn read(
        &self,
        sql: Sql<'_>,
        params: &[Param<'_>],
        each: impl FnMut(&Row) -> Result<(), DatabaseError> + Send,
    ) -> impl Future<Output = Result<u64, DatabaseError>> + Send {
        self.db.read(self.kept(sql), params, each)
    }

    fn run(
        &self,
        sql: Sql<'_>,
        params: &[Param<'_>],
        each: impl FnMut(&Row) -> Result<(), DatabaseError> + Send,
    ) -> impl Future<Output = Result<u64, DatabaseError>> + Send {
        self.db.run(sql, params, each)
    }

    fn keeps(&self) -> Option<(&Db, &QueryCache)> {
        self.db.keeps()
    }

    fn cursor(
        &self,
        sql: Sql<'_>,
        params: &[Param<'_>],
        chunk_size: u32,
    ) -> impl Future<Output = Result<Cursor<'_>, DatabaseError>> + Send {
        self.db.cursor(sql, params, chunk_size)
    }

    fn copy_out(
        &self,
        text: &str,
        each: impl FnMut(&[u8]) -> Result<(), DatabaseError> + Send,
    ) -> impl Future<Output = Result<u64, DatabaseError>> + Send {
        self.db.copy_out(text, each)
    }
}
