//! Answers that are text of some kind: pages and plain text.

use bytes::Bytes;
use sailfish::TemplateSimple;

use crate::Error;

use super::into_response::with_type;
use super::{IntoResponse, Request, Response};

const HTML: &str = "text/html; charset=utf-8";

/// A page: a sailfish template, whose values are escaped.
///
/// A template that fails answers 500.
#[derive(Debug, Clone, Copy)]
pub struct Html<T>(pub T);

impl<T: TemplateSimple> IntoResponse for Html<T> {
    fn into_response(self, request: &Request) -> Response {
        match self.0.render_once() {
            Ok(page) => with_type(page, HTML),
            Err(error) => Error::internal(error.to_string()).into_response(request),
        }
    }
}

/// Markup as it is: nothing in it is escaped, so nothing of it may come from a client.
///
/// ```
/// use hyper_core::http::RawHtml;
///
/// async fn index() -> RawHtml<&'static str> {
///     RawHtml("<h1>Hello</h1>")
/// }
/// # drop(index());
/// ```
#[derive(Debug, Clone, Copy)]
pub struct RawHtml<T>(pub T);

impl<T: Into<Bytes>> IntoResponse for RawHtml<T> {
    fn into_response(self, _: &Request) -> Response {
        with_type(self.0.into(), HTML)
    }
}

/// Plain text in UTF-8.
#[derive(Debug, Clone, Copy)]
pub struct Text<T>(pub T);

impl<T: Into<Bytes>> IntoResponse for Text<T> {
    fn into_response(self, _: &Request) -> Response {
        with_type(self.0.into(), "text/plain; charset=utf-8")
    }
}
