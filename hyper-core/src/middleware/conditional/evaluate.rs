//! The conditions of a request, in the order of RFC 9110, 13.2.2.

use std::time::SystemTime;

use http::header::{HeaderMap, HeaderName, IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_UNMODIFIED_SINCE};

use super::EntityTag;

/// What the conditions of a `GET` or `HEAD` come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The answer is sent.
    Send,
    /// The client has it: 304.
    NotModified,
    /// The client wanted another: 412.
    Failed,
}

/// `tag` and `modified` are those of the answer that would be sent.
pub(super) fn evaluate(
    conditions: &HeaderMap,
    tag: Option<EntityTag<'_>>,
    modified: Option<SystemTime>,
) -> Outcome {
    let same = |name, same: fn(&EntityTag<'_>, &EntityTag<'_>) -> bool| matches(conditions, name, tag, same);
    let date = |name| Some((date(conditions, name)?, modified?));
    if let Some(matches) = same(IF_MATCH, |a, b| a.is_strongly(b)) {
        if !matches {
            return Outcome::Failed;
        }
    } else if let Some((since, modified)) = date(IF_UNMODIFIED_SINCE)
        && modified > since
    {
        return Outcome::Failed;
    }
    let is_known = match same(IF_NONE_MATCH, |a, b| a.is_weakly(b)) {
        Some(matches) => matches,
        None => date(IF_MODIFIED_SINCE).is_some_and(|(since, modified)| modified <= since),
    };
    if is_known { Outcome::NotModified } else { Outcome::Send }
}

/// Whether one of the tags in a field is that of the answer; `None` without the field.
fn matches(
    conditions: &HeaderMap,
    name: HeaderName,
    tag: Option<EntityTag<'_>>,
    same: fn(&EntityTag<'_>, &EntityTag<'_>) -> bool,
) -> Option<bool> {
    let mut values = conditions.get_all(name).iter().peekable();
    values.peek()?;
    Some(values.any(|value| {
        let value = value.as_bytes();
        // A star is any answer at all, and there is one.
        value.trim_ascii() == b"*"
            || tag.is_some_and(|tag| EntityTag::list(value).any(|one| same(&one, &tag)))
    }))
}

/// The time in a field; none when it is no HTTP date, or there are two.
pub(super) fn date(headers: &HeaderMap, name: HeaderName) -> Option<SystemTime> {
    let mut values = headers.get_all(name).iter();
    let (Some(value), None) = (values.next(), values.next()) else { return None };
    httpdate::parse_http_date(value.to_str().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use Outcome::{Failed, NotModified, Send};

    const EARLY: &str = "Sat, 01 Nov 2025 10:00:00 GMT";
    const THEN: &str = "Sat, 01 Nov 2025 12:00:00 GMT";
    const LATE: &str = "Sat, 01 Nov 2025 14:00:00 GMT";

    fn outcome(conditions: &[(&'static str, &str)], tag: Option<&str>, modified: Option<&str>) -> Outcome {
        let mut headers = HeaderMap::new();
        for (name, value) in conditions {
            headers.append(*name, value.parse().unwrap());
        }
        let tag = tag.map(|tag| EntityTag::parse(tag.as_bytes()).unwrap());
        evaluate(&headers, tag, modified.map(|modified| httpdate::parse_http_date(modified).unwrap()))
    }

    #[test]
    fn the_table_of_the_rfc() {
        let strong = Some("\"v\"");
        let weak = Some("W/\"v\"");
        for (conditions, tag, modified, expected) in [
            (&[][..], strong, Some(THEN), Send),
            // 1. If-Match, compared strongly.
            (&[("if-match", "\"v\"")], strong, None, Send),
            (&[("if-match", "\"a\", \"v\"")], strong, None, Send),
            (&[("if-match", "\"v\"")], weak, None, Failed),
            (&[("if-match", "\"x\"")], strong, None, Failed),
            (&[("if-match", "\"x\"")], None, None, Failed),
            (&[("if-match", "*")], None, None, Send),
            // 2. If-Unmodified-Since, only without If-Match.
            (&[("if-unmodified-since", EARLY)], None, Some(THEN), Failed),
            (&[("if-unmodified-since", THEN)], None, Some(THEN), Send),
            (&[("if-unmodified-since", EARLY)], None, None, Send),
            (&[("if-unmodified-since", "yesterday")], None, Some(THEN), Send),
            (&[("if-match", "\"v\""), ("if-unmodified-since", EARLY)], strong, Some(THEN), Send),
            // 3. If-None-Match, compared weakly.
            (&[("if-none-match", "\"v\"")], weak, None, NotModified),
            (&[("if-none-match", "W/\"v\"")], strong, None, NotModified),
            (&[("if-none-match", "\"x\", \"y\"")], strong, None, Send),
            (&[("if-none-match", "\"x\""), ("if-none-match", "\"v\"")], strong, None, NotModified),
            (&[("if-none-match", "*")], None, None, NotModified),
            (&[("if-none-match", "v")], strong, None, Send),
            // 4. If-Modified-Since, only without If-None-Match.
            (&[("if-modified-since", THEN)], None, Some(THEN), NotModified),
            (&[("if-modified-since", LATE)], strong, Some(THEN), NotModified),
            (&[("if-modified-since", EARLY)], None, Some(THEN), Send),
            (&[("if-modified-since", LATE)], None, None, Send),
            (&[("if-modified-since", "0")], None, Some(THEN), Send),
            (&[("if-modified-since", LATE), ("if-modified-since", LATE)], None, Some(THEN), Send),
            (&[("if-none-match", "\"x\""), ("if-modified-since", LATE)], strong, Some(THEN), Send),
            // The first two before the others.
            (&[("if-match", "\"x\""), ("if-none-match", "\"v\"")], strong, None, Failed),
            (&[("if-match", "\"v\""), ("if-none-match", "\"v\"")], strong, None, NotModified),
        ] {
            assert_eq!(outcome(conditions, tag, modified), expected, "{conditions:?} {tag:?} {modified:?}");
        }
    }
}
