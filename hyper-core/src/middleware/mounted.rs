//! What stands inside the middleware of a mount: its set of routes.

use super::Next;
use crate::http::{Request, Response};
use crate::routing::RouteSet;

/// A route of the set `R`, by its number there.
#[derive(Debug)]
pub struct Mounted<S: 'static, R: RouteSet<S>> {
    index: usize,
    app: &'static S,
    layers: &'static R::Layers,
}

impl<S, R: RouteSet<S>> Mounted<S, R> {
    /// The route with this number.
    pub fn new(index: usize, app: &'static S, layers: &'static R::Layers) -> Self {
        Self { index, app, layers }
    }
}

impl<S: Sync, R: RouteSet<S>> Next for Mounted<S, R> {
    async fn run(self, request: &mut Request) -> Response {
        request.is_handled(true);
        let response = R::dispatch(self.index, self.app, self.layers, request).await;
        request.is_handled(false);
        response
    }
}
