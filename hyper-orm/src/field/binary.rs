//! Bytes and UUIDs.

use std::fmt;
use std::ops::Deref;
use std::str::FromStr;

use bytes::BytesMut;
use hyper_core::db::types::{IsNull, ToSql, Type, to_sql_checked};
use uuid::Uuid;

use super::{DecodeError, Field, Invalid, Single, fixed, serde_as_text};

const NOT_HEX: Invalid = Invalid::new(r"Enter bytes as \x and two hexadecimal digits for each.");

#[diagnostic::do_not_recommend]
impl Field for Vec<u8> {
    type Base = Self;
    type Kind = Single;
    type Nullable = Option<Self>;
    const TYPE: Type = Type::BYTEA;
    const ARRAY: Type = Type::BYTEA_ARRAY;
    const DECLARATION: &'static str = "bytea";

    fn decode(raw: &[u8]) -> Result<Self, DecodeError> {
        Ok(raw.to_vec())
    }

    /// An array of numbers, as serde has it: `[222,173]`. [`Binary`] is shorter.
    fn write_json(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
        out.push(b'[');
        for (i, byte) in raw.iter().enumerate() {
            if i > 0 {
                out.push(b',');
            }
            out.extend_from_slice(itoa::Buffer::new().format(*byte).as_bytes());
        }
        out.push(b']');
        Ok(())
    }
}

/// Bytes, `bytea`, that are text in JSON: PostgreSQL's hex format, `"\\xdeadbeef"`.
///
/// ```
/// use hyperdjango::orm::field::Binary;
///
/// let bytes = Binary::from(vec![0xde, 0xad]);
/// assert_eq!(bytes.to_string(), r"\xdead");
/// assert_eq!(r"\xDEAD".parse::<Binary>().unwrap(), bytes);
/// assert_eq!(bytes.len(), 2);
/// assert!("dead".parse::<Binary>().is_err());
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Binary(pub Vec<u8>);

impl Deref for Binary {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl From<Vec<u8>> for Binary {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl From<&[u8]> for Binary {
    fn from(bytes: &[u8]) -> Self {
        Self(bytes.to_vec())
    }
}

impl From<Binary> for Vec<u8> {
    fn from(bytes: Binary) -> Self {
        bytes.0
    }
}

impl fmt::Display for Binary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut hex = b"\\x".to_vec();
        write_hex(&self.0, &mut hex);
        f.write_str(&String::from_utf8_lossy(&hex))
    }
}

impl FromStr for Binary {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let digits = text.strip_prefix("\\x").ok_or(NOT_HEX)?.as_bytes();
        let (pairs, []) = digits.as_chunks::<2>() else { return Err(NOT_HEX) };
        let digit = |digit: u8| char::from(digit).to_digit(16).ok_or(NOT_HEX);
        let byte = |pair: &[u8; 2]| Ok((digit(pair[0])? << 4 | digit(pair[1])?) as u8);
        pairs.iter().map(byte).collect::<Result<_, _>>().map(Self)
    }
}

serde_as_text!(Binary);

fn write_hex(bytes: &[u8], out: &mut Vec<u8>) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    out.reserve(bytes.len() * 2);
    for byte in bytes {
        out.extend_from_slice(&[HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
    }
}

#[diagnostic::do_not_recommend]
impl Field for Binary {
    type Base = Self;
    type Kind = Single;
    type Nullable = Option<Self>;
    const TYPE: Type = Type::BYTEA;
    const ARRAY: Type = Type::BYTEA_ARRAY;
    const DECLARATION: &'static str = "bytea";

    fn decode(raw: &[u8]) -> Result<Self, DecodeError> {
        Ok(Self(raw.to_vec()))
    }

    fn write_json(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
        out.extend_from_slice(b"\"\\\\x");
        write_hex(raw, out);
        out.push(b'"');
        Ok(())
    }
}

impl ToSql for Binary {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        self.0.as_slice().to_sql(ty, out)
    }

    fn accepts(ty: &Type) -> bool {
        *ty == Type::BYTEA
    }

    to_sql_checked!();
}

#[diagnostic::do_not_recommend]
impl Field for Uuid {
    type Base = Self;
    type Kind = Single;
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_bytes_read_back(bytes: Vec<u8>, text: String) {
            let binary = Binary(bytes.clone());
            prop_assert_eq!(binary.to_string().parse(), Ok(binary.clone()));
            let mut out = Vec::new();
            Binary::write_json(&bytes, &mut out).unwrap();
            prop_assert_eq!(String::from_utf8(out).unwrap(), serde_json::to_string(&binary).unwrap());
            let mut out = Vec::new();
            <Vec<u8>>::write_json(&bytes, &mut out).unwrap();
            prop_assert_eq!(String::from_utf8(out).unwrap(), serde_json::to_string(&bytes).unwrap());
            let _ = text.parse::<Binary>();
        }
    }

    #[test]
    fn other_texts_are_refused() {
        for text in ["", "\\", "\\x0", "\\x0g", "\\xé", "x00"] {
            assert_eq!(text.parse::<Binary>(), Err(NOT_HEX), "{text}");
        }
        assert_eq!("\\x".parse(), Ok(Binary::default()));
    }
}
