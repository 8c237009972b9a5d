//! Statements that take effect together or not at all.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::Stream;
use tokio_postgres::Row;

use super::cursor::{Cursor, Held};
use super::error::DatabaseError;
use super::error_kind::ErrorKind;
use super::exclusive::Exclusive;
use super::executor::{Executor, Reader};
use super::hook::{Callback, When};
use super::in_test::{self, Turn};
use super::open::Open;
use super::options::Options;
use super::sql::{Param, Sql};
use crate::cache::Note;

/// A transaction, from [`Db::atomic`](super::Db::atomic) or [`Db::begin`](super::Db::begin), with a
/// connection for itself; or a part of one, from [`atomic`](Self::atomic) or [`savepoint`](Self::savepoint).
/// Dropped without [`commit`](Self::commit), it is rolled back.
pub struct Transaction {
    /// Present until it ends.
    open: Option<Arc<Open>>,
    /// The number of its savepoint, where it is a part.
    savepoint: Option<u32>,
    /// Where it is a part of a test's transaction, and a transaction for who began it.
    turn: Option<Box<Turn>>,
}

impl Transaction {
    pub(super) async fn begin(connection: Exclusive, options: &Options) -> Result<Self, DatabaseError> {
        // A `Transaction` already while this waits: dropped half-way, it is rolled back like any other.
        let this = Self { open: Some(Arc::new(Open::new(connection, options))), savepoint: None, turn: None };
        let connection = this.open()?.connection();
        if let Some(limit) = options.statement_timeout {
            connection.is_limited(limit);
        }
        connection.batch(&options.begin()).await.map_err(|error| connection.without_effect(error))?;
        Ok(this)
    }

    /// Runs `work` as a part of the transaction: kept when it returns `Ok`, and undone when it returns `Err`, panics or
    /// is dropped half-way. The rest of the transaction is left as it was and goes on. Inside, `tx` is that part, so
    /// parts can have parts.
    ///
    /// ```no_run
    /// # use hyper_core::db::{Db, DatabaseError, Executor, Transaction};
    /// # async fn f(db: Db) -> Result<(), DatabaseError> {
    /// db.atomic(async |tx| {
    ///     tx.execute_batch("INSERT INTO visits VALUES (now())").await?;
    ///     // SAVEPOINT sp_1 .. RELEASE SAVEPOINT sp_1, or ROLLBACK TO SAVEPOINT sp_1
    ///     let named: Result<(), DatabaseError> =
    ///         tx.atomic(async |tx| tx.execute_batch("INSERT INTO names VALUES ('taken')").await).await;
    ///     if named.is_err() {
    ///         tx.execute_batch("INSERT INTO names VALUES ('free')").await?;
    ///     }
    ///     Ok(())
    /// })
    /// .await
    /// # }
    /// ```
    ///
    /// # Errors
    /// What `work` returns; or a failure to begin the part or to keep it. Two parts of one transaction cannot be under
    /// way at once, unless one is a part of the other.
    pub async fn atomic<T, E: From<DatabaseError>>(
        &self,
        work: impl AsyncFnOnce(&Transaction) -> Result<T, E>,
    ) -> Result<T, E> {
        let part = self.savepoint().await?;
        match work(&part).await {
            Ok(value) => {
                part.commit().await?;
                Ok(value)
            }
            Err(error) => {
                // If that fails there is no connection, and the next statement says so.
                let _ = part.rollback().await;
                Err(error)
            }
        }
    }

    /// Begins a part of the transaction that ends with [`commit`](Self::commit), which keeps it, or is undone when
    /// dropped: what [`atomic`](Self::atomic) does where a closure does not fit.
    ///
    /// ```no_run
    /// # use hyper_core::db::{Db, DatabaseError, Executor};
    /// # async fn f(db: Db) -> Result<(), DatabaseError> {
    /// let tx = db.begin().await?;
    /// let part = tx.savepoint().await?;
    /// part.execute_batch("DELETE FROM names").await?;
    /// part.rollback().await?;
    /// tx.commit().await
    /// # }
    /// ```
    ///
    /// # Errors
    /// Another part is under way already; or what PostgreSQL reports.
    pub async fn savepoint(&self) -> Result<Self, DatabaseError> {
        let open = self.open()?;
        let number = open.parts().begin(self.savepoint)?;
        // As in `begin`.
        let part = Self { open: self.open.clone(), savepoint: Some(number), turn: None };
        open.connection().batch(&format!("SAVEPOINT sp_{number}")).await?;
        Ok(part)
    }

