//! Where a body ends: `Content-Length`, `Transfer-Encoding`, chunks.

use super::{Closed, Ended, Open, Row, Then, table};

/// What would be answered if a body ended too early.
const HIDDEN: &str = "GET /seen/smuggled HTTP/1.1\r\nhost: t\r\n\r\n";

/// Rows of a `POST` with these fields and what follows the head.
fn posts(rows: &[(&str, &str, &str, &str, &[u16], Then)]) -> Vec<Row> {
    let posts = rows.iter().map(|(name, rfc, fields, body, answers, then)| {
        let bytes = format!("POST /seen/a HTTP/1.1\r\nhost: t\r\n{fields}\r\n\r\n{body}");
        table(&[(name, rfc, bytes.as_bytes(), answers, *then)])
    });
    posts.flatten().collect()
}

pub(super) fn lengths() -> Vec<Row> {
    posts(&[
        ("a length", "9110 8.6", "content-length: 5", "abcde", &[200], Open),
        ("a length of nothing", "9110 8.6", "content-length: 0", "", &[200], Open),
        ("leading zeros", "9110 8.6", "content-length: 0005", "abcde", &[200], Open),
        ("no length is no body", "9112 6.3", "x: y", "", &[200], Open),
        ("a body that looks like a request", "9112 6.3", "content-length: 40", HIDDEN, &[200], Open),
        ("one length twice", "9110 8.6", "content-length: 5\r\ncontent-length: 5", "abcde", &[400], Closed),
        (
            "two lengths",
            "9110 8.6",
            "content-length: 5\r\ncontent-length: 46",
            &format!("abcde{HIDDEN}"),
            &[400],
            Closed,
        ),
        ("a list of one length", "9110 8.6", "content-length: 5, 5", "abcde", &[400], Closed),
        ("a list of lengths", "9110 8.6", "content-length: 5, 6", "abcde", &[400], Closed),
        ("plus", "9110 8.6", "content-length: +5", "abcde", &[400], Closed),
        ("minus", "9110 8.6", "content-length: -5", "abcde", &[400], Closed),
        ("minus nothing", "9110 8.6", "content-length: -0", "", &[400], Closed),
        ("hexadecimal", "9110 8.6", "content-length: 0x5", "abcde", &[400], Closed),
        ("a space inside", "9110 8.6", "content-length: 4 6", "abcde", &[400], Closed),
        ("a vertical tab", "9110 8.6", "content-length: \u{b}5", "abcde", &[400], Closed),
        ("a fraction", "9110 8.6", "content-length: 5.0", "abcde", &[400], Closed),
        ("empty", "9110 8.6", "content-length:", "", &[400], Closed),
        ("2^64", "9110 8.6", "content-length: 18446744073709551616", "", &[400], Closed),
        ("2^64 - 1", "9110 8.6", "content-length: 18446744073709551615", "", &[400], Closed),
        ("2^63", "9110 8.6", "content-length: 9223372036854775808", "", &[400], Closed),
        (
            "2^63 - 1: larger than is accepted",
            "9110 8.6",
            "content-length: 9223372036854775807",
            "",
            &[413],
            Closed,
        ),
        ("a body that is cut", "9112 8", "content-length: 9", "abc", &[400], Ended),
    ])
}

