//! Reads `application/x-www-form-urlencoded`, strictly: nothing is replaced or dropped in silence.

use std::borrow::Cow;

use super::{Entry, Value};
use crate::{Error, Result};

/// Reads the pairs of a text. `what` names it in errors: `form`, `query string`.
///
/// # Errors
/// 400 for malformed percent-encoding, what is not UTF-8, NUL characters, and more than `most` pairs.
pub(crate) fn pairs<'a>(input: &'a [u8], what: &str, most: usize) -> Result<Vec<Entry<'a>>> {
    let mut entries = Vec::new();
    for pair in input.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()) {
        if entries.len() == most {
            return Err(too_many(what, most));
        }
        let equals = pair.iter().position(|byte| *byte == b'=');
        let (key, value) = equals.map_or((pair, &pair[..0]), |at| (&pair[..at], &pair[at + 1..]));
        let key = decoded(key).map_err(|problem| bad(what, problem, "a name"))?;
        match decoded(value) {
            Ok(value) => entries.push(Entry { key, value: Value::Text(value) }),
            Err(problem) => return Err(bad(what, problem, &format!("the value of `{key}`"))),
        }
    }
    Ok(entries)
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

fn decoded(part: &[u8]) -> Result<Cow<'_, str>, &'static str> {
    // One pass for the usual text, which stands for itself.
    if part.iter().all(|byte| byte.is_ascii() && !matches!(byte, b'%' | b'+' | 0))
        && let Ok(text) = std::str::from_utf8(part)
    {
        return Ok(Cow::Borrowed(text));
    }
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let digit = |at: usize| after.get(at).and_then(|digit| (*digit as char).to_digit(16));
                let (Some(high), Some(low)) = (digit(0), digit(1)) else {
                    return Err("has a `%` that is not followed by two hexadecimal digits");
                };
                bytes.push((high * 16 + low) as u8);
                rest = &after[2..];
            }
            byte => bytes.push(byte),
        }
    }
    if bytes.contains(&0) {
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
