//! `Accept` and `Accept-Encoding`.

use http::header::{ACCEPT, HeaderMap, HeaderValue};

use crate::fuzz::{about, kind};
use crate::http::accept::{Preferred, preferred};

/// The ranges of a field with their weights.
fn ranges(text: &str) -> Vec<(String, f32)> {
    let range = |range: &str| {
        let mut parts = range.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default().to_ascii_lowercase();
        let weight = parts.find_map(|part| part.strip_prefix("q=").or(part.strip_prefix("Q=")));
        let weight = weight.map_or(Some(1.0), |weight| weight.parse::<f32>().ok());
        let weight = weight.filter(|weight| (0.0..=1.0).contains(weight)).unwrap_or(1.0);
        (name, (weight * 1000.0).round())
    };
    text.split(',').map(range).collect()
}

/// The weight of the first of these names that is there, and which it was.
fn weight(ranges: &[(String, f32)], names: &[&str]) -> (f32, Option<usize>) {
    let known = names.iter().enumerate().find_map(|(at, name)| {
        ranges.iter().find(|(range, _)| range == name).map(|(_, weight)| (*weight, Some(at)))
    });
    known.unwrap_or((0.0, None))
}

/// A page is for those who name it and like no program's format better; a problem for those who name it.
pub fn accept(data: &[u8]) -> u64 {
    let Ok(value) = HeaderValue::from_bytes(data) else { return 0 };
    let ranges = ranges(value.to_str().unwrap_or_default());
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, value);
    let found = preferred(&headers);
    let (html, html_by) = weight(&ranges, &["text/html", "text/*", "*/*"]);
    let (json, json_by) = weight(&ranges, &["application/json", "application/*", "*/*"]);
    let (problem, problem_by) = weight(&ranges, &["application/problem+json"]);
    let is_problem = problem_by.is_some() && problem > 0.0 && problem >= json;
    let (program, program_by) = if is_problem { (problem, problem_by) } else { (json, json_by) };
    // Of equals the one that is named more exactly.
    let exactness = |by: Option<usize>| by.map_or(0, |at| 3 - at);
    let page =
        html > 0.0 && (html > program || (html == program && exactness(html_by) > exactness(program_by)));
    let expected = match (page, is_problem) {
        (true, _) => Preferred::Html,
        (false, true) => Preferred::Problem,
        (false, false) => Preferred::Json,
    };
    assert_eq!(found, expected, "{}", data.escape_ascii());
    kind([found as u64, exactness(html_by) as u64, exactness(json_by) as u64, about(ranges.len())])
}

/// The encoding that is chosen is accepted, and none of the others is liked better.
#[cfg(any(feature = "gzip", feature = "brotli", feature = "zstd"))]
pub fn accept_encoding(data: &[u8]) -> u64 {
    use crate::middleware::{AcceptedEncodings, Encoding};

    let Ok(text) = std::str::from_utf8(data) else { return 0 };
    // By the letter of the grammar: `0` or `1`, a dot, up to three digits.
    let weight_of = |text: &str| -> Option<u16> {
        let number = text.strip_prefix("q=").or(text.strip_prefix("Q="))?;
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let is_one =
            matches!(whole, "0" | "1") && fraction.len() <= 3 && fraction.chars().all(|c| c.is_ascii_digit());
        let thousandths = is_one.then(|| format!("{whole}{fraction:0<3}").parse::<u16>().ok())??;
        (thousandths <= 1000).then_some(thousandths)
    };
    let mut listed = std::collections::BTreeMap::new();
    for part in text.split(',') {
        let (name, weight) = match part.split_once(';') {
            Some((name, weight)) => (name, weight_of(weight.trim_ascii()).unwrap_or(0)),
            None => (part, 1000),
        };
        let name = name.trim_ascii().to_ascii_lowercase();
        listed.insert(if name == "x-gzip" { "gzip".to_owned() } else { name }, weight);
    }
    let weight = |name: &str| listed.get(name).or(listed.get("*")).copied().unwrap_or(0);
    let accepted = AcceptedEncodings::parse(text);
    let all = [Encoding::Zstd, Encoding::Brotli, Encoding::Gzip];
    for encoding in all {
        assert_eq!(accepted.weight(encoding), weight(encoding.name()), "{text:?} {encoding:?}");
    }
    let most = all.iter().map(|encoding| weight(encoding.name())).max().unwrap_or(0);
    let as_it_is = listed.get("identity").copied().unwrap_or(0);
    let expected =
        all.into_iter().find(|encoding| weight(encoding.name()) == most && most > 0 && most >= as_it_is);
    assert_eq!(accepted.best(&all), expected, "{text:?}");
    assert_eq!(accepted.best(&[]), None);
    kind([expected.map_or(0, |encoding| 1 + encoding as u64), about(listed.len()), about(usize::from(most))])
}
