//! Rows as JSON.

use bytes::Bytes;

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
