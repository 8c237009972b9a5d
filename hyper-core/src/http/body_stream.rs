//! The body of a request piece by piece, as an argument.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::Stream;

use super::{FromRequest, Request, RequestBody};
use crate::Result;

/// The body of a request as a stream of its pieces, as they arrive.
///
/// Nothing is kept: a handler that passes the pieces on needs no memory for them, and a client sends no faster than they
/// are taken. It is cut off at `MAX_BODY_SIZE` bytes, unless [`limit`](Self::limit) says otherwise.
///
/// Items are errors as [`RequestBody::read`] has them; the first one is the last item.
///
/// ```
/// use hyper_core::{Result, http::BodyStream};
///
/// async fn lines(body: BodyStream) -> Result<String> {
///     let mut body = body.limit(1 << 30);
///     let mut lines = 0;
///     while let Some(piece) = body.chunk().await? {
///         lines += piece.iter().filter(|byte| **byte == b'\n').count();
///     }
///     Ok(format!("{lines} lines"))
/// }
/// # drop(lines);
/// ```
#[derive(Debug)]
pub struct BodyStream {
    body: RequestBody,
    received: usize,
    ended: bool,
}

impl BodyStream {
    /// Changes how many bytes are accepted; `MAX_BODY_SIZE` is the default.
    #[must_use]
    pub fn limit(mut self, bytes: usize) -> Self {
        self.body = self.body.limit(bytes);
        self
    }

    /// The next piece; `None` after the last.
    ///
    /// # Errors
    /// As [`RequestBody::read`].
    pub async fn chunk(&mut self) -> Result<Option<Bytes>> {
        std::future::poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await.transpose()
    }

    /// How many bytes have arrived.
    #[must_use]
    pub fn received(&self) -> usize {
        self.received
    }
}

impl Stream for BodyStream {
    type Item = Result<Bytes>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes>>> {
        let this = self.get_mut();
        if this.ended {
            return Poll::Ready(None);
        }
        // What says beforehand that it is too large is not begun.
        let polled = match this.body.check_declared() {
            Ok(()) => this.body.poll_checked(cx, this.received),
            Err(error) => Poll::Ready(Err(error)),
        };
        polled.map(|next| {
            match &next {
                Ok(Some(piece)) => this.received += piece.len(),
                Ok(None) | Err(_) => this.ended = true,
            }
            next.transpose()
        })
    }
}

impl FromRequest for BodyStream {
    const READS_BODY: bool = true;

    async fn from_request(request: &mut Request) -> Result<Self> {
        Ok(Self { body: request.take_body(), received: 0, ended: false })
    }
}

#[cfg(test)]
mod tests {
    use futures_util::StreamExt;
    use http::Method;

    use super::*;

    #[tokio::test]
    async fn it_ends_once() {
        let mut request = Request::new(Method::POST, "/").unwrap().with_body("abc");
        let mut body = BodyStream::from_request(&mut request).await.unwrap();
        assert_eq!(body.next().await.unwrap().unwrap(), "abc");
        assert!(body.next().await.is_none() && body.next().await.is_none());
        assert_eq!(body.received(), 3);
        let mut request = Request::new(Method::POST, "/").unwrap().with_body("abc");
        let mut body = BodyStream::from_request(&mut request).await.unwrap().limit(2);
        assert_eq!(body.next().await.unwrap().unwrap_err().status(), 413);
        assert!(body.next().await.is_none());
        assert_eq!(
            BodyStream::from_request(&mut request).await.unwrap().chunk().await.unwrap_err().status(),
            500
        );
    }
}
