//! A fast refusal of what is too much.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use http::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER};

use super::{Layer, Middleware, Next};
use crate::http::{Body, Request, Response, StatusCode};
use crate::{Result, Settings};

/// Refuses requests beyond those that are being answered with a 503, at once.
///
/// | setting | default | |
/// |---|---|---|
/// | `MAX_CONCURRENT_REQUESTS` | `1024` | requests that are answered at a time, in this process |
///
/// A refusal has `Retry-After: 1` and a body of JSON whatever the client prefers; it asks nobody and is not logged as an
/// error. A request counts until its answer is there, not while a stream of it is sent.
/// [`LoadShedding::at_most`] has a number of its own, for a mount that must not take all.
///
/// It stands before all that costs something, inside of `AccessLog`, which counts refusals, and of `SecurityHeaders`.
/// Without it requests wait for each other, and when more come than leave, all become too late.
///
/// ```
/// use hyper_core::middleware::LoadShedding;
///
/// let reports = LoadShedding::at_most(4);
/// # let _ = reports;
/// ```
#[derive(Debug)]
pub struct LoadShedding {
    most: usize,
    running: AtomicUsize,
}

impl LoadShedding {
    /// At most so many at a time.
    #[must_use]
    pub const fn at_most(requests: usize) -> Self {
        Self { most: requests, running: AtomicUsize::new(0) }
    }

    fn enter(&self) -> Option<Running<'_>> {
        let before = self.running.fetch_add(1, Relaxed);
        let running = Running(&self.running);
        (before < self.most).then_some(running)
    }
}

/// A request that counts; also one that is dropped in the middle stops counting.
struct Running<'a>(&'a AtomicUsize);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}

impl Layer for LoadShedding {
    async fn start(settings: &Settings) -> Result<Self> {
        Ok(Self::at_most(settings.number("MAX_CONCURRENT_REQUESTS", 1..=usize::MAX, 1024)?))
    }
}

impl<S: Sync + 'static> Middleware<S> for LoadShedding {
    async fn call(&self, _: &'static S, request: &mut Request, next: impl Next) -> Response {
        match self.enter() {
            Some(_running) => next.run(request).await,
            None => too_much(),
        }
    }
}

#[cold]
fn too_much() -> Response {
    const BODY: &str = r#"{"detail":"The server has too much to do at the moment.","status":503}"#;
    let mut response = Response::new(Body::from(BODY));
    *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
    response
}

#[cfg(test)]
mod tests {
    use super::super::proof::{all, answer, get, settings, through};
    use super::*;
    use std::task::{Context, Waker};

    /// Does not answer.
    struct Never;

    impl Next for Never {
        async fn run(self, _: &mut Request) -> Response {
            std::future::pending().await
        }
    }

    async fn status(shedding: &LoadShedding) -> u16 {
        through(shedding, &mut get(&[]), |_| answer(&[], "")).await.status().as_u16()
    }

    #[tokio::test]
    async fn one_too_many_is_refused_and_a_place_is_given_back() {
        let shedding = LoadShedding::at_most(2);
        let (mut one, mut two) = (get(&[]), get(&[]));
        let mut cx = Context::from_waker(Waker::noop());
        let mut first = Box::pin(shedding.call(&(), &mut one, Never));
        let mut second = Box::pin(shedding.call(&(), &mut two, Never));
        assert!(first.as_mut().poll(&mut cx).is_pending());
        assert_eq!((status(&shedding).await, status(&shedding).await), (200, 200));
        assert!(second.as_mut().poll(&mut cx).is_pending());
        let response = through(&shedding, &mut get(&[]), |_| answer(&[], "")).await;
        assert_eq!((response.status().as_u16(), all(response.headers(), "retry-after")), (503, "1".into()));
        // One that is given up counts no more.
        drop(first);
        assert_eq!(status(&shedding).await, 200);
        drop(second);
        assert_eq!(shedding.running.load(Relaxed), 0);
    }

    #[tokio::test]
    async fn the_setting_is_a_number_from_1() {
        assert_eq!(LoadShedding::start(&settings(&[])).await.unwrap().most, 1024);
        assert!(LoadShedding::start(&settings(&[("MAX_CONCURRENT_REQUESTS", "0")])).await.is_err());
    }
}
