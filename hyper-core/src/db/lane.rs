//! A connection that statements share: they are sent one behind the other, and answered in that order.
//!
//! What a long one does to those behind it is limited. When the oldest statement has been under way for [`HELD`], no
//! more are sent after it, and as soon as the pool has room the lane is left to it: the others, which only read, are
//! asked again elsewhere.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::atomic::{
    AtomicBool, AtomicU64,
    Ordering::{Relaxed, SeqCst},
};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::OwnedSemaphorePermit;

use super::connection::{Connection, Ready};
use super::error::DatabaseError;
use super::error_kind::ErrorKind;
use super::exclusive::GRACE;
use super::executor::Each;
use super::pace::Paces;
use super::sql::{Param, Sql};
use super::watch;
use crate::clock;

/// How long the oldest statement may take before others go another way.
pub(super) const HELD: Duration = Duration::from_millis(10);

/// Microseconds of the process's clock, at least 1.
#[inline]
pub(super) fn now() -> u64 {
    clock::nanos() / 1000 + 1
}

/// A connection and who waits for it.
pub(super) struct Lane {
    connection: Connection,
    /// How many statements were sent: the number of the next one. 64 bits, as a connection may be for ever.
    tickets: AtomicU64,
    /// How many of them nobody waits for any more.
    left: AtomicU64,
    /// The number of the statement that is answered next, as far as is known.
    head: AtomicU64,
    /// Since when the oldest of those that somebody waits for has had the connection to itself; 0 is not known, as not
    /// each is measured.
    pub(super) since: AtomicU64,
    /// Where those who wait run.
    pub(super) runtime: Option<Handle>,
    /// The `since` for which it was asked whether they have their turn, and when they had; 0 is not yet.
    pub(super) asked_at: AtomicU64,
    pub(super) turn: AtomicU64,
    /// The oldest takes too long.
    held: AtomicBool,
    /// The others are to go elsewhere.
    leaving: AtomicBool,
    /// Who is to be told of it, and the numbers of their statements. Some may have ended.
    behind: Mutex<Vec<(u64, Waker)>>,
    /// Its slot has another one now.
    retired: AtomicBool,
    /// A statement may have been stopped that was not meant.
    cancelled: AtomicBool,
    /// Its place among the connections for one user, once it has become such a one.
    place: Mutex<Option<OwnedSemaphorePermit>>,
}

/// How a statement ended on a lane.
pub(super) enum Ended {
    Outcome(Result<u64, DatabaseError>),
    /// It failed, as somebody else's statement was to be stopped.
    Stopped(DatabaseError),
    /// It waits behind one that takes long: it is to be asked elsewhere.
    Moved,
}

impl Lane {
    /// For statements that are waited for on `runtime`.
    pub(super) fn new(connection: Connection, runtime: Option<Handle>) -> Self {
        Self {
            connection,
            tickets: AtomicU64::new(0),
            left: AtomicU64::new(0),
            head: AtomicU64::new(0),
            since: AtomicU64::new(0),
            runtime,
            asked_at: AtomicU64::new(0),
            turn: AtomicU64::new(0),
            held: AtomicBool::new(false),
            leaving: AtomicBool::new(false),
            behind: Mutex::default(),
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

    /// How many statements somebody waits for; at a moment when some come and go, rather too many than too few.
    pub(super) fn waiting(&self) -> u64 {
        let left = self.left.load(SeqCst);
        self.tickets.load(SeqCst).saturating_sub(left)
    }

    /// Runs a statement that only reads behind those that were sent before. `seen` says whether rows have come.
    #[expect(clippy::manual_async_fn, reason = "an `async fn` has its arguments in its future twice")]
    pub(super) fn run<'l>(
        self: &'l Arc<Self>,
        paces: &'l Paces,
        (sql, params): (&'l Sql<'_>, &'l [Param<'_>]),
        each: &'l mut Each<'_>,
        seen: &'l AtomicBool,
    ) -> impl Future<Output = Ended> + Send {
        async move {
            let ready = match self.connection.ready(sql, params.len()) {
                Some(ready) => ready,
                None => match Box::pin(self.prepare(sql, params.len())).await {
                    Ok(ready) => ready,
                    Err(ended) => return ended,
                },
            };
            let mut place = Place::take(self, paces.is_sure(sql.key));
            let mut work = self.connection.run_ready(ready, sql, params, each);
            let outcome = poll_fn(|cx| place.poll(cx, work.as_mut(), seen)).await;
            drop(work);
            let Some(outcome) = outcome else {
                place.give_up();
                return Ended::Moved;
            };
            let took = place.end();
            match outcome {
                Ok(rows) => {
                    took.into_iter().for_each(|took| paces.note_micros(sql.key, took));
                    Ended::Outcome(Ok(rows))
                }
                Err(error) => self.failed(error),
            }
        }
    }

    /// Prepares a statement, which has a place in the row for that: it is sent later, and others may come in between.
    ///
    /// A type that is of this database only is asked for by further questions, behind whatever was sent meanwhile. So each
    /// has a place of its own, and ends with the answer to a message that is sent right after it.
    #[cold]
    async fn prepare(self: &Arc<Self>, sql: &Sql<'_>, params: usize) -> Result<Ready, Ended> {
        let types = self.connection.types(*sql, params);
        let mut preparing = pin!(self.connection.pulse().owed(types));
        let seen = AtomicBool::new(false);
        let outcome = loop {
            let mut place = Place::take(self, true);
            let answered = {
                let mut question = pin!(async {
                    tokio::select! {
                        biased;
                        outcome = &mut preparing => Some(outcome),
                        told = self.connection.client.check_connection() => match told {
                            Ok(()) => None,
                            Err(_) => Some(preparing.as_mut().await),
                        },
                    }
                });
                poll_fn(|cx| place.poll(cx, question.as_mut(), &seen)).await
            };
            let Some(answered) = answered else {
                place.give_up();
                return Err(Ended::Moved);
            };
            place.end();
            if let Some(outcome) = answered {
                break outcome;
            }
        };
        match outcome {
            Ok(_) => Ok(Ready::default()),
            Err(error) => Err(self.failed(error)),
        }
    }

