//! Bytes as they come.

use bytes::Bytes;
use futures_util::{Stream as Pieces, TryStreamExt};
use http::HeaderValue;
use http::header::CONTENT_TYPE;

use super::into_response::OCTETS;
use super::produced::{Producer, produced};
use super::{Body, BoxError, IntoResponse, Request, Response};
use crate::Result;

/// An answer whose body is sent while it is made, in constant memory.
///
/// An error in the middle ends the connection, so that the client sees that it has not got everything, and is logged.
/// When the client goes away, the stream is dropped.
///
/// ```
/// use hyper_core::http::Stream;
///
/// async fn numbers() -> Stream {
///     Stream::produce("text/plain", |lines| async move {
///         for n in 1..=1_000_000 {
///             lines.send(format!("{n}\n").into()).await?;
///         }
///         Ok(())
///     })
/// }
/// # drop(numbers());
/// ```
#[derive(Debug)]
pub struct Stream {
    kind: Result<HeaderValue, http::header::InvalidHeaderValue>,
    body: Body,
}

impl Stream {
    /// The pieces of a stream, of this content type.
    pub fn new<S, B, E>(content_type: &str, pieces: S) -> Self
    where
        S: Pieces<Item = std::result::Result<B, E>> + Send + 'static,
        B: Into<Bytes> + 'static,
        E: Into<BoxError> + 'static,
    {
        let pieces = pieces.map_ok(Into::into).map_err(Into::into).inspect_err(|error: &BoxError| {
            tracing::error!(%error, "a stream ended in the middle");
        });
        Self { kind: HeaderValue::try_from(content_type), body: Body::stream(pieces) }
    }

    /// The pieces that a closure sends, which runs as long as the client is there.
    pub fn produce<F, W>(content_type: &str, work: F) -> Self
    where
        F: FnOnce(Producer<Bytes>) -> W,
        W: Future<Output = Result<()>> + Send + 'static,
    {
        Self::new(content_type, produced(work))
    }
}

impl IntoResponse for Stream {
    fn into_response(self, _: &Request) -> Response {
        let mut response = Response::new(self.body);
        // A type that is none says nothing: bytes.
        response.headers_mut().insert(CONTENT_TYPE, self.kind.unwrap_or(OCTETS));
        response
    }
}
