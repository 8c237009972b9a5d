//! One connection: its state, its deadlines, and its end.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;

use super::handle::handle;
use super::http2::{self, Streams};
use super::io::{First, Io, Watched};
use super::listen::Accepted;
use super::refusal;
use super::registry::{Coming, Registry};
use super::stream::Stream;
use crate::app::{App, Running};
use crate::clock;
use crate::http::{BodyWatch, Peer};
use crate::settings::Limits;

/// The largest head of a request, in bytes.
pub(super) const MAX_HEADER_SIZE: usize = 8 * 1024;
/// What is buffered of a request, and of a head that does not end.
const MAX_BUFFER: usize = 64 * 1024;
/// A body may take one second more for each so many bytes of it.
const BYTES_A_SECOND: usize = 16 * 1024;
/// How long a client that still sends is listened to, so that it can read the answer.
const LINGER: Duration = Duration::from_secs(2);
/// Seconds without a request after which a connection gives back what only a request needs.
const REST: u32 = 2;
/// So many connections may be awake; beyond that, each rests as soon as its answer is sent.
const AWAKE: usize = 1024;
/// Seconds that a new connection has for its first request when the server stops: it may be on its way.
const FIRST_REQUEST: u32 = 1;

/// What the connection waits for.
mod phase {
    /// The first byte of a request.
    pub(super) const IDLE: u8 = 0;
    /// The rest of a request's head.
    pub(super) const HEAD: u8 = 1;
    /// The handler.
    pub(super) const BUSY: u8 = 2;
    /// The end, which the client has been told of.
    pub(super) const GOODBYE: u8 = 3;
}

const NEVER: u32 = u32::MAX;

/// The state of a connection. All of it is plain loads and stores: its task writes, the sweeper
/// reads, and a second more or less does not matter.
#[derive(Debug)]
pub(super) struct State {
    phase: AtomicU8,
    /// The second after which the connection has waited too long for what its phase says.
    deadline: AtomicU32,
    /// The second after which the client has taken nothing for too long.
    send_deadline: AtomicU32,
    /// When the body was first waited for; 0 is not yet.
    body_since: AtomicU32,
    /// Over its time: to be closed.
    expired: AtomicBool,
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
}

