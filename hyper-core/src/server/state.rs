//! What a connection waits for, and until when.

use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use parking_lot::{Mutex, MutexGuard};

use super::http2::Streams;
use super::io::Io;
use super::registry::Registry;
use super::stream::Stream;
use crate::clock;
use crate::http::BodyWatch;
use crate::settings::Limits;

/// A body may take one second more for each so many bytes of it.
const BYTES_A_SECOND: usize = 16 * 1024;
/// So many connections may be awake; beyond that, each rests as soon as its answer is sent.
const AWAKE: usize = 1024;

/// What the connection waits for.
pub(super) mod phase {
    /// The first byte of a request.
    pub(in crate::server) const IDLE: u8 = 0;
    /// The rest of a request's head.
    pub(in crate::server) const HEAD: u8 = 1;
    /// The handler.
    pub(in crate::server) const BUSY: u8 = 2;
    /// The end, which the client has been told of.
    pub(in crate::server) const GOODBYE: u8 = 3;
}

const NEVER: u32 = u32::MAX;

/// The state of a connection. All of it is plain loads and stores: its task writes, the sweeper
/// reads, and a second more or less does not matter.
#[derive(Debug)]
pub(super) struct State {
    pub(super) phase: AtomicU8,
    /// The second after which the connection has waited too long for what its phase says.
    pub(super) deadline: AtomicU32,
    /// The second after which the client has taken nothing for too long.
    send_deadline: AtomicU32,
    /// When the body was first waited for; 0 is not yet.
    body_since: AtomicU32,
    /// Over its time: to be closed.
    pub(super) expired: AtomicBool,
    /// A body was not read to its end.
    abandoned: AtomicBool,
    /// hyper, or who it was handed on to after an upgrade, holds the stream.
    pub(super) held: AtomicBool,
    /// What is written leaves when it is flushed, for there is no connection's task to come to rest.
    pub(super) upgraded: AtomicBool,
    /// Several requests at a time: the connection speaks HTTP/2.
    streams: OnceLock<Streams>,
    /// Nobody between here and the client can read along.
    secure: bool,
    waker: OnceLock<Waker>,
    /// Only the connection's task takes it, so it never waits.
    io: Mutex<Io>,
    limits: Seconds,
}

/// [`Limits`] in whole seconds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seconds {
    header: u32,
    pub(super) body: u32,
    pub(super) send: u32,
    keep_alive: u32,
    rest: u32,
}

impl State {
    pub(super) fn new(stream: Stream, limits: Limits) -> Self {
        let seconds = |limit: Duration| u32::try_from(limit.as_secs()).unwrap_or(NEVER);
        let limits = Seconds {
            header: seconds(limits.header),
            body: seconds(limits.body),
            send: seconds(limits.send),
            keep_alive: seconds(limits.keep_alive),
            rest: seconds(limits.rest),
        };
        Self {
            phase: AtomicU8::new(phase::IDLE),
            deadline: AtomicU32::new(clock::now().saturating_add(limits.keep_alive)),
            send_deadline: AtomicU32::new(NEVER),
            body_since: AtomicU32::new(0),
            expired: AtomicBool::new(false),
            abandoned: AtomicBool::new(false),
            held: AtomicBool::new(false),
            upgraded: AtomicBool::new(false),
            streams: OnceLock::new(),
            secure: stream.is_secure(),
            waker: OnceLock::new(),
            io: Mutex::new(Io::new(stream)),
            limits,
        }
    }

