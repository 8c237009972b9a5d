//! The application: its routes, its middleware, and the parts that its handlers take by reference.

mod benchmark;
mod functions;
mod panic;
mod refused;
mod running;

use std::future::Future;

use crate::Result;
use crate::health::Checks;
use crate::http::{OnError, Request, Response};
use crate::middleware::{LayerDef, Next};
use crate::routing::Tree;
use crate::settings::Settings;

pub use benchmark::{Benchmark, Benchmarked};
#[doc(hidden)]
pub use functions::{AnswersErrors, Outcome, Setup, check_on_error};
pub(crate) use panic::{Panicked, panicked, panicked_outside, poll_caught};
#[doc(hidden)]
pub use refused::{no_such_route, refused};
pub use running::{Running, start};

/// An application, made by `#[derive(App)]`.
///
/// It is created once when the process starts and lives as long as the process does, so handlers
/// take its fields by plain reference.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an application",
    note = "put `#[derive(App)]` and `#[app(routes = Urls)]` on the struct"
)]
pub trait App: Sized + Send + Sync + 'static {
    /// What stands around all routes: `#[app(middleware = [..])]`.
    type Middleware: Send + Sync + 'static;
    /// What stands around mounted sets.
    type Layers: Send + Sync + 'static;

    /// Answers the errors of the whole site, if there is such a function.
    const ON_ERROR: Option<OnError> = None;

    /// The middleware around all routes, as it is listed.
    const LAYERS: &'static [LayerDef] = &[];

    /// Whether [`fallback`](Self::fallback) may answer anything.
    const FALLBACK: bool = false;

    /// The tree of the routes, built when the program was compiled.
    fn tree() -> &'static Tree;

    /// Calls the handler of the route with this number in the tree.
    fn dispatch(
        &'static self,
        index: usize,
        layers: &'static Self::Layers,
        request: &mut Request,
    ) -> impl Future<Output = Response> + Send;

    /// Answers a request whose path no route has: `#[app(fallback = ..)]`.
    fn fallback(&'static self, request: &mut Request) -> impl Future<Output = Option<Response>> + Send {
        let _ = request;
        async { None }
    }

    /// How large the futures of the routes are, in bytes, in the order of the tree.
    #[doc(hidden)]
    fn sizes() -> Vec<usize> {
        Vec::new()
    }

    /// Answers a request through the middleware; `routes` is what stands inside.
    fn respond(
        &'static self,
        middleware: &'static Self::Middleware,
        request: &mut Request,
        routes: impl Next,
    ) -> impl Future<Output = Response> + Send;

    /// Makes all middleware.
    ///
    /// # Errors
    /// The first one's that cannot start.
    fn middleware(
        settings: &Settings,
    ) -> impl Future<Output = Result<(Self::Middleware, Self::Layers)>> + Send;

    /// Starts every field's component.
    ///
    /// # Errors
    /// The first component's that cannot start.
    fn create(settings: &Settings) -> impl Future<Output = Result<Self>> + Send;

    /// Runs once, after the components started and before the first request: `#[app(setup = ..)]`.
    ///
    /// # Errors
    /// What keeps the application from starting.
    fn setup(&'static self) -> impl Future<Output = Result<()>> + Send {
        async { Ok(()) }
    }

    /// Adds the checks of those fields that have one.
    fn checks(&'static self, checks: &mut Checks) {
        let _ = checks;
    }

    /// What `benchmark` measures besides its own queries: `#[app(benchmarks = [..])]`.
    fn benchmarks() -> Vec<Benchmark> {
        Vec::new()
    }

    /// Stops every field's component, in the reverse order, after the last request.
    fn stop(&'static self) -> impl Future<Output = ()> + Send {
        async {}
    }
}

/// That an application has a part of type `T`, for handlers that take `&T`.
#[diagnostic::on_unimplemented(
    message = "the application `{Self}` does not provide a `{T}`",
    label = "add a field of type `{T}` to `{Self}`"
)]
pub trait Provides<T> {
    /// The part.
    fn provide(&self) -> &T;
}

/// A part of an application: how the field starts and stops with it.
///
/// ```
/// use hyper_core::{Component, Result, Settings};
///
/// struct Greeting(String);
///
/// impl Component for Greeting {
///     async fn start(settings: &Settings) -> Result<Self> {
///         Ok(Self(settings.get("GREETING").unwrap_or("Hello").to_owned()))
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a field of an application",
    label = "says nothing of how it starts from the settings",
    note = "implement `Component` for it: `async fn start(settings: &Settings) -> Result<Self>`"
)]
pub trait Component: Sized {
    /// Makes it from the settings, when the process starts.
    ///
    /// # Errors
    /// What keeps the application from starting.
    fn start(settings: &Settings) -> impl Future<Output = Result<Self>> + Send;

    /// Lets go of what it holds, after the last request.
    fn stop(&self) -> impl Future<Output = ()> + Send {
        async {}
    }
}

/// The settings themselves, for handlers that read them.
impl Component for Settings {
    async fn start(settings: &Settings) -> Result<Self> {
        Ok(settings.clone())
    }
}