impl State {
    fn new(stream: Stream, limits: Limits) -> Self {
        let seconds = |limit: Duration| u32::try_from(limit.as_secs()).unwrap_or(NEVER);
        let limits = Seconds {
            header: seconds(limits.header),
            body: seconds(limits.body),
            send: seconds(limits.send),
            keep_alive: seconds(limits.keep_alive),
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
        self.io.lock().unwrap_or_else(PoisonError::into_inner)
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
    fn may_rest(&self, registry: &Registry) -> bool {
        self.phase.load(Relaxed) == phase::IDLE
            && self.send_deadline.load(Relaxed) == NEVER
            && !self.body_was_abandoned()
            && (registry.awake.load(Relaxed) > AWAKE || self.has_rested_for(REST, clock::now()))
    }

    fn has_rested_for(&self, seconds: u32, now: u32) -> bool {
        let since = self.deadline.load(Relaxed).saturating_sub(self.limits.keep_alive);
        now >= since.saturating_add(seconds)
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
        let may_rest = self.held.load(Relaxed)
            && self.phase.load(Relaxed) == phase::IDLE
            && self.has_rested_for(REST, now);
        if let Some(streams) = self.streams()
            && streams.check(now)
        {
            self.expire();
        } else if stalled || late || may_rest {
            self.wake();
        }
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

/// Serves a connection until it ends.
///
/// While it rests it is this future, its [`State`] and its socket. All that hyper and a request need
/// is in boxes that exist while there is something to do.
pub(super) async fn serve<A: App>(app: &'static Running<A>, accepted: Accepted, peer: Peer, coming: Coming) {
    let registry = Arc::clone(coming.registry());
    let stream = match Stream::open(accepted, &registry).await {
        Ok(stream) => stream,
        Err(error) => {
            tracing::debug!(%error, ?peer, "a connection could not be begun");
            return;
        }
    };
    let mut first = stream.first();
    let state = Arc::new(State::new(stream, registry.limits));
    let _entry = registry.enter(Arc::clone(&state));
    drop(coming);
    loop {
        let next = match first.take() {
            Some(known) => known,
            None => state.first(&registry).await,
        };
        let _awake = registry.wake_one();
        let ended = match next {
            First::Http1 => Box::pin(http1(app, &state, peer, &registry)).await,
            First::Http2 => Box::pin(http2::serve(app, &state, peer, &registry)).await,
            First::Nothing => End::Expired,
        };
        match ended {
            End::Rests => {
                state.io().rest();
                continue;
            }
            End::Expired if state.phase.load(Relaxed) == phase::HEAD => {
                // Whether it still reaches the client is the client's affair.
                let _ = state.io().try_write(&refusal::head_too_slow());
            }
            End::Expired | End::Gone => {}
            End::Closed(result) => {
                let refused = result.as_ref().is_err_and(hyper::Error::is_parse);
                if let Err(error) = result {
                    tracing::debug!(%error, ?peer, "a connection ended early");
                }
                if refused || state.body_was_abandoned() {
                    state.linger().await;
                }
            }
        }
        break;
    }
    state.handed_on().await;
}

/// Speaks HTTP/1 until the connection rests or ends.
async fn http1<A: App>(
    app: &'static Running<A>,
    state: &Arc<State>,
    peer: Peer,
    registry: &Arc<Registry>,
) -> End {
    let max_body_size = registry.max_body_size;
    let of_request = Arc::clone(state);
    let service =
        service_fn(move |request| handle(app, Arc::clone(&of_request), request, peer, max_body_size));
    let mut connection = http1::Builder::new()
        .header_read_timeout(None)
        .max_header_size(MAX_HEADER_SIZE)
        .max_buf_size(MAX_BUFFER)
        .serve_connection(Watched::new(state), service)
        .with_upgrades();
    let mut told = false;
    let ended = poll_fn(|cx| {
        state.is_polled_by(cx);
        if state.expired.load(Relaxed) {
            return Poll::Ready(End::Expired);
        }
        let mut polled = Pin::new(&mut connection).poll(cx);
        if !told && registry.is_stopping() && polled.is_pending() {
            // After it was polled: a request that has arrived is answered.
            told = true;
            Pin::new(&mut connection).graceful_shutdown();
            polled = Pin::new(&mut connection).poll(cx);
        }
        match (polled, state.write_out(cx)) {
            (Poll::Pending, Poll::Ready(Err(_))) => Poll::Ready(End::Gone),
            (Poll::Pending, Poll::Ready(Ok(()))) if state.may_rest(registry) => Poll::Ready(End::Rests),
            (Poll::Pending, _) => Poll::Pending,
            (Poll::Ready(result), _) => Poll::Ready(End::Closed(result)),
        }
    })
    .await;
    if matches!(ended, End::Rests)
        && let Some(parts) = connection.into_parts()
        && !parts.read_buf.is_empty()
    {
        state.io().put_back(&parts.read_buf);
    }
    ended
}

/// How a connection ends.
pub(super) enum End {
    /// Not yet: nothing is asked of it for the time being.
    Rests,
    /// A deadline has passed.
    Expired,
    /// The client takes nothing any more.
    Gone,
    /// hyper is done with it.
    Closed(hyper::Result<()>),
}

impl State {
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

    /// Waits for the first bytes of a new connection, or the next ones of one that rests.
    async fn first(&self, registry: &Registry) -> First {
        let mut told = false;
        poll_fn(|cx| {
            self.is_polled_by(cx);
            if self.expired.load(Relaxed) {
                return Poll::Ready(First::Nothing);
            }
            let first = self.io().poll_first(cx);
            if first.is_pending() && self.io().has_begun() {
                self.bytes_arrived();
            }
            if first.is_pending() && !told && registry.is_stopping() {
                told = true;
                if !self.io().is_new() {
                    return Poll::Ready(First::Nothing);
                }
                self.deadline.fetch_min(clock::now().saturating_add(FIRST_REQUEST), Relaxed);
            }
            first
        })
        .await
    }

    /// Waits, if the stream was handed on by an upgrade, until it is done with.
    async fn handed_on(&self) {
        poll_fn(|cx| {
            self.is_polled_by(cx);
            if !self.held.load(Relaxed) {
                return Poll::Ready(());
            }
            if self.expired.swap(false, Relaxed) {
                // Who holds it finds it at its end.
                self.io().shut();
            }
            Poll::Pending
        })
        .await;
    }

    /// Writes the answers that were collected.
    #[inline]
    pub(super) fn write_out(&self, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        let mut io = self.io();
        if io.has_unwritten() { self.wrote(io.poll_write_out(cx)) } else { Poll::Ready(Ok(())) }
    }

    /// Takes what a client still sends after it was refused. Closing at once would reset the
    /// connection, and the client would not see the answer.
    async fn linger(&self) {
        let _ = tokio::time::timeout(LINGER, async {
            poll_fn(|cx| self.write_out(cx)).await?;
            poll_fn(|cx| self.io().poll_end(cx)).await?;
            while poll_fn(|cx| self.io().poll_discard(cx)).await? > 0 {}
            std::io::Result::Ok(())
        })
        .await;
    }
}
