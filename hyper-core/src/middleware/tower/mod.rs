//! Layers of tower as middleware.

mod body;
mod inside;

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::Poll;

use ::tower::util::BoxCloneSyncService;
use ::tower::{Service, ServiceExt as _};
use tokio::sync::oneshot;

pub use body::LayerBody;
pub use inside::Inside;
use inside::{Door, Passed};

use super::{Layer, Middleware, Next};
use crate::http::{BoxError, IntoResponse, Request, Response};
use crate::settings::SettingsError;
use crate::{Error, Result, Settings};

/// A [layer of tower](https://docs.rs/tower-layer) as a middleware: `middleware = [Tower(layer)]`. Feature `tower`.
///
/// Any layer whose service takes `http::Request` and answers `http::Response` will do, those of `tower-http` among
/// them; several are one by `tower::ServiceBuilder`. The service is made once, when the application starts, so what it
/// counts is counted for all requests; where it is not `Clone`, `tower::buffer` makes it so. A layer may change the
/// request, its body too, answer itself, give up (a time-out then stops the handler), but ask only once.
///
/// An error of the service is a 500, one of the time-out and of the load shedding of tower a 503. A request costs
/// some allocations more than through a middleware of the framework, which is to be preferred where there is one.
///
/// It has no settings; where it stands depends on the layer. Around a mount, a path that a layer changes stays what it
/// was, for the route is found by then.
#[derive(Debug, Clone)]
pub struct Tower {
    service: BoxCloneSyncService<http::Request<LayerBody>, Response, BoxError>,
}

/// Makes a middleware of a layer; see the type of this name.
///
/// ```
/// use hyper_core::middleware::Tower;
/// use tower::timeout::TimeoutLayer;
///
/// let middleware = Tower(TimeoutLayer::new(std::time::Duration::from_secs(5)));
/// # let _ = middleware;
/// ```
#[expect(non_snake_case, reason = "it stands in lists beside the names of types")]
#[must_use]
pub fn Tower<L, B>(layer: L) -> Tower
where
    L: ::tower::Layer<Inside>,
    L::Service:
        Service<http::Request<LayerBody>, Response = http::Response<B>> + Clone + Send + Sync + 'static,
    <L::Service as Service<http::Request<LayerBody>>>::Error: Into<BoxError>,
    <L::Service as Service<http::Request<LayerBody>>>::Future: Send + 'static,
    B: http_body::Body<Data: Send, Error: Into<BoxError>> + Send + 'static,
{
    let service = layer.layer(Inside).map_response(body::response::<B>).map_err(Into::into);
    Tower { service: BoxCloneSyncService::new(service) }
}

impl Layer for Tower {
    async fn start(_: &Settings) -> Result<Self> {
        Err(SettingsError::new("Tower", "stands in a list with its layer: `Tower(layer)`").into())
    }
}

impl<S: Sync + 'static> Middleware<S> for Tower {
    async fn call(&self, _: &'static S, request: &mut Request, next: impl Next) -> Response {
        let http = request.take_http();
        let (door, passed) = Door::new(http.body().accepted());
        let mut http = http.map(LayerBody::new);
        http.extensions_mut().insert(door);
        let mut answering = pin!(self.service.clone().oneshot(http));
        let answered = match until_passed(answering.as_mut(), passed).await {
            Outcome::Answered(answered) => answered,
            Outcome::Passed(passed) => match request.set_http(passed.request) {
                Ok(()) => both(answering, next.run(request), passed.answer).await,
                Err(error) => return error.into_response(request),
            },
        };
        answered.unwrap_or_else(|error| failed(error).into_response(request))
    }
}

/// What comes first.
enum Outcome {
    /// The layer has answered itself.
    Answered(Result<Response, BoxError>),
    /// The request has come through it.
    Passed(Passed),
}

async fn until_passed(
    mut answering: Pin<&mut impl Future<Output = Result<Response, BoxError>>>,
    mut passed: oneshot::Receiver<Passed>,
) -> Outcome {
    let mut may_pass = true;
    poll_fn(|cx| {
        if let Poll::Ready(answered) = answering.as_mut().poll(cx) {
            return Poll::Ready(Outcome::Answered(answered));
        }
        if may_pass && let Poll::Ready(received) = Pin::new(&mut passed).poll(cx) {
            match received {
                Ok(passed) => return Poll::Ready(Outcome::Passed(passed)),
                // The layer has dropped the request, and goes on without.
                Err(_) => may_pass = false,
            }
        }
        Poll::Pending
    })
    .await
}

/// Has the layer answer, and those inside it as long as the layer waits for them.
async fn both(
    mut answering: Pin<&mut impl Future<Output = Result<Response, BoxError>>>,
    inside: impl Future<Output = Response>,
    answer: oneshot::Sender<Response>,
) -> Result<Response, BoxError> {
    let mut inside = pin!(Some(inside));
    let mut answer = Some(answer);
    poll_fn(|cx| {
        loop {
            if let Poll::Ready(answered) = answering.as_mut().poll(cx) {
                return Poll::Ready(answered);
            }
            if answer.as_mut().is_some_and(|answer| answer.poll_closed(cx).is_ready()) {
                // Nobody waits any more.
                inside.set(None);
            }
            let Some(running) = inside.as_mut().as_pin_mut() else { return Poll::Pending };
            let Poll::Ready(response) = running.poll(cx) else { return Poll::Pending };
            inside.set(None);
            if let Some(answer) = answer.take() {
                // Whether it is still waited for is the layer's affair.
                let _ = answer.send(response);
            }
        }
    })
    .await
}

#[cold]
fn failed(error: BoxError) -> Error {
    if error.is::<::tower::timeout::error::Elapsed>() {
        return Error::unavailable("The answer took too long.", 1).with_source(error);
    }
    if error.is::<::tower::load_shed::error::Overloaded>() {
        return Error::unavailable("The server has too much to do at the moment.", 1).with_source(error);
    }
    match error.downcast::<Error>() {
        Ok(error) => *error,
        Err(error) => Error::internal(error),
    }
}

#[cfg(test)]
mod tests;
