//! `Vary`: on which fields of a request an answer depends (RFC 9110, 12.5.5).

use http::header::{HeaderMap, HeaderName, HeaderValue, VARY};

use super::{IntoResponse, Request, Response};
use crate::Error;

/// On which header fields of the request an answer depends: a part of an answer, beside the rest. They are added to
/// those that are named already.
///
/// Who keeps answers keeps one for each combination of their values, and a page that depends on a field and does not say
/// so is sent to others. What is read by name is known to [`PageCache`](crate::middleware::PageCache) without it: see there.
///
/// ```
/// use hyper_core::http::{HeaderMap, Text, Vary};
///
/// async fn greet(headers: HeaderMap) -> (Vary<1>, Text<&'static str>) {
///     let is_german = headers.get("accept-language").is_some_and(|value| value.as_bytes().starts_with(b"de"));
///     (Vary(["accept-language"]), Text(if is_german { "Guten Tag" } else { "Hello" }))
/// }
/// # drop(greet);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Vary<const N: usize>(pub [&'static str; N]);

/// Adds the fields. A name that no field can have answers 500.
impl<T: IntoResponse, const N: usize> IntoResponse for (Vary<N>, T) {
    fn into_response(self, request: &Request) -> Response {
        let mut response = self.1.into_response(request);
        for name in self.0.0 {
            match HeaderName::from_bytes(name.as_bytes()) {
                Ok(name) => vary_on(response.headers_mut(), &name),
                Err(error) => return Error::internal(error).into_response(request),
            }
        }
        response
    }
}

/// Adds a field to those the answer depends on, once.
pub(crate) fn vary_on(headers: &mut HeaderMap, name: &HeaderName) {
    let is_named = match varies_on(headers) {
        Some(names) => names.contains(name),
        // A star, or what cannot be read: nothing can be added to it.
        None => true,
    };
    write(headers, (!is_named).then(|| name.as_str()));
}

/// Writes what the answer depends on, and one field more, as one line: of several lines nginx before 1.23 obeys the last one
/// alone, and would send one visitor's page to another.
pub(crate) fn write(headers: &mut HeaderMap, more: Option<&str>) {
    let mut values = headers.get_all(VARY).iter().map(HeaderValue::as_bytes).chain(more.map(str::as_bytes));
    let Some(first) = values.next() else { return };
    let mut line = first.to_vec();
    let mut is_new = more.is_some();
    for value in values {
        line.extend_from_slice(b", ");
        line.extend_from_slice(value);
        is_new = true;
    }
    if is_new && let Ok(line) = HeaderValue::from_bytes(&line) {
        headers.insert(VARY, line);
    }
}

/// The fields the answer depends on; none if it is a star, or what no field is called.
pub(crate) fn varies_on(headers: &HeaderMap) -> Option<Vec<HeaderName>> {
    let mut names = Vec::new();
    for value in headers.get_all(VARY) {
        let parts = value.to_str().ok()?.split(',').map(str::trim).filter(|part| !part.is_empty());
        for part in parts {
            if part == "*" {
                return None;
            }
            let name = HeaderName::from_bytes(part.as_bytes()).ok()?;
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    Some(names)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::Method;

    fn fields(response: &Response) -> Vec<&str> {
        response.headers().get_all(VARY).iter().map(|value| value.to_str().unwrap()).collect()
    }

    #[test]
    fn each_field_is_named_once() {
        let request = Request::new(Method::GET, "/").unwrap();
        let answer = (Vary(["Accept", "cookie"]), (Vary(["accept"]), "page")).into_response(&request);
        assert_eq!(fields(&answer), ["accept, cookie"], "in one line");
        let mut several = "page".into_response(&request);
        for name in ["a", "B"] {
            several.headers_mut().append(VARY, HeaderValue::from_static(name));
        }
        vary_on(several.headers_mut(), &HeaderName::from_static("b"));
        assert_eq!(fields(&several), ["a, B"]);
        let answer = (Vary(["accept"]), ([("vary", "*")], "page")).into_response(&request);
        assert_eq!(fields(&answer), ["*"]);
        assert_eq!((Vary(["no field"]), "page").into_response(&request).status(), 500);
    }

    #[test]
    fn what_is_no_list_of_fields_is_a_star() {
        for (text, expected) in
            [("", Some(0)), (" a , A,,b", Some(2)), ("a, *", None), ("a b", None), ("a,\"", None)]
        {
            let mut headers = HeaderMap::new();
            headers.insert(VARY, text.parse().unwrap());
            assert_eq!(varies_on(&headers).map(|names| names.len()), expected, "{text}");
        }
    }
}
