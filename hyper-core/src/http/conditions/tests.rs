use std::time::UNIX_EPOCH;

use proptest::prelude::*;

use super::Outcome::{Failed, NotModified, Send};
use super::*;

const EARLY: &str = "Sat, 01 Nov 2025 10:00:00 GMT";
const THEN: &str = "Sat, 01 Nov 2025 12:00:00 GMT";
const LATE: &str = "Sat, 01 Nov 2025 14:00:00 GMT";

fn headers(fields: &[(&'static str, &str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in fields {
        headers.append(*name, value.parse().unwrap());
    }
    headers
}

fn validators<'a>(tag: Option<&'a str>, modified: Option<&str>) -> Validators<'a> {
    Validators {
        tag: tag.map(|tag| EntityTag::parse(tag.as_bytes()).unwrap()),
        modified: modified.map(|modified| httpdate::parse_http_date(modified).unwrap()),
    }
}

/// The conditions, the tag and the date of the answer, and what comes of them for a `GET` and for a `PUT`.
#[test]
fn the_table_of_the_rfc() {
    let strong = Some("\"v\"");
    let weak = Some("W/\"v\"");
    for (conditions, tag, modified, get, put) in [
        (&[][..], strong, Some(THEN), Send, Send),
        // 1. If-Match, compared strongly.
        (&[("if-match", "\"v\"")], strong, None, Send, Send),
        (&[("if-match", "\"a\", \"v\"")], strong, None, Send, Send),
        (&[("if-match", "\"a\""), ("if-match", "\"v\"")], strong, None, Send, Send),
        (&[("if-match", "\"v\"")], weak, None, Failed, Failed),
        (&[("if-match", "W/\"v\"")], strong, None, Failed, Failed),
        (&[("if-match", "W/\"v\"")], weak, None, Failed, Failed),
        (&[("if-match", "\"x\"")], strong, None, Failed, Failed),
        (&[("if-match", "\"x\"")], None, None, Failed, Failed),
        (&[("if-match", "v")], strong, None, Failed, Failed),
        (&[("if-match", "")], strong, None, Failed, Failed),
        (&[("if-match", "*")], None, None, Send, Send),
        // 2. If-Unmodified-Since, only without If-Match.
        (&[("if-unmodified-since", EARLY)], None, Some(THEN), Failed, Failed),
        (&[("if-unmodified-since", THEN)], None, Some(THEN), Send, Send),
        (&[("if-unmodified-since", LATE)], None, Some(THEN), Send, Send),
        (&[("if-unmodified-since", EARLY)], None, None, Send, Send),
        (&[("if-unmodified-since", "yesterday")], None, Some(THEN), Send, Send),
        (&[("if-unmodified-since", EARLY), ("if-unmodified-since", EARLY)], None, Some(THEN), Send, Send),
        (&[("if-match", "\"v\""), ("if-unmodified-since", EARLY)], strong, Some(THEN), Send, Send),
        (&[("if-match", "\"x\""), ("if-unmodified-since", LATE)], strong, Some(THEN), Failed, Failed),
        // 3. If-None-Match, compared weakly.
        (&[("if-none-match", "\"v\"")], strong, None, NotModified, Failed),
        (&[("if-none-match", "\"v\"")], weak, None, NotModified, Failed),
        (&[("if-none-match", "W/\"v\"")], strong, None, NotModified, Failed),
        (&[("if-none-match", "\"a,b\",W/\"v\"")], strong, None, NotModified, Failed),
        (&[("if-none-match", "\"x\", \"y\"")], strong, None, Send, Send),
        (&[("if-none-match", "\"x\""), ("if-none-match", "\"v\"")], strong, None, NotModified, Failed),
        (&[("if-none-match", "*")], None, None, NotModified, Failed),
        (&[("if-none-match", "v")], strong, None, Send, Send),
        (&[("if-none-match", "\"v\"")], None, None, Send, Send),
        // 4. If-Modified-Since, only without If-None-Match, and for reading.
        (&[("if-modified-since", THEN)], None, Some(THEN), NotModified, Send),
        (&[("if-modified-since", LATE)], strong, Some(THEN), NotModified, Send),
        (&[("if-modified-since", EARLY)], None, Some(THEN), Send, Send),
        (&[("if-modified-since", LATE)], None, None, Send, Send),
        (&[("if-modified-since", "0")], None, Some(THEN), Send, Send),
        (&[("if-modified-since", LATE), ("if-modified-since", LATE)], None, Some(THEN), Send, Send),
        (&[("if-none-match", "\"x\""), ("if-modified-since", LATE)], strong, Some(THEN), Send, Send),
        // The first two before the others.
        (&[("if-match", "\"x\""), ("if-none-match", "\"v\"")], strong, None, Failed, Failed),
        (&[("if-match", "\"v\""), ("if-none-match", "\"v\"")], strong, None, NotModified, Failed),
        (&[("if-unmodified-since", EARLY), ("if-modified-since", LATE)], None, Some(THEN), Failed, Failed),
        (&[("if-unmodified-since", LATE), ("if-modified-since", LATE)], None, Some(THEN), NotModified, Send),
        // 5. If-Range is no condition by itself.
        (&[("if-range", "\"x\"")], strong, Some(THEN), Send, Send),
    ] {
        let (validators, headers) = (validators(tag, modified), headers(conditions));
        for (method, expected) in [
            (Method::GET, get),
            (Method::HEAD, get),
            (Method::PUT, put),
            (Method::POST, put),
            (Method::DELETE, put),
            (Method::OPTIONS, Send),
            (Method::TRACE, Send),
            (Method::CONNECT, Send),
        ] {
            let outcome = validators.evaluate(&method, &headers);
            assert_eq!(outcome, expected, "{method} {conditions:?} {tag:?} {modified:?}");
        }
    }
}