    #[cold]
    fn failed(&self, error: DatabaseError) -> Ended {
        let may_be_others = self.cancelled.load(Relaxed) || self.connection.pulse().is_broken();
        if error.kind() == ErrorKind::Canceled && may_be_others {
            return Ended::Stopped(error);
        }
        Ended::Outcome(Err(self.connection.without_effect(error)))
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

    /// Keeps no tasks that have ended, when nobody waits.
    fn forget_ended(&self) {
        let mut behind = self.behind.lock().expect("no panic while held");
        // Whoever came meanwhile and is among them is counted.
        let ended = if self.waiting() == 0 { std::mem::take(&mut *behind) } else { Vec::new() };
        drop(behind);
        drop(ended);
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
        self.leaving.store(true, Relaxed);
        let behind = std::mem::take(&mut *self.behind.lock().expect("no panic while held"));
        behind.into_iter().for_each(|(_, waker)| waker.wake());
    }
}

/// A statement's place in the row.
struct Place<'l> {
    lane: &'l Arc<Lane>,
    ticket: u64,
    ended: bool,
    /// The waker that is told, 0 as long as none is.
    told: usize,
}

impl<'l> Place<'l> {
    /// Of a statement whose pace is known for sure one time in four is measured, whichever come between them, and each
    /// time that takes long: reading the clock twice is a third of what all this costs.
    #[inline]
    fn take(lane: &'l Arc<Lane>, is_sure: bool) -> Self {
        // Whoever watches either sees it, or is asleep, which is looked at after it.
        let ticket = lane.tickets.fetch_add(1, SeqCst);
        watch::wake();
        // Behind others it begins when they end.
        if lane.left.load(Relaxed) == ticket {
            // Multiples of the golden ratio are spread evenly, and so is each n-th of them.
            let measured = !is_sure || ticket.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 62 == 0;
            lane.since.store(if measured { now() } else { 0 }, Relaxed);
        }
        Self { lane, ticket, ended: false, told: 0 }
    }

    /// Polls what waits for its answer; for none when it is to go elsewhere. `seen` says whether rows have come.
    #[inline]
    fn poll<F: Future + ?Sized>(
        &mut self,
        cx: &mut Context<'_>,
        work: Pin<&mut F>,
        seen: &AtomicBool,
    ) -> Poll<Option<F::Output>> {
        match work.poll(cx) {
            Poll::Ready(outcome) => Poll::Ready(Some(outcome)),
            // It stays: rows have come, or come next, so that it is this one that takes long.
            Poll::Pending if self.is_first() || seen.load(Relaxed) => Poll::Pending,
            Poll::Pending if self.is_to_leave(cx.waker()) => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    }

    /// Whether it is answered next, as far as is known: one before it may have been given up by who asked.
    #[inline]
    fn is_first(&self) -> bool {
        self.lane.head.load(Relaxed) == self.ticket
    }

    /// Whether it is to go elsewhere; if it is not, the waker is told when it is.
    fn is_to_leave(&mut self, waker: &Waker) -> bool {
        let (lane, data) = (self.lane, waker.data() as usize);
        if self.told != data {
            self.told = data;
            let waker = waker.clone();
            let mut behind = lane.behind.lock().expect("no panic while held");
            // Those that have ended are dropped when the lock is free again, as whoever is dropped with them may want it.
            let mut ended = Vec::new();
            if behind.len() == behind.capacity() {
                let head = lane.head.load(Relaxed);
                ended.extend(behind.extract_if(.., |(ticket, _)| *ticket < head));
            }
            behind.push((self.ticket, waker));
            drop(behind);
        }
        // Who was too late to be told sees it here: it is so before the list is taken, under its lock.
        lane.leaving.load(Relaxed)
    }

    /// It is asked elsewhere, and what still comes of it here is of no consequence.
    fn give_up(mut self) {
        self.ended = true;
    }

    /// It is answered. How many microseconds it had the connection to itself, if that was measured.
    #[inline]
    fn end(mut self) -> Option<u64> {
        self.ended = true;
        let lane = self.lane;
        let since = lane.since.load(Relaxed);
        let is_last = lane.tickets.load(Relaxed) == self.ticket + 1;
        let took = if is_last && since == 0 {
            None
        } else {
            let now = now();
            // Whoever comes at this moment is not measured.
            lane.since.store(if is_last { 0 } else { now }, Relaxed);
            (since != 0).then(|| now.saturating_sub(since))
        };
        // Two that end at once may leave the one before the last for the first, until the next one ends.
        if lane.head.load(Relaxed) <= self.ticket {
            lane.head.store(self.ticket + 1, Relaxed);
        }
        if lane.held.load(Relaxed) && !lane.retired.load(Relaxed) {
            lane.held.store(false, Relaxed);
        }
        took
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.lane.left.fetch_add(1, SeqCst);
        if self.told != 0 && self.lane.waiting() == 0 {
            self.lane.forget_ended();
        }
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
