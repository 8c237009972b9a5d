//! Cookies, both ways.

use http::Method;
use http::header::{COOKIE, HeaderValue, SET_COOKIE};
use percent_encoding::percent_decode;

use crate::fuzz::{about, kind};
use crate::http::{Cookie, Cookies, IntoResponse, Request};

/// The pairs of a header: cut at semicolons and at the first `=`, blanks and one pair of quotes taken off.
fn naive(header: &[u8]) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    let blank = |byte: &u8| matches!(byte, b' ' | b'\t');
    for pair in header.split(|byte| *byte == b';') {
        let Some(equals) = pair.iter().position(|byte| *byte == b'=') else { continue };
        let trimmed = |text: &[u8]| {
            let start = text.iter().position(|byte| !blank(byte)).unwrap_or(text.len());
            let end = text.iter().rposition(|byte| !blank(byte)).map_or(start, |last| last + 1);
            text[start..end].to_vec()
        };
        let (name, value) = (trimmed(&pair[..equals]), trimmed(&pair[equals + 1..]));
        let (Ok(name), Ok(value)) = (String::from_utf8(name), String::from_utf8(value)) else { continue };
        let is_quoted = value.len() > 1 && value.starts_with('"') && value.ends_with('"');
        let value = if is_quoted { value[1..value.len() - 1].to_owned() } else { value };
        let decoded: Vec<u8> = percent_decode(value.as_bytes()).collect();
        let decoded = String::from_utf8(decoded).ok().filter(|decoded| !decoded.contains('\0'));
        if !name.is_empty() {
            pairs.push((name, decoded.unwrap_or(value)));
        }
    }
    pairs
}

/// Cookies are read from anything, and what is set is one cookie with the attributes it was given, and comes back.
pub fn cookies(data: &[u8]) -> u64 {
    let Ok(value) = HeaderValue::from_bytes(data) else { return 0 };
    let mut request = Request::new(Method::GET, "/").expect("a path");
    request.headers_mut().append(COOKIE, value.clone());
    request.headers_mut().append(COOKIE, value);
    let cookies = Cookies::of(&request);
    let read: Vec<_> = cookies.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let once = naive(data);
    assert_eq!(read, [&once[..], &once].concat(), "{}", data.escape_ascii());
    let mut set = 0;
    for (name, value) in &once {
        let mut response = ().into_response(&request);
        if Cookie::new(name, value).set(&mut response).is_err() {
            continue;
        }
        set += 1;
        let written = response.headers()[SET_COOKIE].as_bytes();
        let first = written.split(|byte| *byte == b';').next().unwrap_or_default();
        let attributes = written.iter().filter(|byte| **byte == b';').count();
        // `Path`, `HttpOnly` and `SameSite`; `Secure` where the name demands it.
        let secure = written.windows(8).any(|part| part == b"; Secure");
        assert_eq!(attributes, 3 + usize::from(secure), "{name:?} {value:?}");
        assert_eq!(naive(first), [(name.clone(), value.clone())], "{name:?} {value:?}");
    }
    kind([about(once.len()), about(set), once.iter().any(|(_, value)| value.is_empty()).into()])
}
