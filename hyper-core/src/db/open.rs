//! What a transaction and its parts share: the connection, which parts are under way, what to call at the end.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard};

use tokio::task::JoinHandle;

use super::error::DatabaseError;
use super::error_kind::ErrorKind;
use super::exclusive::Exclusive;
use super::hook::{Hooks, When};
use super::in_test::Turn;
use super::options::Options;
use crate::cache::Note;

/// What is known of how a transaction ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    /// It has not ended.
    Open,
    /// A COMMIT was sent, and what becomes of it is not known.
    Committing,
    Committed,
    RolledBack,
}

/// A transaction that has begun.
pub(super) struct Open {
    connection: Option<Exclusive>,
    parts: Mutex<Parts>,
    read_only: AtomicBool,
    again: AtomicBool,
    end: Mutex<End>,
}

/// The savepoints that are under way, and the callbacks.
#[derive(Default)]
pub(super) struct Parts {
    /// Their numbers, from the outermost, each with how many callbacks there were when it began, and how many notes.
    under_way: Vec<(u32, usize, usize)>,
    last: u32,
    pub(super) hooks: Hooks,
    /// What was written, for the query cache: each part that is under way has its own from its mark on.
    notes: Vec<Note>,
}

impl Parts {
    /// A part of the part `within`.
    pub(super) fn begin(&mut self, within: Option<u32>) -> Result<u32, DatabaseError> {
        if self.top() != within {
            let problem = "a part of this transaction is under way already: begin others inside it, with its own `tx`, \
                           and never two at once";
            return Err(DatabaseError::new(ErrorKind::Other, problem));
        }
        let number = self.next_number();
        self.under_way.push((number, self.hooks.len(), self.notes.len()));
        Ok(number)
    }

    pub(super) fn next_number(&mut self) -> u32 {
        self.last += 1;
        self.last
    }

    /// The innermost one.
    pub(super) fn top(&self) -> Option<u32> {
        self.under_way.last().map(|(number, ..)| *number)
    }

    pub(super) fn has(&self, number: u32) -> bool {
        self.under_way.iter().any(|(other, ..)| *other == number)
    }

    /// Leaves a note of what is written in the innermost one.
    pub(super) fn leaves(&mut self, note: Note) {
        let own = self.under_way.last().map_or(0, |(.., written)| *written);
        match self.notes.get_mut(own..).and_then(<[Note]>::last_mut) {
            Some(last) => last.join(note),
            None => self.notes.push(note),
        }
    }

    /// Makes the innermost one a part of what is around it. Returns how many callbacks there were when it began.
    fn keep(&mut self) -> usize {
        self.under_way.pop().map_or(self.hooks.len(), |(_, mark, _)| mark)
    }

    /// Forgets it and what is inside. Returns how many callbacks there were when it began, none when it has ended already.
    fn roll_back(&mut self, number: u32) -> Option<usize> {
        let at = self.under_way.iter().position(|(other, ..)| *other == number)?;
        let (_, mark, written) = self.under_way[at];
        self.under_way.truncate(at);
        self.notes.drain(written.min(self.notes.len())..).for_each(Note::forget);
        self.hooks.roll_back(mark);
        Some(mark)
    }
}

impl Open {
    pub(super) fn new(connection: Exclusive, options: &Options) -> Self {
        Self {
            connection: Some(connection),
            parts: Mutex::default(),
            read_only: AtomicBool::new(options.read_only),
            again: AtomicBool::new(false),
            end: Mutex::new(End::Open),
        }
    }

    pub(super) fn connection(&self) -> &Exclusive {
        self.connection.as_ref().expect("present until it is closed")
    }

