//! Brings a request's path into the one form that routes are compared in (RFC 3986, 6.2.2).

use std::borrow::Cow;

use crate::{Error, Result};

/// Decodes percent-encoded unreserved characters, writes other encodings in capitals, and encodes
/// what is not ASCII. `%2F` stays as it is, so it separates no segments.
///
/// # Errors
/// 400 for a `%` without two hexadecimal digits, and for what is not UTF-8 once decoded.
pub(crate) fn normalise(path: &str) -> Result<Cow<'_, str>> {
    if is_normal(path.as_bytes()) { Ok(Cow::Borrowed(path)) } else { decode_unreserved(path).map(Cow::Owned) }
}

/// Whether there is no `%` and nothing but ASCII; eight bytes at a time, as paths are short.
#[inline]
fn is_normal(path: &[u8]) -> bool {
    const ONES: u64 = u64::MAX / 255;
    let (eights, rest) = path.as_chunks::<8>();
    for eight in eights {
        let bytes = u64::from_le_bytes(*eight);
        let differs = bytes ^ (ONES * b'%' as u64);
        if (bytes | (differs.wrapping_sub(ONES) & !differs)) & (ONES << 7) != 0 {
            return false;
        }
    }
    rest.iter().all(|byte| *byte != b'%' && *byte < 0x80)
}

#[cold]
fn decode_unreserved(path: &str) -> Result<String> {
    let mut out = String::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let [byte, tail @ ..] = rest {
        rest = tail;
        if *byte == b'%' {
            let [high, low, tail @ ..] = tail else { return Err(malformed(path)) };
            let (Some(high), Some(low)) = (hex(*high), hex(*low)) else { return Err(malformed(path)) };
            push(&mut out, high << 4 | low, false);
            rest = tail;
        } else {
            push(&mut out, *byte, true);
        }
    }
    if percent_encoding::percent_decode_str(&out).decode_utf8().is_err() {
        return Err(Error::bad_request("The path is not UTF-8 once its percent-encoding is decoded."));
    }
    Ok(out)
}

fn push(out: &mut String, byte: u8, literal: bool) {
    let unreserved = byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    if unreserved || (literal && byte.is_ascii()) {
        out.push(char::from(byte));
    } else {
        const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
        out.push('%');
        out.push(char::from(DIGITS[usize::from(byte >> 4)]));
        out.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).map(|digit| digit as u8)
}

fn malformed(path: &str) -> Error {
    Error::bad_request(format!("The path `{path}` has a `%` that is not followed by two hexadecimal digits."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unreserved_characters_are_decoded_and_others_kept() {
        assert_eq!(normalise("/a/b").unwrap(), "/a/b");
        assert_eq!(normalise("/%61%2fb/%7euser").unwrap(), "/a%2Fb/~user");
        assert_eq!(normalise("/caf%c3%a9").unwrap(), "/caf%C3%A9");
        assert_eq!(normalise("/café").unwrap(), "/caf%C3%A9");
    }

    #[test]
    fn malformed_encodings_are_refused() {
        for path in ["/%", "/%4", "/%zz", "/%ff", "/%c3/"] {
            assert_eq!(normalise(path).unwrap_err().status(), 400, "{path}");
        }
    }
}
