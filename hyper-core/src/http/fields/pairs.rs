//! Reads `application/x-www-form-urlencoded`, strictly: nothing is replaced or dropped in silence.

use std::borrow::Cow;

use super::{Entry, Value};
use crate::{Error, Result};

/// Reads the pairs of a text. `what` names it in errors: `form`, `query string`.
///
/// Each byte is looked at once to find the parts and whether they stand for themselves, and those that do are borrowed.
///
/// # Errors
/// 400 for malformed percent-encoding, what is not UTF-8, NUL characters, and more than `most` pairs.
pub(crate) fn pairs<'a>(input: &'a [u8], what: &str, most: usize) -> Result<Vec<Entry<'a>>> {
    let mut entries = Vec::new();
    let text = Text { bytes: input, checked: std::str::from_utf8(input).ok() };
    let mut at = 0;
    while at < input.len() {
        if input[at] == b'&' {
            at += 1;
            continue;
        }
        if entries.len() == most {
            return Err(too_many(what, most));
        }
        let (end, stands) = scan(input, at, ENDS_NAME);
        let key = text.part(at, end, stands).map_err(|problem| bad(what, problem, "a name"))?;
        at = end;
        let mut value = Cow::Borrowed("");
        if input.get(at) == Some(&b'=') {
            let (end, stands) = scan(input, at + 1, ENDS_VALUE);
            value = match text.part(at + 1, end, stands) {
                Ok(value) => value,
                Err(problem) => return Err(bad(what, problem, &format!("the value of `{key}`"))),
            };
            at = end;
        }
        entries.push(Entry { key, value: Value::Text(value) });
        at += 1;
    }
    Ok(entries)
}

/// A byte that ends a name, one that ends a value, and one that does not stand for itself.
const ENDS_NAME: u8 = 1;
const ENDS_VALUE: u8 = 2;
const ESCAPES: u8 = 4;

/// What each byte is.
static KINDS: [u8; 256] = {
    let mut kinds = [0; 256];
    kinds[b'&' as usize] = ENDS_NAME | ENDS_VALUE;
    kinds[b'=' as usize] = ENDS_NAME;
    kinds[b'%' as usize] = ESCAPES;
    kinds[b'+' as usize] = ESCAPES;
    kinds[0] = ESCAPES;
    kinds
};

/// Where the part that starts here ends, and whether all in it stands for itself.
#[inline]
fn scan(input: &[u8], start: usize, ends: u8) -> (usize, bool) {
    let (mut at, mut seen) = (start, 0);
    while let Some(byte) = input.get(at) {
        let kind = KINDS[usize::from(*byte)];
        if kind & ends != 0 {
            break;
        }
        seen |= kind;
        at += 1;
    }
    (at, seen & ESCAPES == 0)
}

/// The text, and once more when all of it is UTF-8.
struct Text<'a> {
    bytes: &'a [u8],
    checked: Option<&'a str>,
}

impl<'a> Text<'a> {
    /// What a part says.
    #[inline]
    fn part(&self, start: usize, end: usize, stands: bool) -> Result<Cow<'a, str>, &'static str> {
        if stands && let Some(part) = self.checked.and_then(|text| text.get(start..end)) {
            return Ok(Cow::Borrowed(part));
        }
        decoded(&self.bytes[start..end])
    }
}

/// 400 for more fields than are accepted.
#[cold]
pub(crate) fn too_many(what: &str, most: usize) -> Error {
    Error::bad_request(format!("The {what} has more than {most} fields."))
}

#[cold]
fn bad(what: &str, problem: &str, part: &str) -> Error {
    Error::bad_request(format!("The {what} {problem}, in {part}."))
}

/// The values of hexadecimal digits; 16 and more for what is none.
static DIGITS: [u8; 256] = {
    let mut digits = [16; 256];
    let mut value = 0;
    while value < 16 {
        digits[b"0123456789abcdef"[value] as usize] = value as u8;
        digits[b"0123456789ABCDEF"[value] as usize] = value as u8;
        value += 1;
    }
    digits
};

