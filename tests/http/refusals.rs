//! What is answered where there is no request that middleware could see: always in the same form.

use hyperdjango::http::HeaderValue;
use hyperdjango::middleware::SecurityHeaders;
use hyperdjango::prelude::*;

use crate::served::{Answer, Client, Served};

/// Whether it has all that every refusal has.
pub(crate) fn assert_form(answer: &Answer, status: u16, detail: &str) {
    assert_eq!((answer.status, answer.detail().as_str()), (status, detail), "{answer:?}");
    for (name, value) in [
        ("content-type", "application/json"),
        ("x-content-type-options", "nosniff"),
        ("cache-control", "no-store"),
        ("connection", "close"),
    ] {
        assert_eq!(answer.header(name), Some(value), "{answer:?}");
    }
    let date = answer.header("date").unwrap();
    jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(date).unwrap();
}

fn ask(client: &mut Client, bytes: &[u8]) -> Answer {
    client.send(bytes);
    let answer = client.answer();
    assert!(client.rest().is_empty(), "nothing comes behind it");
    answer
}

const MALFORMED: &str = "The head of the request is not valid HTTP/1.1.";
const TOO_LARGE: &str = "The head of the request is larger than 8192 bytes, or has more than 100 fields.";

/// Found by the framing, and by hyper's parser behind it.
#[test]
fn every_refusal_of_a_head_has_the_same_form() {
    let served = Served::new();
    let with = |fields: &str| format!("GET / HTTP/1.1\r\nhost: t\r\n{fields}\r\n\r\n").into_bytes();
    let many = (0..100).map(|i| format!("x{i}: y\r\n")).collect::<String>();
    let long = [b"GET /".as_slice(), &[b'a'; 70_000]].concat();
    for (bytes, status, detail) in [
        (b"GET / HTTP/1.1\r\n\r\n".to_vec(), 400, "The request has no Host field, which HTTP/1.1 requires."),
        (
            b"GET / HTTP/1.1\nhost: t\n\n".to_vec(),
            400,
            "A line of the head ends with LF alone. Lines end with CR LF.",
        ),
        (
            with("transfer-encoding: gzip, chunked"),
            501,
            "The only transfer coding understood here is chunked.",
        ),
        (long, 431, TOO_LARGE),
        (b"nonsense\r\n\r\n".to_vec(), 400, MALFORMED),
        (with("bad field"), 400, MALFORMED),
        (b"GET / HTTP/3.0\r\nhost: t\r\n\r\n".to_vec(), 400, MALFORMED),
        (with(&many), 431, TOO_LARGE),
        (with(&"x: y\r\n".repeat(3000)), 431, TOO_LARGE),
    ] {
        // First, and behind requests of either version that were answered.
        assert_form(&ask(&mut served.connect(), &bytes), status, detail);
        for before in
            ["GET / HTTP/1.1\r\nhost: t\r\n\r\n", "GET / HTTP/1.0\r\nconnection: keep-alive\r\n\r\n"]
        {
            let mut client = served.connect();
            client.send(before);
            assert_eq!(client.answer().body, "Hello");
            assert_form(&ask(&mut client, &bytes), status, detail);
        }
    }
}

#[test]
fn the_preface_of_http2_behind_a_request_is_malformed() {
    let served = Served::new();
    let mut client = served.connect();
    client.send("GET / HTTP/1.1\r\nhost: t\r\n\r\n");
    assert_eq!(client.answer().body, "Hello");
    assert_form(&ask(&mut client, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), 400, MALFORMED);
}

/// What a handler answers stays what it is, however much it looks like a refusal.
#[test]
fn the_answers_of_handlers_are_no_refusals() {
    let served = Served::new();
    for status in [400, 414, 431] {
        for request in ["HTTP/1.1\r\nhost: t", "HTTP/1.1\r\nhost: t\r\nconnection: close", "HTTP/1.0"] {
            let answer = served.ask(&format!("GET /status/{status} {request}\r\n\r\n"));
            assert_eq!((answer.status, answer.body.as_str()), (status, ""), "{request}");
            assert_eq!((answer.header("content-type"), answer.header("content-length")), (None, Some("0")));
        }
        // Behind it one that is malformed.
        let mut client = served.connect();
        client.send(format!("GET /status/{status} HTTP/1.1\r\nhost: t\r\n\r\nGET / HTTP/1.1\r\n\r\n"));
        let (first, second) = (client.answer(), client.answer());
        assert_eq!((first.status, first.body.as_str()), (status, ""));
        assert_form(&second, 400, "The request has no Host field, which HTTP/1.1 requires.");
    }
}

#[test]
fn a_slow_head_has_the_same_form() {
    let served = Served::with(&[("HEADER_TIMEOUT", "1")]);
    let slow = "The head of the request arrived too slowly.";
    assert_form(&ask(&mut served.connect(), b"GET / HTTP/1.1\r\nhost"), 408, slow);
    let mut client = served.connect();
    client.send("GET / HTTP/1.1\r\nhost: t\r\n\r\n");
    assert_eq!(client.answer().body, "Hello");
    assert_form(&ask(&mut client, b"G"), 408, slow);
}

#[get("/")]
async fn index() -> &'static str {
    "Hello"
}

/// Stands where nothing can add to its answer.
#[middleware]
async fn outermost(request: &mut Request, next: impl Next) -> Response {
    assert_ne!(request.path(), "/outermost", "as the test asked");
    next.run(request).await
}

routes! { Urls: index }

#[derive(Debug, App)]
#[app(routes = Urls, middleware = [outermost, SecurityHeaders])]
struct Site;

#[tokio::test]
async fn a_panic_outside_of_the_middleware_has_what_browsers_must_know() {
    let site =
        hyperdjango::app::start::<Site>(&Settings::from_pairs([("DEBUG", "true")]).unwrap()).await.unwrap();
    let get = |path| http::Request::get(path).body(hyperdjango::http::Bytes::new()).unwrap();
    for (path, status, frames) in
        [("/", 200, Some("DENY")), ("/outermost", 500, None), ("/%zz", 400, Some("DENY"))]
    {
        let response = site.answer(get(path)).await;
        assert_eq!(response.status(), status, "{path}");
        let field = |name| response.headers().get(name).map(|value: &HeaderValue| value.to_str().unwrap());
        assert_eq!((field("x-content-type-options"), field("x-frame-options")), (Some("nosniff"), frames));
    }
}
