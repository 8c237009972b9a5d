//! The database handle runs each statement on its own.

use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use futures_util::Stream;
use tokio_postgres::Row;

use super::cursor::Cursor;
use super::error::DatabaseError;
use super::executor::{Executor, Reader};
use super::hook::Callback;
use super::pool::Db;
use super::reading::read_here;
use super::sql::{Param, Sql};
use super::transaction::Transaction;
use crate::cache::QueryCache;

impl Reader for Db {
    #[expect(clippy::manual_async_fn, reason = "an `async fn` has its arguments in its future twice")]
    fn read(
        &self,
        sql: Sql<'_>,
        params: &[Param<'_>],
        each: impl FnMut(&Row) -> Result<(), DatabaseError> + Send,
    ) -> impl Future<Output = Result<u64, DatabaseError>> + Send {
        async move {
            let mut each = each;
            if sql.cached > 0
                && let Some(cache) = self.query_cache()
            {
                return Box::pin(self.read_cached(cache, sql, params, &mut each)).await;
            }
            match self.0.replicas.get().filter(|_| !self.is_in_test()) {
                Some(replicas) => Box::pin(replicas.read(self, sql, params, &mut each)).await,
                None => read_here(self, None, &sql, params, &mut each).await,
            }
        }
    }

    fn run(
        &self,
        sql: Sql<'_>,
        params: &[Param<'_>],
        each: impl FnMut(&Row) -> Result<(), DatabaseError> + Send,
    ) -> impl Future<Output = Result<u64, DatabaseError>> + Send {
        self.write(sql, params, each)
    }

    fn keeps(&self) -> Option<(&Db, &QueryCache)> {
        Some((self, self.query_cache()?))
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
        if self.is_in_test() {
            let part = Box::pin(self.statement_in_test()).await?;
            let outcome = Box::pin(part.copy_out(text, each)).await;
            return Box::pin(part.end_with(outcome)).await;
        }
        // Not with the reads of others: they would wait for all of it.
        let connection = self.exclusive().await?;
        if connection.prepares() {
            // `COPY (DELETE .. RETURNING ..) TO STDOUT` writes.
            connection.leaves(self.0.note_text(text));
            return connection.copy_out(text, each).await;
        }
        // More than one message, which a pooler might give to more than one connection.
        drop(connection);
        let tx = self.begin().await?;
        let bytes = tx.copy_out(text, each).await?;
        tx.commit().await?;
        Ok(bytes)
    }
}

#[diagnostic::do_not_recommend]
impl Executor for Db {
    #[expect(clippy::manual_async_fn, reason = "an `async fn` has its arguments in its future twice")]
    fn write(
        &self,
        sql: Sql<'_>,
        params: &[Param<'_>],
        mut each: impl FnMut(&Row) -> Result<(), DatabaseError> + Send,
    ) -> impl Future<Output = Result<u64, DatabaseError>> + Send {
        async move {
            if self.is_in_test() {
                return Box::pin(self.run_in_test(sql, params, each)).await;
            }
            let _written = if sql.apart { None } else { self.written() };
            let seen = AtomicBool::new(false);
            let mut each = |row: &Row| {
                seen.store(true, Ordering::Relaxed);
                each(row)
            };
            let connection = self.exclusive().await?;
            connection.leaves(if sql.apart { None } else { self.0.note(&sql) });
            match connection.run(&sql, params, &mut each).await {
                // A statement on its own that was refused has changed nothing.
                Err(error) if error.is_stale() && !seen.load(Ordering::Relaxed) => {
                    connection.run(&sql, params, &mut each).await
                }
                outcome => outcome,
            }
        }
    }

    async fn copy_in_stream(
        &self,
        text: &str,
        pieces: impl Stream<Item = Result<Bytes, DatabaseError>> + Send,
    ) -> Result<u64, DatabaseError> {
        // A constraint checked at the end fails after PostgreSQL has said how many rows it took: only the answer to
        // a COMMIT is final.
        let tx = self.begin().await?;
        let rows = tx.copy_in_stream(text, pieces).await?;
        tx.commit().await?;
        Ok(rows)
    }

    async fn begin(&self) -> Result<Transaction, DatabaseError> {
        self.begin().await
    }

    fn on_commit<K>(&self, callback: impl Callback<K>) {
        callback.boxed().call_now();
    }

    fn on_rollback<K>(&self, _: impl Callback<K>) {}

    async fn execute_batch(&self, text: &str) -> Result<(), DatabaseError> {
        if self.is_in_test() {
            let part = Box::pin(self.statement_in_test()).await?;
            let outcome = part.execute_batch(text).await;
            return Box::pin(part.end_with(outcome)).await;
        }
        let _written = self.written();
        let connection = self.exclusive().await?;
        connection.leaves(self.0.note_text(text));
        let outcome = connection.script(text).await;
        // Statements may begin a transaction and not end it, or fail in the middle of it: the next one gets none of it.
        let has = |word: &str| {
            text.as_bytes().windows(word.len()).any(|part| part.eq_ignore_ascii_case(word.as_bytes()))
        };
        if has("BEGIN") || has("START") {
            connection.roll_back().await;
        }
        outcome
    }
}