    pub(super) fn parts(&self) -> MutexGuard<'_, Parts> {
        self.parts.lock().expect("no panic while held")
    }

    pub(super) fn can_be_tried_again(&self) -> bool {
        self.again.load(Ordering::Relaxed)
    }

    /// Notes that a part of it only reads.
    pub(super) fn has_read_only_part(&self) {
        self.read_only.store(true, Ordering::Relaxed);
    }

    fn ended(&self, end: End) {
        *self.end.lock().expect("no panic while held") = end;
    }

    /// Says of a failure what it means inside this transaction.
    pub(super) fn explained(&self, error: DatabaseError) -> DatabaseError {
        let error = match error.sqlstate() {
            Some("25006") if self.read_only.load(Ordering::Relaxed) => {
                error.meaning(ErrorKind::ReadOnly, "this writes, and the transaction was begun with `read_only()`")
            }
            Some("25P02") => DatabaseError::new(
                ErrorKind::Other,
                "the transaction cannot go on or be committed: one of its statements had failed, and the failure was \
                 ignored; what may fail goes into a part of its own, `tx.atomic(async |tx| ..)`",
            )
            .with_source(error),
            _ if error.is_stale() => error.meaning(
                ErrorKind::Conflict,
                "a table was altered since this connection prepared the statement; run the transaction again",
            ),
            _ => error,
        };
        if error.kind() == ErrorKind::Conflict {
            self.again.store(true, Ordering::Relaxed);
        }
        error
    }

    /// Keeps the innermost part.
    pub(super) async fn release(&self, number: u32) -> Result<(), DatabaseError> {
        // From here it is kept even if nobody waits for it, as a COMMIT that was sent.
        let mark = self.parts().keep();
        let released = self.connection().batch(&format!("RELEASE SAVEPOINT sp_{number}")).await;
        let Err(error) = released else { return Ok(()) };
        self.parts().hooks.roll_back(mark);
        // If that fails there is no connection, and the next statement says so.
        let _ = self.connection().batch(&undo(number)).await;
        Err(self.explained(error))
    }

    /// Undoes a part.
    pub(super) async fn undo(&self, number: u32) -> Result<(), DatabaseError> {
        if self.parts().roll_back(number).is_none() {
            return Ok(());
        }
        self.connection().batch_after_all(&undo(number)).await
    }

    /// Undoes a part without waiting for it. What is sent next comes after it. Returns the callbacks that are due, if the
    /// part was a transaction to who began it.
    pub(super) fn abandon(&self, number: u32, is_whole: bool) -> Hooks {
        let mut parts = self.parts();
        let Some(mark) = parts.roll_back(number) else { return Hooks::default() };
        let hooks = if is_whole { parts.hooks.split_off(mark) } else { Hooks::default() };
        drop(parts);
        self.connection().post(&undo(number));
        hooks
    }

    /// Keeps a part of a test's transaction that is a transaction to who began it: what a commit looks at is looked at,
    /// and its callbacks are called.
    pub(super) async fn commit_part(&self, number: u32, turn: Box<Turn>) -> Result<(), DatabaseError> {
        let mark = self.parts().keep();
        let text = format!(
            "SAVEPOINT deferred; SET CONSTRAINTS ALL IMMEDIATE; ROLLBACK TO SAVEPOINT deferred; \
             RELEASE SAVEPOINT deferred; RELEASE SAVEPOINT sp_{number}"
        );
        let outcome = match self.connection().batch(&text).await {
            Ok(()) => Ok(()),
            // No transaction, or none with this savepoint.
            Err(error) if matches!(error.sqlstate(), Some("25P01" | "3B001")) => {
                turn.spoil();
                Err(DatabaseError::new(
                    ErrorKind::Other,
                    "this ended the transaction of the test, with a COMMIT or ROLLBACK of its own: use a `LiveServer` or \
                     a `TestDatabase`, which have no such transaction",
                ))
            }
            Err(error) => {
                self.parts().hooks.roll_back(mark);
                let _ = self.connection().batch(&undo(number)).await;
                Err(self.explained(error))
            }
        };
        let hooks = self.parts().hooks.split_off(mark);
        drop(turn);
        hooks.call(if outcome.is_ok() { When::Commit } else { When::Rollback }).await;
        outcome
    }

    /// Undoes such a part, and calls its callbacks.
    pub(super) async fn roll_back_part(&self, number: u32, turn: Box<Turn>) -> Result<(), DatabaseError> {
        let Some(mark) = self.parts().roll_back(number) else { return Ok(()) };
        let hooks = self.parts().hooks.split_off(mark);
        let outcome = self.connection().batch_after_all(&undo(number)).await;
        drop(turn);
        hooks.call(When::Rollback).await;
        outcome
    }

    pub(super) async fn commit(&self) -> Result<(), DatabaseError> {
        if self.connection().is_unsettled() {
            // PostgreSQL answers the COMMIT of a failed transaction with a ROLLBACK and no error. Asked for anything
            // else it says so.
            self.connection().batch("SELECT 1").await.map_err(|error| self.explained(error))?;
        }
        self.ended(End::Committing);
        match self.connection().batch("COMMIT").await {
            Ok(()) => {
                self.ended(End::Committed);
                self.connection().settled();
                Ok(())
            }
            Err(error) => {
                if error.kind() != ErrorKind::Interrupted {
                    self.ended(End::Open);
                }
                Err(self.explained(error))
            }
        }
    }

    pub(super) async fn rollback(&self) -> Result<(), DatabaseError> {
        if self.connection().is_abandoned() {
            // What is still under way may take long; `close` stops it.
            return Ok(());
        }
        let outcome = self.connection().batch("ROLLBACK").await;
        // Also when the connection is gone, and the transaction with it.
        self.ended(End::RolledBack);
        if outcome.is_ok() {
            self.connection().settled();
        }
        outcome
    }

    /// Gives the connection back, and then calls what is to be called.
    pub(super) async fn close(mut self) {
        if let Some(cleaning) = self.leave() {
            let _ = cleaning.await;
        }
        let (hooks, end) = self.due();
        hooks.call(end).await;
    }

    /// Gives the connection back; after a task has ended the transaction, where that has to be done.
    fn leave(&mut self) -> Option<JoinHandle<()>> {
        let connection = self.connection.take()?;
        let end = *self.end.lock().expect("no panic while held");
        let notes = std::mem::take(&mut self.parts().notes);
        match end {
            End::Committing | End::Committed => {
                notes.into_iter().for_each(|note| connection.leaves(Some(note)))
            }
            End::Open | End::RolledBack => notes.into_iter().for_each(Note::forget),
        }
        match end {
            End::Open | End::Committing => connection.clean_up("ROLLBACK"),
            End::Committed | End::RolledBack => None,
        }
    }

    fn due(&mut self) -> (Hooks, When) {
        let hooks = std::mem::take(&mut self.parts().hooks);
        let end = *self.end.lock().expect("no panic while held");
        match end {
            End::Committed => (hooks, When::Commit),
            End::Open | End::RolledBack => (hooks, When::Rollback),
            End::Committing => {
                if hooks.len() > 0 {
                    let callbacks = hooks.len();
                    tracing::error!(
                        callbacks,
                        "callbacks were not called: whether the transaction was committed is not known"
                    );
                }
                (Hooks::default(), When::Rollback)
            }
        }
    }
}

fn undo(number: u32) -> String {
    format!("ROLLBACK TO SAVEPOINT sp_{number}; RELEASE SAVEPOINT sp_{number}")
}

impl Drop for Open {
    fn drop(&mut self) {
        let cleaning = self.leave();
        let (hooks, end) = self.due();
        if hooks.len() == 0 {
            return;
        }
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        runtime.spawn(async move {
            if let Some(cleaning) = cleaning {
                let _ = cleaning.await;
            }
            hooks.call(end).await;
        });
    }
}
