//! The application: its routes, and the parts that its handlers take by reference.

use std::future::Future;

use crate::Error;
use crate::Result;
use crate::http::{IntoResponse, Method, Redirect, Request, Response, StatusCode, header};
use crate::routing::{Found, Params, Tree, Verb, VerbSet};
use crate::settings::Settings;

/// An application, made by `#[derive(App)]`.
///
/// It is created once when the process starts and lives as long as the process does, so handlers
/// take its fields by plain reference.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an application",
    note = "put `#[derive(App)]` and `#[app(routes = Urls)]` on the struct"
)]
pub trait App: Sized + Send + Sync + 'static {
    /// The tree of the routes, built when the program was compiled.
    fn tree() -> &'static Tree;

    /// Calls the handler of the route with this number in the tree.
    fn dispatch(&'static self, index: usize, request: &mut Request) -> impl Future<Output = Response> + Send;

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

/// Creates the application, tells its routes where they are mounted, and runs its set-up.
///
/// # Errors
/// What keeps a component, or the set-up, from starting.
pub async fn start<A: App>(settings: &Settings) -> Result<&'static A> {
    for route in A::tree().routes {
        (route.def.mount_point)().fill(&route.prefix());
    }
    let app: &'static A = Box::leak(Box::new(A::create(settings).await?));
    app.setup().await?;
    Ok(app)
}

/// Answers one request: finds the route and calls its handler.
///
/// A path that is only missing or has one slash too many at its end is redirected to the one that
/// exists (308, `GET` and `HEAD` only).
pub async fn respond<A: App>(app: &'static A, request: &mut Request) -> Response {
    let mut params = Params::default();
    match A::tree().find(request.path(), Verb::of(request.method()), &mut params) {
        Found::Route(index) => {
            request.set_params(params);
            app.dispatch(index, request).await
        }
        other => no_route(A::tree(), other, request),
    }
}

#[cold]
fn no_route(tree: &Tree, found: Found, request: &Request) -> Response {
    let server_itself = request.path() == "*" && request.method() == Method::OPTIONS;
    let found = if server_itself { Found::NotAllowed(VerbSet::ALL) } else { found };
    let Found::NotAllowed(allowed) = found else {
        return other_slash(tree, request).unwrap_or_else(|| {
            Error::not_found(format!("There is no page at `{}`.", request.path())).into_response(request)
        });
    };
    let mut response = if request.method() == Method::OPTIONS {
        StatusCode::NO_CONTENT.into_response(request)
    } else {
        let detail =
            format!("`{}` does not answer {}; it allows {allowed}.", request.path(), request.method());
        Error::new(StatusCode::METHOD_NOT_ALLOWED, detail).into_response(request)
    };
    if let Ok(allowed) = allowed.to_string().parse() {
        response.headers_mut().insert(header::ALLOW, allowed);
    }
    response
}

/// What `dispatch` answers for a number that no route has; the tree knows no such number.
#[doc(hidden)]
#[cold]
pub fn no_such_route(request: &Request) -> Response {
    Error::internal("the route tree and the list of routes differ").into_response(request)
}

/// The redirect to the same path with or without its last slash, when there is a page there.
fn other_slash(tree: &Tree, request: &Request) -> Option<Response> {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return None;
    }
    let path = request.path();
    if path.starts_with("//") {
        return None;
    }
    let other = match path.strip_suffix('/') {
        Some("") => return None,
        Some(shorter) => shorter.to_owned(),
        None => format!("{path}/"),
    };
    match tree.find(&other, Some(Verb::Get), &mut Params::default()) {
        Found::Route(_) => {
            let target = match request.query() {
                Some(query) => format!("{other}?{query}"),
                None => other,
            };
            Some(Redirect::permanent(target).into_response(request))
        }
        _ => None,
    }
}
