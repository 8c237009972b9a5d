//! Text.

use std::borrow::Cow;
use std::fmt::Display;
use std::str::FromStr;

use hyper_core::db::types::Type;
use serde::de::Error;
use serde::{Deserialize, Deserializer};

use super::escape::write_json_bytes;
use super::{DecodeError, Field, Single};
#[diagnostic::do_not_recommend]
impl Field for String {
    type Base = Self;
    type Kind = Single;
    type Nullable = Option<Self>;
    const TYPE: Type = Type::TEXT;
    const ARRAY: Type = Type::TEXT_ARRAY;
    const DECLARATION: &'static str = "text";

    fn accepts(ty: &Type) -> bool {
        matches!(*ty, Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME) || ty.name() == "citext"
    }

    fn decode(raw: &[u8]) -> Result<Self, DecodeError> {
        Ok(utf8(raw)?.to_owned())
    }

    fn write_json(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
        // Most texts are ASCII, which is seen on the way; JSON is bytes, so nothing needs a `str` of them.
        if write_json_bytes(raw, out) { Ok(()) } else { checked(raw) }
    }
}

#[cold]
fn checked(raw: &[u8]) -> Result<(), DecodeError> {
    utf8(raw).map(|_| ())
}

/// Reads a text by `FromStr`; its error is a sentence, of which the full stop is left to who shows it.
pub(super) fn parse<'de, D: Deserializer<'de>, T: FromStr<Err: Display>>(
    deserializer: D,
) -> Result<T, D::Error> {
    let text = Cow::<'de, str>::deserialize(deserializer)?;
    text.parse().map_err(|error: T::Err| D::Error::custom(error.to_string().trim_end_matches('.')))
}

pub(super) fn utf8(raw: &[u8]) -> Result<&str, DecodeError> {
    std::str::from_utf8(raw).map_err(|_| "it is not UTF-8".into())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_bytes_are_written_or_refused(raw in proptest::collection::vec(any::<u8>(), 0..80), text in any::<String>()) {
            for raw in [raw.as_slice(), text.as_bytes(), &raw[..raw.len() / 2]] {
                let mut out = b"[".to_vec();
                match (String::write_json(raw, &mut out), std::str::from_utf8(raw)) {
                    (Ok(()), Ok(text)) => prop_assert_eq!(&out[1..], serde_json::to_vec(text).unwrap()),
                    (Err(_), Err(_)) => {}
                    (written, text) => prop_assert!(false, "{:?} for {:?}", written, text),
                }
            }
        }
    }
}