    /// Makes all of it permanent; of a part, makes it one with the rest. Then the callbacks of
    /// [`on_commit`](Executor::on_commit) are called. Where there are some, all this is finished even if it is dropped
    /// half-way.
    ///
    /// # Errors
    /// A statement of it had failed, so that PostgreSQL has given it up; a deferred constraint that fails now; a part
    /// of it is under way; or the connection breaks while PostgreSQL commits, which is
    /// [`Interrupted`](super::ErrorKind::Interrupted): the transaction may have been committed.
    pub async fn commit(mut self) -> Result<(), DatabaseError> {
        if let Some(turn) = &mut self.turn {
            turn.ending().await;
        }
        let open = self.open()?.clone();
        if open.parts().top() != self.savepoint {
            let problem = "a transaction cannot be committed while a part of it is under way";
            return Err(DatabaseError::new(ErrorKind::Other, problem));
        }
        match self.savepoint.take() {
            Some(number) => match self.turn.take() {
                Some(turn) => Box::pin(open.commit_part(number, turn)).await,
                None => open.release(number).await,
            },
            None => self.end(open, true).await,
        }
    }

    /// Undoes all of it, and calls the callbacks of [`on_rollback`](Executor::on_rollback).
    ///
    /// # Errors
    /// The connection broke: PostgreSQL undoes it then by itself.
    pub async fn rollback(mut self) -> Result<(), DatabaseError> {
        if let Some(turn) = &mut self.turn {
            turn.ending().await;
        }
        let open = self.open()?.clone();
        match self.savepoint.take() {
            Some(number) => match self.turn.take() {
                Some(turn) => Box::pin(open.roll_back_part(number, turn)).await,
                None => open.undo(number).await,
            },
            None => self.end(open, false).await,
        }
    }

    async fn end(mut self, open: Arc<Open>, commit: bool) -> Result<(), DatabaseError> {
        let has_callbacks = open.parts().hooks.len() > 0;
        // Counted here, where the session is known, and when it is committed.
        let _written = if commit { open.connection().db().written() } else { None };
        self.open = None;
        // Still the open transaction while this waits: dropped half-way, the connection's state is unknown, and the
        // `Drop` of `Open` sees to it.
        let ending = async move {
            let outcome = if commit { open.commit().await } else { open.rollback().await };
            if let Some(open) = Arc::into_inner(open) {
                open.close().await;
            }
            outcome
        };
        if !has_callbacks {
            return ending.await;
        }
        tokio::spawn(ending).await.unwrap_or_else(|stopped| {
            let problem = "the runtime ended while the transaction did";
            Err(DatabaseError::new(ErrorKind::Interrupted, problem).with_source(stopped))
        })
    }

    /// A part inside the innermost one that is under way, whoever's that is; for [`begin_in_turn`](Self::begin_in_turn).
    pub(super) fn next_part(&self, turn: impl FnOnce(u32) -> Turn) -> Result<Self, DatabaseError> {
        let open = self.open()?;
        let mut parts = open.parts();
        let innermost = parts.top();
        let number = parts.begin(innermost)?;
        drop(parts);
        Ok(Self { open: self.open.clone(), savepoint: Some(number), turn: Some(Box::new(turn(number))) })
    }

    pub(super) async fn begin_in_turn(
        mut self,
        options: &Options,
        is_statement: bool,
    ) -> Result<Self, DatabaseError> {
        let number = self.savepoint.unwrap_or_default();
        let text = format!("SAVEPOINT sp_{number}{}", options.of_part());
        let open = self.open()?;
        if options.read_only {
            open.has_read_only_part();
        }
        open.connection().batch(&text).await?;
        if let Some(turn) = self.turn.as_mut().filter(|_| !is_statement) {
            turn.begun();
        }
        Ok(self)
    }

    /// Ends it as the outcome of all its work says, which this returns.
    pub(super) async fn end_with<T>(self, outcome: Result<T, DatabaseError>) -> Result<T, DatabaseError> {
        match outcome {
            Ok(value) => {
                self.commit().await?;
                Ok(value)
            }
            Err(error) => {
                // If that fails there is no connection, and the next statement says so.
                let _ = self.rollback().await;
                Err(error)
            }
        }
    }

    fn open(&self) -> Result<&Arc<Open>, DatabaseError> {
        let ended = || DatabaseError::new(ErrorKind::Other, "the transaction has ended");
        let open = self.open.as_ref().ok_or_else(ended)?;
        match self.savepoint {
            Some(number) if !open.parts().has(number) => Err(ended()),
            _ => Ok(open),
        }
    }

