//! Conditions of a request for a file (RFC 9110, 13).

use std::time::SystemTime;

use http::header::{
    HeaderMap, HeaderName, IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, IF_UNMODIFIED_SINCE,
};
use http::{HeaderValue, Method};

/// What the conditions come to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The file is sent.
    Send,
    /// The client has it: 304.
    NotModified,
    /// It is not the one the client means: 412.
    Failed,
}

/// By what a file is told from an earlier one of its name.
#[derive(Debug)]
pub(super) struct Version {
    /// Strong, with its quotes.
    pub(super) tag: HeaderValue,
    /// In whole seconds, as the header fields are.
    pub(super) modified: Option<SystemTime>,
}

/// Looks at them in the order of 13.2.2.
pub(super) fn evaluate(method: &Method, headers: &HeaderMap, version: &Version) -> Outcome {
    let reads = matches!(*method, Method::GET | Method::HEAD);
    let date = |name| Some((date(headers, name)?, version.modified?));
    if headers.contains_key(IF_MATCH) {
        if !names(headers, IF_MATCH, &version.tag, false) {
            return Outcome::Failed;
        }
    } else if date(IF_UNMODIFIED_SINCE).is_some_and(|(since, modified)| modified > since) {
        return Outcome::Failed;
    }
    if headers.contains_key(IF_NONE_MATCH) {
        match names(headers, IF_NONE_MATCH, &version.tag, true) {
            true if reads => Outcome::NotModified,
            true => Outcome::Failed,
            false => Outcome::Send,
        }
    } else if reads && date(IF_MODIFIED_SINCE).is_some_and(|(since, modified)| modified <= since) {
        Outcome::NotModified
    } else {
        Outcome::Send
    }
}

/// Whether a range may be sent: the client has a part of this very file, or does not say.
pub(super) fn range_is_of(headers: &HeaderMap, version: &Version) -> bool {
    let Some(value) = headers.get(IF_RANGE) else { return true };
    if value.as_bytes().contains(&b'"') {
        // A weak tag is not equal to any here.
        return *value == version.tag;
    }
    version.modified.is_some() && date(headers, IF_RANGE) == version.modified
}

/// Whether one of the tags of a field is that of the file; a star is.
fn names(headers: &HeaderMap, name: HeaderName, tag: &HeaderValue, weak: bool) -> bool {
    headers.get_all(name).iter().any(|value| {
        let value = value.as_bytes();
        value.trim_ascii() == b"*" || lists(value, tag.as_bytes(), weak)
    })
}

/// Whether a list of tags has this one; a comma may also stand in a tag.
fn lists(mut list: &[u8], wanted: &[u8], weak: bool) -> bool {
    while let Some(open) = list.iter().position(|byte| *byte == b'"') {
        let is_weak = list[..open].ends_with(b"W/");
        let Some(length) = list[open + 1..].iter().position(|byte| *byte == b'"') else { return false };
        let end = open + length + 2;
        if &list[open..end] == wanted && (weak || !is_weak) {
            return true;
        }
        list = &list[end..];
    }
    false
}

/// The time in a field; none when it is no HTTP date.
fn date(headers: &HeaderMap, name: HeaderName) -> Option<SystemTime> {
    httpdate::parse_http_date(headers.get(name)?.to_str().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::Outcome::{Failed, NotModified, Send};
    use super::*;

    const EARLY: &str = "Sat, 01 Nov 2025 10:00:00 GMT";
    const THEN: &str = "Sat, 01 Nov 2025 12:00:00 GMT";
    const LATE: &str = "Sat, 01 Nov 2025 14:00:00 GMT";

    fn version() -> Version {
        Version { tag: HeaderValue::from_static("\"v1\""), modified: httpdate::parse_http_date(THEN).ok() }
    }

    fn headers(fields: &[(&'static str, &'static str)]) -> HeaderMap {
        fields
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect()
    }

    #[test]
    fn the_order_of_the_rfc() {
        for (fields, get, put) in [
            (&[][..], Send, Send),
            (&[("if-match", "\"v1\"")], Send, Send),
            (&[("if-match", "*")], Send, Send),
            (&[("if-match", "\"v0\", \"v1\"")], Send, Send),
            (&[("if-match", "\"v0\"")], Failed, Failed),
            (&[("if-match", "W/\"v1\"")], Failed, Failed),
            (&[("if-match", "\"v1\""), ("if-unmodified-since", EARLY)], Send, Send),
            (&[("if-unmodified-since", EARLY)], Failed, Failed),
            (&[("if-unmodified-since", THEN)], Send, Send),
            (&[("if-unmodified-since", "yesterday")], Send, Send),
            (&[("if-none-match", "\"v1\"")], NotModified, Failed),
            (&[("if-none-match", "W/\"v1\"")], NotModified, Failed),
            (&[("if-none-match", "\"a,b\",W/\"v1\"")], NotModified, Failed),
            (&[("if-none-match", "*")], NotModified, Failed),
            (&[("if-none-match", "\"v0\"")], Send, Send),
            (&[("if-none-match", "v1")], Send, Send),
            (&[("if-none-match", "\"v0\""), ("if-modified-since", LATE)], Send, Send),
            (&[("if-modified-since", THEN)], NotModified, Send),
            (&[("if-modified-since", LATE)], NotModified, Send),
            (&[("if-modified-since", EARLY)], Send, Send),
            (&[("if-match", "\"v1\""), ("if-none-match", "\"v1\"")], NotModified, Failed),
        ] {
            let headers = headers(fields);
            assert_eq!(evaluate(&Method::GET, &headers, &version()), get, "{fields:?}");
            assert_eq!(evaluate(&Method::PUT, &headers, &version()), put, "PUT {fields:?}");
        }
    }

    #[test]
    fn a_range_is_of_the_same_file() {
        for (value, expected) in [
            ("\"v1\"", true),
            ("W/\"v1\"", false),
            ("\"v0\"", false),
            (THEN, true),
            (LATE, false),
            ("x", false),
        ] {
            assert_eq!(range_is_of(&headers(&[("if-range", value)]), &version()), expected, "{value}");
        }
        assert!(range_is_of(&HeaderMap::new(), &version()));
    }
}
