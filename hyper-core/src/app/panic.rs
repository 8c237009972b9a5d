//! What becomes of a panic: a 500 for its request, and nothing for the others.

use std::any::Any;
use std::backtrace::Backtrace;
use std::cell::RefCell;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Once;
use std::task::{Context, Poll};

use http::header::{HeaderValue, X_CONTENT_TYPE_OPTIONS};

use crate::Error;
use crate::http::{IntoResponse, Request, Response};

pub(crate) type Panic = Box<dyn Any + Send>;

/// Polls a future that may panic, until it has put out its output. Whatever it left half done is dropped with it.
///
/// The output goes where it is wanted without a stop between: an answer is some 150 bytes.
#[inline]
pub(crate) fn poll_caught<F: Future>(
    future: Pin<&mut F>,
    cx: &mut Context<'_>,
    output: &mut Option<F::Output>,
) -> Poll<Option<Panic>> {
    let polled = catch_unwind(AssertUnwindSafe(|| match future.poll(cx) {
        Poll::Ready(ready) => {
            *output = Some(ready);
            true
        }
        Poll::Pending => false,
    }));
    match polled {
        Ok(true) => Poll::Ready(None),
        Ok(false) => Poll::Pending,
        Err(panic) => Poll::Ready(Some(panic)),
    }
}

/// That a handler panicked, as the cause of a 500.
#[derive(Debug)]
pub(crate) struct Panicked {
    message: String,
    /// Where, if that is noted.
    pub(crate) place: Option<Place>,
}

/// Where a panic began.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) file: String,
    pub(crate) line: u32,
    pub(crate) backtrace: Backtrace,
}

impl fmt::Display for Panicked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the handler panicked: {}", self.message)
    }
}

impl std::error::Error for Panicked {}

thread_local! {
    static LAST: RefCell<Option<Place>> = const { RefCell::new(None) };
}

/// From now on notes where panics begin, before what is done about them otherwise. For `DEBUG`: it takes time.
pub(super) fn note_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            let place = panic.location().map(|location| Place {
                file: location.file().to_owned(),
                line: location.line(),
                backtrace: Backtrace::force_capture(),
            });
            LAST.with(|last| last.replace(place));
            before(panic);
        }));
    });
}

/// The answer to a request whose middleware panicked: it cannot add to it any more.
#[cold]
pub(crate) fn panicked_outside(panic: Option<Panic>, request: &Request) -> Response {
    let mut response = panicked(panic, request);
    response.headers_mut().insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// The answer to a request whose handler panicked.
#[cold]
pub(crate) fn panicked(panic: Option<Panic>, request: &Request) -> Response {
    let panic = panic.unwrap_or_else(|| Box::new("without a word"));
    let message = panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "something that is not text".to_owned());
    // It was caught where it was polled, on this thread.
    let place = LAST.with(RefCell::take);
    Error::internal(Panicked { message, place }).into_response(request)
}
