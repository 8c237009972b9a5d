//! JSON in a column.

use hyper_core::db::types::Type;
use serde_json::Value;

use super::{DecodeError, Field};

#[diagnostic::do_not_recommend]
impl Field for Value {
    type Base = Self;
    type Nullable = Option<Self>;
    const TYPE: Type = Type::JSONB;
    const ARRAY: Type = Type::JSONB_ARRAY;
    const DECLARATION: &'static str = "jsonb";

    fn decode(raw: &[u8]) -> Result<Self, DecodeError> {
        serde_json::from_slice(text(raw)?).map_err(|error| error.to_string().into())
    }

    fn write_json(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
        out.extend_from_slice(text(raw)?);
        Ok(())
    }
}

/// The binary format is a version byte, 1, and the text.
fn text(raw: &[u8]) -> Result<&[u8], DecodeError> {
    match raw {
        [1, text @ ..] => Ok(text),
        _ => Err("it is not jsonb of version 1".into()),
    }
}
