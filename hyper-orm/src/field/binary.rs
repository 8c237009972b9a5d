//! Bytes and UUIDs.

use hyper_core::db::types::Type;
use uuid::Uuid;

use super::{DecodeError, Field, fixed};

#[diagnostic::do_not_recommend]
impl Field for Vec<u8> {
    type Base = Self;
    type Nullable = Option<Self>;
    const TYPE: Type = Type::BYTEA;
    const ARRAY: Type = Type::BYTEA_ARRAY;
    const DECLARATION: &'static str = "bytea";

    fn decode(raw: &[u8]) -> Result<Self, DecodeError> {
        Ok(raw.to_vec())
    }

    /// PostgreSQL's hex format, as a string: `"\\xdeadbeef"`.
    fn write_json(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
        const HEX: &[u8; 16] = b"0123456789abcdef";
        out.extend_from_slice(b"\"\\\\x");
        for byte in raw {
            out.extend_from_slice(&[HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
        }
        out.push(b'"');
        Ok(())
    }
}

#[diagnostic::do_not_recommend]
impl Field for Uuid {
    type Base = Self;
    type Nullable = Option<Self>;
    const TYPE: Type = Type::UUID;
    const ARRAY: Type = Type::UUID_ARRAY;
    const DECLARATION: &'static str = "uuid";

    fn decode(raw: &[u8]) -> Result<Self, DecodeError> {
        Ok(Self::from_bytes(fixed(raw)?))
    }

    fn write_json(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
        let mut text = Self::encode_buffer();
        out.push(b'"');
        out.extend_from_slice(Self::decode(raw)?.hyphenated().encode_lower(&mut text).as_bytes());
        out.push(b'"');
        Ok(())
    }
}
