//! Events to a client as they happen: `text/event-stream`.

use std::borrow::Cow;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue};
use tokio::time::{Instant, Sleep, sleep_until};

use super::produced::{Producer, produced};
use super::{Body, BoxError, FromRequest, IntoResponse, Request, Response};
use crate::Result;

/// After how long without an event a comment is sent, so that no one in between takes the connection for dead.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// One event.
///
/// ```
/// use hyper_core::http::Event;
///
/// let event = Event::data("one\ntwo").event("news").id("7").retry(std::time::Duration::from_secs(3));
/// assert_eq!(event.to_string(), "event: news\nid: 7\nretry: 3000\ndata: one\ndata: two\n\n");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Event {
    name: Option<Cow<'static, str>>,
    id: Option<Cow<'static, str>>,
    retry: Option<Duration>,
    data: Option<Cow<'static, str>>,
    comment: Option<Cow<'static, str>>,
}

impl Event {
    /// An event with this text, of any number of lines.
    #[must_use]
    pub fn data(text: impl Into<Cow<'static, str>>) -> Self {
        Self { data: Some(text.into()), ..Self::default() }
    }

    /// An event with a value as JSON.
    ///
    /// # Errors
    /// 500 when it cannot be written as JSON.
    pub fn json(value: &impl serde::Serialize) -> Result<Self> {
        Ok(Self::data(serde_json::to_string(value).map_err(crate::Error::internal)?))
    }

    /// A comment: clients pass it over.
    #[must_use]
    pub fn comment(text: impl Into<Cow<'static, str>>) -> Self {
        Self { comment: Some(text.into()), ..Self::default() }
    }

    /// Names it: scripts listen to it by `addEventListener(name, ..)`.
    #[must_use]
    pub fn event(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Gives it an id: a client that lost the connection comes back with the last it saw, see [`LastEventId`].
    #[must_use]
    pub fn id(mut self, id: impl Into<Cow<'static, str>>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// Says after how long a client that lost the connection comes back.
    #[must_use]
    pub fn retry(mut self, after: Duration) -> Self {
        self.retry = Some(after);
        self
    }
}

/// As it is sent. What would end a line in a name or an id, or an id with NUL, which clients pass over, is left out.
impl std::fmt::Display for Event {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let one_line = |text: &str| text.replace(['\r', '\n', '\0'], "");
        for line in self.comment.as_deref().into_iter().flat_map(lines) {
            writeln!(f, ": {line}")?;
        }
        if let Some(name) = &self.name {
            writeln!(f, "event: {}", one_line(name))?;
        }
        if let Some(id) = &self.id {
            writeln!(f, "id: {}", one_line(id))?;
        }
        if let Some(retry) = self.retry {
            writeln!(f, "retry: {}", retry.as_millis())?;
        }
        for line in self.data.as_deref().into_iter().flat_map(lines) {
            writeln!(f, "data: {line}")?;
        }
        f.write_str("\n")
    }
}

/// The lines of a text as clients of this protocol see them: they end with `\n`, `\r\n` and `\r`.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.split('\n').flat_map(|line| line.strip_suffix('\r').unwrap_or(line).split('\r'))
}

/// Events to a client as they happen.
///
/// While there are none, a comment every 15 seconds keeps the connection alive. It ends when the stream does, when the
/// client goes away, which drops the stream, and when the server stops.
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
        let events = super::stream::until_stopped(request, Beating::new(self.0, HEARTBEAT));
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
    use proptest::prelude::*;

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

    /// What a client makes of a stream (HTML, 9.2.6): events of name, id and data.
    fn read(stream: &str) -> Vec<(String, String, String)> {
        let (mut events, mut name, mut id, mut data) =
            (Vec::new(), String::new(), String::new(), String::new());
        for line in lines(stream) {
            if line.is_empty() {
                if !data.is_empty() {
                    data.pop();
                    events.push((std::mem::take(&mut name), id.clone(), std::mem::take(&mut data)));
                }
                name.clear();
                continue;
            }
            let (field, value) = line.split_once(':').unwrap_or((line, ""));
            let value = value.strip_prefix(' ').unwrap_or(value);
            match field {
                "event" => name = value.to_owned(),
                "id" => id = value.to_owned(),
                "data" => data += &(value.to_owned() + "\n"),
                _ => {}
            }
        }
        events
    }

    proptest! {
        #[test]
        fn every_event_arrives_as_one(data in "[a\r\n:é ]{1,20}", name in "[a-z\r\n]{0,5}", id in "[0-9\n]{0,5}") {
            let event = Event::data(data.clone()).event(name.clone()).id(id.clone());
            let plain = |text: &str| text.replace(['\r', '\n'], "");
            let lines: Vec<&str> = lines(&data).collect();
            prop_assert_eq!(read(&event.to_string()), [(plain(&name), plain(&id), lines.join("\n"))]);
        }
    }
}
