//! One request: its limits, the application, and what becomes of a panic.

use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;

use http::StatusCode;
use http::header::{self, HeaderValue};
use hyper::body::Incoming;

use super::refusal;
use super::state::{Busy, State};
use super::watchdog;
use crate::app::{App, Running, panicked_outside, poll_caught};
use crate::http::{Peer, Request, Response};

/// Makes the answer.
///
/// The request is built before the future begins and used where it lies in it: a request is some
/// 400 bytes, and moving it about is what a server's own share of a request would mostly be.
pub(super) fn handle<A: App>(
    app: &'static Running<A>,
    state: Arc<State>,
    request: http::Request<Incoming>,
    peer: Peer,
    max_body_size: usize,
) -> impl Future<Output = Result<Response, Infallible>> + Send {
    let busy = Busy::new(state);
    let state = busy.state();
    let peer = (peer, state.is_secure());
    let mut request = Request::from_hyper(request, || state.body_watch(), max_body_size, peer, app.context());
    async move {
        let answered = {
            let mut watched = watchdog::Watched::new(app.context().site);
            let mut answering = pin!(app.respond(&mut request));
            poll_fn(|cx| watched.poll(|| poll_caught(answering.as_mut(), cx))).await
        };
        let mut response = answered.unwrap_or_else(|panic| panicked_outside(panic, &request));
        let state = busy.state();
        // A stream of HTTP/2 ends alone; the others go on.
        if state.streams().is_none() {
            refusal::mark_as_answer(&mut response);
            if request.body_is_pending() {
                request.discard_body().await;
            }
            if state.body_was_abandoned() {
                // What the client still sends would be taken for the next request.
                response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
            if response.status() == StatusCode::SWITCHING_PROTOCOLS {
                state.upgrade();
            }
        }
        if response.body().is_stream() {
            response = response.map(|body| body.on_stream_end(move || drop(busy)));
        }
        Ok(response)
    }
}
