//! The service that layers are put around.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use ::tower::Service;
use tokio::sync::oneshot;

use super::body::request_body;
use crate::http::{Body, BoxError, RequestBody};

/// What stands inside a layer: it hands the request to the middleware, and waits for the answer.
#[derive(Debug, Clone, Copy)]
pub struct Inside;

/// A request that has come through the layer.
pub(super) struct Passed {
    pub(super) request: http::Request<RequestBody>,
    pub(super) answer: oneshot::Sender<http::Response<Body>>,
}

/// Where it is handed over; it goes with the request through the layer.
#[derive(Clone)]
pub(super) struct Door {
    sender: Arc<Mutex<Option<oneshot::Sender<Passed>>>>,
    limit: usize,
}

impl Door {
    pub(super) fn new(limit: usize) -> (Self, oneshot::Receiver<Passed>) {
        let (sender, receiver) = oneshot::channel();
        (Self { sender: Arc::new(Mutex::new(Some(sender))), limit }, receiver)
    }

    fn open(&self) -> Option<oneshot::Sender<Passed>> {
        self.sender.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl<B> Service<http::Request<B>> for Inside
where
    B: http_body::Body<Error: Into<BoxError>> + Send + 'static,
{
    type Response = http::Response<Body>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<B>) -> Self::Future {
        let (mut parts, body) = request.into_parts();
        let door = parts.extensions.remove::<Door>();
        let passed = door.map(|door| (door.open(), request_body(body, door.limit)));
        Box::pin(async move {
            let Some((sender, body)) = passed else {
                return Err("a layer of tower has lost the extensions of the request".into());
            };
            let Some(sender) = sender else {
                return Err("a layer of tower asked twice: a request is answered once".into());
            };
            let (answer, answered) = oneshot::channel();
            let request = http::Request::from_parts(parts, body);
            sender.send(Passed { request, answer }).map_err(|_| "the request has been given up")?;
            answered.await.map_err(|_| "the request has been given up".into())
        })
    }
}
