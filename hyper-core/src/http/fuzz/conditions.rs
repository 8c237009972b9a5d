//! Entity tags, dates, and what they come to.

use std::time::{Duration, UNIX_EPOCH};

use http::Method;
use http::header::{
    HeaderMap, HeaderValue, IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, IF_UNMODIFIED_SINCE,
};

use crate::fuzz::kind;
use crate::http::EntityTag;
use crate::http::conditions::{Outcome, Validators};

/// A list by the letter of the grammar, each tag as it is written; `None` for what is no list.
fn naive(value: &[u8]) -> Option<Vec<Vec<u8>>> {
    let (mut tags, mut tag, mut quoted) = (Vec::new(), Vec::new(), false);
    for byte in value.iter().chain(b",") {
        match byte {
            b',' if !quoted => {
                let text: &[u8] = tag.trim_ascii();
                let opaque = text.strip_prefix(b"W/").unwrap_or(text);
                if !text.is_empty() {
                    let inside = opaque.strip_prefix(b"\"")?.strip_suffix(b"\"")?;
                    if inside.iter().any(|byte| matches!(byte, b'"' | 0..=0x20 | 0x7f)) {
                        return None;
                    }
                    tags.push(text.to_vec());
                }
                tag.clear();
            }
            byte => {
                quoted ^= *byte == b'"';
                tag.push(*byte);
            }
        }
    }
    (!quoted).then_some(tags)
}

fn opaque(tag: &[u8]) -> &[u8] {
    tag.strip_prefix(b"W/").unwrap_or(tag)
}

/// The first line is the tag of the answer, the others are conditions: their first letter says which.
pub fn conditions(data: &[u8]) -> u64 {
    let mut lines = data.split(|byte| *byte == b'\n');
    let own = lines.next().unwrap_or_default();
    let tag = EntityTag::parse(own);
    let is_tag = naive(own).is_some_and(|tags| tags.len() == 1 && tags[0] == own);
    assert_eq!(tag.is_some(), is_tag, "{}", own.escape_ascii());
    let modified = UNIX_EPOCH + Duration::from_secs(784_111_777);
    let mut headers = HeaderMap::new();
    for line in lines {
        let Some((letter, value)) = line.split_first() else { continue };
        let name = match letter {
            b'm' => IF_MATCH,
            b'n' => IF_NONE_MATCH,
            b'u' => IF_UNMODIFIED_SINCE,
            b's' => IF_MODIFIED_SINCE,
            b'r' => IF_RANGE,
            _ => continue,
        };
        let Ok(value) = HeaderValue::from_bytes(value) else { return 0 };
        headers.append(name, value);
    }
    let validators = Validators { tag, modified: Some(modified) };
    let all = |name| headers.get_all(name).iter().map(HeaderValue::as_bytes).collect::<Vec<_>>();

    // `None` where a list is none by the grammar: then a tag that is found must at least be written there.
    let matches = |values: &[&[u8]], strong: bool| -> Option<bool> {
        let mut any = false;
        for value in values {
            any |= value.trim_ascii() == b"*";
            let list = match naive(value) {
                Some(list) => list,
                None if value.trim_ascii() == b"*" => continue,
                None => return None,
            };
            any |= tag.is_some()
                && list.iter().any(|one| {
                    if strong { one == own && one[0] == b'"' } else { opaque(one) == opaque(own) }
                });
        }
        Some(any)
    };
    let date = |name| match all(name)[..] {
        [value] => std::str::from_utf8(value).ok().and_then(|text| httpdate::parse_http_date(text).ok()),
        _ => None,
    };
    let (if_match, if_none_match) = (all(IF_MATCH), all(IF_NONE_MATCH));
    let (strong, weak) = (matches(&if_match, true), matches(&if_none_match, false));
    let mut outcomes = Vec::new();
    for method in [Method::GET, Method::PUT] {
        let found = validators.evaluate(&method, &headers);
        outcomes.push(found as u64);
        let (Some(strong), Some(weak)) = (strong, weak) else { continue };
        let not_modified = if method == Method::GET { Outcome::NotModified } else { Outcome::Failed };
        let expected = if if_match.is_empty()
            && date(IF_UNMODIFIED_SINCE).is_some_and(|since| modified > since)
            || !if_match.is_empty() && !strong
        {
            Outcome::Failed
        } else if !if_none_match.is_empty() {
            if weak { not_modified } else { Outcome::Send }
        } else if method == Method::GET && date(IF_MODIFIED_SINCE).is_some_and(|since| modified <= since) {
            Outcome::NotModified
        } else {
            Outcome::Send
        };
        assert_eq!(found, expected, "{method} {}", data.escape_ascii());
    }
    let is_written = |values: &[&[u8]]| {
        let text = values.concat();
        text.contains(&b'*') || memchr::memmem::find(&text, opaque(own)).is_some()
    };
    let only = |name| headers.keys().all(|other| other == name);
    if only(IF_MATCH) && !if_match.is_empty() && !is_written(&if_match) {
        assert_eq!(validators.evaluate(&Method::GET, &headers), Outcome::Failed, "{}", data.escape_ascii());
    }
    if only(IF_NONE_MATCH) && !is_written(&if_none_match) {
        assert_eq!(validators.evaluate(&Method::GET, &headers), Outcome::Send, "{}", data.escape_ascii());
    }

    let expected = match all(IF_RANGE)[..] {
        [] => true,
        [value] if is_tag && value == own => own[0] == b'"',
        [_] => date(IF_RANGE) == Some(modified),
        _ => false,
    };
    let range = validators.range_is_of_this(&headers, true);
    assert_eq!(range, expected, "{}", data.escape_ascii());
    assert!(!validators.range_is_of_this(&headers, false) || range);
    kind(outcomes.into_iter().chain([range.into(), is_tag.into(), headers.len() as u64]))
}
