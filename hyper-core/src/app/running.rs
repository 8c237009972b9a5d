//! An application that has started, and the way of a request through it.

use std::collections::BTreeSet;
use std::fmt;
use std::future::{Future, poll_fn};
use std::ops::{ControlFlow, Deref};
use std::pin::pin;
use std::sync::Mutex;

use bytes::Bytes;

use super::panic::note_panics;
use super::refused::refuse;
use super::{App, panicked, panicked_outside, poll_caught};
use crate::db::{Counted, QueryLog};
use crate::health::Checks;
use crate::http::{Context, IntoResponse, Request, Response};
use crate::middleware::Next;
use crate::routing::Found;
use crate::server::watchdog;
use crate::settings::Settings;
use crate::{Error, Result};

/// An application that has started: its parts, its middleware, and what its requests know of it.
///
/// It is reached through this as `&A`.
pub struct Running<A: App> {
    app: &'static A,
    middleware: A::Middleware,
    layers: A::Layers,
    context: Context,
}

impl<A: App> fmt::Debug for Running<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Running").field("context", &self.context).finish_non_exhaustive()
    }
}

impl<A: App> Deref for Running<A> {
    type Target = A;

    fn deref(&self) -> &A {
        self.app
    }
}

/// Creates the application, tells its routes where they are mounted, and runs its set-up.
///
/// # Errors
/// What keeps a component, a middleware or the set-up from starting.
pub async fn start<A: App>(settings: &Settings) -> Result<&'static Running<A>> {
    for route in A::tree().routes {
        (route.def.mount_point)().fill(&route.prefix());
    }
    if settings.debug() {
        note_panics();
    }
    let context = Context::new(settings, A::ON_ERROR)?;
    let settings = &settings.of_application();
    context.caches.share(settings).await?;
    let app: &'static A = Box::leak(Box::new(A::create(settings).await?));
    app.setup().await?;
    let (middleware, layers) = A::middleware(settings).await?;
    let mut checks = Checks::default();
    app.checks(&mut checks);
    context.readiness.started(checks);
    Ok(Box::leak(Box::new(Running { app, middleware, layers, context })))
}

impl<A: App> Running<A> {
    pub(crate) fn context(&'static self) -> &'static Context {
        &self.context
    }

    /// Answers one request: through the middleware, by the handler of its route.
    ///
    /// A path that cannot be read is a 400, inside the middleware. A path that is only missing or has one slash too many
    /// at its end is redirected to the one that exists (308, `GET` and `HEAD` only), unless `APPEND_SLASH` is off or that
    /// route is `exact`.
    pub fn respond(&'static self, request: &mut Request) -> impl Future<Output = Response> + Send {
        request.set_context(&self.context);
        let malformed = request.normalise().err();
        self.app.respond(&self.middleware, request, Routes(self, malformed))
    }

    /// Answers a request that was made in this process, as the server answers one that came to it: a path that cannot be
    /// read is a 400, a body over `MAX_BODY_SIZE` a 413, a panic a 500.
    ///
    /// ```no_run
    /// # use hyper_core::app::{App, Running};
    /// # async fn f<A: App>(site: &'static Running<A>) {
    /// let request = http::Request::get("/posts/7").body(bytes::Bytes::new()).unwrap();
    /// assert_eq!(site.answer(request).await.status(), 200);
    /// # }
    /// ```
    pub async fn answer(&'static self, request: http::Request<Bytes>) -> Response {
        let mut request = Request::in_process(request, &self.context);
        let mut answer = None;
        let panic = {
            let mut counted = Counted::new(self.context.n_plus_one);
            let mut answering = pin!(self.respond(&mut request));
            poll_fn(|cx| counted.poll(|| poll_caught(answering.as_mut(), cx, &mut answer))).await
        };
        let answer = answer.unwrap_or_else(|| panicked_outside(panic, &request));
        request.finish();
        answer
    }

    /// The settings it was started with.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.context.settings
    }

    async fn route(&'static self, request: &mut Request) -> Response {
        let tree = A::tree();
        let (path, verb, params) = request.way();
        let index = match tree.find(path, verb, params) {
            Found::Route(index) => index,
            other => {
                if A::FALLBACK
                    && other == Found::Missing
                    && let Some(response) = self.app.fallback(request).await
                {
                    return response;
                }
                match refuse(tree, other, self.context.settings.append_slash(), request) {
                    ControlFlow::Continue(index) => index,
                    ControlFlow::Break(response) => return response,
                }
            }
        };
        watchdog::found_route(index);
        if let Some(route) = tree.routes.get(index) {
            request.set_route(route);
        }
        self.app.dispatch(index, &self.layers, request).await
    }
}

/// How many statements of a request are kept in `DEBUG`.
const QUERIES: usize = 200;

/// Has the statements of a request kept, for the page that developers see when it fails.
#[cold]
fn note_queries(request: &mut Request) -> QueryLog {
    let log = QueryLog::at_most(QUERIES);
    request.unnoted_extensions_mut().insert(log.clone());
    log
}

/// Says once of each statement that requests run again and again, where it is and what asks once instead.
#[cold]
fn warn_of_repeated(log: &QueryLog, request: &Request, limit: u32) {
    /// Those that were said, by text and place.
    static SAID: Mutex<BTreeSet<(String, Option<(&str, u32)>)>> = Mutex::new(BTreeSet::new());
    for found in log.n_plus_one(limit as usize) {
        let place = found.place.map(|place| (place.file(), place.line()));
        if SAID.lock().expect("no panic while held").insert((found.sql.clone(), place)) {
            let route = request.route().map_or_else(|| request.path().to_owned(), |route| route.path());
            tracing::warn!(target: "hyperdjango::queries", "{} {route} asks for each row (N+1): {found}", request.method());
        }
    }
}

/// What stands inside all middleware. A panic ends here, so that middleware sees the answer to it, and so does a path
/// that cannot be read.
struct Routes<A: App>(&'static Running<A>, Option<Error>);

impl<A: App> Next for Routes<A> {
    async fn run(self, request: &mut Request) -> Response {
        if let Some(malformed) = self.1 {
            return malformed.into_response(request);
        }
        request.is_handled(true);
        let mut answer = None;
        let panic = if self.0.context.settings.debug() {
            let log = note_queries(request);
            // In a box, so that it is not in the future of those who need no log.
            let panic = {
                let mut answering = Box::pin(log.scope(self.0.route(request)));
                poll_fn(|cx| poll_caught(answering.as_mut(), cx, &mut answer)).await
            };
            warn_of_repeated(&log, request, self.0.context.n_plus_one);
            panic
        } else {
            let mut answering = pin!(self.0.route(request));
            poll_fn(|cx| poll_caught(answering.as_mut(), cx, &mut answer)).await
        };
        let answer = answer.unwrap_or_else(|| panicked(panic, request));
        request.is_handled(false);
        answer
    }
}
