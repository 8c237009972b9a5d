//! Smaller bodies, and none where the client has it.

use std::io::Read;

use super::{Served, all, get, site};

fn ungzipped(bytes: &[u8]) -> String {
    let mut text = String::new();
    flate2::read::GzDecoder::new(bytes).read_to_string(&mut text).unwrap();
    text
}

#[test]
fn over_a_socket_each_encoding_is_what_it_says() {
    let served = Served::new(&[]);
    for length in [499, 500, 10_000, 1_000_000] {
        let target = format!("/long/{length}");
        let plain = served.ask("GET", &target, "");
        assert_eq!((plain.header("content-encoding"), plain.body.len()), (None, length));
        let head = served.ask("HEAD", &target, "accept-encoding: gzip\r\n");
        for name in ["gzip", "br", "zstd"] {
            let answer = served.ask("GET", &target, &format!("accept-encoding: {name}\r\n"));
            if length < 500 {
                assert_eq!((answer.header("content-encoding"), answer.body.len()), (None, length));
                continue;
            }
            assert_eq!(answer.header("content-encoding"), Some(name), "{}", answer.head);
            assert_eq!(answer.header("vary"), Some("Accept-Encoding, Origin"));
            assert_eq!(answer.header("etag"), plain.header("etag"));
            let mut text = Vec::new();
            let bytes = &answer.body[..];
            match name {
                "gzip" => flate2::read::GzDecoder::new(bytes).read_to_end(&mut text).unwrap(),
                "br" => brotli::Decompressor::new(bytes, 4096).read_to_end(&mut text).unwrap(),
                _ => zstd::stream::read::Decoder::new(bytes).unwrap().read_to_end(&mut text).unwrap(),
            };
            assert!(text == plain.body, "{name} {length}");
            let known = answer.header("content-length").map(|length| length.parse().unwrap());
            assert_eq!(known, (length <= 64 * 1024).then_some(answer.body.len()), "{name} {length}");
            if name == "gzip" {
                let fields = |answer: &super::Answer| {
                    ["content-length", "content-encoding", "etag", "vary"]
                        .map(|name| answer.header(name).map(str::to_owned))
                };
                assert_eq!((fields(&head), head.body.len()), (fields(&answer), 0));
            }
        }
    }
}

#[test]
fn what_the_client_has_is_not_sent() {
    let served = Served::new(&[]);
    let gzip = "accept-encoding: gzip\r\n";
    let first = served.ask("GET", "/long/10000", gzip);
    let tag = first.header("etag").unwrap();
    assert!(tag.starts_with("W/\""));
    for fields in [gzip, ""] {
        let again = served.ask("GET", "/long/10000", &format!("{fields}if-none-match: \"x\", {tag}\r\n"));
        assert_eq!((again.status(), again.body.len()), ("304", 0));
        assert_eq!(
            (again.header("etag"), again.header("vary")),
            (Some(tag), Some("Accept-Encoding, Origin"))
        );
        assert_eq!((again.header("content-type"), again.header("content-encoding")), (None, None));
        assert_eq!(again.header("x-frame-options"), Some("DENY"));
    }
    let other = served.ask("GET", "/long/10001", &format!("{gzip}if-none-match: {tag}\r\n"));
    assert_eq!((other.status(), ungzipped(&other.body).len()), ("200", 10_001));
    assert_eq!(served.ask("GET", "/long/10000", "if-match: \"x\"\r\n").status(), "412");
}

#[test]
fn a_stream_is_compressed_as_it_comes() {
    let served = Served::new(&[]);
    let answer = served.ask("GET", "/lines", "accept-encoding: gzip\r\n");
    assert_eq!(answer.header("transfer-encoding"), Some("chunked"));
    assert_eq!(ungzipped(&answer.body), "[1,1,1]\n[2,2,2]\n");
    assert_eq!(served.ask("GET", "/lines", "").body, b"[1,1,1]\n[2,2,2]\n");
}

#[tokio::test]
async fn an_answer_that_sets_a_cookie_is_not_compressed() {
    let site = site(&[]).await;
    let response = get(site, "/login", &[("accept-encoding", "gzip")]).await;
    assert_eq!(
        (all(&response, "content-encoding"), all(&response, "set-cookie")),
        (String::new(), "session=1".into())
    );
}
