//! What becomes of a panic: a 500 for its request, and nothing for the others.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::Error;
use crate::http::{IntoResponse, Request, Response};

type Panic = Box<dyn Any + Send>;

/// Polls a future that may panic. Whatever it left half done is dropped with it.
pub(crate) fn poll_caught<F: Future>(
    future: Pin<&mut F>,
    cx: &mut Context<'_>,
) -> Poll<Result<F::Output, Panic>> {
    match catch_unwind(AssertUnwindSafe(|| future.poll(cx))) {
        Ok(polled) => polled.map(Ok),
        Err(panic) => Poll::Ready(Err(panic)),
    }
}

/// The answer to a request whose handler panicked.
#[cold]
pub(crate) fn panicked(panic: Panic, request: &Request) -> Response {
    let message = panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "something that is not text".to_owned());
    Error::internal(format!("the handler panicked: {message}")).into_response(request)
}
