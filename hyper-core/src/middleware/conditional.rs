//! 304 for what the client has.

use http::header::{
    CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_LENGTH, CONTENT_TYPE, ETAG, HeaderMap,
    HeaderValue, LAST_MODIFIED,
};
use twox_hash::XxHash3_128;

use super::{COMPRESSION, CONDITIONAL_GET, Capability, Layer, Middleware, Next};
use crate::http::conditions::{Outcome, Validators, date};
use crate::http::{Body, EntityTag, IntoResponse, Method, Request, Response, StatusCode};
use crate::{Error, Result, Settings};

/// Answers 304 without a body where the client has what would be sent.
///
/// A 200 to a `GET` that is no stream and has no `ETag` gets a weak one, of the hash of its body: `W/"<32 hexadecimal
/// digits>"`, by XXH3, the same from every instance, which does not withstand one who looks for two pages of one
/// hash; `Cache-Control: no-store` keeps it from that. With that `ETag`, or the one or the `Last-Modified` that
/// the handler has set, the conditions of the request are looked at in the order of RFC 9110: `If-Match` and
/// `If-Unmodified-Since` (412), `If-None-Match` and `If-Modified-Since` (304). The handler runs in any case: what is
/// saved is the sending. Conditions of other methods are the handler's, which alone can look before it writes.
///
/// It has no settings. It stands after `Compression` where that is listed: then the hash is of
/// the page as it was made, and what is not sent is not compressed. The other order does not compile.
#[derive(Debug, Clone, Copy)]
pub struct ConditionalGet;

impl Layer for ConditionalGet {
    const AFTER: &'static [Capability] = &[COMPRESSION];
    const PROVIDES: &'static [Capability] = &[CONDITIONAL_GET];

    async fn start(_: &Settings) -> Result<Self> {
        Ok(Self)
    }
}

impl<S: Sync + 'static> Middleware<S> for ConditionalGet {
    async fn call(&self, _: &'static S, request: &mut Request, next: impl Next) -> Response {
        let mut response = next.run(request).await;
        if response.status() != StatusCode::OK || !matches!(*request.method(), Method::GET | Method::HEAD) {
            return response;
        }
        if !response.headers().contains_key(ETAG)
            && let Some(tag) = tag(&response)
        {
            response.headers_mut().insert(ETAG, tag);
        }
        let headers = response.headers();
        let tag = headers.get(ETAG).and_then(|tag| EntityTag::parse(tag.as_bytes()));
        let validators = Validators { tag, modified: date(headers, LAST_MODIFIED) };
        match validators.evaluate(request.method(), request.headers()) {
            Outcome::Send => response,
            Outcome::NotModified => not_modified(response),
            Outcome::Failed => {
                let detail =
                    "The page is not the one that was asked for: a condition of the request is not met.";
                Error::new(StatusCode::PRECONDITION_FAILED, detail).into_response(request)
            }
        }
    }
}

fn not_modified(mut response: Response) -> Response {
    *response.status_mut() = StatusCode::NOT_MODIFIED;
    *response.body_mut() = Body::empty();
    // What describes the body; the rest, as `Vary` and `Cache-Control`, renews what the client has.
    for name in [CONTENT_TYPE, CONTENT_LENGTH, CONTENT_ENCODING, CONTENT_LANGUAGE] {
        response.headers_mut().remove(name);
    }
    response
}

/// The tag of a body that is all there.
fn tag(response: &Response) -> Option<HeaderValue> {
    let body = response.body().as_bytes()?;
    if says(response.headers(), "no-store") {
        return None;
    }
    let hash = XxHash3_128::oneshot(body).to_be_bytes();
    let mut text = *b"W/\"................................\"";
    for (pair, byte) in text[3..35].chunks_exact_mut(2).zip(hash) {
        pair[0] = b"0123456789abcdef"[usize::from(byte >> 4)];
        pair[1] = b"0123456789abcdef"[usize::from(byte & 15)];
    }
    HeaderValue::from_bytes(&text).ok()
}

/// Whether `Cache-Control` has this word.
pub(super) fn says(headers: &HeaderMap, word: &str) -> bool {
    let mut values = headers.get_all(CACHE_CONTROL).iter().filter_map(|value| value.to_str().ok());
    values.any(|value| value.split(',').any(|part| part.trim().eq_ignore_ascii_case(word)))
}

#[cfg(test)]
mod tests {
    use super::super::proof::{all, answer, get, request, through};
    use super::*;

    const OF_PAGE: &str = "W/\"2c4fb8b89bc7e95e6a9e6e0f24a6bbf6\"";

    async fn ask(mut request: Request, headers: &[(&'static str, &str)], body: &'static str) -> Response {
        through(&ConditionalGet, &mut request, |_| answer(headers, body)).await
    }

    #[tokio::test]
    async fn a_body_has_a_tag_of_its_bytes() {
        let response = ask(get(&[]), &[], "page").await;
        let tag = all(response.headers(), "etag");
        assert_eq!(tag.len(), OF_PAGE.len());
        let again = ask(
            get(&[("if-none-match", &tag)]),
            &[("content-type", "text/plain"), ("vary", "accept")],
            "page",
        )
        .await;
        assert_eq!((again.status().as_u16(), again.body().as_bytes()), (304, Some(&[][..])));
        assert_eq!(all(again.headers(), "etag"), tag);
        assert_eq!(
            (all(again.headers(), "vary"), all(again.headers(), "content-type")),
            ("accept".into(), String::new())
        );
        let other = ask(get(&[("if-none-match", &tag)]), &[], "another page").await;
        assert_eq!(other.status(), 200);
        let head = ask(request(Method::HEAD, "/", &[("if-none-match", &tag)]), &[], "page").await;
        assert_eq!(head.status(), 304);
    }

    #[tokio::test]
    async fn the_handlers_own_tag_and_date_count() {
        let own = [("etag", "\"v1\""), ("last-modified", "Sat, 01 Nov 2025 12:00:00 GMT")];
        let response = ask(get(&[("if-none-match", "\"v1\"")]), &own, "page").await;
        assert_eq!((response.status().as_u16(), all(response.headers(), "etag")), (304, "\"v1\"".into()));
        let since = get(&[("if-modified-since", "Sat, 01 Nov 2025 12:00:00 GMT")]);
        assert_eq!(ask(since, &own, "page").await.status(), 304);
        assert_eq!(ask(get(&[("if-match", "\"v0\"")]), &own, "page").await.status(), 412);
    }

    #[tokio::test]
    async fn what_is_no_page_is_left_alone() {
        let response = ask(request(Method::POST, "/", &[("if-none-match", "*")]), &[], "page").await;
        assert_eq!((response.status().as_u16(), all(response.headers(), "etag")), (200, String::new()));
        let response = ask(get(&[]), &[("cache-control", "private, no-store")], "page").await;
        assert_eq!(all(response.headers(), "etag"), "");
        let mut asked = get(&[("if-none-match", "*")]);
        let response = through(&ConditionalGet, &mut asked, |_| {
            let mut response = answer(&[], "gone");
            *response.status_mut() = StatusCode::NOT_FOUND;
            response
        })
        .await;
        assert_eq!((response.status().as_u16(), all(response.headers(), "etag")), (404, String::new()));
        let parts = futures_util::stream::iter([Ok("page".into())]);
        let response = through(&ConditionalGet, &mut get(&[]), |_| answer(&[], Body::stream(parts))).await;
        assert!(response.body().is_stream() && response.headers().is_empty());
    }
}
