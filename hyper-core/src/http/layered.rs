//! A request's body after a layer of tower: decompressed, limited, counted.

use std::fmt;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};
use http::StatusCode;
use http_body::Body;
use http_body_util::LengthLimitError;

use super::BoxError;
use crate::{Error, Result};

/// A body of any type.
pub(crate) struct Layered(Mutex<Pin<Box<dyn Pieces>>>);

/// What is asked of it.
trait Pieces: Send {
    fn poll_piece(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, BoxError>>>;
}

impl<B> Pieces for B
where
    B: Body<Error: Into<BoxError>> + Send,
{
    fn poll_piece(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, BoxError>>> {
        loop {
            return Poll::Ready(match ready!(self.as_mut().poll_frame(cx)) {
                None => None,
                Some(Err(error)) => Some(Err(error.into())),
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(mut data) => Some(Ok(data.copy_to_bytes(data.remaining()))),
                    // Trailers say nothing we use.
                    Err(_) => continue,
                },
            });
        }
    }
}

impl Layered {
    pub(crate) fn new<B: Body<Error: Into<BoxError>> + Send + 'static>(body: B) -> Self {
        Self(Mutex::new(Box::pin(body)))
    }

    pub(super) fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Bytes>>> {
        let body = self.0.get_mut().unwrap_or_else(PoisonError::into_inner);
        Poll::Ready(ready!(body.as_mut().poll_piece(cx)).transpose().map_err(refused))
    }
}

/// What the layer objects to.
fn refused(error: BoxError) -> Error {
    let error = match error.downcast::<Error>() {
        // Of the body itself, as it came.
        Ok(error) => return *error,
        Err(error) => error,
    };
    if error.is::<LengthLimitError>() {
        return Error::new(StatusCode::PAYLOAD_TOO_LARGE, "The body is larger than is accepted here.");
    }
    Error::bad_request("The body of the request cannot be read.").with_source(error)
}

impl fmt::Debug for Layered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Layered")
    }
}
