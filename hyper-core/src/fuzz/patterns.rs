//! Tables of routes that are filled when the program runs, against one that tries every pattern.

use futures_util::FutureExt;
use percent_encoding::percent_decode_str;

use super::{about, kind};
use crate::http::{IntoResponse, Method, Request};
use crate::routing::{Dynamic, Fallback, Verb, normalise};

/// The parameters of a path, decoded, as a pattern without escaped braces names them; `None` where it does not match.
fn naive(pattern: &str, path: &str) -> Option<Vec<(String, String)>> {
    let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let (mut params, mut rest) = (Vec::new(), path);
    let mut segments = pattern.split('/').peekable();
    while let Some(segment) = segments.next() {
        let name = segment.strip_prefix('{').and_then(|name| name.strip_suffix('}'));
        if let Some(name) = name.and_then(|name| name.strip_prefix('*')) {
            params.push((name.to_owned(), decoded(rest)));
            return (!rest.is_empty()).then_some(params);
        }
        let (part, after) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        match name {
            Some(name) => {
                params.push((name.to_owned(), decoded(part)));
                (!part.is_empty()).then_some(())?;
            }
            None if segment != part => return None,
            None => {}
        }
        match segments.peek() {
            Some(_) => rest = after.strip_prefix('/')?,
            None if after.is_empty() => {}
            None => return None,
        }
    }
    Some(params)
}

/// Any patterns are added or refused, and the table answers by one of those that match, with its parameters. The input's
/// lines are the patterns, the last one is the path that is asked for.
pub fn paths(data: &[u8]) -> u64 {
    let Ok(text) = std::str::from_utf8(data) else { return 0 };
    let table = Dynamic::new();
    let mut lines: Vec<&str> = text.lines().take(20).collect();
    let asked = lines.pop().unwrap_or("/");
    let mut added = Vec::new();
    for (number, path) in lines.iter().enumerate() {
        let answer = table.add(Verb::Get, path, move |request, params| {
            Box::pin(async move { format!("{number} {params:?}").into_response(request) })
        });
        if answer.is_ok() {
            added.push((number, normalise(path).expect("it was added")));
        }
    }
    let Ok(mut request) = Request::new(Method::GET, asked) else { return 1 };
    let path = request.path().to_owned();
    let answer = table.answer(&mut request).now_or_never().expect("the handlers answer at once");
    let said = answer
        .as_ref()
        .map(|answer| String::from_utf8_lossy(answer.body().as_bytes().expect("a text")).into_owned());
    // What stands for a brace is not read here.
    if !text.contains("{{") && !text.contains("}}") {
        let matching = added.iter().filter_map(|(number, pattern)| Some((number, naive(pattern, &path)?)));
        let expected: Vec<String> =
            matching.map(|(number, params)| format!("{number} DynamicParams({params:?})")).collect();
        match &said {
            Some(said) => assert!(expected.contains(said), "{text:?} {said} {expected:?}"),
            None => assert!(expected.is_empty(), "{text:?} {expected:?}"),
        }
    }
    let params = said.as_ref().map_or(0, |said| said.matches("(\"").count());
    kind([about(added.len()), about(lines.len() - added.len()), said.is_some().into(), params as u64])
}
