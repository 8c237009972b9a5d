//! One request: its limits, the application, and what becomes of a panic.

use std::any::Any;
use std::convert::Infallible;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use http::header::{self, HeaderValue};
use hyper::body::Incoming;

use super::connection::State;
use crate::Error;
use crate::app::{App, respond};
use crate::http::{IntoResponse, Peer, Request, Response};

/// Makes the answer.
///
/// The request is built before the future begins and used where it lies in it: a request is some
/// 400 bytes, and moving it about is what a server's own share of a request would mostly be.
pub(super) fn handle<A: App>(
    app: &'static A,
    state: Arc<State>,
    request: http::Request<Incoming>,
    peer: Peer,
    max_body_size: usize,
) -> impl Future<Output = Result<Response, Infallible>> + Send {
    state.busy();
    let mut request = Request::from_hyper(request, || Arc::clone(&state) as _, max_body_size, peer);
    async move {
        let mut response = if let Err(error) = request.normalise() {
            error.into_response(&request)
        } else {
            let answered = {
                let mut answering = pin!(respond(app, &mut request));
                poll_fn(|cx| {
                    // Whatever the handler left half done is dropped with it.
                    match catch_unwind(AssertUnwindSafe(|| answering.as_mut().poll(cx))) {
                        Ok(polled) => polled.map(Ok),
                        Err(panic) => Poll::Ready(Err(panic)),
                    }
                })
                .await
            };
            answered.unwrap_or_else(|panic| panicked(panic, &request))
        };
        if request.body_is_pending() {
            request.discard_body().await;
        }
        if state.body_was_abandoned() {
            // What the client still sends would be taken for the next request.
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        if response.body().is_stream() {
            response = response.map(|body| body.on_stream_end(move || state.idle()));
        } else {
            state.idle();
        }
        Ok(response)
    }
}

#[cold]
fn panicked(panic: Box<dyn Any + Send>, request: &Request) -> Response {
    let message = panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "something that is not text".to_owned());
    Error::internal(format!("the handler panicked: {message}")).into_response(request)
}
