//! HTTP/2: the same requests, several at a time on one connection.
//!
//! What has a deadline for the connection in HTTP/1 has one for each stream here: a body that comes, an
//! answer that is taken.

use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_util::task::AtomicWaker;
use http::Method;
use http::header::{CONTENT_LENGTH, HOST, HeaderValue};
use http_body::{Frame, SizeHint};
use hyper::body::Incoming;
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};

use super::connection::{End, MAX_HEADER_SIZE};
use super::handle::Case;
use super::io::Watched;
use super::registry::Registry;
use super::state::State;
use crate::app::{App, Running};
use crate::clock;
use crate::http::{Body, BodyWatch, BoxError, Peer, Response};

/// Requests at a time on one connection.
const MAX_STREAMS: u32 = 128;
/// Streams at a time that a client began and took back before they were looked at: what makes a flood of resets
/// expensive for who sends it.
const MAX_UNSEEN: usize = 20;
/// Requests that a client may take back while their handlers run, which began for nothing; so many at once, and
const MAX_TAKEN_BACK: u32 = 500;
/// so many more a second. Browsers do that when one types or leaves a page.
const TAKEN_BACK_A_SECOND: u32 = 50;
/// Streams that were ended here because they broke the protocol, until the connection ends.
const MAX_BROKEN: usize = 64;
/// Bytes of a request's body that a client may send before somebody reads them.
const STREAM_WINDOW: u32 = 256 * 1024;
/// The same for all requests of a connection together.
const CONNECTION_WINDOW: u32 = 1024 * 1024;
/// Bytes of an answer that wait for the client.
const MAX_UNSENT: usize = 64 * 1024;

const NEVER: u32 = u32::MAX;

/// Speaks HTTP/2 until the connection ends.
pub(super) async fn serve<A: App>(
    app: &'static Running<A>,
    state: &Arc<State>,
    peer: Peer,
    registry: &Arc<Registry>,
) -> End {
    let streams = state.multiplex();
    let max_body_size = registry.max_body_size;
    let of_request = Arc::clone(state);
    let service = service_fn(move |mut request: http::Request<Incoming>| {
        name_host(&mut request);
        let state = Arc::clone(&of_request);
        let head_only = request.method() == Method::HEAD;
        let mut case = Case::default();
        case.open(app, Arc::clone(&state), request, peer, max_body_size);
        async move {
            let mut asked = Asked(Some(&state));
            case.close(app).await;
            asked.0 = None;
            let mut response = case.take_answer().unwrap_or_default();
            if head_only {
                leave_out_body(&mut response);
            }
            Ok::<_, Infallible>(response.map(|body| Taken::new(body, &state)))
        }
    });
    let patience = registry.limits.send.max(Duration::from_secs(1));
    let mut connection = http2::Builder::new(TokioExecutor::new())
        .timer(TokioTimer::new())
        .max_concurrent_streams(MAX_STREAMS)
        .max_header_list_size(MAX_HEADER_SIZE as u32)
        .max_pending_accept_reset_streams(MAX_UNSEEN)
        .max_local_error_reset_streams(MAX_BROKEN)
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .max_send_buf_size(MAX_UNSENT)
        .keep_alive_interval(patience)
        .keep_alive_timeout(patience)
        .serve_connection(TokioIo::new(Watched::new(state)), service);
    let mut told = false;
    let ended = poll_fn(|cx| {
        state.is_polled_by(cx);
        if state.is_expired() && (told || !state.may_say_goodbye()) {
            return Poll::Ready(End::Expired);
        }
        let mut polled = Pin::new(&mut connection).poll(cx);
        let flooded = streams.flooded.load(Relaxed);
        if !told && polled.is_pending() && (flooded || registry.is_stopping() || state.is_saying_goodbye()) {
            told = true;
            Pin::new(&mut connection).graceful_shutdown();
            polled = Pin::new(&mut connection).poll(cx);
        }
        match (polled, state.write_out(cx)) {
            (Poll::Pending, Poll::Ready(Err(_))) => Poll::Ready(End::Gone),
            // A client that means well begins anew; another one would not stop for having been told.
            (Poll::Pending, _) if flooded => Poll::Ready(End::Closed(Ok(()))),
            (Poll::Pending, _) => Poll::Pending,
            (Poll::Ready(result), _) => Poll::Ready(End::Closed(result)),
        }
    })
    .await;
    drop(connection);
    if streams.flooded.load(Relaxed) || matches!(ended, End::Closed(Err(_))) {
        // Or it would not see why.
        state.linger().await;
    }
    ended
}

/// A request whose answer is not made. Dropped as that, it was taken back, or its connection is gone.
struct Asked<'a>(Option<&'a State>);

impl Drop for Asked<'_> {
    fn drop(&mut self) {
        let Some(state) = self.0 else { return };
        if state.streams().is_some_and(|streams| streams.take_back(clock::now())) {
            state.wake();
        }
    }
}

/// hyper does so itself over HTTP/1 only.
fn leave_out_body(response: &mut Response) {
    let body = std::mem::take(response.body_mut());
    if let Some(length) = http_body::Body::size_hint(&body).exact() {
        response.headers_mut().entry(CONTENT_LENGTH).or_insert_with(|| length.into());
    }
}

