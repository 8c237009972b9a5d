//! Which connection a statement has, and how long it is waited for.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::runtime::Handle;
use tokio::sync::OwnedSemaphorePermit;

use super::error::DatabaseError;
use super::error_kind::ErrorKind;
use super::exclusive::Exclusive;
use super::lane::Lane;
use super::pace::Pace;
use super::pool::{Db, FULL, RETRY_AFTER, Slot};
use super::sql::Sql;

/// Where a statement that only reads is to run.
pub(super) enum Way {
    /// Behind others.
    Shared(Arc<Lane>),
    Alone(Exclusive),
}

thread_local! {
    static WORKER: Cell<usize> = const { Cell::new(0) };
}

/// Gives the calling thread its number among the workers, by which it finds its pinned connection.
/// The server calls it on each worker thread it starts; other threads share the first connection.
pub fn register_worker() {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    WORKER.set(NEXT.fetch_add(1, Ordering::Relaxed));
}

impl Db {
    /// The worker's connection, for a statement that only reads and is known to be short, as long as nothing long is in
    /// front of it there; otherwise what is known of it, which says which [`way`](Self::way) it goes.
    #[inline]
    pub(super) fn lane(&self, sql: &Sql<'_>) -> Result<Arc<Lane>, Pace> {
        match self.0.paces.of(sql.key) {
            Pace::Short => self.slot().lane().filter(|lane| lane.is_free()).ok_or(Pace::Short),
            pace => Err(pace),
        }
    }

    /// What is long has a connection for itself, and so has what nobody knows yet, if there is one at hand.
    ///
    /// Through a pooler that gives a connection for a transaction everything has: what is sent behind a statement, before
    /// its answer has come, can be answered to another client there (PgBouncer 1.18).
    pub(super) async fn way(&self, pace: Pace) -> Result<Way, DatabaseError> {
        if self.0.target.takes_turns() {
            return self.exclusive().await.map(Way::Alone);
        }
        match pace {
            Pace::Short => self.share(self.slot()).await,
            Pace::Unknown => match self.exclusive_at_once().await? {
                Some(alone) => Ok(Way::Alone(alone)),
                None => self.share(self.slot()).await,
            },
            Pace::Long => self.exclusive().await.map(Way::Alone),
        }
    }

    /// The calling worker's place among the pinned connections.
    #[inline]
    fn slot(&self) -> &Slot {
        let pinned = &self.0.pinned;
        &pinned[WORKER.get() % pinned.len()]
    }

    /// The worker's connection, made if need be. Where PostgreSQL has none for it, one of the others.
    async fn share(&self, slot: &Slot) -> Result<Way, DatabaseError> {
        match self.pin(slot).await {
            // Found out with this connection.
            Ok(lane) if self.0.target.takes_turns() => {
                slot.replace(&lane, None);
                self.exclusive().await.map(Way::Alone)
            }
            Ok(lane) if lane.is_free() => Ok(Way::Shared(lane)),
            Err(error) if error.sqlstate() != Some(FULL) => Err(error),
            Ok(_) | Err(_) => self.exclusive().await.map(Way::Alone),
        }
    }

    async fn pin(&self, slot: &Slot) -> Result<Arc<Lane>, DatabaseError> {
        let _one_at_a_time = slot.connecting.lock().await;
        if let Some(lane) = slot.lane() {
            return Ok(lane);
        }
        let lane = Arc::new(Lane::new(self.0.connect().await?, Handle::try_current().ok()));
        *slot.current.lock().expect("no panic while held") = Some(lane.clone());
        Ok(lane)
    }

    /// An idle connection, or a new one where there is room: nobody is waited for.
    async fn exclusive_at_once(&self) -> Result<Option<Exclusive>, DatabaseError> {
        let pool = &self.0;
        let Ok(permit) = pool.permits.clone().try_acquire_owned() else { return Ok(None) };
        if let Some(connection) = pool.idle() {
            return Ok(Some(Exclusive::new(connection, true, pool.clone(), permit)));
        }
        match pool.connect().await {
            Ok(connection) => Ok(Some(Exclusive::new(Box::new(connection), false, pool.clone(), permit))),
            Err(error) if error.sqlstate() == Some(FULL) => Ok(None),
            Err(error) => Err(error),
        }
    }

    pub(super) async fn exclusive(&self) -> Result<Exclusive, DatabaseError> {
        let pool = &self.0;
        // As a rule there is an idle one, and neither a timer nor a place in a queue is needed.
        let permit = pool.permits.clone().try_acquire_owned().ok();
        match permit {
            Some(permit) => match pool.idle() {
                Some(connection) => Ok(Exclusive::new(connection, true, pool.clone(), permit)),
                None => Box::pin(self.wait_for_exclusive(Some(permit))).await,
            },
            None => Box::pin(self.wait_for_exclusive(None)).await,
        }
    }

    async fn wait_for_exclusive(
        &self,
        permit: Option<OwnedSemaphorePermit>,
    ) -> Result<Exclusive, DatabaseError> {
        let pool = &self.0;
        let deadline = tokio::time::Instant::now() + pool.options.acquire_timeout;
        let permit = match permit {
            Some(permit) => permit,
            None => {
                let _waiting = pool.counters.wait();
                let permit = pool.permits.clone().acquire_owned();
                let Ok(permit) = tokio::time::timeout_at(deadline, permit).await else {
                    pool.counters.timeouts.fetch_add(1, Ordering::Relaxed);
                    return Err(DatabaseError::new(
                        ErrorKind::Unavailable,
                        format!(
                            "all {} connections for writes and transactions were busy for {:?}; POOL_SIZE says how \
                             many there are",
                            pool.exclusive.load(Ordering::Relaxed),
                            pool.options.acquire_timeout
                        ),
                    ));
                };
                permit.expect("the semaphore is never closed")
            }
        };
        let exclusive = |connection, was_idle| Exclusive::new(connection, was_idle, pool.clone(), permit);
        loop {
            if let Some(connection) = pool.idle() {
                return Ok(exclusive(connection, true));
            }
            match pool.connect().await {
                Ok(connection) => return Ok(exclusive(Box::new(connection), false)),
                // As when this pool's own are busy: one may become free, here or in PostgreSQL.
                Err(error) if error.sqlstate() == Some(FULL) && tokio::time::Instant::now() < deadline => {
                    let next = deadline.min(tokio::time::Instant::now() + RETRY_AFTER);
                    let _ = tokio::time::timeout_at(next, pool.returned.notified()).await;
                }
                Err(error) => return Err(error),
            }
        }
    }
}
