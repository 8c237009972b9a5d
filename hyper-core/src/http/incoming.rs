//! The body of a request: read once, within the limits of size and time.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};
use http_body::Body as _;
use hyper::body::Incoming;

use crate::{Error, Result};

/// The longest body, in bytes, that is read only to get past it.
const DISCARDED: u64 = 64 * 1024;

/// What keeps time while a body is read; the server's connection.
pub(crate) trait BodyWatch: Send + Sync {
    /// The body is being waited for, that many bytes of it have arrived.
    /// True when the client has been too slow. The task is woken when it becomes so.
    fn waiting(&self, received: usize, cx: &mut Context<'_>) -> bool;
    /// The body is not waited for any more.
    fn finished(&self);
    /// The body was given up before its end: what the client still sends is not a request.
    fn abandoned(&self);
}

/// The body of a request, read at most once.
pub struct RequestBody {
    kind: Kind,
    limit: usize,
}

enum Kind {
    Bytes(Bytes),
    Incoming(Incoming, Arc<dyn BodyWatch>),
    /// What a layer of tower has made of it.
    #[cfg(feature = "tower")]
    Layered(super::Layered),
    Taken,
}

impl RequestBody {
    #[inline]
    pub(super) fn empty() -> Self {
        Self::bytes(Bytes::new())
    }

    pub(super) fn bytes(bytes: Bytes) -> Self {
        Self { kind: Kind::Bytes(bytes), limit: usize::MAX }
    }

    pub(super) fn incoming(body: Incoming, watch: Arc<dyn BodyWatch>, limit: usize) -> Self {
        Self { kind: Kind::Incoming(body, watch), limit }
    }

    #[cfg(feature = "tower")]
    pub(crate) fn layered(body: super::Layered, limit: usize) -> Self {
        Self { kind: Kind::Layered(body), limit }
    }

    /// How many bytes are accepted.
    #[cfg(feature = "tower")]
    pub(crate) fn accepted(&self) -> usize {
        self.limit
    }

    /// Takes the body out, leaving none.
    pub(super) fn take(&mut self) -> Self {
        Self { kind: std::mem::replace(&mut self.kind, Kind::Taken), limit: self.limit }
    }

    pub(super) fn set_limit(&mut self, bytes: usize) {
        self.limit = bytes;
    }

    /// Changes how many bytes are accepted; `MAX_BODY_SIZE` is the default.
    #[must_use]
    pub fn limit(mut self, bytes: usize) -> Self {
        self.limit = bytes;
        self
    }

    /// Reads all of it.
    ///
    /// # Errors
    /// 413 when it is larger than the limit (known from `Content-Length` before anything is read),
    /// 408 when the client sends too slowly, 400 when the connection ends in the middle,
    /// 500 when the body was read before.
    pub async fn read(mut self) -> Result<Bytes> {
        let declared = self.declared();
        self.check(declared)?;
        let Some(first) = self.chunk(0).await? else { return Ok(Bytes::new()) };
        let Some(second) = self.chunk(first.len()).await? else { return Ok(first) };
        let mut all = BytesMut::with_capacity(declared.max(first.len() + second.len()));
        all.extend_from_slice(&first);
        all.extend_from_slice(&second);
        while let Some(chunk) = self.chunk(all.len()).await? {
            all.extend_from_slice(&chunk);
        }
        Ok(all.freeze())
    }

    /// Whether somebody gave it another limit than the one it came with.
    pub(super) fn has_limit_of_its_own(&self, usual: usize) -> bool {
        self.limit != usual && self.limit != usize::MAX
    }

    /// 413 when it says beforehand that it is too large.
    pub(super) fn check_declared(&self) -> Result<()> {
        self.check(self.declared())
    }

    /// Reads the next piece; `None` after the last. `received` is how much was read before.
    ///
    /// # Errors
    /// As [`RequestBody::read`].
    pub async fn chunk(&mut self, received: usize) -> Result<Option<Bytes>> {
        poll_fn(|cx| self.poll_checked(cx, received)).await
    }

