//! A connection that statements share: they are sent one behind the other, and answered in that order.
//!
//! What a long one does to those behind it is limited. When the oldest statement has been under way for [`HELD`], no
//! more are sent after it, and as soon as the pool has room the lane is left to it: the others, which only read, are
//! asked again elsewhere.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::atomic::{
    AtomicBool, AtomicU32, AtomicU64,
    Ordering::{Relaxed, SeqCst},
};
use std::sync::{Arc, LazyLock, Mutex};
use std::task::Poll;
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tokio::sync::{Notify, OwnedSemaphorePermit};
use tokio_postgres::Row;

use super::connection::Connection;
use super::error::DatabaseError;
use super::exclusive::GRACE;
use super::pace::Paces;
use super::sql::{Param, Sql};
use super::watch;

/// How long the oldest statement may take before others go another way.
pub(super) const HELD: Duration = Duration::from_millis(10);

static START: LazyLock<Instant> = LazyLock::new(Instant::now);

/// Microseconds since the first statement of the process, at least 1.
#[inline]
fn now() -> u64 {
    START.elapsed().as_micros() as u64 + 1
}

/// A connection and who waits for it.
pub(super) struct Lane {
    connection: Connection,
    /// Numbers of the statements that were sent.
    tickets: AtomicU32,
    /// The number of the statement that is answered next, as far as is known.
    head: AtomicU32,
    /// Statements that somebody waits for.
    waiting: AtomicU32,
    /// Since when the oldest of them has had the connection to itself.
    since: AtomicU64,
    /// Where those who wait run.
    runtime: Option<Handle>,
    /// The `since` for which it was asked whether they have their turn, and the one for which they had.
    asked_at: AtomicU64,
    answered_at: AtomicU64,
    /// The oldest takes too long.
    held: AtomicBool,
    /// Tells the others to go elsewhere.
    moving: Notify,
    /// Its slot has another one now.
    retired: AtomicBool,
    cancelled: AtomicBool,
    /// Its place among the connections for one user, once it has become such a one.
    place: Mutex<Option<OwnedSemaphorePermit>>,
}

/// How a statement ended on a lane.
pub(super) enum Ended {
    Outcome(Result<u64, DatabaseError>),
    /// It waits behind one that takes long: it is to be asked elsewhere.
    Moved,
}

impl Lane {
    /// For statements that are waited for on `runtime`.
    pub(super) fn new(connection: Connection, runtime: Option<Handle>) -> Self {
        Self {
            connection,
            tickets: AtomicU32::new(0),
            head: AtomicU32::new(0),
            waiting: AtomicU32::new(0),
            since: AtomicU64::new(0),
            runtime,
            asked_at: AtomicU64::new(0),
            answered_at: AtomicU64::new(0),
            held: AtomicBool::new(false),
            moving: Notify::new(),
            retired: AtomicBool::new(false),
            cancelled: AtomicBool::new(false),
            place: Mutex::new(None),
        }
    }

    pub(super) fn connection(&self) -> &Connection {
        &self.connection
    }

    pub(super) fn runtime(&self) -> Option<Handle> {
        self.runtime.clone()
    }

    /// Whether a statement may be sent on it.
    #[inline]
    pub(super) fn is_free(&self) -> bool {
        !self.held.load(Relaxed)
    }

    /// How many statements somebody waits for.
    pub(super) fn waiting(&self) -> u32 {
        self.waiting.load(SeqCst)
    }