#[test]
fn a_range_is_of_the_same_bytes() {
    let strong = Some("\"v\"");
    for (value, tag, with_strong_date, with_weak_date) in [
        ("\"v\"", strong, true, true),
        ("\"v\"", Some("W/\"v\""), false, false),
        ("W/\"v\"", strong, false, false),
        ("W/\"v\"", Some("W/\"v\""), false, false),
        ("\"x\"", strong, false, false),
        ("\"v\", \"x\"", strong, false, false),
        ("*", strong, false, false),
        ("\"v\"", None, false, false),
        (THEN, strong, true, false),
        ("Saturday, 01-Nov-25 12:00:00 GMT", strong, true, false),
        (EARLY, strong, false, false),
        // Unlike `If-Unmodified-Since`, a later date is another one.
        (LATE, strong, false, false),
        ("x", strong, false, false),
        ("", strong, false, false),
    ] {
        let (validators, headers) = (validators(tag, Some(THEN)), headers(&[("if-range", value)]));
        assert_eq!(validators.range_is_of_this(&headers, true), with_strong_date, "{value} {tag:?}");
        assert_eq!(validators.range_is_of_this(&headers, false), with_weak_date, "{value} {tag:?}");
    }
    let undated = Validators { modified: None, ..validators(strong, None) };
    assert!(!undated.range_is_of_this(&headers(&[("if-range", "x")]), true));
    assert!(undated.range_is_of_this(&HeaderMap::new(), false));
    let twice = headers(&[("if-range", "\"v\""), ("if-range", "\"v\"")]);
    assert!(!undated.range_is_of_this(&twice, true));
}

#[test]
fn a_date_is_strong_when_its_second_is_over() {
    let at = |millis| UNIX_EPOCH + Duration::from_millis(millis);
    assert!(!is_over(at(7000), at(7000)) && !is_over(at(7000), at(7999)) && !is_over(at(9000), at(7000)));
    assert!(is_over(at(7000), at(8000)));
}

/// One of few tags, so that they are often the same.
fn tag() -> impl Strategy<Value = String> {
    ("(W/)?", "[ab,]{0,2}").prop_map(|(weak, opaque)| format!("{weak}\"{opaque}\""))
}

fn tags() -> impl Strategy<Value = Option<Vec<String>>> {
    proptest::option::of(prop_oneof![
        1 => Just(vec!["*".to_owned()]),
        5 => proptest::collection::vec(tag(), 1..4),
    ])
}

fn seconds() -> impl Strategy<Value = Option<u64>> {
    proptest::option::of(0_u64..4)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// The steps of 13.2.2 as they are written there, on what was never a text.
    #[test]
    fn the_steps_of_the_rfc(
        own in proptest::option::of(tag()), modified in seconds(), writes: bool,
        if_match in tags(), if_unmodified in seconds(), if_none_match in tags(), if_modified in seconds(),
    ) {
        let weak = |tag: &str| tag.trim_start_matches("W/").to_owned();
        let matches = |list: &[String], strong: bool| list[0] == "*" || own.as_ref().is_some_and(|own| {
            list.iter().any(|one| if strong { one == own && one.starts_with('"') } else { weak(one) == weak(own) })
        });
        let mut expected = None;
        match &if_match {
            Some(list) if !matches(list, true) => expected = Some(Failed),
            Some(_) => {}
            None => if let (Some(since), Some(modified)) = (if_unmodified, modified) && modified > since {
                expected = Some(Failed);
            }
        }
        let not_modified = if writes { Failed } else { NotModified };
        let expected = expected.unwrap_or(match &if_none_match {
            Some(list) if matches(list, false) => not_modified,
            Some(_) => Send,
            None => match (if_modified, modified) {
                (Some(since), Some(modified)) if modified <= since && !writes => NotModified,
                _ => Send,
            },
        });

        let time = |seconds| UNIX_EPOCH + Duration::from_secs(seconds);
        let mut headers = HeaderMap::new();
        for (name, list) in [(IF_MATCH, &if_match), (IF_NONE_MATCH, &if_none_match)] {
            if let Some(list) = list {
                headers.insert(name, list.join(", ").parse().unwrap());
            }
        }
        for (name, seconds) in [(IF_UNMODIFIED_SINCE, if_unmodified), (IF_MODIFIED_SINCE, if_modified)] {
            if let Some(seconds) = seconds {
                headers.insert(name, httpdate::fmt_http_date(time(seconds)).parse().unwrap());
            }
        }
        let validators = Validators {
            tag: own.as_ref().map(|own| EntityTag::parse(own.as_bytes()).unwrap()),
            modified: modified.map(time),
        };
        let method = if writes { Method::PUT } else { Method::GET };
        prop_assert_eq!(validators.evaluate(&method, &headers), expected);
        // A range is of this answer where the same tag, alone, would do for `If-Match`.
        if let Some(own) = &own {
            let of_this = |value: &str| {
                let headers: HeaderMap = [(IF_RANGE, value.parse().unwrap())].into_iter().collect();
                validators.range_is_of_this(&headers, true)
            };
            prop_assert_eq!(of_this(own), own.starts_with('"'));
            if let (Some(since), Some(modified)) = (if_modified, modified) {
                prop_assert_eq!(of_this(&httpdate::fmt_http_date(time(since))), since == modified);
            }
        }
    }
}
