//! Requests no route answers.

use std::ops::ControlFlow;

use crate::Error;
use crate::http::{IntoResponse, Method, Redirect, Request, Response, StatusCode, header};
use crate::routing::{Found, Params, Tree, Verb, VerbSet};

/// What to do with a request no route answers: run the middleware of the mounts around its path, if there is one, and
/// then [`refused`], or answer at once.
#[cold]
pub(super) fn refuse(
    tree: &Tree,
    found: Found,
    append_slash: bool,
    request: &mut Request,
) -> ControlFlow<Response, usize> {
    let server_itself = request.path() == "*" && request.method() == Method::OPTIONS;
    if server_itself {
        request.refuse(VerbSet::ALL);
        return ControlFlow::Break(refused(request));
    }
    let Found::NotAllowed(allowed) = found else {
        let other = if append_slash { other_slash(tree, request) } else { None };
        return ControlFlow::Break(other.unwrap_or_else(|| {
            Error::not_found(format!("There is no page at `{}`.", request.path())).into_response(request)
        }));
    };
    request.refuse(allowed);
    let other = Verb::ALL.into_iter().filter(|verb| allowed.contains(*verb)).find_map(|verb| {
        match tree.find(request.path(), Some(verb), &mut Params::default()) {
            Found::Route(index) => Some(index),
            _ => None,
        }
    });
    match other {
        Some(index) => ControlFlow::Continue(index),
        None => ControlFlow::Break(refused(request)),
    }
}

/// The answer where the path does not allow the method: what it allows.
#[doc(hidden)]
#[cold]
#[must_use]
pub fn refused(request: &Request) -> Response {
    let allowed = request.refused().unwrap_or(VerbSet::ALL);
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
        Found::Route(index) if tree.routes.get(index).is_some_and(|route| !route.def.exact) => {
            let target = match request.query() {
                Some(query) => format!("{other}?{query}"),
                None => other,
            };
            Some(Redirect::permanent(target).into_response(request))
        }
        _ => None,
    }
}
