//! What was made, and where it is.

use http::StatusCode;
use http::header::{HeaderValue, LOCATION};

use super::{IntoResponse, Request, Response};
use crate::Error;

/// 201 with the address of what was made, and what it is.
///
/// ```
/// use hyper_core::http::{Created, IntoResponse, Method, Request};
///
/// let request = Request::new(Method::POST, "/posts").unwrap();
/// let response = Created::at("/posts/7", "made").into_response(&request);
/// assert_eq!((response.status().as_u16(), &response.headers()["location"]), (201, &"/posts/7".parse().unwrap()));
/// ```
#[derive(Debug, Clone)]
pub struct Created<T> {
    location: String,
    body: T,
}

impl<T> Created<T> {
    /// Says where it is, such as `show::url(post.id)`, and answers with `body`.
    #[must_use]
    pub fn at(location: impl Into<String>, body: T) -> Self {
        Self { location: location.into(), body }
    }
}

impl<T: IntoResponse> IntoResponse for Created<T> {
    fn into_response(self, request: &Request) -> Response {
        let Ok(location) = HeaderValue::try_from(self.location) else {
            return Error::internal("the address of what was made has characters no address has")
                .into_response(request);
        };
        let mut response = self.body.into_response(request);
        // A body that could not be made is an error, and stays one.
        if response.status().is_success() {
            *response.status_mut() = StatusCode::CREATED;
            response.headers_mut().insert(LOCATION, location);
        }
        response
    }
}

/// 204: done, and nothing to say. The same as `()`, for those who want to see it written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Empty;

impl IntoResponse for Empty {
    fn into_response(self, request: &Request) -> Response {
        StatusCode::NO_CONTENT.into_response(request)
    }
}