fn decoded<'a>(part: &[u8]) -> Result<Cow<'a, str>, &'static str> {
    let mut bytes = Vec::with_capacity(part.len());
    let (mut rest, mut has_nul) = (part, false);
    while let Some(at) = rest.iter().position(|byte| KINDS[usize::from(*byte)] & ESCAPES != 0) {
        let (stands, after) = rest.split_at(at);
        bytes.extend_from_slice(stands);
        rest = &after[1..];
        let byte = match after[0] {
            b'+' => b' ',
            b'%' => {
                let digit = |at: usize| rest.get(at).map_or(16, |digit| DIGITS[usize::from(*digit)]);
                let (high, low) = (digit(0), digit(1));
                if high | low > 15 {
                    return Err("has a `%` that is not followed by two hexadecimal digits");
                }
                rest = &rest[2..];
                high << 4 | low
            }
            byte => byte,
        };
        has_nul |= byte == 0;
        bytes.push(byte);
    }
    bytes.extend_from_slice(rest);
    if has_nul {
        return Err("has a NUL character");
    }
    String::from_utf8(bytes).map(Cow::Owned).map_err(|_| "is not UTF-8 once its percent-encoding is decoded")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(input: &[u8]) -> Result<Vec<(String, String)>> {
        let text = |entry: Entry<'_>| match entry.value {
            Value::Text(text) => (entry.key.into_owned(), text.into_owned()),
            Value::File(_) => unreachable!("there are no files in this format"),
        };
        Ok(pairs(input, "form", 1000)?.into_iter().map(text).collect())
    }

    /// The same, step after step: cut at `&`, then at `=`, then each part decoded.
    fn by_steps(input: &[u8]) -> Result<Vec<(String, String)>, String> {
        let decode = |part: &[u8]| -> Result<String, &str> {
            let mut bytes = Vec::new();
            let mut at = 0;
            while at < part.len() {
                match part[at] {
                    b'+' => bytes.push(b' '),
                    b'%' => {
                        let digits = part.get(at + 1..at + 3).and_then(|digits| str::from_utf8(digits).ok());
                        let digits =
                            digits.filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
                        let digits =
                            digits.ok_or("has a `%` that is not followed by two hexadecimal digits")?;
                        bytes.push(u8::from_str_radix(digits, 16).unwrap());
                        at += 2;
                    }
                    byte => bytes.push(byte),
                }
                at += 1;
            }
            if bytes.contains(&0) {
                return Err("has a NUL character");
            }
            String::from_utf8(bytes).map_err(|_| "is not UTF-8 once its percent-encoding is decoded")
        };
        let mut pairs = Vec::new();
        for pair in input.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()) {
            let mut parts = pair.splitn(2, |byte| *byte == b'=');
            let (key, value) = (parts.next().unwrap(), parts.next().unwrap_or(b""));
            let key = decode(key).map_err(|problem| format!("The form {problem}, in a name."))?;
            let value =
                decode(value).map_err(|problem| format!("The form {problem}, in the value of `{key}`."))?;
            pairs.push((key, value));
        }
        Ok(pairs)
    }

    proptest! {
        #[test]
        fn what_was_encoded_is_read(written in proptest::collection::vec(("[^\0]{1,9}", "[^\0]{0,9}"), 0..9)) {
            let mut text = form_urlencoded::Serializer::new(String::new());
            text.extend_pairs(&written);
            prop_assert_eq!(read(text.finish().as_bytes()).unwrap(), written);
        }

        #[test]
        fn what_is_accepted_is_what_a_lenient_reader_reads(input in "[a-c=&%+0-9é]{0,24}") {
            if let Ok(pairs) = read(input.as_bytes()) {
                let lenient: Vec<(String, String)> = form_urlencoded::parse(input.as_bytes()).into_owned().collect();
                prop_assert_eq!(pairs, lenient);
            }
        }

        #[test]
        fn one_pass_reads_what_one_after_the_other_does(
            input in proptest::collection::vec(
                prop_oneof![Just(b'&'), Just(b'='), Just(b'%'), Just(b'+'), Just(0), any::<u8>(), b'0'..b'z'],
                0..24,
            ),
            escaped in "([ab=&]|%4[0-9]|%C3%A9|é|%c3|%00){0,8}",
        ) {
            for input in [&input[..], escaped.as_bytes()] {
                let one = read(input).map_err(|error| error.detail().to_owned());
                prop_assert_eq!(one, by_steps(input));
            }
        }

        #[test]
        fn nothing_panics(input: Vec<u8>) {
            let _ = read(&input);
        }
    }

    #[test]
    fn problems_name_the_field() {
        for (input, expected) in [
            (
                &b"q=%"[..],
                "The form has a `%` that is not followed by two hexadecimal digits, in the value of `q`.",
            ),
            (
                b"q=%+1",
                "The form has a `%` that is not followed by two hexadecimal digits, in the value of `q`.",
            ),
            (b"q=%c3", "The form is not UTF-8 once its percent-encoding is decoded, in the value of `q`."),
            (b"q=\xff", "The form is not UTF-8 once its percent-encoding is decoded, in the value of `q`."),
            (b"a=1&q=a%00", "The form has a NUL character, in the value of `q`."),
            (b"%00=1", "The form has a NUL character, in a name."),
        ] {
            let error = read(input).unwrap_err();
            assert_eq!((error.status().as_u16(), error.detail()), (400, expected));
        }
        assert_eq!(pairs(b"a&b&c", "form", 2).unwrap_err().detail(), "The form has more than 2 fields.");
        assert_eq!(pairs(b"a&&b&", "form", 2).unwrap().len(), 2);
    }
}
