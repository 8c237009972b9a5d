//! Answers to what never becomes a request: a head that is malformed, too large or too slow.
//!
//! There is no request, so no middleware sees it; what every answer should have is here. All of HTTP/1 comes by
//! [`answer`], whoever found out about it: [`Framing`](super::framing), hyper's parser or the sweeper.

use std::time::SystemTime;

use http::{StatusCode, header};

use super::connection::MAX_HEADER_SIZE;
use crate::http::Response;

/// Why a request is not let through: it could be read in two ways, or not at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    BareLineFeed,
    Target,
    NoHost,
    TwoHosts,
    Host,
    Length,
    TwoLengths,
    LengthAndCoding,
    NotChunkedAtLast,
    Coding,
    CodingIn10,
    HeadTooLarge,
    /// Inside a body, when the head has gone to a handler: it answers.
    Chunks,
}

impl Refusal {
    fn status(self) -> StatusCode {
        match self {
            Self::Coding => StatusCode::NOT_IMPLEMENTED,
            Self::HeadTooLarge => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            _ => StatusCode::BAD_REQUEST,
        }
    }

    fn detail(self) -> &'static str {
        match self {
            Self::BareLineFeed => "A line of the head ends with LF alone. Lines end with CR LF.",
            Self::Target => "The target of the request is neither a path nor a URI.",
            Self::NoHost => "The request has no Host field, which HTTP/1.1 requires.",
            Self::TwoHosts => "The request has more than one Host field.",
            Self::Host => "The Host field is not a host with an optional port.",
            Self::Length => "The Content-Length field is not a number of bytes.",
            Self::TwoLengths => "The request has more than one Content-Length field.",
            Self::LengthAndCoding => {
                "The request has both Content-Length and Transfer-Encoding, so its end is not certain."
            }
            Self::NotChunkedAtLast => "Transfer-Encoding does not end with chunked, or has it twice.",
            Self::Coding => "The only transfer coding understood here is chunked.",
            Self::CodingIn10 => "HTTP/1.0 has no Transfer-Encoding.",
            Self::HeadTooLarge => HEAD_TOO_LARGE,
            Self::Chunks => "The chunks of the body are malformed.",
        }
    }
}

const MALFORMED: &str = "The head of the request is not valid HTTP/1.1.";
/// Who sees it first, and so whether it is known which, depends on the pieces it comes in.
const HEAD_TOO_LARGE: &str =
    "The head of the request is larger than 8192 bytes, or has more than 100 fields.";
const _: () = assert!(MAX_HEADER_SIZE == 8192);

/// The answer to what hyper's parser refuses without a word: the preface of HTTP/2 behind a request.
pub(super) fn malformed() -> Vec<u8> {
    answer(StatusCode::BAD_REQUEST, MALFORMED)
}

/// The answer to a head that did not come in time.
pub(super) fn head_too_slow() -> Vec<u8> {
    answer(StatusCode::REQUEST_TIMEOUT, "The head of the request arrived too slowly.")
}

/// hyper answers a malformed head itself, without a body: the same answer with one, if this is such,
/// and with the reason, if we know it.
#[inline]
pub(super) fn with_body(written: &[u8], refusal: Option<Refusal>) -> Option<Vec<u8>> {
    match written {
        [b'H', b'T', b'T', b'P', b'/', b'1', b'.', b'0' | b'1', b' ', b'4', ..] => {
            explained(written, refusal)
        }
        _ => None,
    }
}

/// Makes a handler's answer differ from one of hyper's own, for which it would be taken when it has no content and no
/// fields: hyper writes the date last.
#[inline]
pub(super) fn mark_as_answer(response: &mut Response) {
    if response.status().is_client_error() && response.headers().is_empty() {
        mark(response);
    }
}

#[cold]
fn mark(response: &mut Response) {
    if let Ok(date) = httpdate::fmt_http_date(SystemTime::now()).parse() {
        response.headers_mut().insert(header::DATE, date);
    }
}

#[cold]
fn explained(written: &[u8], refusal: Option<Refusal>) -> Option<Vec<u8>> {
    let head = str::from_utf8(written).ok()?.strip_suffix("\r\n\r\n")?;
    let (status, fields) = head.get("HTTP/1.1 ".len()..)?.split_once("\r\n")?;
    let status = StatusCode::from_bytes(status.as_bytes().get(..3)?).ok()?;
    // An answer of a handler has other fields, or these in another order.
    let fields = fields.strip_prefix("connection: close\r\n").unwrap_or(fields);
    if !fields.starts_with("content-length: 0\r\ndate: ") || fields.lines().count() != 2 {
        return None;
    }
    if let (StatusCode::BAD_REQUEST, Some(refusal)) = (status, refusal) {
        return Some(answer(refusal.status(), refusal.detail()));
    }
    let detail = match status {
        StatusCode::BAD_REQUEST => MALFORMED,
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => HEAD_TOO_LARGE,
        StatusCode::URI_TOO_LONG => "The target of the request is too long.",
        _ => return None,
    };
    Some(answer(status, detail))
}

/// With what browsers have to know at least, and for no cache: a refusal is about these bytes only.
///
/// `detail` holds nothing that JSON would escape.
fn answer(status: StatusCode, detail: &str) -> Vec<u8> {
    let body = format!(r#"{{"detail":"{detail}","status":{}}}"#, status.as_u16());
    let length = body.len();
    let date = httpdate::fmt_http_date(SystemTime::now());
    format!(
        "HTTP/1.1 {status}\r\nconnection: close\r\ncontent-type: application/json\r\n\
         x-content-type-options: nosniff\r\ncache-control: no-store\r\n\
         content-length: {length}\r\ndate: {date}\r\n\r\n{body}"
    )
    .into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_answers_without_content_get_some() {
        let bare = b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\ndate: x\r\n\r\n";
        let explained = String::from_utf8(with_body(bare, None).unwrap()).unwrap();
        assert!(
            explained
                .ends_with(r#"{"detail":"The head of the request is not valid HTTP/1.1.","status":400}"#)
        );
        for kept in [
            "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\ndate: x\r\n\r\n",
            "HTTP/1.1 400 Bad Request\r\ndate: x\r\ncontent-length: 0\r\n\r\n",
            "HTTP/1.1 400 Bad Request\r\ndate: x\r\nconnection: close\r\ncontent-length: 0\r\n\r\n",
            "HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\ndate: x\r\n\r\n",
            "HTTP/1.1 400 Bad Request\r\nx: y\r\nconnection: close\r\ncontent-length: 0\r\ndate: x\r\n\r\n",
        ] {
            assert_eq!(with_body(kept.as_bytes(), Some(Refusal::NoHost)), None);
        }
    }
}
