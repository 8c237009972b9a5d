//! The bodies of requests and answers as libraries see them.

use std::any::Any;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf as _, Bytes};
use futures_util::TryStreamExt as _;
use http::header::{CONTENT_LENGTH, HeaderValue};
use http_body::Frame;
use http_body_util::BodyDataStream;

use crate::http::{Body, BoxError, Layered, RequestBody, Response};

/// The body of a request, as layers of tower take it. Limits of size and time hold for it.
#[derive(Debug)]
pub struct LayerBody {
    body: RequestBody,
    received: usize,
}

impl LayerBody {
    pub(super) fn new(body: RequestBody) -> Self {
        Self { body, received: 0 }
    }
}

impl http_body::Body for LayerBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let received = self.received;
        let chunk = ready!(self.body.poll_checked(cx, received))?;
        self.received += chunk.as_ref().map_or(0, Bytes::len);
        Poll::Ready(chunk.map(|chunk| Ok(Frame::data(chunk))))
    }
}

/// The value as a `T`, where it is one.
fn as_a<V: 'static, T: 'static>(value: V) -> Result<T, V> {
    let mut value = Some(value);
    match (&mut value as &mut dyn Any).downcast_mut::<Option<T>>().and_then(Option::take) {
        Some(same) => Ok(same),
        None => Err(value.take().expect("nobody has taken it")),
    }
}

/// What a layer gives to those inside it; `limit` is how many bytes they accept.
pub(super) fn request_body<B>(body: B, limit: usize) -> RequestBody
where
    B: http_body::Body<Error: Into<BoxError>> + Send + 'static,
{
    match as_a::<B, LayerBody>(body) {
        Ok(LayerBody { body, received: 0 }) => body,
        Ok(begun) => RequestBody::layered(Layered::new(begun), limit),
        Err(other) => RequestBody::layered(Layered::new(other), limit),
    }
}

/// What a layer answers.
pub(super) fn response<B>(response: http::Response<B>) -> Response
where
    B: http_body::Body<Data: Send, Error: Into<BoxError>> + Send + 'static,
{
    let (mut parts, body) = response.into_parts();
    let body = match as_a::<B, Body>(body) {
        Ok(body) => body,
        Err(other) => {
            if let Some(length) = other.size_hint().exact() {
                parts.headers.entry(CONTENT_LENGTH).or_insert_with(|| HeaderValue::from(length));
            }
            let pieces = BodyDataStream::new(other).map_ok(|mut data| data.copy_to_bytes(data.remaining()));
            Body::stream(pieces.map_err(Into::into))
        }
    };
    Response::from_parts(parts, body)
}
