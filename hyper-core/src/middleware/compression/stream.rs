//! A body that is compressed while it is sent.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_util::Stream;
use http_body_util::BodyDataStream;

use super::PIECE;
use super::encoder::Encoder;
use crate::http::{Body, BoxError};

/// Compresses piece by piece, and lets others have their turn between two large ones.
pub(super) struct Compressed {
    body: BodyDataStream<Body>,
    /// What is left of what the body gave last.
    rest: Bytes,
    /// `None` at the end.
    encoder: Option<Encoder>,
    /// Whether each piece is to arrive at once: true of a stream, whose pieces come when they come.
    flushes: bool,
    /// Bytes since the others had their turn.
    busy: usize,
}

impl Compressed {
    pub(super) fn new(body: Body, encoder: Encoder) -> Self {
        let flushes = body.is_stream();
        let body = BodyDataStream::new(body);
        Self { body, rest: Bytes::new(), encoder: Some(encoder), flushes, busy: 0 }
    }

    /// Compresses one piece of what is there.
    fn compress(&mut self) -> Result<Bytes, BoxError> {
        let Some(encoder) = &mut self.encoder else { return Ok(Bytes::new()) };
        let piece = self.rest.split_to(self.rest.len().min(PIECE));
        self.busy += piece.len();
        encoder.write(&piece)?;
        if self.flushes && self.rest.is_empty() {
            encoder.flush()?;
        }
        Ok(encoder.take())
    }
}

impl Stream for Compressed {
    type Item = Result<Bytes, BoxError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        loop {
            if this.busy >= PIECE {
                this.busy = 0;
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            if this.encoder.is_none() {
                return Poll::Ready(None);
            }
            if this.rest.is_empty() {
                match ready!(Pin::new(&mut this.body).poll_next(cx)) {
                    Some(Ok(bytes)) => this.rest = bytes,
                    Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                    None => {
                        let last = this.encoder.take().map(Encoder::finish).transpose();
                        let last = last.map(Option::unwrap_or_default).map_err(BoxError::from);
                        return Poll::Ready(
                            Some(last).filter(|last| !last.as_ref().is_ok_and(Bytes::is_empty)),
                        );
                    }
                }
            }
            if this.rest.is_empty() {
                continue;
            }
            let out = this.compress();
            if !out.as_ref().is_ok_and(Bytes::is_empty) {
                return Poll::Ready(Some(out));
            }
        }
    }
}
