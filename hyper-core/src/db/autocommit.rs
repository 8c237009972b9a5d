//! The database handle runs each statement on its own.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use bytes::Bytes;
use futures_util::Stream;
use tokio_postgres::Row;

use super::cursor::Cursor;
use super::error::DatabaseError;
use super::executor::Executor;
use super::hook::Callback;
use super::lane::{Ended, Lane};
use super::pace::Pace;
use super::pool::{Db, Way};
use super::sql::{Param, Sql};
use super::transaction::Transaction;

impl Db {
    /// Runs a statement that only reads on a connection for itself, or says on which lane it is to run.
    async fn read_apart(
        &self,
        pace: Pace,
        (sql, params): (&Sql<'_>, &[Param<'_>]),
        each: &mut (impl FnMut(&Row) -> Result<(), DatabaseError> + Send),
    ) -> Result<Apart, DatabaseError> {
        let connection = match self.way(pace).await? {
            Way::Shared(lane) => return Ok(Apart::On(lane)),
            Way::Alone(connection) => connection,
        };
        let begun = Instant::now();
        let outcome = connection.run(sql, params, each).await;
        if outcome.is_ok() {
            self.0.paces.note(sql.key, begun.elapsed());
        }
        Ok(Apart::Ended(outcome))
    }
}

enum Apart {
    On(Arc<Lane>),
    Ended(Result<u64, DatabaseError>),
}

impl Executor for Db {
    #[expect(clippy::manual_async_fn, reason = "an `async fn` has its arguments in its future twice")]
    fn read(
        &self,
        sql: Sql<'_>,
        params: &[Param<'_>],
        mut each: impl FnMut(&Row) -> Result<(), DatabaseError> + Send,
    ) -> impl Future<Output = Result<u64, DatabaseError>> + Send {
        async move {
            if self.is_in_test() {
                return Box::pin(self.run_in_test(sql, params, each)).await;
            }
            let seen = AtomicBool::new(false);
            let mut each = |row: &Row| {
                seen.store(true, Ordering::Relaxed);
                each(row)
            };
            // Each pinned connection may have ended unnoticed, and this may go on another thread than it began on.
            let mut tries = self.0.pinned.len();
            loop {
                let apart = match self.lane(&sql) {
                    Ok(lane) => Apart::On(lane),
                    // In a box, as what it takes to connect would make the future of each statement much larger.
                    Err(pace) => Box::pin(self.read_apart(pace, (&sql, params), &mut each)).await?,
                };
                let ended = match apart {
                    Apart::On(lane) => lane.run(&self.0.paces, (&sql, params), &mut each, &seen).await,
                    Apart::Ended(outcome) => Ended::Outcome(outcome),
                };
                let error = match ended {
                    Ended::Outcome(Ok(rows)) => return Ok(rows),
                    Ended::Moved => continue,
                    // The connection was gone already, or went before the first row: a read can be tried again.
                    Ended::Outcome(Err(error)) if error.is_of_connection() => error,
                    Ended::Outcome(Err(error)) => return Err(error),
                    Ended::Stopped(error) => error,
                };
                if tries == 0 || seen.load(Ordering::Relaxed) {
                    return Err(error);
                }
                tries -= 1;
            }
        }
    }

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
            let seen = AtomicBool::new(false);
            let mut each = |row: &Row| {
                seen.store(true, Ordering::Relaxed);
                each(row)
            };
            let connection = self.exclusive().await?;
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
        self.exclusive().await?.copy_out(text, each).await
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
        let connection = self.exclusive().await?;
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
