//! `Vary`: on which fields of a request an answer depends.

use http::header::{HeaderMap, HeaderName, HeaderValue, VARY};

use crate::http::write_vary as write;

/// Adds a field to those the answer depends on, once.
pub(super) fn vary(headers: &mut HeaderMap, on: &HeaderName, value: &HeaderValue) {
    if !headers.keys().any(|name| *name == VARY) {
        headers.insert(VARY, value.clone());
        return;
    }
    let named = |part: &str| part.trim() == "*" || part.trim().eq_ignore_ascii_case(on.as_str());
    let is_named = |value: &HeaderValue| value.to_str().is_ok_and(|value| value.split(',').any(named));
    let is_named = headers.get_all(VARY).iter().any(is_named);
    write(headers, value.to_str().ok().filter(|_| !is_named));
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::header::ORIGIN;

    fn with(before: &[&str]) -> Vec<String> {
        let mut headers = HeaderMap::new();
        for value in before {
            headers.append(VARY, value.parse().unwrap());
        }
        vary(&mut headers, &ORIGIN, &HeaderValue::from_static("Origin"));
        headers.get_all(VARY).iter().map(|value| value.to_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn each_field_is_named_once() {
        assert_eq!(with(&[]), ["Origin"]);
        assert_eq!(with(&["accept"]), ["accept, Origin"]);
        assert_eq!(with(&["accept, ORIGIN"]), ["accept, ORIGIN"]);
        assert_eq!(with(&["accept", "origin"]), ["accept, origin"]);
        assert_eq!(with(&["*"]), ["*"]);
        assert_eq!(with(&["originals"]), ["originals, Origin"]);
    }
}
