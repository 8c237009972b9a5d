//! Sending the client elsewhere.

use http::StatusCode;
use http::header::{HeaderValue, LOCATION};

use super::{Body, IntoResponse, Request, Response};
use crate::Error;

/// A redirect to another page of this site.
///
/// The target must be a local path (`/posts/7`): an address from a client, as in `?next=`, cannot
/// lead anywhere else. A target that is not local answers 400. For other sites there is
/// [`Redirect::external`].
///
/// ```
/// use hyper_core::http::{IntoResponse, Method, Redirect, Request};
///
/// let request = Request::new(Method::GET, "/").unwrap();
/// assert_eq!(Redirect::to("/posts").into_response(&request).headers()["location"], "/posts");
/// assert_eq!(Redirect::to("//evil.example").into_response(&request).status(), 400);
/// ```
#[derive(Debug, Clone)]
pub struct Redirect {
    status: StatusCode,
    target: String,
    external: bool,
}

impl Redirect {
    /// 302 Found, as Django's `redirect`: browsers follow with `GET`.
    #[must_use]
    pub fn to(target: impl Into<String>) -> Self {
        Self { status: StatusCode::FOUND, target: target.into(), external: false }
    }

    /// 303 See Other: clients follow with `GET`, whatever the method was.
    #[must_use]
    pub fn see_other(target: impl Into<String>) -> Self {
        Self { status: StatusCode::SEE_OTHER, ..Self::to(target) }
    }

    /// 308 Permanent Redirect: clients remember it, and keep method and body.
    #[must_use]
    pub fn permanent(target: impl Into<String>) -> Self {
        Self { status: StatusCode::PERMANENT_REDIRECT, ..Self::to(target) }
    }

    /// 302 to any address. Never give it one that came from a client.
    #[must_use]
    pub fn external(target: impl Into<String>) -> Self {
        Self { external: true, ..Self::to(target) }
    }
}

/// Whether browsers stay on this site: they read `\` as `/`, skip control characters, and take
/// `//host` for another site.
fn is_local(target: &str) -> bool {
    target.starts_with('/')
        && !target.starts_with("//")
        && !target.bytes().any(|byte| byte == b'\\' || byte.is_ascii_control())
}

impl IntoResponse for Redirect {
    fn into_response(self, request: &Request) -> Response {
        if !self.external && !is_local(&self.target) {
            return Error::bad_request("A redirect leads to another site.").into_response(request);
        }
        let Ok(location) = HeaderValue::try_from(self.target) else {
            return Error::bad_request("The target of a redirect has characters no address has.")
                .into_response(request);
        };
        let mut response = Response::new(Body::empty());
        *response.status_mut() = self.status;
        response.headers_mut().insert(LOCATION, location);
        response
    }
}

#[cfg(test)]
mod tests {
    use super::is_local;

    #[test]
    fn other_sites_are_not_local() {
        for target in ["//evil", "/\\evil", "https://evil", "javascript:1", "/\t/evil", "", "evil"] {
            assert!(!is_local(target), "{target}");
        }
        assert!(is_local("/a?next=//b") && is_local("/"));
    }
}
