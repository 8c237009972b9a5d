//! Rows as JSON.

use bytes::Bytes;
use hyper_core::http::{HeaderValue, IntoResponse, Request, Response, header};

/// A JSON array of rows, written straight from what PostgreSQL sent. Handlers can return it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonRows(Bytes);

impl JsonRows {
    pub(crate) fn new(json: Vec<u8>) -> Self {
        Self(json.into())
    }

    /// The bytes: UTF-8, no line breaks.
    #[must_use]
    pub fn into_bytes(self) -> Bytes {
        self.0
    }
}

impl AsRef<[u8]> for JsonRows {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl IntoResponse for JsonRows {
    fn into_response(self, _: &Request) -> Response {
        let mut response = Response::new(self.0.into());
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        response
    }
}
