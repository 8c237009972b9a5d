//! What comes in the head of a request, and forms.

use std::collections::BTreeMap;

use futures_util::FutureExt;
use percent_encoding::percent_decode_str;
use serde::Deserialize;

use super::{about, kind};
use crate::Result;
use crate::http::accept::{Preferred, preferred};
use crate::http::{
    Cookie, Cookies, Form, FromRequest, HeaderMap, HeaderValue, IntoResponse, Method, Query, Request, Signer,
    StatusCode, header,
};
use crate::routing::normalise as normal_form;

/// A path in normal form is ASCII, stays as it is, and means what it meant.
pub fn normalise(data: &[u8]) -> u64 {
    let Ok(path) = std::str::from_utf8(data) else { return 0 };
    let normal = match normal_form(path) {
        Ok(normal) => normal,
        Err(error) => {
            assert_eq!(error.status(), StatusCode::BAD_REQUEST, "{path:?}");
            return 1;
        }
    };
    assert!(normal.is_ascii(), "{path:?}");
    assert_eq!(normal_form(&normal).expect("what is normal is well-formed"), normal, "{path:?}");
    assert_eq!(
        percent_decode_str(&normal).collect::<Vec<u8>>(),
        percent_decode_str(path).collect::<Vec<u8>>(),
        "{path:?}"
    );
    let count = |byte| normal.bytes().filter(|other| *other == byte).count();
    kind([2, about(count(b'%')), about(count(b'/')), u64::from(normal.as_ref() == path)])
}

#[derive(Deserialize)]
struct Fields {
    name: Option<String>,
    age: Option<u8>,
    #[serde(default)]
    tags: Vec<String>,
}

fn outcome<T>(result: Result<T>, of: impl FnOnce(T) -> u64) -> u64 {
    match result {
        Ok(value) => of(value),
        Err(error) => {
            assert!(error.status().is_client_error(), "{error:?}");
            kind([u64::from(error.status().as_u16()), error.errors().is_some().into()])
        }
    }
}

fn of_fields(fields: &Fields) -> u64 {
    let Fields { name, age, tags } = fields;
    kind([name.is_some().into(), age.is_some().into(), about(tags.len())])
}

/// Any query string is a value or a 4xx, twice the same.
pub fn query(data: &[u8]) -> u64 {
    let Ok(text) = std::str::from_utf8(data) else { return 0 };
    let Ok(mut request) = Request::new(Method::GET, &format!("/?{text}")) else { return 1 };
    let mut ask = || {
        let result = Query::<Fields>::from_request(&mut request).now_or_never();
        outcome(result.expect("a query is there at once"), |Query(fields)| of_fields(&fields))
    };
    let once = ask();
    assert_eq!(once, ask(), "{text:?}");
    let map = Query::<BTreeMap<String, String>>::from_request(&mut request).now_or_never();
    kind([once, outcome(map.expect("a query is there at once"), |Query(map)| about(map.len()))])
}

/// Any form is a value or a 4xx.
pub fn form(data: &[u8]) -> u64 {
    let request = Request::new(Method::POST, "/").expect("a path").with_body(data.to_vec());
    let mut request = request;
    let form = HeaderValue::from_static("application/x-www-form-urlencoded");
    request.headers_mut().insert(header::CONTENT_TYPE, form);
    let result = Form::<Fields>::from_request(&mut request).now_or_never();
    outcome(result.expect("the body is there at once"), |Form(fields)| of_fields(&fields))
}

/// Cookies are read from anything, and what is set is one cookie with the attributes it was given.
pub fn cookies(data: &[u8]) -> u64 {
    let Ok(value) = HeaderValue::from_bytes(data) else { return 0 };
    let mut request = Request::new(Method::GET, "/").expect("a path");
    request.headers_mut().append(header::COOKIE, value.clone());
    request.headers_mut().append(header::COOKIE, value);
    let cookies = Cookies::of(&request);
    let mut set = 0;
    for (name, value) in cookies.iter() {
        let mut response = ().into_response(&request);
        if Cookie::new(name, value).set(&mut response).is_ok() {
            set += 1;
            let written = response.headers().get(header::SET_COOKIE).expect("a cookie was set").as_bytes();
            let attributes = written.iter().filter(|byte| **byte == b';').count();
            let mut plain = ().into_response(&request);
            Cookie::new("a", "b").set(&mut plain).expect("a harmless cookie");
            let usual = plain.headers()[header::SET_COOKIE].as_bytes();
            assert_eq!(attributes, usual.iter().filter(|byte| **byte == b';').count(), "{name:?} {value:?}");
        }
    }
    kind([about(cookies.iter().count()), about(set)])
}

/// Any `Accept` is answered by one of the kinds.
pub fn accept(data: &[u8]) -> u64 {
    let Ok(value) = HeaderValue::from_bytes(data) else { return 0 };
    let mut headers = HeaderMap::new();
    headers.insert(header::ACCEPT, value);
    let found = preferred(&headers);
    assert_eq!(found, preferred(&headers));
    kind([found as u64, u64::from(found == Preferred::Html), about(data.split(|byte| *byte == b',').count())])
}

/// No text but a signed one has a signature that holds.
pub fn signatures(data: &[u8]) -> u64 {
    let Ok(text) = std::str::from_utf8(data) else { return 0 };
    let signer = Signer::new(b"a key of thirty-two characters or more", "fuzz");
    assert!(signer.verify(text).is_err(), "{text:?}");
    let signed = signer.sign(text);
    assert_eq!(signer.verify(&signed).ok(), Some(text));
    kind([about(text.matches(':').count()), about(text.len())])
}
