//! `Content-Type`, as requests have it: the type and its parameters (RFC 9110, 8.3.1).

use std::borrow::Cow;

use http::header::CONTENT_TYPE;

use super::Request;
use crate::{Error, Result};

/// A type with its parameters.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ContentType<'a> {
    /// As it was sent.
    pub(crate) text: &'a str,
    parameters: &'a str,
}

impl<'a> ContentType<'a> {
    /// That of a request; empty when it says none.
    pub(super) fn of(request: &'a Request) -> Self {
        Self::new(request.header(CONTENT_TYPE).unwrap_or(""))
    }

    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, parameters: text.split_once(';').map_or("", |(_, parameters)| parameters) }
    }

    /// The type without its parameters: `text/html`.
    pub(super) fn essence(&self) -> &'a str {
        self.text.split(';').next().unwrap_or("").trim()
    }

    /// Whether it says this type and nothing else, as almost all do: then nothing more has to be looked at.
    pub(super) fn says_only(request: &Request, essence: &str) -> bool {
        request.headers().get(CONTENT_TYPE).is_some_and(|given| given.as_bytes() == essence.as_bytes())
    }

    /// Whether it is this type, in any case.
    pub(super) fn is(&self, essence: &str) -> bool {
        self.essence().eq_ignore_ascii_case(essence)
    }

    /// A parameter, without its quotes.
    pub(crate) fn parameter(&self, name: &str) -> Option<Cow<'a, str>> {
        parameters(self.parameters)
            .find(|(other, _)| other.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// 415 unless the text is UTF-8, or nothing is said of its encoding.
    pub(super) fn require_utf8(&self) -> Result<()> {
        match self.parameter("charset") {
            Some(charset)
                if !["utf-8", "utf8", "us-ascii"].iter().any(|known| charset.eq_ignore_ascii_case(known)) =>
            {
                Err(Error::new(
                    http::StatusCode::UNSUPPORTED_MEDIA_TYPE,
                    format!("Text is read as UTF-8 here, and the content type says `{charset}`."),
                ))
            }
            _ => Ok(()),
        }
    }

    /// 415: the body is of another kind than the one that is read here.
    pub(super) fn unsupported(&self, expected: &str) -> Error {
        let given = if self.text.is_empty() { "nothing" } else { self.text };
        Error::new(
            http::StatusCode::UNSUPPORTED_MEDIA_TYPE,
            format!("The content type should be `{expected}`, and says `{given}`."),
        )
    }
}

/// The parameters after a first `;`: names and unquoted values. What is malformed is passed over.
pub(super) fn parameters(text: &str) -> impl Iterator<Item = (&str, Cow<'_, str>)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        loop {
            rest = rest.trim_start_matches([' ', '\t', ';']);
            if rest.is_empty() {
                return None;
            }
            let end = rest.find(['=', ';']).unwrap_or(rest.len());
            let name = rest[..end].trim();
            let Some(after) = rest[end..].strip_prefix('=') else {
                rest = &rest[end..];
                continue;
            };
            let (value, after) = match after.strip_prefix('"') {
                Some(quoted) => {
                    let Some((value, after)) = unquoted(quoted) else {
                        rest = "";
                        return None;
                    };
                    (value, after)
                }
                None => {
                    let (value, after) = after.split_at(after.find(';').unwrap_or(after.len()));
                    (Cow::Borrowed(value.trim()), after)
                }
            };
            rest = after;
            return Some((name, value));
        }
    })
}

/// What stands before the closing quote, and what after it. Only `\"` is an escape: browsers send backslashes as they
/// are.
fn unquoted(text: &str) -> Option<(Cow<'_, str>, &str)> {
    let mut from = 0;
    loop {
        let quote = from + text[from..].find('"')?;
        if quote == 0 || text.as_bytes()[quote - 1] != b'\\' {
            let (value, after) = (&text[..quote], &text[quote + 1..]);
            let value =
                if from == 0 { Cow::Borrowed(value) } else { Cow::Owned(value.replace("\\\"", "\"")) };
            return Some((value, after));
        }
        from = quote + 1;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn parameters_are_read() {
        let read = ContentType::new("Multipart/Form-Data ; charset=UTF-8;boundary=\"a;b\\\"c\" ; x");
        assert!(read.is("multipart/form-data"));
        assert_eq!(read.parameter("BOUNDARY").as_deref(), Some("a;b\"c"));
        assert_eq!(read.parameter("charset").as_deref(), Some("UTF-8"));
        assert_eq!(read.parameter("x"), None);
        assert_eq!(ContentType::new("a/b; boundary=\"open").parameter("boundary"), None);
        assert!(ContentType::new("a/b; charset=latin1").require_utf8().is_err());
        assert!(ContentType::new("a/b").require_utf8().is_ok());
    }

    proptest! {
        #[test]
        fn any_text_can_be_read(text in "[a;=\" \\\\é]{0,20}") {
            assert!(parameters(&text).count() <= text.len());
        }

        #[test]
        fn what_is_quoted_comes_back(value in "[a-z;= é\"]{0,12}") {
            let text = format!("a=1; name=\"{}\"; b=2", value.replace('"', "\\\""));
            let found: Vec<_> = parameters(&text).collect();
            prop_assert_eq!(found.len(), 3);
            prop_assert_eq!(&found[1].1, &value);
        }
    }
}