    /// Leaves a note of what is written in it.
    fn leaves(&self, note: Option<Note>) {
        if let (Some(note), Some(open)) = (note, &self.open) {
            open.parts().leaves(note);
        }
    }

    pub(super) fn connection(&self) -> Result<&Exclusive, DatabaseError> {
        Ok(self.open()?.connection())
    }

    /// A number no other cursor of the transaction has.
    pub(super) fn next_number(&self) -> Result<u32, DatabaseError> {
        Ok(self.open()?.parts().next_number())
    }

    /// Whether a statement of it failed so that all of it would succeed another time.
    pub(super) fn can_be_tried_again(&self) -> bool {
        self.open.as_ref().is_some_and(|open| open.can_be_tried_again())
    }

    /// Says of a failure what it means inside this transaction.
    pub(super) fn explained<T>(&self, outcome: Result<T, DatabaseError>) -> Result<T, DatabaseError> {
        match &self.open {
            Some(open) => outcome.map_err(|error| open.explained(error)),
            None => outcome,
        }
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        // The whole transaction is rolled back by `Open`.
        if let (Some(open), Some(number)) = (&self.open, self.savepoint) {
            let hooks = open.abandon(number, self.turn.is_some());
            // The turn ends with this, after what undoes the part was sent.
            if hooks.len() > 0
                && let Ok(runtime) = tokio::runtime::Handle::try_current()
            {
                runtime.spawn(in_test::inherit(hooks.call(When::Rollback)));
            }
        }
    }
}

impl Reader for Transaction {
    async fn read(
        &self,
        sql: Sql<'_>,
        params: &[Param<'_>],
        mut each: impl FnMut(&Row) -> Result<(), DatabaseError> + Send,
    ) -> Result<u64, DatabaseError> {
        let connection = self.connection()?;
        self.leaves(connection.pool().note(&sql));
        self.explained(connection.run(&sql, params, &mut each).await)
    }

    async fn run(
        &self,
        sql: Sql<'_>,
        params: &[Param<'_>],
        each: impl FnMut(&Row) -> Result<(), DatabaseError> + Send,
    ) -> Result<u64, DatabaseError> {
        self.read(sql, params, each).await
    }

    async fn cursor(
        &self,
        sql: Sql<'_>,
        params: &[Param<'_>],
        chunk_size: u32,
    ) -> Result<Cursor<'_>, DatabaseError> {
        Cursor::open(Held::Lent(self), sql, params, chunk_size).await
    }

    async fn copy_out(
        &self,
        text: &str,
        each: impl FnMut(&[u8]) -> Result<(), DatabaseError> + Send,
    ) -> Result<u64, DatabaseError> {
        let connection = self.connection()?;
        self.leaves(connection.pool().note_text(text));
        self.explained(connection.copy_out(text, each).await)
    }
}

#[diagnostic::do_not_recommend]
impl Executor for Transaction {
    async fn write(
        &self,
        sql: Sql<'_>,
        params: &[Param<'_>],
        each: impl FnMut(&Row) -> Result<(), DatabaseError> + Send,
    ) -> Result<u64, DatabaseError> {
        self.read(sql, params, each).await
    }

    async fn copy_in_stream(
        &self,
        text: &str,
        pieces: impl Stream<Item = Result<Bytes, DatabaseError>> + Send,
    ) -> Result<u64, DatabaseError> {
        let connection = self.connection()?;
        self.leaves(connection.pool().note_text(text));
        self.explained(connection.copy_in(text, pieces).await)
    }

    async fn execute_batch(&self, text: &str) -> Result<(), DatabaseError> {
        let connection = self.connection()?;
        self.leaves(connection.pool().note_text(text));
        self.explained(connection.script(text).await)
    }

    async fn begin(&self) -> Result<Transaction, DatabaseError> {
        self.savepoint().await
    }

    fn on_commit<K>(&self, callback: impl Callback<K>) {
        if let Ok(open) = self.open() {
            open.parts().hooks.push(When::Commit, callback.boxed());
        }
    }

    fn on_rollback<K>(&self, callback: impl Callback<K>) {
        if let Ok(open) = self.open() {
            open.parts().hooks.push(When::Rollback, callback.boxed());
        }
    }
}

impl std::fmt::Debug for Transaction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Transaction").field("savepoint", &self.savepoint).finish()
    }
}
