//! One connection, from its first byte to its end.

use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;

use super::exchange::{self, Exchange};
use super::head::take_host_from_target;
use super::http2;
use super::io::{First, Watched};
use super::listen::Accepted;
use super::refusal;
use super::registry::{Coming, FIRST_REQUEST, Registry};
use super::state::{State, phase};
use super::stream::Stream;
use crate::app::{App, Running};
use crate::clock;
use crate::http::Peer;

/// The largest head of a request, in bytes.
pub(super) const MAX_HEADER_SIZE: usize = 8 * 1024;
/// What is read of a request at once, at most: a form with a picture comes in one piece.
const MAX_BUFFER: usize = 128 * 1024;
/// How long a client that still sends is listened to, so that it can read the answer.
const LINGER: Duration = Duration::from_secs(2);

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
                state.refuse(&refusal::head_too_slow()).await;
            }
            End::Expired if state.is_secure() => state.say_goodbye().await,
            End::Expired | End::Gone => {}
            End::Closed(result) => {
                let refused = result.as_ref().is_err_and(hyper::Error::is_parse);
                if let Err(error) = result {
                    tracing::debug!(%error, ?peer, "a connection ended early");
                }
                if refused && !state.io().has_refused() {
                    state.io().add(&refusal::malformed());
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
    let shared = Arc::clone(registry);
    let exchange = Exchange::new(move |desk| answer_all(app, desk, Arc::clone(&shared)));
    let service = service_fn(move |mut request: http::Request<Incoming>| {
        if request.uri().authority().is_some() {
            take_host_from_target(&mut request);
        }
        let state = Arc::clone(&of_request);
        exchange.ask(|case| case.open(app, state, request, peer, max_body_size))
    });
    let mut connection = http1::Builder::new()
        .header_read_timeout(None)
        // `watch` sees when a client is gone, and waits a while for one that only ended its side.
        .half_close(true)
        .max_header_size(MAX_HEADER_SIZE)
        .max_buf_size(MAX_BUFFER)
        .serve_connection(TokioIo::new(Watched::new(state)), service)
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
            (Poll::Pending, Poll::Ready(Ok(()))) if state.may_rest(registry) => {
                if state.io().has_said() {
                    // It makes way for others in the middle of a long answer: only when asked again it is known
                    // to have nothing to say.
                    cx.waker().wake_by_ref();
                    return Poll::Pending;
                }
                Poll::Ready(End::Rests)
            }
            (Poll::Pending, _) if state.phase.load(Relaxed) == phase::BUSY => state.watch(cx),
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

/// Answers the requests of a connection, one after the other.
async fn answer_all<A: App>(
    app: &'static Running<A>,
    desk: exchange::Shared,
    registry: Arc<Registry>,
) -> Infallible {
    loop {
        let mut case = exchange::next(&desk).await;
        case.close(app).await;
        if registry.is_stopping() {
            // hyper is told later, when the connection was polled.
            case.answer_is_last();
        }
        exchange::put(&desk, case);
    }
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
                self.deadline.fetch_min(clock::now().saturating_add(FIRST_REQUEST.as_secs() as u32), Relaxed);
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

    /// Looks whether the client is still there while its request is handled.
    ///
    /// One that has ended its side may still read the answer, or be gone: until something is written
    /// they look alike, so the handler gets the time that a client has to take an answer.
    fn watch(&self, cx: &mut Context<'_>) -> Poll<End> {
        match self.io().poll_ended(cx) {
            Poll::Ready(Err(_)) => Poll::Ready(End::Gone),
            Poll::Ready(Ok(())) => {
                self.wait_for_taker();
                Poll::Pending
            }
            Poll::Pending => Poll::Pending,
        }
    }

    /// Says that nothing more comes: over TLS a client cannot otherwise tell the end from an attack.
    async fn say_goodbye(&self) {
        let _ = tokio::time::timeout(LINGER, poll_fn(|cx| self.io().poll_end(cx))).await;
    }

    /// Says this at last, behind what was said before. Whether it still reaches the client is the client's affair.
    async fn refuse(&self, answer: &[u8]) {
        self.io().add(answer);
        let _ = tokio::time::timeout(LINGER, async {
            poll_fn(|cx| self.write_out(cx)).await?;
            poll_fn(|cx| self.io().poll_end(cx)).await
        })
        .await;
    }

    /// Takes what a client still sends after it was refused. Closing at once would reset the
    /// connection, and the client would not see the answer.
    pub(super) async fn linger(&self) {
        let _ = tokio::time::timeout(LINGER, async {
            poll_fn(|cx| self.write_out(cx)).await?;
            poll_fn(|cx| self.io().poll_end(cx)).await?;
            while poll_fn(|cx| self.io().poll_discard(cx)).await? > 0 {}
            std::io::Result::Ok(())
        })
        .await;
    }
}
