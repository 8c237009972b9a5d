//! Any answer as a file to be saved.

use std::path::Path;

use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};

use super::{disposition, kind_of};
use crate::http::into_response::{OCTETS, PLAIN};
use crate::http::{IntoResponse, Request, Response};

/// An answer that browsers save under a name instead of showing it. For what is a file there is
/// [`File::attachment`](super::File::attachment).
///
/// Text and bytes get the type that the extension of the name stands for.
///
/// ```
/// use hyper_core::http::{Attachment, IntoResponse, Method, Request};
///
/// let request = Request::new(Method::GET, "/").unwrap();
/// let response = Attachment("posts.csv", "id,title\n1,Hello\n").into_response(&request);
/// assert_eq!(response.headers()["content-disposition"], "attachment; filename=\"posts.csv\"");
/// assert_eq!(response.headers()["content-type"], "text/csv; charset=utf-8");
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Attachment<N, T>(pub N, pub T);

impl<N: AsRef<str>, T: IntoResponse> IntoResponse for Attachment<N, T> {
    fn into_response(self, request: &Request) -> Response {
        let mut response = self.1.into_response(request);
        if !response.status().is_success() {
            return response;
        }
        let name = self.0.as_ref();
        let headers = response.headers_mut();
        if headers.get(CONTENT_TYPE).is_none_or(|kind| *kind == PLAIN || *kind == OCTETS) {
            headers.insert(CONTENT_TYPE, kind_of(Path::new(name)));
        }
        headers.insert(CONTENT_DISPOSITION, disposition("attachment", name));
        response
    }
}
