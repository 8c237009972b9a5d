//! The way through an application's middleware: one step an entry, written by `#[derive(App)]`.

use std::future::Future;

use super::Next;
use crate::App;
use crate::http::{Request, Response};

/// What the middleware with this number does, counted from the outermost; the last step leads to the routes.
pub trait Step<const N: usize>: App {
    /// Takes it.
    fn step(
        &'static self,
        middleware: &'static Self::Middleware,
        request: &mut Request,
        routes: impl Next,
    ) -> impl Future<Output = Response> + Send;
}

/// All from step `N` inwards.
#[derive(Debug)]
pub struct After<A: App, E, const N: usize> {
    app: &'static A,
    middleware: &'static A::Middleware,
    routes: E,
}

impl<A: App, E: Next, const N: usize> After<A, E, N> {
    /// What stands there.
    pub fn new(app: &'static A, middleware: &'static A::Middleware, routes: E) -> Self {
        Self { app, middleware, routes }
    }
}

impl<A: Step<N>, E: Next, const N: usize> Next for After<A, E, N> {
    fn run(self, request: &mut Request) -> impl Future<Output = Response> + Send {
        self.app.step(self.middleware, request, self.routes)
    }
}
