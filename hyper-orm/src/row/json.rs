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

/// A JSON object of one row, or of aggregates, written straight from what PostgreSQL sent. Handlers can return it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonRow(Bytes);

impl JsonRow {
    pub(crate) fn new(json: Vec<u8>) -> Self {
        Self(json.into())
    }

    /// The first of several, where they are one or none.
    pub(crate) fn only(rows: &JsonRows) -> Option<Self> {
        let object = rows.0.slice(1..rows.0.len() - 1);
        (!object.is_empty()).then_some(Self(object))
    }

    /// The bytes: UTF-8, no line breaks.
    #[must_use]
    pub fn into_bytes(self) -> Bytes {
        self.0
    }
}

macro_rules! sent {
    ($($json:ty),+) => {$(
        impl AsRef<[u8]> for $json {
            fn as_ref(&self) -> &[u8] {
                &self.0
            }
        }

        impl IntoResponse for $json {
            fn into_response(self, _: &Request) -> Response {
                let mut response = Response::new(self.0.into());
                response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
                response
            }
        }
    )+};
}

sent!(JsonRows, JsonRow);
