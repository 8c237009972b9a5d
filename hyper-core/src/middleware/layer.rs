//! What a middleware is.

use std::future::Future;

use crate::http::{Request, Response};
use crate::{Result, Settings};

/// Something a middleware does for those inside it, and for handlers: named after the middleware that does it.
///
/// ```
/// use hyper_core::middleware::Capability;
///
/// pub const SESSIONS: Capability = Capability::new("Sessions");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capability(&'static str);

impl Capability {
    /// What the middleware of this name does.
    #[must_use]
    pub const fn new(middleware: &'static str) -> Self {
        Self(middleware)
    }

    /// How many a middleware needs, with those of its arguments.
    #[doc(hidden)]
    #[must_use]
    pub const fn count(lists: &[(&str, &[Self])]) -> usize {
        let (mut count, mut i) = (0, 0);
        while i < lists.len() {
            count += lists[i].1.len();
            i += 1;
        }
        count
    }

    /// The lists as one; `N` is their [`count`](Self::count).
    #[doc(hidden)]
    #[must_use]
    pub const fn join<const N: usize>(lists: &[(&str, &[Self])]) -> [Self; N] {
        let mut all = [Self(""); N];
        let (mut n, mut i) = (0, 0);
        while i < lists.len() {
            let mut k = 0;
            while k < lists[i].1.len() {
                all[n] = lists[i].1[k];
                n += 1;
                k += 1;
            }
            i += 1;
        }
        all
    }

    /// The middleware's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.0
    }
}

#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a middleware",
    label = "cannot stand in `middleware = [..]`",
    note = "an `async fn` is one with `#[middleware]` above it, and takes `request: &mut Request, next: impl Next`",
    note = "a type is one when it implements `Layer` and `Middleware<S>`"
)]
/// A middleware but for its work: how it starts, and where in a list it may stand.
pub trait Layer: Sized + Send + Sync + 'static {
    /// What must stand before it, that is, around it: in its own list, or in one around that, as an application's is around
    /// those of its mounts. Without these a list does not compile.
    const NEEDS: &'static [Capability] = &[];
    /// What must not stand after it, that is, inside it: in its own list, or in that of a mount inside. Where it stands
    /// before, it may stand there, too.
    const AFTER: &'static [Capability] = &[];
    /// What it does for those inside it.
    const PROVIDES: &'static [Capability] = &[];

    /// Makes it from the settings, when the process starts.
    ///
    /// # Errors
    /// What keeps the application from starting.
    fn start(settings: &Settings) -> impl Future<Output = Result<Self>> + Send;
}

/// What stands around the routes of an application of type `S`.
///
/// It may answer itself, change the request before the others see it, and the answer after.
///
/// ```
/// use hyper_core::http::{HeaderValue, Request, Response};
/// use hyper_core::middleware::{Layer, Middleware, Next};
/// use hyper_core::{Result, Settings};
///
/// /// Says who serves.
/// struct Powered;
///
/// impl Layer for Powered {
///     async fn start(_: &Settings) -> Result<Self> {
///         Ok(Self)
///     }
/// }
///
/// impl<S: Sync + 'static> Middleware<S> for Powered {
///     async fn call(&self, _: &'static S, request: &mut Request, next: impl Next) -> Response {
///         let mut response = next.run(request).await;
///         response.headers_mut().insert("x-powered-by", HeaderValue::from_static("Rust"));
///         response
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a middleware of the application `{S}`",
    label = "cannot stand in `middleware = [..]`",
    note = "an `async fn` is one with `#[middleware]` above it, and takes `request: &mut Request, next: impl Next`",
    note = "a type is one when it implements `Layer` and `Middleware<S>`",
    note = "where it takes `&T`, the application has a field of that type"
)]
pub trait Middleware<S: 'static>: Layer {
    /// Answers the request, in most cases by [`next.run(request)`](Next::run).
    fn call(
        &self,
        app: &'static S,
        request: &mut Request,
        next: impl Next,
    ) -> impl Future<Output = Response> + Send;
}

/// All that stands inside a middleware: the others, and the routes.
pub trait Next: Send {
    /// Has it answered.
    fn run(self, request: &mut Request) -> impl Future<Output = Response> + Send;
}
