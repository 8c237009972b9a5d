use std::io::Read as _;

use futures_util::StreamExt as _;
use http_body_util::BodyDataStream;

use super::super::proof::{all, answer, get, request, settings, through};
use super::*;
use crate::http::{BoxError, Method};

const PAGE: [(&str, &str); 1] = [("content-type", "text/html; charset=utf-8")];

async fn compression(pairs: &[(&str, &str)]) -> Compression {
    Compression::start(&settings(pairs)).await.unwrap()
}

async fn ask(accept: &str, headers: &[(&'static str, &str)], body: impl Into<Body>) -> Response {
    let response = answer(headers, body);
    let mut request = get(&[("accept-encoding", accept)]);
    through(&compression(&[]).await, &mut request, |_| response).await
}

async fn bytes(response: Response) -> Vec<u8> {
    let mut stream = BodyDataStream::new(response.into_body());
    let mut all = Vec::new();
    while let Some(piece) = stream.next().await {
        all.extend_from_slice(&piece.unwrap());
    }
    all
}

fn decompressed(encoding: Encoding, bytes: &[u8]) -> Vec<u8> {
    let mut all = Vec::new();
    match encoding {
        #[cfg(feature = "gzip")]
        Encoding::Gzip => flate2::read::GzDecoder::new(bytes).read_to_end(&mut all).unwrap(),
        #[cfg(feature = "brotli")]
        Encoding::Brotli => brotli::Decompressor::new(bytes, 4096).read_to_end(&mut all).unwrap(),
        #[cfg(feature = "zstd")]
        Encoding::Zstd => zstd::stream::read::Decoder::new(bytes).unwrap().read_to_end(&mut all).unwrap(),
        #[cfg(not(all(feature = "gzip", feature = "brotli", feature = "zstd")))]
        other => panic!("{other:?}"),
    };
    all
}

fn page(length: usize) -> Vec<u8> {
    (0..length).map(|i| b"the quick brown fox jumps over "[i % 31] ^ u8::from(i % 97 == 0)).collect()
}

#[tokio::test]
async fn each_encoding_comes_back_as_it_was() {
    for encoding in Encoding::AVAILABLE {
        for length in [500, 5_000, PIECE, PIECE + 1, 1_000_000] {
            let before = page(length);
            let response = ask(encoding.name(), &PAGE, before.clone()).await;
            assert_eq!(all(response.headers(), "content-encoding"), encoding.name());
            assert_eq!(all(response.headers(), "vary"), "Accept-Encoding");
            assert_eq!(response.body().is_stream(), length > PIECE);
            let after = bytes(response).await;
            assert!(after.len() < length / 2, "{encoding:?} {length}: {}", after.len());
            assert!(decompressed(*encoding, &after) == before, "{encoding:?} {length}");
        }
    }
}

#[tokio::test]
async fn what_stays_as_it_is() {
    let long = page(1000);
    let of_type = |kind: &'static str| [("content-type", kind)];
    for headers in [
        &of_type("image/png")[..],
        &of_type("video/mp4"),
        &of_type("audio/ogg"),
        &of_type("application/zip"),
        &of_type("application/octet-stream"),
        &of_type("font/woff2"),
        &of_type("text/event-stream"),
        &[],
        &[PAGE[0], ("content-encoding", "br")],
        &[PAGE[0], ("content-range", "bytes 0-999/5000")],
        &[PAGE[0], ("set-cookie", "session=1")],
        &[PAGE[0], ("cache-control", "public, No-Transform")],
    ] {
        let response = ask("gzip, br, zstd", headers, long.clone()).await;
        assert_eq!(response.body().as_bytes(), Some(&long[..]), "{headers:?}");
        assert_eq!(all(response.headers(), "vary"), "", "{headers:?}");
    }
    assert_eq!(ask("gzip", &PAGE, page(499)).await.body().as_bytes().map(<[u8]>::len), Some(499));
    for (status, vary) in [(204, ""), (206, ""), (404, ""), (500, "")] {
        let mut response = answer(&PAGE, long.clone());
        *response.status_mut() = StatusCode::from_u16(status).unwrap();
        let response =
            through(&compression(&[]).await, &mut get(&[("accept-encoding", "gzip")]), |_| response).await;
        assert_eq!(all(response.headers(), "content-encoding"), "", "{status}");
        assert_eq!(all(response.headers(), "vary"), vary, "{status}");
    }
    // Accepted by nobody, it still depends on who asks; so does what does not get smaller.
    let response = ask("identity", &PAGE, long.clone()).await;
    assert_eq!(
        (all(response.headers(), "vary"), all(response.headers(), "content-encoding")),
        ("Accept-Encoding".into(), String::new())
    );
    let random: Vec<u8> = (0..600).map(|_| fastrand::u8(..)).collect();
    let response = ask("gzip", &PAGE, random.clone()).await;
    assert_eq!(
        (response.body().as_bytes(), all(response.headers(), "content-encoding")),
        (Some(&random[..]), String::new())
    );
}

#[tokio::test]
async fn types_that_get_smaller() {
    for kind in [
        "application/json",
        "image/svg+xml",
        "application/problem+json",
        "TEXT/CSS",
        "application/javascript",
    ] {
        let response = ask("gzip, br, zstd", &[("content-type", kind)], page(1000)).await;
        assert_ne!(all(response.headers(), "content-encoding"), "", "{kind}");
    }
}

#[tokio::test]
async fn other_bytes_have_another_tag_and_length() {
    let own = [
        PAGE[0],
        ("etag", "\"v1\""),
        ("content-length", "1000"),
        ("accept-ranges", "bytes"),
        ("vary", "Cookie"),
    ];
    let response = ask("gzip, br, zstd", &own, page(1000)).await;
    let of = |name| all(response.headers(), name);
    assert_eq!(
        (of("etag"), of("content-length"), of("accept-ranges")),
        ("W/\"v1\"".into(), String::new(), String::new())
    );
    assert_eq!(of("vary"), "Cookie, Accept-Encoding");
    let response = ask("", &own, page(1000)).await;
    assert_eq!(all(response.headers(), "etag"), "\"v1\"");
    // A 304 is about the same.
    let mut not_modified = answer(&[("etag", "\"v1\"")], "");
    *not_modified.status_mut() = StatusCode::NOT_MODIFIED;
    let mut request = request(Method::GET, "/", &[("accept-encoding", "gzip, br, zstd")]);
    let response = through(&compression(&[]).await, &mut request, |_| not_modified).await;
    assert_eq!(
        (all(response.headers(), "etag"), all(response.headers(), "vary")),
        ("W/\"v1\"".into(), "Accept-Encoding".into())
    );
}

/// What can be read of the beginning of a body.
fn so_far(encoding: Encoding, bytes: &[u8]) -> Vec<u8> {
    let mut all = vec![0; 4096];
    let mut length = 0;
    let mut read = |reader: &mut dyn std::io::Read| {
        while let Ok(count @ 1..) = reader.read(&mut all[length..]) {
            length += count;
        }
    };
    match encoding {
        #[cfg(feature = "gzip")]
        Encoding::Gzip => read(&mut flate2::read::GzDecoder::new(bytes)),
        #[cfg(feature = "brotli")]
        Encoding::Brotli => read(&mut brotli::Decompressor::new(bytes, 4096)),
        #[cfg(feature = "zstd")]
        Encoding::Zstd => read(&mut zstd::stream::read::Decoder::new(bytes).unwrap()),
        #[cfg(not(all(feature = "gzip", feature = "brotli", feature = "zstd")))]
        other => panic!("{other:?}"),
    }
    all.truncate(length);
    all
}

#[tokio::test]
async fn each_piece_of_a_stream_can_be_read_when_it_arrives() {
    for encoding in Encoding::AVAILABLE {
        let pieces = ["{\"n\":1}\n", "", "{\"n\":2}\n", "{\"n\":3}\n"];
        let stream = futures_util::stream::iter(pieces.map(|piece| Ok::<_, BoxError>(piece.into())));
        let response =
            ask(encoding.name(), &[("content-type", "application/x-ndjson")], Body::stream(stream)).await;
        assert_eq!(all(response.headers(), "content-encoding"), encoding.name());
        let mut stream = BodyDataStream::new(response.into_body());
        let mut received = Vec::new();
        for expected in ["{\"n\":1}\n", "{\"n\":1}\n{\"n\":2}\n", "{\"n\":1}\n{\"n\":2}\n{\"n\":3}\n"] {
            received.extend_from_slice(&stream.next().await.unwrap().unwrap());
            assert_eq!(so_far(*encoding, &received), expected.as_bytes(), "{encoding:?}");
        }
        while let Some(rest) = stream.next().await {
            received.extend_from_slice(&rest.unwrap());
        }
        assert_eq!(decompressed(*encoding, &received), pieces.concat().as_bytes());
    }
}

#[tokio::test]
async fn a_stream_that_fails_fails() {
    let pieces = [Ok("some".into()), Err(BoxError::from("broken"))];
    let response = ask("gzip, br, zstd", &PAGE, Body::stream(futures_util::stream::iter(pieces))).await;
    let mut stream = BodyDataStream::new(response.into_body());
    assert!(stream.next().await.unwrap().is_ok());
    assert_eq!(stream.next().await.unwrap().unwrap_err().to_string(), "broken");
}

#[tokio::test]
async fn levels_have_their_range() {
    for (key, value) in [
        ("COMPRESSION_GZIP_LEVEL", "0"),
        ("COMPRESSION_BROTLI_LEVEL", "12"),
        ("COMPRESSION_ZSTD_LEVEL", "20"),
        ("COMPRESSION_MIN_SIZE", "some"),
    ] {
        assert!(Compression::start(&settings(&[(key, value)])).await.is_err(), "{key}");
    }
    let all_in = [
        ("COMPRESSION_MIN_SIZE", "0"),
        ("COMPRESSION_GZIP_LEVEL", "9"),
        ("COMPRESSION_BROTLI_LEVEL", "11"),
        ("COMPRESSION_ZSTD_LEVEL", "19"),
    ];
    let compression = compression(&all_in).await;
    for encoding in Encoding::AVAILABLE {
        let before = page(2000);
        let response = answer(&PAGE, before.clone());
        let mut request = get(&[("accept-encoding", encoding.name())]);
        let response = through(&compression, &mut request, |_| response).await;
        assert_eq!(decompressed(*encoding, &bytes(response).await), before);
    }
    // Nothing is not compressed.
    let response =
        through(&compression, &mut get(&[("accept-encoding", "gzip")]), |_| answer(&PAGE, "")).await;
    assert_eq!(all(response.headers(), "content-encoding"), "");
}

#[tokio::test]
async fn a_date_is_that_of_the_compressed_body_too() {
    let date = "Sat, 01 Nov 2025 12:00:00 GMT";
    for (accept, if_range, is_part) in [
        (Encoding::AVAILABLE[0].name(), date, false),
        (Encoding::AVAILABLE[0].name(), "\"v\"", true),
        (Encoding::AVAILABLE[0].name(), "", true),
        ("identity", date, true),
    ] {
        let fields = [("range", "bytes=1-"), ("accept-encoding", accept), ("if-range", if_range)];
        let fields = &fields[..if if_range.is_empty() { 2 } else { 3 }];
        let mut asked = None;
        let see = |request: &mut Request| {
            asked = Some(request.headers().contains_key(RANGE));
            answer(&PAGE, page(1000))
        };
        through(&compression(&[]).await, &mut get(fields), see).await;
        assert_eq!(asked, Some(is_part), "{fields:?}");
    }
}