    /// As [`RequestBody::chunk`].
    pub(crate) fn poll_checked(
        &mut self,
        cx: &mut Context<'_>,
        received: usize,
    ) -> Poll<Result<Option<Bytes>>> {
        let chunk = ready!(self.poll_chunk(cx, received))?;
        if let Some(chunk) = &chunk {
            self.check(received + chunk.len())?;
        }
        Poll::Ready(Ok(chunk))
    }

    fn poll_chunk(&mut self, cx: &mut Context<'_>, received: usize) -> Poll<Result<Option<Bytes>>> {
        let (body, watch) = match &mut self.kind {
            Kind::Bytes(bytes) => {
                let bytes = std::mem::take(bytes);
                return Poll::Ready(Ok((!bytes.is_empty()).then_some(bytes)));
            }
            Kind::Taken => {
                let problem = "the body of the request was already read";
                return Poll::Ready(Err(Error::internal(problem)));
            }
            #[cfg(feature = "tower")]
            Kind::Layered(body) => return body.poll_chunk(cx),
            Kind::Incoming(body, watch) => (body, watch),
        };
        loop {
            return match Pin::new(&mut *body).poll_frame(cx) {
                Poll::Pending if watch.waiting(received, cx) => {
                    watch.finished();
                    Poll::Ready(Err(too_slow()))
                }
                Poll::Pending => Poll::Pending,
                Poll::Ready(frame) => {
                    watch.finished();
                    match frame {
                        None => {
                            // Only now is the end of chunks known.
                            self.kind = Kind::Bytes(Bytes::new());
                            Poll::Ready(Ok(None))
                        }
                        Some(Err(error)) => Poll::Ready(Err(cut(error))),
                        Some(Ok(frame)) => match frame.into_data() {
                            Ok(data) => Poll::Ready(Ok(Some(data))),
                            // Trailers say nothing we use.
                            Err(_) => continue,
                        },
                    }
                }
            };
        }
    }

    /// Whether bytes of it may still be on their way.
    pub(super) fn is_pending(&self) -> bool {
        matches!(&self.kind, Kind::Incoming(body, _) if !body.is_end_stream())
    }

    /// Reads a short body that nobody wanted, so that the next request can follow it. One that is long, of unknown
    /// length, or waits to be asked for is given up: the connection ends with the answer.
    pub(super) async fn discard(mut self, comes_unasked: bool) {
        if !comes_unasked || self.size_hint().is_none_or(|size| size > DISCARDED) {
            return;
        }
        let mut received = 0;
        while let Ok(Some(chunk)) = self.chunk(received).await {
            received += chunk.len();
        }
    }

    fn size_hint(&self) -> Option<u64> {
        match &self.kind {
            Kind::Incoming(body, _) => body.size_hint().exact(),
            #[cfg(feature = "tower")]
            Kind::Layered(_) => None,
            Kind::Bytes(_) | Kind::Taken => None,
        }
    }

    fn declared(&self) -> usize {
        match &self.kind {
            Kind::Bytes(bytes) => bytes.len(),
            Kind::Incoming(body, _) => usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX),
            #[cfg(feature = "tower")]
            Kind::Layered(_) => 0,
            Kind::Taken => 0,
        }
    }

    fn check(&self, size: usize) -> Result<()> {
        if size > self.limit {
            return Err(Error::new(
                http::StatusCode::PAYLOAD_TOO_LARGE,
                format!("The body is larger than the {} bytes accepted here.", self.limit),
            ));
        }
        Ok(())
    }
}

impl Drop for RequestBody {
    fn drop(&mut self) {
        if let Kind::Incoming(body, watch) = &self.kind
            && !body.is_end_stream()
        {
            watch.abandoned();
        }
    }
}

fn too_slow() -> Error {
    Error::new(http::StatusCode::REQUEST_TIMEOUT, "The body of the request arrived too slowly.")
}

fn cut(error: hyper::Error) -> Error {
    Error::bad_request("The body of the request ended before it was complete.").with_source(error)
}

impl fmt::Debug for RequestBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Bytes(bytes) => write!(f, "RequestBody({} bytes)", bytes.len()),
            Kind::Incoming(..) => f.write_str("RequestBody(incoming)"),
            #[cfg(feature = "tower")]
            Kind::Layered(_) => f.write_str("RequestBody(layered)"),
            Kind::Taken => f.write_str("RequestBody(taken)"),
        }
    }
}
