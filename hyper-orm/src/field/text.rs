//! Text, and its escaping in JSON.

use std::borrow::Cow;
use std::fmt::Display;
use std::str::FromStr;

use hyper_core::db::types::Type;
use serde::de::Error;
use serde::{Deserialize, Deserializer};

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
        // Most texts are ASCII, which is quickly seen; JSON is bytes, so nothing needs a `str` of them.
        if !raw.is_ascii() {
            utf8(raw)?;
        }
        write_json_bytes(raw, out);
        Ok(())
    }
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

/// How many bytes are looked at together; the comparisons of that many become a few vector instructions.
const BLOCK: usize = 32;

/// Writes a string with its quotes, copying the stretches between what must be escaped.
pub(crate) fn write_json_str(text: &str, out: &mut Vec<u8>) {
    write_json_bytes(text.as_bytes(), out);
}

/// The same for the bytes of a text.
fn write_json_bytes(bytes: &[u8], out: &mut Vec<u8>) {
    out.reserve(bytes.len() + 2);
    out.push(b'"');
    let mut copied = 0;
    while let Some(found) = next_escaped(bytes, copied) {
        out.extend_from_slice(&bytes[copied..found]);
        write_escape(bytes[found], out);
        copied = found + 1;
    }
    out.extend_from_slice(&bytes[copied..]);
    out.push(b'"');
}

/// The next byte that cannot stand for itself (RFC 8259, section 7): a control character, `"` or `\`.
fn next_escaped(bytes: &[u8], mut at: usize) -> Option<usize> {
    while let Some(block) = bytes[at..].first_chunk::<BLOCK>() {
        let mut found = 0_u8;
        for &byte in block {
            found |= u8::from(byte < 0x20) | u8::from(byte == b'"') | u8::from(byte == b'\\');
        }
        if found != 0 {
            break;
        }
        at += BLOCK;
    }
    while let Some(word) = bytes[at..].first_chunk::<8>() {
        let found = escaped_in(u64::from_le_bytes(*word));
        if found != 0 {
            return Some(at + found.trailing_zeros() as usize / 8);
        }
        at += 8;
    }
    let mut rest = [b' '; 8];
    let tail = &bytes[at..];
    rest[..tail.len()].copy_from_slice(tail);
    let found = escaped_in(u64::from_le_bytes(rest));
    (found != 0).then(|| at + found.trailing_zeros() as usize / 8)
}

/// The highest bit of each byte that must be escaped; exact up to the first, beyond which borrows can set others. From
/// Sean Eron Anderson's "Bit Twiddling Hacks", "Determine if a word has a byte less than n".
fn escaped_in(word: u64) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let below = |word: u64, n: u64| word.wrapping_sub(ONES * n) & !word;
    let equal = |byte: u8| below(word ^ (ONES * u64::from(byte)), 1);
    (below(word, 0x20) | equal(b'"') | equal(b'\\')) & HIGH
}

fn write_escape(byte: u8, out: &mut Vec<u8>) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let short = match byte {
        0x08 => b'b',
        b'\t' => b't',
        b'\n' => b'n',
        0x0c => b'f',
        b'\r' => b'r',
        b'"' | b'\\' => byte,
        _ => {
            let (high, low) = (HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]);
            out.extend_from_slice(&[b'\\', b'u', b'0', b'0', high, low]);
            return;
        }
    };
    out.extend_from_slice(&[b'\\', short]);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_text_is_written_as_serde_json_does(text in any::<String>(), plain in "[ -~]{0,80}") {
            for text in [text, plain] {
                let mut out = Vec::new();
                write_json_str(&text, &mut out);
                prop_assert_eq!(String::from_utf8(out).unwrap(), serde_json::to_string(&text).unwrap());
            }
        }
    }

    #[test]
    fn every_character_is_written_as_serde_json_does() {
        let all: String = (0..0x300).filter_map(char::from_u32).chain("\u{2028}😀".chars()).collect();
        let padded: Vec<String> = (0..70).map(|n| "x".repeat(n) + "\"" + &"y".repeat(70 - n)).collect();
        let texts = ["", "plain", "\"", "a\\b\n", all.as_str()];
        for text in texts.into_iter().chain(padded.iter().map(String::as_str)) {
            let mut out = Vec::new();
            write_json_str(text, &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), serde_json::to_string(text).unwrap());
        }
    }
}
