//! The body of a response: nothing, bytes, or a stream.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::Stream;
use http_body::{Frame, SizeHint};

/// Any error, as streams and sources have them.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// What is handed to the connection at a time, so that it never holds a large body twice.
const PIECE: usize = 64 * 1024;

/// The body of a response.
///
/// Bytes go out with their `Content-Length`, a stream in chunks as it yields them.
#[derive(Default)]
pub struct Body(Kind);

#[derive(Default)]
enum Kind {
    #[default]
    Empty,
    Full(Bytes),
    Stream(Pieces),
    /// With how many bytes are still to come. In a box: responses are moved about, and most have none.
    Sized(Box<(Pieces, u64)>),
}

type Pieces = Pin<Box<dyn Stream<Item = Result<Bytes, BoxError>> + Send>>;

impl Body {
    /// No bytes at all.
    #[must_use]
    pub const fn empty() -> Self {
        Self(Kind::Empty)
    }

    /// A body that is produced while it is sent. An error ends the connection in the middle, so that
    /// the client sees that it did not get everything.
    pub fn stream(stream: impl Stream<Item = Result<Bytes, BoxError>> + Send + 'static) -> Self {
        Self(Kind::Stream(Box::pin(stream)))
    }

    /// A stream of exactly so many bytes, which goes out with its `Content-Length`.
    pub fn sized_stream(
        length: u64,
        stream: impl Stream<Item = Result<Bytes, BoxError>> + Send + 'static,
    ) -> Self {
        Self(Kind::Sized(Box::new((Box::pin(stream), length))))
    }

    /// The bytes, unless it is a stream.
    #[must_use]
    pub fn as_bytes(&self) -> Option<&[u8]> {
        match &self.0 {
            Kind::Empty => Some(&[]),
            Kind::Full(bytes) => Some(bytes),
            Kind::Stream(_) | Kind::Sized(_) => None,
        }
    }

    /// Whether it is produced while it is sent.
    #[must_use]
    pub fn is_stream(&self) -> bool {
        matches!(self.0, Kind::Stream(_) | Kind::Sized(_))
    }

    /// Runs `done` when the last of a stream was taken or the client is gone; nothing for bytes.
    pub(crate) fn on_stream_end(self, done: impl FnOnce() + Send + 'static) -> Self {
        let done = Some(Box::new(done) as _);
        match self.0 {
            Kind::Stream(stream) => Self(Kind::Stream(Box::pin(Notifying { stream, done }))),
            Kind::Sized(sized) => {
                let (stream, length) = *sized;
                Self(Kind::Sized(Box::new((Box::pin(Notifying { stream, done }), length))))
            }
            kind => Self(kind),
        }
    }
}

struct Notifying {
    stream: Pieces,
    done: Option<Box<dyn FnOnce() + Send>>,
}

impl Stream for Notifying {
    type Item = Result<Bytes, BoxError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.stream.as_mut().poll_next(cx)
    }
}

impl Drop for Notifying {
    fn drop(&mut self) {
        if let Some(done) = self.done.take() {
            done();
        }
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        match &mut self.0 {
            Kind::Empty => Poll::Ready(None),
            Kind::Full(bytes) => {
                let piece = if bytes.len() > PIECE { bytes.split_to(PIECE) } else { std::mem::take(bytes) };
                Poll::Ready((!piece.is_empty()).then(|| Ok(Frame::data(piece))))
            }
            Kind::Stream(stream) => {
                stream.as_mut().poll_next(cx).map(|item| item.map(|bytes| bytes.map(Frame::data)))
            }
            Kind::Sized(sized) => {
                let (stream, left) = &mut **sized;
                let item = std::task::ready!(stream.as_mut().poll_next(cx));
                if let Some(Ok(bytes)) = &item {
                    *left = left.saturating_sub(bytes.len() as u64);
                }
                Poll::Ready(item.map(|bytes| bytes.map(Frame::data)))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.0 {
            Kind::Empty => true,
            Kind::Full(bytes) => bytes.is_empty(),
            Kind::Stream(_) => false,
            Kind::Sized(sized) => sized.1 == 0,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Kind::Empty => SizeHint::with_exact(0),
            Kind::Full(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Kind::Stream(_) => SizeHint::default(),
            Kind::Sized(sized) => SizeHint::with_exact(sized.1),
        }
    }
}

impl<T: Into<Bytes>> From<T> for Body {
    fn from(bytes: T) -> Self {
        Self(Kind::Full(bytes.into()))
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.as_bytes() {
            Some(bytes) => write!(f, "Body({} bytes)", bytes.len()),
            None => f.write_str("Body(stream)"),
        }
    }
}
