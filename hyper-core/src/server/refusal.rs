//! Answers to what never becomes a request: a head that is malformed, too large or too slow.

use http::StatusCode;

use super::connection::MAX_HEADER_SIZE;

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

const HEAD_TOO_LARGE: &str = "The head of the request is larger than 8192 bytes.";
const _: () = assert!(MAX_HEADER_SIZE == 8192);

/// The answer to a head that did not come in time.
pub(super) fn head_too_slow() -> Vec<u8> {
    answer(StatusCode::REQUEST_TIMEOUT, "The head of the request arrived too slowly.")
}

/// hyper answers a malformed head itself, without a body: the same answer with one, if this is such,
/// and with the reason, if we know it.
#[inline]
pub(super) fn with_body(written: &[u8], refusal: Option<Refusal>) -> Option<Vec<u8>> {
    if written.starts_with(b"HTTP/1.1 4") { explained(written, refusal) } else { None }
}

#[cold]
fn explained(written: &[u8], refusal: Option<Refusal>) -> Option<Vec<u8>> {
    let head = str::from_utf8(written).ok()?.strip_suffix("\r\n\r\n")?;
    let (status, fields) = head.strip_prefix("HTTP/1.1 ")?.split_once("\r\n")?;
    let status = StatusCode::from_bytes(status.as_bytes().get(..3)?).ok()?;
    // An answer of a handler has other fields, or leaves the connection open.
    if !fields.starts_with("connection: close\r\ncontent-length: 0\r\ndate: ") || fields.lines().count() != 3
    {
        return None;
    }
    if let (StatusCode::BAD_REQUEST, Some(refusal)) = (status, refusal) {
        return Some(answer(refusal.status(), refusal.detail()));
    }
    let detail = match status {
        StatusCode::BAD_REQUEST => "The head of the request is not valid HTTP/1.1.",
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => HEAD_TOO_LARGE,
        StatusCode::URI_TOO_LONG => "The target of the request is too long.",
        _ => return None,
    };
    Some(answer(status, detail))
}

/// `detail` holds nothing that JSON would escape.
fn answer(status: StatusCode, detail: &str) -> Vec<u8> {
    let body = format!(r#"{{"detail":"{detail}","status":{}}}"#, status.as_u16());
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\nconnection: close\r\ncontent-type: application/json\r\n\
         content-length: {length}\r\n\r\n{body}"
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
            "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\ndate: x\r\n\r\n",
            "HTTP/1.1 400 Bad Request\r\nx: y\r\nconnection: close\r\ncontent-length: 0\r\ndate: x\r\n\r\n",
        ] {
            assert_eq!(with_body(kept.as_bytes(), Some(Refusal::NoHost)), None);
        }
    }
}
