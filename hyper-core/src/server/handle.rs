//! One request: its limits, the application, and what becomes of a panic.

use std::any::Any;
use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt;
use http::header::{CONNECTION, HeaderValue};
use http::{HeaderMap, StatusCode, Uri};
use hyper::body::Incoming;

use super::connection::State;
use crate::Error;
use crate::app::{App, respond};
use crate::http::{IntoResponse, Peer, Request, Response};

/// The largest head of a request, in bytes.
const MAX_HEADER_SIZE: usize = 8 * 1024;

pub(super) async fn handle<A: App>(
    app: &'static A,
    state: Arc<State>,
    request: http::Request<Incoming>,
    peer: Peer,
    max_body_size: usize,
) -> Result<Response, Infallible> {
    state.busy();
    let mut request = Request::from_hyper(request, || Arc::clone(&state) as _, max_body_size, peer);
    let mut response = if head_size(request.uri(), request.headers()) > MAX_HEADER_SIZE {
        close(head_too_large().into_response(&request))
    } else if let Err(error) = request.normalise() {
        error.into_response(&request)
    } else {
        match AssertUnwindSafe(respond(app, &mut request)).catch_unwind().await {
            Ok(response) => response,
            Err(panic) => panicked(panic, &request),
        }
    };
    if response.body().is_stream() {
        response = response.map(|body| body.on_stream_end(move || state.idle()));
    } else {
        state.idle();
    }
    Ok(response)
}

/// The size of a head, but for the method and spaces.
fn head_size(uri: &Uri, headers: &HeaderMap) -> usize {
    let target = uri.path().len() + uri.query().map_or(0, |query| query.len() + 1);
    let fields = headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4);
    target + fields.sum::<usize>()
}

#[cold]
fn head_too_large() -> Error {
    Error::new(
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
        format!("The head of the request is larger than {MAX_HEADER_SIZE} bytes."),
    )
}

fn close(mut response: Response) -> Response {
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response
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