/// The host stands in the target: who reads the `Host` field finds it there, too.
fn name_host(request: &mut http::Request<Incoming>) {
    let Some(authority) = request.uri().authority() else { return };
    let host = authority.as_str().rsplit('@').next().unwrap_or_default();
    if let Ok(host) = HeaderValue::from_str(host) {
        request.headers_mut().insert(HOST, host);
    }
}

/// The requests on a connection, and what they wait for.
#[derive(Debug, Default)]
pub(super) struct Streams {
    active: AtomicU32,
    waits: Mutex<Vec<Weak<Wait>>>,
    /// Requests that were taken back, less what was forgiven, and until when that is.
    taken_back: Mutex<(u32, u32)>,
    /// They were too many: the connection is over.
    flooded: AtomicBool,
}

impl Streams {
    pub(super) fn begin(&self) {
        self.active.fetch_add(1, Relaxed);
    }

    /// One has ended; returns how many are left.
    pub(super) fn end(&self) -> u32 {
        self.active.fetch_sub(1, Relaxed).saturating_sub(1)
    }

    /// A request was taken back; true when they were too many.
    fn take_back(&self, now: u32) -> bool {
        let mut taken_back = self.taken_back.lock().unwrap_or_else(PoisonError::into_inner);
        let (count, since) = *taken_back;
        let forgiven = now.saturating_sub(since).saturating_mul(TAKEN_BACK_A_SECOND);
        let count = count.saturating_sub(forgiven) + 1;
        *taken_back = (count, now);
        let flooded = count > MAX_TAKEN_BACK;
        if flooded {
            self.flooded.store(true, Relaxed);
        }
        flooded
    }

    /// Who keeps time for a request's body.
    pub(super) fn watch(&self, state: &Arc<State>) -> Arc<dyn BodyWatch> {
        self.add(Wait::new(state, None))
    }

    fn add(&self, wait: Wait) -> Arc<Wait> {
        let wait = Arc::new(wait);
        let mut waits = self.waits.lock().unwrap_or_else(PoisonError::into_inner);
        if waits.len() == waits.capacity() {
            waits.retain(|wait| wait.strong_count() > 0);
        }
        waits.push(Arc::downgrade(&wait));
        wait
    }

    /// Looks at all of them. True when one does not take its answer: the connection is over.
    pub(super) fn check(&self, now: u32) -> bool {
        let mut waits = self.waits.lock().unwrap_or_else(PoisonError::into_inner);
        let mut over = false;
        waits.retain(|wait| {
            let Some(wait) = wait.upgrade() else { return false };
            if now > wait.deadline.load(Relaxed) {
                over |= wait.sends.is_some();
                wait.task.wake();
            }
            true
        });
        over
    }
}

/// What a stream waits for.
#[derive(Debug)]
struct Wait {
    connection: Weak<State>,
    /// When the body was first waited for; 0 is not yet.
    since: AtomicU32,
    /// The second after which it has waited for too long.
    deadline: AtomicU32,
    /// Seconds without taking any of an answer; none for a body that comes.
    sends: Option<u32>,
    task: AtomicWaker,
}

impl Wait {
    fn new(state: &Arc<State>, sends: Option<u32>) -> Self {
        Self {
            connection: Arc::downgrade(state),
            since: AtomicU32::new(0),
            deadline: AtomicU32::new(NEVER),
            sends,
            task: AtomicWaker::new(),
        }
    }

    fn within(&self, limit: u32) {
        self.deadline.store(clock::now().saturating_add(limit), Relaxed);
    }
}

impl BodyWatch for Wait {
    fn waiting(&self, received: usize, cx: &mut Context<'_>) -> bool {
        let Some(connection) = self.connection.upgrade() else { return false };
        self.task.register(cx.waker());
        let now = clock::now();
        if self.since.load(Relaxed) == 0 {
            self.since.store(now, Relaxed);
        }
        let deadline = self.since.load(Relaxed).saturating_add(connection.body_limit(received));
        self.deadline.store(deadline, Relaxed);
        now > deadline
    }

    fn finished(&self) {
        self.deadline.store(NEVER, Relaxed);
    }

    /// Its stream ends with the answer, and the others do not notice.
    fn abandoned(&self) {}
}

/// The body of an answer, which the client is to take: it is asked for the next piece when there is room for it.
pub(super) struct Taken {
    body: Body,
    wait: Option<Arc<Wait>>,
}

impl Taken {
    fn new(body: Body, state: &Arc<State>) -> Self {
        let streams = if http_body::Body::is_end_stream(&body) { None } else { state.streams() };
        let wait = streams.map(|streams| {
            let limit = state.limits().send;
            let wait = streams.add(Wait::new(state, Some(limit)));
            wait.within(limit);
            wait
        });
        Self { body, wait }
    }
}

impl http_body::Body for Taken {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let polled = Pin::new(&mut self.body).poll_frame(cx);
        if let Some(wait) = &self.wait {
            match &polled {
                // It is the handler that takes its time.
                Poll::Pending => wait.finished(),
                Poll::Ready(_) => wait.within(wait.sends.unwrap_or(NEVER)),
            }
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
