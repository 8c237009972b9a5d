//! A connection for one user at a time, and how it comes back whatever happened on it.

use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::OwnedSemaphorePermit;
use tokio::task::JoinHandle;

use super::connection::Connection;
use super::error::DatabaseError;
use super::pool::{Db, Pool};
use crate::cache::Note;

/// How long a statement that nobody waits for any more may still run before it is cancelled, and how long that may
/// take before its connection is closed.
pub(super) const GRACE: Duration = Duration::from_millis(250);

/// A connection nobody else uses, given back when dropped.
pub(super) struct Exclusive {
    connection: Option<Box<Connection>>,
    was_idle: bool,
    pool: Arc<Pool>,
    permit: Option<OwnedSemaphorePermit>,
    /// Whether it is being cleaned up: dropped in the middle of that, it is closed.
    cleaning: bool,
    /// What was written on it: told when it comes back, as then it has taken effect.
    note: Mutex<Option<Note>>,
}

impl Exclusive {
    pub(super) fn new(
        connection: Box<Connection>,
        was_idle: bool,
        pool: Arc<Pool>,
        permit: OwnedSemaphorePermit,
    ) -> Self {
        pool.counters.acquires.fetch_add(1, Relaxed);
        Self {
            connection: Some(connection),
            was_idle,
            pool,
            permit: Some(permit),
            cleaning: false,
            note: Mutex::default(),
        }
    }

    /// Whether it was used before: it may have ended since, unnoticed.
    pub(super) fn was_idle(&self) -> bool {
        self.was_idle
    }

    /// The database it is of.
    pub(super) fn db(&self) -> Db {
        Db(self.pool.clone())
    }

    /// Closes the connection instead of giving it back, as its state is not known.
    pub(super) fn discard(mut self) {
        self.connection = None;
    }

    /// Runs statements as [`batch`](Connection::batch) does, after what nobody waits for any more, which is cancelled if
    /// it takes long.
    pub(super) async fn batch_after_all(&self, text: &str) -> Result<(), DatabaseError> {
        if !self.is_abandoned() {
            return self.batch(text).await;
        }
        let mut ending = std::pin::pin!(self.batch(text));
        if let Ok(outcome) = tokio::time::timeout(GRACE, &mut ending).await {
            return outcome;
        }
        let _ = tokio::time::timeout(GRACE, self.canceller().cancel()).await;
        ending.await
    }

    /// Leaves a note of what is written on it.
    pub(super) fn leaves(&self, note: Option<Note>) {
        let Some(note) = note else { return };
        let mut left = self.note.lock().expect("no panic while held");
        match &mut *left {
            Some(left) => left.join(note),
            None => *left = Some(note),
        }
    }

    /// The pool it is of.
    pub(super) fn pool(&self) -> &Pool {
        &self.pool
    }

    fn cleaned(&mut self) {
        self.settled();
        self.cleaning = false;
    }

    /// Ends a transaction that may be open, and gives the connection back.
    pub(super) async fn roll_back(self) {
        if self.batch("ROLLBACK").await.is_err() {
            self.discard();
        }
    }

    /// Gives the connection back once what is under way on it has ended; `statement` then brings it into a known state.
    /// What takes long is cancelled, and its connection closed. A task does that, if there is a runtime.
    pub(super) fn clean_up(mut self, statement: &'static str) -> Option<JoinHandle<()>> {
        let runtime = tokio::runtime::Handle::try_current().ok();
        let Some(runtime) = runtime.filter(|_| !self.is_closed() && !self.cleaning) else {
            self.discard();
            return None;
        };
        self.cleaning = true;
        let is_alone = statement.is_empty() && self.pool.target.takes_turns();
        Some(runtime.spawn(async move {
            if is_alone {
                // Nothing is sent behind a statement that is no transaction's; it is stopped, and its connection closed.
                tokio::time::sleep(GRACE).await;
                let _ = tokio::time::timeout(GRACE, self.canceller().cancel()).await;
                return;
            }
            let ended = {
                let mut ending = std::pin::pin!(self.batch(statement));
                match tokio::time::timeout(GRACE, &mut ending).await {
                    Ok(outcome) => outcome.is_ok(),
                    Err(_) => {
                        let _ = tokio::time::timeout(GRACE, self.canceller().cancel()).await;
                        let _ = tokio::time::timeout(GRACE, ending).await;
                        // The cancellation may arrive late, and must not meet the next one's statement.
                        false
                    }
                }
            };
            if ended {
                self.cleaned();
            }
        }))
    }
}

impl std::ops::Deref for Exclusive {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.connection.as_ref().expect("present until dropped or discarded")
    }
}

impl Drop for Exclusive {
    fn drop(&mut self) {
        let connection = self.connection.take();
        let is_lost = self.cleaning || connection.as_ref().is_none_or(|connection| connection.is_closed());
        if let Some(note) = self.note.get_mut().expect("no panic while held").as_mut().filter(|_| is_lost) {
            note.is_lost();
        }
        let Some(connection) = connection else { return };
        if connection.is_closed() || self.cleaning {
            return;
        }
        if connection.is_abandoned() {
            let this = Self {
                connection: Some(connection),
                was_idle: self.was_idle,
                pool: self.pool.clone(),
                permit: self.permit.take(),
                cleaning: false,
                note: std::mem::take(&mut self.note),
            };
            this.clean_up("");
            return;
        }
        // After a failure more is to come that nobody waited for, behind which nothing may be sent.
        if self.pool.target.takes_turns() && connection.is_unsettled() {
            return;
        }
        if self.pool.is_surplus() {
            self.permit.take().into_iter().for_each(OwnedSemaphorePermit::forget);
            return;
        }
        connection.settled();
        self.pool.give_back(connection);
    }
}