    #[inline]
    pub(super) fn io(&self) -> MutexGuard<'_, Io> {
        self.io.lock()
    }

    #[inline]
    pub(super) fn is_secure(&self) -> bool {
        self.secure
    }

    /// The requests on it, where there can be several.
    #[inline]
    pub(super) fn streams(&self) -> Option<&Streams> {
        self.streams.get()
    }

    pub(super) fn limits(&self) -> &Seconds {
        &self.limits
    }

    /// How long a body may take of which so much has come.
    pub(super) fn body_limit(&self, received: usize) -> u32 {
        let earned = u32::try_from(received / BYTES_A_SECOND).unwrap_or(NEVER);
        self.limits.body.saturating_add(earned)
    }

    /// Who keeps time for a request's body.
    pub(super) fn body_watch(self: &Arc<Self>) -> Arc<dyn BodyWatch> {
        match self.streams() {
            None => Arc::clone(self) as _,
            Some(streams) => streams.watch(self),
        }
    }

    #[inline]
    fn enter(&self, phase: u8, deadline: u32) {
        self.phase.store(phase, Relaxed);
        self.deadline.store(deadline, Relaxed);
    }

    #[inline]
    pub(super) fn bytes_arrived(&self) {
        if self.phase.load(Relaxed) == phase::IDLE && self.streams().is_none() {
            self.enter(phase::HEAD, clock::now().saturating_add(self.limits.header));
        }
    }

    /// A handler runs.
    #[inline]
    fn busy(&self) {
        if let Some(streams) = self.streams() {
            streams.begin();
        }
        self.enter(phase::BUSY, NEVER);
        self.body_since.store(0, Relaxed);
    }

    /// The answer is made, or its stream is at its end.
    #[inline]
    fn idle(&self) {
        if self.streams().is_some_and(|streams| streams.end() > 0) || self.upgraded.load(Relaxed) {
            return;
        }
        self.enter(phase::IDLE, clock::now().saturating_add(self.limits.keep_alive));
    }

    /// Whether a body was given up before its end.
    #[inline]
    pub(super) fn body_was_abandoned(&self) -> bool {
        self.abandoned.load(Relaxed)
    }

    /// The client has to take something within the time for it, whether or not something is written.
    pub(super) fn wait_for_taker(&self) {
        self.send_deadline.store(clock::now().saturating_add(self.limits.send), Relaxed);
    }

    /// Keeps account of whether the client takes what is written.
    #[inline]
    pub(super) fn wrote<T>(&self, written: Poll<T>) -> Poll<T> {
        if written.is_ready() {
            self.send_deadline.store(NEVER, Relaxed);
        } else if self.send_deadline.load(Relaxed) == NEVER {
            self.send_deadline.store(clock::now().saturating_add(self.limits.send), Relaxed);
        }
        written
    }

    /// Whether nothing has been asked of it for a while, or others need the memory more.
    #[inline]
    pub(super) fn may_rest(&self, registry: &Registry) -> bool {
        self.phase.load(Relaxed) == phase::IDLE
            && self.send_deadline.load(Relaxed) == NEVER
            && !self.body_was_abandoned()
            && (registry.awake.load(Relaxed) > AWAKE || self.has_rested(clock::now()))
    }

    fn has_rested(&self, now: u32) -> bool {
        let since = self.deadline.load(Relaxed).saturating_sub(self.limits.keep_alive);
        now >= since.saturating_add(self.limits.rest)
    }

    /// Over its time: its task ends it.
    pub(super) fn expire(&self) {
        self.expired.store(true, Relaxed);
        self.wake();
    }

    pub(super) fn wake(&self) {
        if let Some(waker) = self.waker.get() {
            waker.wake_by_ref();
        }
    }

    /// Looks whether a deadline is over, and wakes the task if it is.
    pub(super) fn check(&self, now: u32) {
        let late = now > self.deadline.load(Relaxed);
        let stalled = now > self.send_deadline.load(Relaxed);
        // A handler that waits for a slow body ends the request itself, when it is woken.
        if stalled || (late && self.phase.load(Relaxed) != phase::BUSY) {
            self.expired.store(true, Relaxed);
        }
        let may_rest =
            self.held.load(Relaxed) && self.phase.load(Relaxed) == phase::IDLE && self.has_rested(now);
        if let Some(streams) = self.streams()
            && streams.check(now)
        {
            self.expire();
        } else if stalled || late || may_rest {
            self.wake();
        }
    }

    /// Keeps the waker of the connection's task, which stays the same for its life.
    #[inline]
    pub(super) fn is_polled_by(&self, cx: &mut Context<'_>) {
        if self.waker.get().is_none() {
            let _ = self.waker.set(cx.waker().clone());
        }
    }

    pub(super) fn is_expired(&self) -> bool {
        self.expired.load(Relaxed)
    }

    /// From now on it has several requests at a time.
    pub(super) fn multiplex(&self) -> &Streams {
        self.enter(phase::IDLE, clock::now().saturating_add(self.limits.keep_alive));
        self.io().set_raw();
        self.streams.get_or_init(Streams::default)
    }

    /// Its time was over without a request: it gets a second more, to say goodbye. False when there is one.
    pub(super) fn may_say_goodbye(&self) -> bool {
        let idle = self.phase.load(Relaxed) == phase::IDLE;
        if idle {
            self.expired.store(false, Relaxed);
            self.enter(phase::GOODBYE, clock::now().saturating_add(1));
        }
        idle
    }

    pub(super) fn is_saying_goodbye(&self) -> bool {
        self.phase.load(Relaxed) == phase::GOODBYE
    }

    /// The connection is handed on when the answer is sent.
    pub(super) fn upgrade(&self) {
        self.enter(phase::BUSY, NEVER);
        self.upgraded.store(true, Relaxed);
        self.io().set_raw();
    }
}

/// A request that is in progress, until it is dropped.
#[derive(Debug)]
pub(super) struct Busy(Arc<State>);

impl Busy {
    #[inline]
    pub(super) fn new(state: Arc<State>) -> Self {
        state.busy();
        Self(state)
    }

    pub(super) fn state(&self) -> &Arc<State> {
        &self.0
    }
}

impl Drop for Busy {
    #[inline]
    fn drop(&mut self) {
        self.0.idle();
    }
}

impl BodyWatch for State {
    fn waiting(&self, received: usize, _: &mut Context<'_>) -> bool {
        let now = clock::now();
        if self.body_since.load(Relaxed) == 0 {
            self.body_since.store(now, Relaxed);
        }
        let deadline = self.body_since.load(Relaxed).saturating_add(self.body_limit(received));
        self.deadline.store(deadline, Relaxed);
        now > deadline
    }

    fn finished(&self) {
        self.deadline.store(NEVER, Relaxed);
    }

    fn abandoned(&self) {
        self.abandoned.store(true, Relaxed);
    }
}
