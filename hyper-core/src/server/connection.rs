//! One connection: its state, its deadlines, and its end.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;

use super::handle::handle;
use super::head::take_host_from_target;
use super::io::{Io, Stream, Watched};
use super::refusal;
use super::registry::Registry;
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

/// What the connection waits for.
mod phase {
    /// The first byte of a request.
    pub(super) const IDLE: u8 = 0;
    /// The rest of a request's head.
    pub(super) const HEAD: u8 = 1;
    /// The handler.
    pub(super) const BUSY: u8 = 2;
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
    waker: OnceLock<Waker>,
    /// Only the connection's task takes it, so it never waits.
    io: Mutex<Io>,
    limits: Seconds,
}

/// [`Limits`] in whole seconds.
#[derive(Debug, Clone, Copy)]
struct Seconds {
    header: u32,
    body: u32,
    send: u32,
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
    fn enter(&self, phase: u8, deadline: u32) {
        self.phase.store(phase, Relaxed);
        self.deadline.store(deadline, Relaxed);
    }

    #[inline]
    pub(super) fn bytes_arrived(&self) {
        if self.phase.load(Relaxed) == phase::IDLE {
            self.enter(phase::HEAD, clock::now().saturating_add(self.limits.header));
        }
    }

    /// A handler runs.
    #[inline]
    pub(super) fn busy(&self) {
        self.enter(phase::BUSY, NEVER);
        self.body_since.store(0, Relaxed);
    }

    /// The answer is made, or its stream is at its end.
    #[inline]
    pub(super) fn idle(&self) {
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
        if stalled || late {
            self.wake();
        }
    }
}

impl BodyWatch for State {
    fn waiting(&self, received: usize) -> bool {
        let now = clock::now();
        if self.body_since.load(Relaxed) == 0 {
            self.body_since.store(now, Relaxed);
        }
        let earned = u32::try_from(received / BYTES_A_SECOND).unwrap_or(NEVER);
        let limit = self.limits.body.saturating_add(earned);
        let deadline = self.body_since.load(Relaxed).saturating_add(limit);
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
pub(super) async fn serve<A: App>(
    app: &'static Running<A>,
    stream: Stream,
    peer: Peer,
    registry: Arc<Registry>,
) {
    let state = Arc::new(State::new(stream, registry.limits));
    let _entry = registry.enter(Arc::clone(&state));
    let max_body_size = registry.max_body_size;
    let of_request = Arc::clone(&state);
    let service = service_fn(move |mut request: http::Request<Incoming>| {
        if request.uri().authority().is_some() {
            take_host_from_target(&mut request);
        }
        handle(app, Arc::clone(&of_request), request, peer, max_body_size)
    });
    let mut connection = http1::Builder::new()
        .header_read_timeout(None)
        // `watch` sees when a client is gone, and waits a while for one that only ended its side.
        .half_close(true)
        .max_header_size(MAX_HEADER_SIZE)
        .max_buf_size(MAX_BUFFER)
        .serve_connection(Watched(Arc::clone(&state)), service);
    let mut told = false;
    let ended = poll_fn(|cx| {
        if state.waker.get().is_none() {
            // The task's waker stays the same for its life.
            let _ = state.waker.set(cx.waker().clone());
        }
        if state.expired.load(Relaxed) {
            return Poll::Ready(End::Expired);
        }
        if !told && registry.is_stopping() {
            told = true;
            Pin::new(&mut connection).graceful_shutdown();
        }
        let polled = Pin::new(&mut connection).poll(cx);
        match (polled, state.write_out(cx)) {
            (Poll::Pending, Poll::Ready(Err(_))) => Poll::Ready(End::Gone),
            (Poll::Pending, _) if state.phase.load(Relaxed) == phase::BUSY => state.watch(cx),
            (Poll::Pending, _) => Poll::Pending,
            (Poll::Ready(result), _) => Poll::Ready(End::Closed(result)),
        }
    })
    .await;
    match ended {
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
                // An error leaves the sending side open.
                drop(connection);
                state.linger().await;
            }
        }
    }
}

/// How a connection ends.
enum End {
    /// A deadline has passed.
    Expired,
    /// The client takes nothing any more.
    Gone,
    /// hyper is done with it.
    Closed(hyper::Result<()>),
}

impl State {
    /// Writes the answers that were collected.
    #[inline]
    fn write_out(&self, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        let mut io = self.io();
        if io.has_unwritten() { self.wrote(io.poll_write_out(cx)) } else { Poll::Ready(Ok(())) }
    }

    /// Looks whether the client is still there while its request is handled.
    ///
    /// One that has ended its side may still read the answer, or be gone: until something is written
    /// they look alike, so the handler gets the time that a client has to take an answer.
    fn watch(&self, cx: &mut Context<'_>) -> Poll<End> {
        match self.io().poll_ended(cx) {
            Poll::Ready(Err(_)) => Poll::Ready(End::Gone),
            Poll::Ready(Ok(())) => {
                self.send_deadline.store(clock::now().saturating_add(self.limits.send), Relaxed);
                Poll::Pending
            }
            Poll::Pending => Poll::Pending,
        }
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
