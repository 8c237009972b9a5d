//! Events to a client as they happen: `text/event-stream`.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue};
use tokio::time::{Instant, Sleep, sleep_until};

use super::event::Event;
use super::produced::{Producer, produced};
use super::{Body, BoxError, FromRequest, IntoResponse, Request, Response};
use crate::Result;

/// After how long without an event a comment is sent, so that no one in between takes the connection for dead.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// Events to a client as they happen.
///
/// While there are none, a comment every 15 seconds keeps the connection alive. It ends when the stream does,
/// when the client goes away, and when the server begins to stop; the last two drop the stream.
///
/// ```
/// use hyper_core::http::{Event, Sse};
/// use futures_util::Stream;
/// use futures_util::stream;
///
/// /// A stream that is there already.
/// async fn countdown() -> Sse<impl Stream<Item = Event>> {
///     Sse::new(stream::iter((1..=3).rev().map(|n| Event::data(n.to_string()))))
/// }
///
/// /// One that is written like a loop.
/// async fn clock() -> Sse<impl Stream<Item = Event>> {
///     Sse::produce(|events| async move {
///         for second in 0.. {
///             events.send(Event::data("tick").id(second.to_string())).await?;
///             tokio::time::sleep(std::time::Duration::from_secs(1)).await;
///         }
///         Ok(())
///     })
/// }
/// # drop((countdown(), clock()));
/// ```
#[derive(Debug, Clone)]
pub struct Sse<S>(S);

impl<S: Stream<Item = Event> + Send + 'static> Sse<S> {
    /// The events of a stream.
    pub fn new(events: S) -> Self {
        Self(events)
    }
}

impl Sse<()> {
    /// The events that a closure sends, which runs as long as the client is there. Its error is logged, and ends them.
    pub fn produce<F, W>(work: F) -> Sse<impl Stream<Item = Event> + Send + use<F, W>>
    where
        F: FnOnce(Producer<Event>) -> W,
        W: Future<Output = Result<()>> + Send + 'static,
    {
        Sse(produced(work).filter_map(async |event| {
            event.inspect_err(|error| tracing::error!(?error, "a stream of events failed")).ok()
        }))
    }
}

impl<S: Stream<Item = Event> + Send + 'static> IntoResponse for Sse<S> {
    fn into_response(self, request: &Request) -> Response {
        let events = request.stopping().clone().until(Beating::new(self.0, HEARTBEAT));
        let mut response = Response::new(Body::stream(events));
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        // nginx would collect the events.
        headers.insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
        response
    }
}

/// Events with comments where there are none for long.
struct Beating<S> {
    events: Pin<Box<S>>,
    next: Pin<Box<Sleep>>,
    every: Duration,
}

impl<S> Beating<S> {
    fn new(events: S, every: Duration) -> Self {
        Self { events: Box::pin(events), next: Box::pin(sleep_until(Instant::now() + every)), every }
    }
}

impl<S: Stream<Item = Event>> Stream for Beating<S> {
    type Item = Result<Bytes, BoxError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let bytes = match self.events.poll_next_unpin(cx) {
            Poll::Ready(None) => return Poll::Ready(None),
            Poll::Ready(Some(event)) => Bytes::from(event.to_string()),
            Poll::Pending => {
                std::task::ready!(self.next.as_mut().poll(cx));
                Bytes::from_static(b":\n\n")
            }
        };
        let next = Instant::now() + self.every;
        self.next.as_mut().reset(next);
        Poll::Ready(Some(Ok(bytes)))
    }
}

/// The id of the last event that a client saw before it lost the connection (`Last-Event-ID`), or nothing.
///
/// ```
/// use hyper_core::http::LastEventId;
///
/// async fn feed(last: LastEventId) -> String {
///     let after: i64 = last.parse().unwrap_or(0);
///     format!("events behind {after}")
/// }
/// # drop(feed);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LastEventId(Option<String>);

impl LastEventId {
    /// The id as it was sent.
    #[must_use]
    pub fn get(&self) -> Option<&str> {
        self.0.as_deref()
    }

    /// The id as a `T`; `None` when there is none or it is no `T`.
    #[must_use]
    pub fn parse<T: std::str::FromStr>(&self) -> Option<T> {
        self.get()?.parse().ok()
    }
}

impl FromRequest for LastEventId {
    async fn from_request(request: &mut Request) -> Result<Self> {
        request.reads_itself();
        // Any UTF-8, which a header field's `to_str` is not.
        let value = request.headers().get("last-event-id").map(HeaderValue::as_bytes);
        Ok(Self(
            value.and_then(|id| std::str::from_utf8(id).ok()).filter(|id| !id.is_empty()).map(str::to_owned),
        ))
    }
}

#[cfg(test)]
mod tests {
    use futures_util::stream;

    use super::*;

    #[tokio::test]
    async fn a_silent_stream_is_kept_alive() {
        let (tell, told) = tokio::sync::oneshot::channel::<()>();
        let events = stream::once(async {
            told.await.unwrap();
            Event::data("late")
        });
        let mut sent = Beating::new(events, Duration::from_millis(1)).map(|bytes| bytes.unwrap());
        assert_eq!(sent.next().await.unwrap(), ":\n\n");
        assert_eq!(sent.next().await.unwrap(), ":\n\n");
        tell.send(()).unwrap();
        let rest: Vec<Bytes> = sent.filter(|bytes| std::future::ready(bytes != ":\n\n")).collect().await;
        assert_eq!(rest, ["data: late\n\n"]);
    }
}
