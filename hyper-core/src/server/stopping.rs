//! That the server stops, for what would otherwise go on.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::task::Poll;

use futures_util::{Stream, StreamExt};
use tokio::sync::Notify;

use crate::Result;
use crate::http::{FromRequest, Request};

/// Tells when the server begins to stop, so that streams and other long answers can end in order
/// before `DRAIN_TIMEOUT` cuts them. An argument of a handler, or [`Request::stopping`].
///
/// ```
/// use hyper_core::http::{Body, BoxError, Response};
/// use hyper_core::server::Stopping;
///
/// async fn ticks(stopping: Stopping) -> Response {
///     let ticks = futures_util::stream::repeat_with(|| Ok::<_, BoxError>("tick\n".into()));
///     // Ends by itself when the server stops.
///     Response::new(Body::stream(stopping.until(ticks)))
/// }
/// ```
#[derive(Debug, Clone, Default)]
pub struct Stopping(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    begun: AtomicBool,
    waiting: Notify,
}

impl Stopping {
    /// Whether the server has begun to stop.
    #[must_use]
    pub fn is_begun(&self) -> bool {
        self.0.begun.load(Relaxed)
    }

    /// Waits until the server begins to stop.
    pub async fn begun(&self) {
        let mut waiting = pin!(self.0.waiting.notified());
        // Told before it looks, it cannot miss the beginning.
        waiting.as_mut().enable();
        if !self.is_begun() {
            waiting.await;
        }
    }

    /// The items of a stream until the server begins to stop.
    pub fn until<S: Stream>(self, stream: S) -> impl Stream<Item = S::Item> {
        stream.take_until(async move { self.begun().await })
    }

    /// Runs `work` until it is done, or until the server begins to stop: then `None`.
    pub async fn or<F: Future>(&self, work: F) -> Option<F::Output> {
        let (mut work, mut begun) = (pin!(work), pin!(self.begun()));
        poll_fn(|cx| match work.as_mut().poll(cx) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending => begun.as_mut().poll(cx).map(|()| None),
        })
        .await
    }

    /// It begins.
    pub(crate) fn begin(&self) {
        self.0.begun.store(true, Relaxed);
        self.0.waiting.notify_waiters();
    }
}

impl FromRequest for Stopping {
    async fn from_request(request: &mut Request) -> Result<Self> {
        Ok(request.stopping().clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_waits_and_who_comes_late_both_know() {
        let stopping = Stopping::default();
        assert_eq!(stopping.or(async { 1 }).await, Some(1));
        let waiting = tokio::spawn({
            let stopping = stopping.clone();
            async move { stopping.or(std::future::pending::<()>()).await }
        });
        let stream = stopping.clone().until(futures_util::stream::pending::<u8>()).count();
        let stream = tokio::spawn(stream);
        tokio::task::yield_now().await;
        stopping.begin();
        assert_eq!((waiting.await.unwrap(), stream.await.unwrap()), (None, 0));
        stopping.begun().await;
    }
}