pub(super) fn codings() -> Vec<Row> {
    let mut rows = posts(&[
        ("chunked", "9112 7.1", "transfer-encoding: chunked", "5\r\nabcde\r\n0\r\n\r\n", &[200], Open),
        ("CHUNKED", "9112 7", "Transfer-Encoding: CHUNKED", "0\r\n\r\n", &[200], Open),
        ("chunked, with blanks", "9112 7", "transfer-encoding: \t chunked \t", "0\r\n\r\n", &[200], Open),
        (
            "CL.TE",
            "9112 6.1",
            "content-length: 44\r\ntransfer-encoding: chunked",
            &format!("0\r\n\r\n{HIDDEN}"),
            &[400],
            Closed,
        ),
        (
            "TE.CL",
            "9112 6.1",
            "transfer-encoding: chunked\r\ncontent-length: 4",
            &format!("28\r\n{HIDDEN}\r\n0\r\n\r\n"),
            &[400],
            Closed,
        ),
        (
            "CL of nothing and TE",
            "9112 6.1",
            "transfer-encoding: chunked\r\ncontent-length: 0",
            "0\r\n\r\n",
            &[400],
            Closed,
        ),
        ("gzip, chunked", "9112 6.1", "transfer-encoding: gzip, chunked", "0\r\n\r\n", &[501], Closed),
        (
            "an unknown coding, chunked",
            "9112 6.1",
            "transfer-encoding: cow, chunked",
            "0\r\n\r\n",
            &[501],
            Closed,
        ),
        ("gzip", "9112 6.3", "transfer-encoding: gzip", "", &[400], Closed),
        ("identity", "9112 7", "transfer-encoding: identity", "", &[400], Closed),
        (
            "identity and a length",
            "9112 6.3",
            "transfer-encoding: identity\r\ncontent-length: 5",
            "abcde",
            &[400],
            Closed,
        ),
        (
            "chunked, identity",
            "9112 6.3",
            "transfer-encoding: chunked, identity",
            "0\r\n\r\n",
            &[400],
            Closed,
        ),
        ("chunked, chunked", "9112 6.1", "transfer-encoding: chunked, chunked", "0\r\n\r\n", &[400], Closed),
        (
            "chunked in two fields",
            "9112 6.1",
            "transfer-encoding: chunked\r\ntransfer-encoding: chunked",
            "0\r\n\r\n",
            &[400],
            Closed,
        ),
        (
            "chunked, then identity, in two fields",
            "9112 6.3",
            "transfer-encoding: chunked\r\ntransfer-encoding: identity",
            "0\r\n\r\n",
            &[400],
            Closed,
        ),
        (
            "identity, then chunked, in two fields",
            "9112 6.3",
            "transfer-encoding: identity\r\ntransfer-encoding: chunked",
            "0\r\n\r\n",
            &[400],
            Closed,
        ),
        ("xchunked", "9112 6.3", "transfer-encoding: xchunked", "0\r\n\r\n", &[400], Closed),
        ("chunked in quotes", "9112 6.3", "transfer-encoding: \"chunked\"", "0\r\n\r\n", &[400], Closed),
        ("chunked with a parameter", "9112 7", "transfer-encoding: chunked;q=1", "0\r\n\r\n", &[400], Closed),
        (
            "chunked behind a vertical tab",
            "9112 6.3",
            "transfer-encoding: \u{b}chunked",
            "0\r\n\r\n",
            &[400],
            Closed,
        ),
        ("empty", "9112 6.3", "transfer-encoding:", "", &[400], Closed),
        ("a comma behind chunked", "9112 6.3", "transfer-encoding: chunked,", "0\r\n\r\n", &[400], Closed),
        ("a space before the colon", "9112 5.1", "transfer-encoding : chunked", "0\r\n\r\n", &[400], Closed),
        ("an underscore is another name", "9110 5.1", "transfer_encoding: chunked", "", &[200], Open),
    ]);
    rows.extend(table(&[(
        "chunked in HTTP/1.0",
        "9112 6.1",
        b"POST /seen/a HTTP/1.0\r\nhost: t\r\ntransfer-encoding: chunked\r\nconnection: keep-alive\r\n\r\n0\r\n\r\n",
        &[400],
        Closed,
    )]));
    rows
}

