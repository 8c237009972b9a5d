//! How many statements are under way, and how long they take: at the connection, where all of them come by.

use std::fmt;
use std::pin::pin;
use std::sync::atomic::{
    AtomicU64, AtomicUsize,
    Ordering::{Relaxed, SeqCst},
};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::Notify;

use super::slow::SlowQueryLog;
use super::sql::Param;
use crate::clock;

/// Counts and times every statement of a [`Db`](super::Db), from [`Db::timer`](super::Db::timer).
///
/// It stands where statements are sent, so that none comes by without it: queries, transactions with what begins and ends
/// them, cursors, COPY. The time is that from when the statement is sent until its last row is there, without that in
/// which it waited for a connection; one that failed, or that nobody waited for, counts as well. What the framework asks
/// by itself, such as [`PoolHeartbeat`](crate::health::PoolHeartbeat), does not.
///
/// ```no_run
/// # use std::time::Duration;
/// # use hyper_core::db::Db;
/// # async fn f(db: &Db) {
/// let timer = db.timer();
/// println!("{} statements, {:?} each, {} under way", timer.count(), timer.average(), timer.in_flight());
/// let all_ended = timer.drain(Duration::from_secs(30)).await;
/// # }
/// ```
#[derive(Clone)]
pub struct QueryTimer(Arc<Observed>);

impl QueryTimer {
    pub(super) fn new() -> Self {
        Self(Arc::default())
    }

    /// Statements that are under way.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.0.in_flight.load(SeqCst)
    }

    /// Statements that have ended.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.0.count.load(Relaxed)
    }

    /// How long those took, all together.
    #[must_use]
    pub fn total(&self) -> Duration {
        Duration::from_nanos(self.0.nanos.load(Relaxed))
    }

    /// How long one of those took; zero when there was none.
    #[must_use]
    pub fn average(&self) -> Duration {
        let nanos = self.0.nanos.load(Relaxed).checked_div(self.count());
        Duration::from_nanos(nanos.unwrap_or(0))
    }

    /// Waits until no statement is under way, as long as `limit` at most. Returns whether that was reached.
    ///
    /// Others may begin meanwhile: who stops a program sees to it first that nobody begins any. The server does both.
    pub async fn drain(&self, limit: Duration) -> bool {
        let _waits = Drains::new(&self.0);
        let none = async {
            loop {
                let mut ended = pin!(self.0.idle.notified());
                // Told before it looks, it cannot miss the last one's end.
                ended.as_mut().enable();
                if self.in_flight() == 0 {
                    return;
                }
                ended.await;
            }
        };
        tokio::time::timeout(limit, none).await.is_ok()
    }

    /// What a connection that belongs to it needs.
    pub(super) fn observed(&self) -> Arc<Observed> {
        self.0.clone()
    }

    /// From now on slow ones are told to `log`; to none with `None`.
    pub(super) fn tell(&self, log: Option<SlowQueryLog>) {
        let slow = log.as_ref().map_or(u64::MAX, |log| nanos(log.threshold()));
        *self.0.log.lock().expect("no panic while held") = log;
        self.0.slow.store(slow, Relaxed);
    }
}

impl fmt::Debug for QueryTimer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QueryTimer")
            .field("in_flight", &self.in_flight())
            .field("count", &self.count())
            .field("average", &self.average())
            .finish()
    }
}

/// What is counted of the statements of a pool, and who is told of slow ones.
pub(super) struct Observed {
    in_flight: AtomicUsize,
    count: AtomicU64,
    nanos: AtomicU64,
    /// Nanoseconds from which on a statement is slow; the largest number while nobody wants to know.
    slow: AtomicU64,
    log: Mutex<Option<SlowQueryLog>>,
    /// How many wait for the end of all.
    draining: AtomicUsize,
    idle: Notify,
}

impl Default for Observed {
    fn default() -> Self {
        Self {
            in_flight: AtomicUsize::new(0),
            count: AtomicU64::new(0),
            nanos: AtomicU64::new(0),
            slow: AtomicU64::new(u64::MAX),
            log: Mutex::default(),
            draining: AtomicUsize::new(0),
            idle: Notify::new(),
        }
    }
}

impl Observed {
    #[cold]
    fn tell(&self, sql: &str, params: &[Param<'_>], took: Duration) {
        let log = self.log.lock().expect("no panic while held").clone();
        if let Some(log) = log {
            log.note(sql, params, took);
        }
    }
}

/// A statement that is under way, and is counted when this is dropped. On a connection of the framework's own nothing
/// is counted.
pub(super) struct Timed<'q> {
    by: Option<&'q Observed>,
    sql: &'q str,
    params: &'q [Param<'q>],
    /// Of the clock that has nanoseconds.
    started: u64,
}

impl<'q> Timed<'q> {
    #[inline]
    pub(super) fn begin(by: Option<&'q Observed>, sql: &'q str, params: &'q [Param<'q>]) -> Self {
        if let Some(by) = by {
            by.in_flight.fetch_add(1, SeqCst);
        }
        Self { by, sql, params, started: clock::nanos() }
    }
}

impl Drop for Timed<'_> {
    #[inline]
    fn drop(&mut self) {
        let Some(by) = self.by else { return };
        let spent = clock::nanos().saturating_sub(self.started);
        by.nanos.fetch_add(spent, Relaxed);
        by.count.fetch_add(1, Relaxed);
        if spent >= by.slow.load(Relaxed) {
            by.tell(self.sql, self.params, Duration::from_nanos(spent));
        }
        if by.in_flight.fetch_sub(1, SeqCst) == 1 && by.draining.load(SeqCst) > 0 {
            by.idle.notify_waiters();
        }
    }
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

/// Somebody waits for the end of all, until this is dropped.
struct Drains<'o>(&'o Observed);

impl<'o> Drains<'o> {
    fn new(observed: &'o Observed) -> Self {
        observed.draining.fetch_add(1, SeqCst);
        Self(observed)
    }
}

impl Drop for Drains<'_> {
    fn drop(&mut self) {
        self.0.draining.fetch_sub(1, SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn counts_what_ends_and_waits_for_the_last() {
        let timer = QueryTimer::new();
        let short = Duration::from_millis(5);
        assert!(timer.drain(Duration::ZERO).await, "nothing is under way");
        assert_eq!((timer.count(), timer.average()), (0, Duration::ZERO));
        let observed = timer.observed();
        let (first, second) =
            (Timed::begin(Some(&observed), "SELECT 1", &[]), Timed::begin(Some(&observed), "SELECT 2", &[]));
        assert_eq!((timer.in_flight(), timer.count()), (2, 0));
        assert!(!timer.drain(short).await, "two are under way");
        drop(first);
        assert!(!timer.drain(short).await, "one is under way");
        let (drained, ()) = tokio::join!(timer.drain(Duration::from_secs(60)), async {
            tokio::task::yield_now().await;
            drop(second);
        });
        assert!(drained);
        assert_eq!((timer.in_flight(), timer.count()), (0, 2));
        assert!(timer.average() >= short && timer.total() >= timer.average());
    }
}
