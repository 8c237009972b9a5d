//! A middleware of a test, asked without a site.

use super::{Middleware, Next};
use crate::Settings;
use crate::http::{Body, Context, HeaderMap, Method, Request, Response};

/// What stands inside: a function.
struct Inside<F>(F);

impl<F: FnOnce(&mut Request) -> Response + Send> Next for Inside<F> {
    async fn run(self, request: &mut Request) -> Response {
        (self.0)(request)
    }
}

/// Has it answer, with `inside` in place of the routes.
pub(super) async fn through(
    middleware: &impl Middleware<()>,
    request: &mut Request,
    inside: impl FnOnce(&mut Request) -> Response + Send,
) -> Response {
    middleware.call(&(), request, Inside(inside)).await
}

pub(super) fn settings(pairs: &[(&str, &str)]) -> Settings {
    let debug = [("DEBUG", "false")];
    Settings::from_pairs(debug.into_iter().chain(pairs.iter().copied())).unwrap()
}

/// What requests to a site with these settings know of it.
pub(super) fn context(pairs: &[(&str, &str)]) -> &'static Context {
    Box::leak(Box::new(Context::new(&settings(pairs), None).unwrap()))
}

pub(super) fn get(headers: &[(&'static str, &str)]) -> Request {
    request(Method::GET, "/", headers)
}

pub(super) fn request(method: Method, target: &str, headers: &[(&'static str, &str)]) -> Request {
    let mut request = Request::new(method, target).unwrap();
    for (name, value) in headers {
        request.headers_mut().append(*name, value.parse().unwrap());
    }
    request
}

/// 200 with these header fields.
pub(super) fn answer(headers: &[(&'static str, &str)], body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    for (name, value) in headers {
        response.headers_mut().append(*name, value.parse().unwrap());
    }
    response
}

/// All values of a field, with ` | ` between them.
pub(super) fn all(headers: &HeaderMap, name: &str) -> String {
    let values: Vec<&str> = headers.get_all(name).iter().map(|value| value.to_str().unwrap()).collect();
    values.join(" | ")
}