pub(super) fn chunks() -> Vec<Row> {
    let long = |extension: usize| format!("1;{}\r\na\r\n0\r\n\r\n", "x".repeat(extension));
    let rows = [
        (
            "sizes in both cases",
            "9112 7.1",
            "a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n".to_owned(),
            200,
            Open,
        ),
        ("leading zeros", "9112 7.1", "0005\r\nabcde\r\n00\r\n\r\n".into(), 200, Open),
        ("an extension", "9112 7.1.1", "5;a=b;c=\"d;e\"\r\nabcde\r\n0;x\r\n\r\n".into(), 200, Open),
        ("an extension with blanks", "9112 7.1.1", "5 ; a = b\r\nabcde\r\n0\r\n\r\n".into(), 200, Open),
        ("a long extension", "9112 7.1.1", long(2000), 200, Open),
        ("an extension that is too long", "9112 7.1.1", long(9000), 400, Closed),
        (
            "many extensions that are too long",
            "9112 7.1.1",
            format!("1;{}\r\na\r\n", "x".repeat(2000)).repeat(10),
            400,
            Closed,
        ),
        ("LF in an extension", "9112 7.1.1", format!("5;\nabcde\r\n0\r\n\r\n{HIDDEN}"), 400, Closed),
        ("CR in an extension", "9112 7.1.1", "5;a\rb\r\nabcde\r\n0\r\n\r\n".into(), 400, Closed),
        ("a chunk that holds a request", "9112 7.1", format!("28\r\n{HIDDEN}\r\n0\r\n\r\n"), 200, Open),
        ("no size", "9112 7.1", "\r\nabcde\r\n0\r\n\r\n".into(), 400, Closed),
        ("plus", "9112 7.1", "+5\r\nabcde\r\n0\r\n\r\n".into(), 400, Closed),
        ("minus", "9112 7.1", "-5\r\nabcde\r\n0\r\n\r\n".into(), 400, Closed),
        ("minus nothing", "9112 7.1", "-0\r\n\r\n".into(), 400, Closed),
        ("0x", "9112 7.1", "0x5\r\nabcde\r\n0\r\n\r\n".into(), 400, Closed),
        ("a space before the size", "9112 7.1", " 5\r\nabcde\r\n0\r\n\r\n".into(), 400, Closed),
        ("two sizes", "9112 7.1", "5 5\r\nabcde\r\n0\r\n\r\n".into(), 400, Closed),
        ("no hexadecimal", "9112 7.1", "g\r\nabcde\r\n0\r\n\r\n".into(), 400, Closed),
        ("an underscore", "9112 7.1", "1_0\r\nabcde\r\n0\r\n\r\n".into(), 400, Closed),
        ("2^64", "9112 7.1", "10000000000000000\r\nabcde\r\n0\r\n\r\n".into(), 400, Closed),
        ("2^64 + 5", "9112 7.1", "10000000000000005\r\nabcde\r\n0\r\n\r\n".into(), 400, Closed),
        ("LF behind the size", "9112 7.1", "5\nabcde\r\n0\r\n\r\n".into(), 400, Closed),
        ("CR behind the size", "9112 7.1", "5\rabcde\r\n0\r\n\r\n".into(), 400, Closed),
        ("LF behind the data", "9112 7.1", "5\r\nabcde\n0\r\n\r\n".into(), 400, Closed),
        ("nothing behind the data", "9112 7.1", "5\r\nabcde0\r\n\r\n".into(), 400, Closed),
        ("too much data", "9112 7.1", "5\r\nabcdefg\r\n0\r\n\r\n".into(), 400, Closed),
        ("too little data", "9112 7.1", "5\r\nabc\r\n0\r\n\r\n".into(), 400, Closed),
        ("LF at the end", "9112 7.1", "0\r\n\n".into(), 400, Closed),
        ("LF behind the last size", "9112 7.1", "0\n\r\n".into(), 400, Closed),
        ("no last chunk", "9112 8", "5\r\nabcde\r\n".into(), 400, Ended),
        ("no empty line", "9112 8", "5\r\nabcde\r\n0\r\n".into(), 400, Ended),
        ("a trailer", "9112 7.1.2", "0\r\nx: y\r\n\r\n".into(), 200, Open),
        (
            "a trailer that must not be one",
            "9110 6.5.1",
            "0\r\ncontent-length: 40\r\nhost: u\r\ntransfer-encoding: chunked\r\n\r\n".into(),
            200,
            Open,
        ),
        ("LF in a trailer", "9112 7.1.2", format!("0\r\nx: y\n\r\n{HIDDEN}"), 400, Closed),
        ("a trailer that is no field", "9112 7.1.2", "0\r\nnonsense\r\n\r\n".into(), 400, Closed),
        ("a request as a trailer", "9112 7.1.2", format!("0\r\n{HIDDEN}"), 400, Closed),
        (
            "a trailer that is too long",
            "9112 7.1.2",
            format!("0\r\nx: {}\r\n\r\n", "y".repeat(9000)),
            400,
            Closed,
        ),
        ("many trailers", "9112 7.1.2", format!("0\r\n{}\r\n", "x: y\r\n".repeat(101)), 400, Closed),
    ];
    let statuses: Vec<_> = rows.iter().map(|row| [row.3]).collect();
    let rows: Vec<_> = rows
        .iter()
        .zip(&statuses)
        .map(|(row, status)| {
            (row.0, row.1, "transfer-encoding: chunked", row.2.as_str(), status.as_slice(), row.4)
        })
        .collect();
    posts(&rows)
}