    /// Runs a statement that only reads behind those that were sent before. `seen` says whether rows have come.
    pub(super) async fn run(
        self: &Arc<Self>,
        paces: &Paces,
        (sql, params): (&Sql<'_>, &[Param<'_>]),
        each: &mut (impl FnMut(&Row) -> Result<(), DatabaseError> + Send),
        seen: &AtomicBool,
    ) -> Ended {
        let place = Place::take(self);
        let outcome = {
            let mut moving = pin!(self.moving.notified());
            let mut run = pin!(self.connection.run(sql, params, each));
            poll_fn(|cx| match run.as_mut().poll(cx) {
                Poll::Ready(outcome) => Poll::Ready(Some(outcome)),
                Poll::Pending if moving.as_mut().poll(cx).is_pending() => Poll::Pending,
                // Rows have come, or come next: it is this one that takes long.
                Poll::Pending if seen.load(Relaxed) || place.is_first() => Poll::Pending,
                Poll::Pending => Poll::Ready(None),
            })
            .await
        };
        let Some(outcome) = outcome else {
            place.give_up();
            return Ended::Moved;
        };
        let took = place.end();
        if outcome.is_ok() {
            paces.note(sql.key, took);
        }
        Ended::Outcome(outcome)
    }

    /// Whether the oldest statement has been under way for so long that the others should not wait for it.
    ///
    /// That the answer was not noticed is not enough: a busy process notices late, and would have more to do still if it
    /// asked again. So something is put into the same queue first; the answer is missing once that has had its turn.
    pub(super) fn is_stuck(self: &Arc<Self>) -> bool {
        let since = self.since.load(Relaxed);
        if self.waiting() == 0 || now().saturating_sub(since) <= HELD.as_micros() as u64 {
            return false;
        }
        let Some(runtime) = &self.runtime else { return true };
        if self.asked_at.swap(since, Relaxed) != since {
            let lane = Arc::downgrade(self);
            runtime.spawn(async move {
                if let Some(lane) = lane.upgrade() {
                    lane.answered_at.store(since, Relaxed);
                }
            });
        }
        self.answered_at.load(Relaxed) == since
    }

    /// No more statements are sent on it, until the oldest one ends. False when it was so already.
    pub(super) fn hold(&self) -> bool {
        !self.held.swap(true, Relaxed)
    }

    /// Leaves it to its oldest statement: it is a connection for one user from now on, with a place among these.
    pub(super) fn leave(&self, place: OwnedSemaphorePermit) {
        *self.place.lock().expect("no panic while held") = Some(place);
        self.retire();
    }

    /// Another one has taken its place, as it has become old: what is under way ends here, for which it has a place among
    /// the connections for one user.
    pub(super) fn expire(&self, place: OwnedSemaphorePermit) {
        *self.place.lock().expect("no panic while held") = Some(place);
        self.retired.store(true, Relaxed);
        self.held.store(true, Relaxed);
    }

    /// It is not used any more once what is under way has ended, which all but the oldest do elsewhere.
    pub(super) fn retire(&self) {
        self.retired.store(true, Relaxed);
        self.held.store(true, Relaxed);
        self.moving.notify_waiters();
    }

    /// Whether a statement may have been stopped that was not meant.
    pub(super) fn was_cancelled(&self) -> bool {
        self.cancelled.load(Relaxed)
    }
}

/// A statement's place in the row.
struct Place<'l> {
    lane: &'l Arc<Lane>,
    ticket: u32,
    begun: u64,
    ended: bool,
}

impl<'l> Place<'l> {
    #[inline]
    fn take(lane: &'l Arc<Lane>) -> Self {
        let begun = now();
        let ticket = lane.tickets.fetch_add(1, Relaxed);
        if lane.waiting.fetch_add(1, SeqCst) == 0 {
            lane.since.store(begun, Relaxed);
            watch::wake();
        }
        Self { lane, ticket, begun, ended: false }
    }

    /// Whether it is answered next, as far as is known: one before it may have been given up by who asked.
    fn is_first(&self) -> bool {
        self.lane.head.load(Relaxed) == self.ticket
    }

    /// It is asked elsewhere, and what still comes of it here is of no consequence.
    fn give_up(mut self) {
        self.ended = true;
    }

    /// It is answered. How long it had the connection to itself.
    #[inline]
    fn end(mut self) -> Duration {
        self.ended = true;
        let lane = self.lane;
        let now = now();
        let since = lane.since.swap(now, Relaxed);
        lane.head.fetch_max(self.ticket.wrapping_add(1), Relaxed);
        if lane.held.load(Relaxed) && !lane.retired.load(Relaxed) {
            lane.held.store(false, Relaxed);
        }
        Duration::from_micros(now.saturating_sub(since.max(self.begun)))
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.lane.waiting.fetch_sub(1, SeqCst);
        if !self.ended {
            abandon(self.lane);
        }
    }
}

/// Nobody waits any more for a statement that was sent: it is stopped, if it does not end soon by itself.
#[cold]
fn abandon(lane: &Arc<Lane>) {
    let Ok(runtime) = Handle::try_current() else { return };
    let lane = Arc::clone(lane);
    runtime.spawn(async move {
        // It is answered behind it.
        let ended = tokio::time::timeout(GRACE, lane.connection.batch("")).await;
        if ended.is_err() && !lane.connection.is_closed() {
            // It may meet another one that only reads, which is then asked again.
            lane.cancelled.store(true, Relaxed);
            lane.retire();
            let _ = tokio::time::timeout(GRACE, lane.connection.canceller().cancel()).await;
        }
    });
}
