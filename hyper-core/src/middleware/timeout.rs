//! A limit to how long an answer may take.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use super::{Layer, Middleware, Next};
use crate::http::{IntoResponse, Request, Response, StatusCode};
use crate::{Error, Result, Settings};

/// Stops handlers that take too long, and answers 503.
///
/// | setting | default | |
/// |---|---|---|
/// | `REQUEST_TIMEOUT` | `30` | seconds until the answer is there; 0 is no limit |
///
/// [`Timeout::after`] has a limit of its own, for a mount. The handler is dropped where it waits: what it holds, such
/// as a transaction, is given back. One that computes without waiting cannot be stopped. The body of an answer may
/// take longer; a client that takes nothing of it meets `SEND_TIMEOUT`. 503 and not 504, which is a proxy's word about
/// somebody else.
///
/// It stands inside of what answers or changes answers (`AccessLog`, `SecurityHeaders`, `Cors`), which then see the 503,
/// and around what is to be limited. Answers that do not wait cost no timer.
///
/// ```
/// use std::time::Duration;
/// use hyper_core::middleware::Timeout;
///
/// let reports = Timeout::after(Duration::from_secs(120));
/// # let _ = reports;
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Timeout(Option<Duration>);

impl Timeout {
    /// With this limit, whatever the setting says.
    #[must_use]
    pub fn after(limit: Duration) -> Self {
        Self(Some(limit))
    }
}

impl Layer for Timeout {
    async fn start(settings: &Settings) -> Result<Self> {
        let limit = settings.seconds("REQUEST_TIMEOUT", 30)?;
        Ok(Self((!limit.is_zero()).then_some(limit)))
    }
}

impl<S: Sync + 'static> Middleware<S> for Timeout {
    async fn call(&self, _: &'static S, request: &mut Request, next: impl Next) -> Response {
        let Some(limit) = self.0 else { return next.run(request).await };
        let answered = within(limit, next.run(request)).await;
        answered.unwrap_or_else(|| too_slow(request, limit))
    }
}

/// What the future becomes, if that is in time. The timer is made once it waits.
async fn within<F: Future>(limit: Duration, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut timer = pin!(None);
    poll_fn(|cx| {
        if let Poll::Ready(output) = future.as_mut().poll(cx) {
            return Poll::Ready(Some(output));
        }
        if timer.is_none() {
            timer.set(Some(tokio::time::sleep(limit)));
        }
        timer.as_mut().as_pin_mut().map_or(Poll::Pending, |timer| timer.poll(cx).map(|()| None))
    })
    .await
}

#[cold]
fn too_slow(request: &Request, limit: Duration) -> Response {
    let detail = format!("`{}` did not answer within {} s.", request.path(), limit.as_secs_f64());
    let who = request.route().map_or("middleware", |route| route.def.name);
    let cause = format!("`{who}` was stopped after {} s", limit.as_secs_f64());
    Error::new(StatusCode::SERVICE_UNAVAILABLE, detail).with_source(cause).into_response(request)
}

#[cfg(test)]
mod tests {
    use super::super::proof::{answer, get, settings, through};
    use super::*;

    /// Answers after some time.
    struct Slow(Duration);

    impl Next for Slow {
        async fn run(self, _: &mut Request) -> Response {
            tokio::time::sleep(self.0).await;
            answer(&[], "late")
        }
    }

    #[tokio::test]
    async fn what_is_late_is_503_by_name() {
        let timeout = Timeout::after(Duration::from_millis(20));
        let mut request = get(&[]);
        let response = timeout.call(&(), &mut request, Slow(Duration::from_secs(60))).await;
        assert_eq!(response.status(), 503);
        let expected = br#"{"detail":"`/` did not answer within 0.02 s.","status":503}"#;
        assert_eq!(response.body().as_bytes(), Some(&expected[..]));
    }

    #[tokio::test]
    async fn what_is_in_time_is_left_alone() {
        let timeout = Timeout::start(&settings(&[])).await.unwrap();
        assert_eq!(timeout.0, Some(Duration::from_secs(30)));
        let response = timeout.call(&(), &mut get(&[]), Slow(Duration::from_millis(1))).await;
        assert_eq!(response.status(), 200);
        assert_eq!(through(&timeout, &mut get(&[]), |_| answer(&[], "")).await.status(), 200);
        assert_eq!(Timeout::start(&settings(&[("REQUEST_TIMEOUT", "0")])).await.unwrap().0, None);
        assert!(Timeout::start(&settings(&[("REQUEST_TIMEOUT", "1m")])).await.is_err());
    }
}
