//! Forms and query strings (`application/x-www-form-urlencoded`).

use std::ops::Deref;

use http::header::CONTENT_TYPE;
use serde::de::DeserializeOwned;

use super::json::{Decodable, unsupported};
use super::serde_errors::invalid_field;
use super::{FromRequest, Request};
use crate::{Error, Result};

/// The fields of a submitted form. A key that is there several times fills a `Vec`.
///
/// Answers 415 for another content type, 400 for malformed percent-encoding, text that is not
/// UTF-8 and NUL characters, and 422 with the field when a value does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Form<T>(pub T);

/// The fields of the query string. A key that is there several times fills a `Vec`.
///
/// Answers as [`Form`] does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Query<T>(pub T);

impl<T> Deref for Form<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> Deref for Query<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Decodable> FromRequest for Form<T> {
    const READS_BODY: bool = true;

    async fn from_request(request: &mut Request) -> Result<Self> {
        const KIND: &str = "application/x-www-form-urlencoded";
        let given = request.header(CONTENT_TYPE).unwrap_or("");
        if !given.split(';').next().unwrap_or("").trim().eq_ignore_ascii_case(KIND) {
            return Err(unsupported(given, KIND));
        }
        let body = request.bytes().await?;
        decode(&body, "form").map(Self)
    }
}

impl<T: Decodable> FromRequest for Query<T> {
    async fn from_request(request: &mut Request) -> Result<Self> {
        decode(request.query().unwrap_or("").as_bytes(), "query string").map(Self)
    }
}

fn decode<T: DeserializeOwned>(input: &[u8], what: &str) -> Result<T> {
    check(input, what)?;
    let decoder = serde_html_form::Deserializer::from_bytes(input);
    match T::deserialize(decoder) {
        Ok(value) => Ok(value),
        Err(error) => Err(explain::<T>(input, &error.to_string())),
    }
}

/// Decodes once more, slowly, to learn which field it was.
#[cold]
fn explain<T: DeserializeOwned>(input: &[u8], message: &str) -> Error {
    match serde_path_to_error::deserialize::<_, T>(serde_html_form::Deserializer::from_bytes(input)) {
        Err(error) => invalid_field(&error.path().to_string(), error.inner()),
        Ok(_) => invalid_field(".", message),
    }
}

/// Refuses what the lenient decoding of forms would replace by something else.
fn check(input: &[u8], what: &str) -> Result<()> {
    let problem = |problem: &str| Err(Error::bad_request(format!("The {what} {problem}.")));
    let mut rest = input;
    while let Some(at) = rest.iter().position(|byte| *byte == b'%') {
        rest = &rest[at + 1..];
        match rest {
            [high, low, ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {}
            _ => return problem("has a `%` that is not followed by two hexadecimal digits"),
        }
    }
    for part in input.split(|byte| matches!(byte, b'&' | b'=')) {
        if part.iter().all(|byte| *byte != b'%' && *byte < 0x80 && *byte != 0) {
            continue;
        }
        match percent_encoding::percent_decode(part).decode_utf8() {
            Err(_) => return problem("is not UTF-8 once its percent-encoding is decoded"),
            Ok(text) if text.contains('\0') => return problem("has a NUL character"),
            Ok(_) => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    struct Search {
        q: Option<String>,
        #[serde(default)]
        tag: Vec<String>,
        page: u32,
    }

    fn search(query: &str) -> Result<Search> {
        decode(query.as_bytes(), "query string")
    }

    #[test]
    fn repeated_keys_fill_a_list() {
        let expected =
            Search { q: Some("a b".to_owned()), tag: vec!["x".to_owned(), "ü".to_owned()], page: 3 };
        assert_eq!(search("tag=x&q=a+b&tag=%C3%BC&page=3").unwrap(), expected);
    }

    #[test]
    fn wrong_and_missing_values_name_the_field() {
        assert_eq!(search("").unwrap_err().errors().unwrap().to_string(), "page: This field is required.");
        let error = search("page=-1").unwrap_err();
        assert!(error.errors().unwrap().field("page")[0].contains("nvalid digit"), "{error}");
        assert_eq!(search("page=4294967296").unwrap_err().status(), 422);
    }

    #[test]
    fn malformed_encodings_and_nul_are_400() {
        for query in ["q=%", "q=%f", "q=%gg", "q=%ff", "page=1&q=%c3", "q=a%00", "%00=1"] {
            assert_eq!(search(query).unwrap_err().status(), 400, "{query}");
        }
    }
}
