//! What a handler may return.

use std::borrow::Cow;

use bytes::Bytes;
use http::header::{self, HeaderName, HeaderValue};
use http::{HeaderMap, StatusCode};

use super::{Body, Request, Response, spare};
use crate::Error;

/// What can be answered.
///
/// The request is there for those answers that depend on it: an error is a page for a browser and
/// JSON for a program.
///
/// ```
/// use hyper_core::http::{IntoResponse, Method, Request, StatusCode};
///
/// let request = Request::new(Method::GET, "/").unwrap();
/// assert_eq!((StatusCode::CREATED, "made").into_response(&request).status(), 201);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an answer",
    label = "cannot be returned from a handler",
    note = "return `Json(..)`, `Html(..)`, `Text(..)`, `Redirect`, `File`, a `StatusCode`, `(StatusCode, ..)`, or a `Result` of these",
    note = "a type of your own answers when it implements `IntoResponse`"
)]
pub trait IntoResponse {
    /// Turns it into the answer to `request`.
    fn into_response(self, request: &Request) -> Response;
}

/// What can be the error of a handler: all that turns into [`Error`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an error that can be answered",
    label = "says nothing of the status it answers with",
    note = "make it a `#[from]` variant of an enum with `#[derive(HttpError)]`, or use `.map_err(Error::internal)`"
)]
pub trait IntoError {
    /// Turns it into the error that is answered.
    #[track_caller]
    fn into_error(self) -> Error;
}

#[diagnostic::do_not_recommend]
impl<E: Into<Error>> IntoError for E {
    #[track_caller]
    fn into_error(self) -> Error {
        self.into()
    }
}

/// The content types of answers, checked when this is compiled.
pub(super) const PLAIN: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
pub(super) const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");
pub(super) const JSON: HeaderValue = HeaderValue::from_static("application/json");
pub(super) const PROBLEM: HeaderValue = HeaderValue::from_static("application/problem+json");
pub(super) const OCTETS: HeaderValue = HeaderValue::from_static("application/octet-stream");

#[inline]
pub(super) fn with_type(body: impl Into<Body>, content_type: HeaderValue) -> Response {
    let mut response = Response::new(body.into());
    let headers = response.headers_mut();
    // As a rule it has room for all that middleware adds, as one before it had.
    *headers = spare::take();
    headers.insert(header::CONTENT_TYPE, content_type);
    response
}

impl IntoResponse for Response {
    fn into_response(self, _: &Request) -> Response {
        self
    }
}

impl<T: IntoResponse, E: IntoError> IntoResponse for Result<T, E> {
    // What has not been an `Error` by then became one where the handler's answer stands.
    #[track_caller]
    fn into_response(self, request: &Request) -> Response {
        match self {
            Ok(answer) => answer.into_response(request),
            Err(error) => error.into_error().into_response(request),
        }
    }
}

/// Nothing to say: 204.
impl IntoResponse for () {
    fn into_response(self, request: &Request) -> Response {
        StatusCode::NO_CONTENT.into_response(request)
    }
}

impl IntoResponse for StatusCode {
    fn into_response(self, _: &Request) -> Response {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = self;
        response
    }
}

impl<T: IntoResponse> IntoResponse for (StatusCode, T) {
    fn into_response(self, request: &Request) -> Response {
        let mut response = self.1.into_response(request);
        *response.status_mut() = self.0;
        response
    }
}

/// The header fields are added to those of the answer, and replace fields of the same name.
impl<T: IntoResponse> IntoResponse for (HeaderMap, T) {
    fn into_response(self, request: &Request) -> Response {
        let mut response = self.1.into_response(request);
        response.headers_mut().extend(self.0);
        response
    }
}

/// The header fields are added to those of the answer, and replace fields of the same name:
/// `([("cache-control", "no-store")], Text("hello"))`. A name or value that no field can have answers 500.
impl<K, V, T, const N: usize> IntoResponse for ([(K, V); N], T)
where
    K: TryInto<HeaderName, Error: Into<http::Error>>,
    V: TryInto<HeaderValue, Error: Into<http::Error>>,
    T: IntoResponse,
{
    fn into_response(self, request: &Request) -> Response {
        let mut response = self.1.into_response(request);
        for (name, value) in self.0 {
            let name = name.try_into().map_err(Into::into);
            match name.and_then(|name| Ok((name, value.try_into().map_err(Into::into)?))) {
                Ok((name, value)) => drop(response.headers_mut().insert(name, value)),
                Err(error) => return Error::internal(error).into_response(request),
            }
        }
        response
    }
}

/// A status and header fields.
impl<H, T> IntoResponse for (StatusCode, H, T)
where
    (H, T): IntoResponse,
{
    fn into_response(self, request: &Request) -> Response {
        (self.0, (self.1, self.2)).into_response(request)
    }
}

macro_rules! plain_text {
    ($($type:ty),*) => { $(
        /// Plain text in UTF-8.
        impl IntoResponse for $type {
            fn into_response(self, _: &Request) -> Response {
                with_type(Bytes::from(self), PLAIN)
            }
        }
    )* };
}
plain_text!(String, &'static str);

/// Plain text in UTF-8.
impl IntoResponse for Cow<'static, str> {
    fn into_response(self, request: &Request) -> Response {
        match self {
            Cow::Borrowed(text) => text.into_response(request),
            Cow::Owned(text) => text.into_response(request),
        }
    }
}

/// Bytes of no particular type (`application/octet-stream`).
impl IntoResponse for Bytes {
    fn into_response(self, _: &Request) -> Response {
        with_type(self, OCTETS)
    }
}

/// Bytes of no particular type (`application/octet-stream`).
impl IntoResponse for Vec<u8> {
    fn into_response(self, request: &Request) -> Response {
        Bytes::from(self).into_response(request)
    }
}
