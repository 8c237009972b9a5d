//! The lines of a head.

use super::{Closed, Ended, Open, Row, table};

pub(super) fn lines() -> Vec<Row> {
    table(&[
        ("a request", "9112 2.1", b"GET /seen/a HTTP/1.1\r\nhost: t\r\n\r\n", &[200], Open),
        ("no space behind the colon", "9112 5", b"GET /seen/a HTTP/1.1\r\nhost:t\r\n\r\n", &[200], Open),
        ("tabs and spaces around a value", "9112 5", b"GET /seen/a HTTP/1.1\r\nhost: \t t \t\r\n\r\n", &[200], Open),
        ("empty lines before a request", "9112 2.2", b"\r\n\r\nGET /seen/a HTTP/1.1\r\nhost: t\r\n\r\n", &[200], Open),
        ("an empty line between requests", "9112 2.2", b"GET /seen/a HTTP/1.1\r\nhost: t\r\n\r\n\r\n", &[200], Open),
        ("LF behind the request line", "9112 2.2", b"GET /seen/a HTTP/1.1\nhost: t\r\n\r\n", &[400], Closed),
        ("LF behind a field", "9112 2.2", b"GET /seen/a HTTP/1.1\r\nhost: t\n\r\n", &[400], Closed),
        ("LF as the empty line", "9112 2.2", b"GET /seen/a HTTP/1.1\r\nhost: t\r\n\n", &[400], Closed),
        ("LF everywhere", "9112 2.2", b"GET /seen/a HTTP/1.1\nhost: t\n\n", &[400], Closed),
        ("LF in a value hides a field", "9110 5.5", b"GET /seen/a HTTP/1.1\r\nhost: t\r\nx: a\ncontent-length: 45\r\n\r\nGET /seen/smuggled HTTP/1.1\r\nhost: t\r\n\r\n", &[400], Closed),
        ("LF as a line before a request", "9112 2.2", b"\nGET /seen/a HTTP/1.1\r\nhost: t\r\n\r\n", &[400], Closed),
        ("CR behind the request line", "9112 2.2", b"GET /seen/a HTTP/1.1\rhost: t\r\n\r\n", &[400], Closed),
        ("CR in a value", "9112 2.2", b"GET /seen/a HTTP/1.1\r\nhost: t\r\nx: a\rb\r\n\r\n", &[400], Closed),
        ("CR CR LF", "9112 2.2", b"GET /seen/a HTTP/1.1\r\nhost: t\r\r\n\r\n", &[400], Closed),
        ("CR in a name", "9112 2.2", b"GET /seen/a HTTP/1.1\r\nhost: t\r\nx\ry: a\r\n\r\n", &[400], Closed),
        ("a space before the colon", "9112 5.1", b"POST /seen/a HTTP/1.1\r\nhost: t\r\ncontent-length : 5\r\n\r\nabcde", &[400], Closed),
        ("a tab before the colon", "9112 5.1", b"GET /seen/a HTTP/1.1\r\nhost\t: t\r\n\r\n", &[400], Closed),
        ("a folded line", "9112 5.2", b"GET /seen/a HTTP/1.1\r\nhost: t\r\nx: a\r\n b\r\n\r\n", &[400], Closed),
        ("a folded line with a tab", "9112 5.2", b"GET /seen/a HTTP/1.1\r\nhost: t\r\nx: a\r\n\tb\r\n\r\n", &[400], Closed),
        ("a field that begins with a space", "9112 2.2", b"GET /seen/a HTTP/1.1\r\n host: t\r\n\r\n", &[400], Closed),
        ("a folded Transfer-Encoding", "9112 5.2", b"POST /seen/a HTTP/1.1\r\nhost: t\r\ntransfer-encoding:\r\n chunked\r\n\r\n0\r\n\r\n", &[400], Closed),
        ("a line without a colon", "9112 5", b"GET /seen/a HTTP/1.1\r\nhost: t\r\nnonsense\r\n\r\n", &[400], Closed),
        ("an empty name", "9112 5", b"GET /seen/a HTTP/1.1\r\nhost: t\r\n: a\r\n\r\n", &[400], Closed),
        ("an empty value", "9110 5.5", b"GET /seen/a HTTP/1.1\r\nhost: t\r\nx:\r\n\r\n", &[200], Open),
        ("a head cut in the middle", "9112 8", b"GET /seen/a HTTP/1.1\r\nhost: t\r\n", &[], Ended),
        ("nothing at all", "9112 9.5", b"", &[], Ended),
    ])
}

pub(super) fn bytes() -> Vec<Row> {
    table(&[
        ("NUL in a name", "9110 5.1", b"GET /seen/a HTTP/1.1\r\nhost: t\r\nx\0: a\r\n\r\n", &[400], Closed),
        ("NUL in a value", "9110 5.5", b"GET /seen/a HTTP/1.1\r\nhost: t\r\nx: a\0b\r\n\r\n", &[400], Closed),
        ("NUL in the target", "9112 3.2", b"GET /seen/a\0 HTTP/1.1\r\nhost: t\r\n\r\n", &[400], Closed),
        ("NUL in the method", "9110 9.1", b"G\0T /seen/a HTTP/1.1\r\nhost: t\r\n\r\n", &[400], Closed),
        ("NUL first", "9112 3", b"\0GET /seen/a HTTP/1.1\r\nhost: t\r\n\r\n", &[400], Closed),
        (
            "a control byte in a name",
            "9110 5.1",
            b"GET /seen/a HTTP/1.1\r\nhost: t\r\nx\x01: a\r\n\r\n",
            &[400],
            Closed,
        ),
        (
            "a control byte in a value",
            "9110 5.5",
            b"GET /seen/a HTTP/1.1\r\nhost: t\r\nx: a\x0bb\r\n\r\n",
            &[400],
            Closed,
        ),
        (
            "DEL in a value",
            "9110 5.5",
            b"GET /seen/a HTTP/1.1\r\nhost: t\r\nx: a\x7fb\r\n\r\n",
            &[400],
            Closed,
        ),
        (
            "a high byte in a value",
            "9110 5.5",
            b"GET /seen/a HTTP/1.1\r\nhost: t\r\nx: \xff\xfe\r\n\r\n",
            &[200],
            Open,
        ),
        (
            "a high byte in a name",
            "9110 5.1",
            b"GET /seen/a HTTP/1.1\r\nhost: t\r\n\xc3\xbc: a\r\n\r\n",
            &[400],
            Closed,
        ),
        (
            "a name with brackets",
            "9110 5.6.2",
            b"GET /seen/a HTTP/1.1\r\nhost: t\r\nx(y): a\r\n\r\n",
            &[400],
            Closed,
        ),
        (
            "every character of a token in a name",
            "9110 5.6.2",
            b"GET /seen/a HTTP/1.1\r\nhost: t\r\n!#$%&'*+-.^_`|~09azAZ: a\r\n\r\n",
            &[200],
            Open,
        ),
        ("a request line of tabs", "9112 3", b"GET\t/seen/a\tHTTP/1.1\r\nhost: t\r\n\r\n", &[400], Closed),
        (
            "two spaces in a request line",
            "9112 3",
            b"GET  /seen/a HTTP/1.1\r\nhost: t\r\n\r\n",
            &[400],
            Closed,
        ),
        ("a space behind the version", "9112 3", b"GET /seen/a HTTP/1.1 \r\nhost: t\r\n\r\n", &[400], Closed),
        ("a space before the method", "9112 3", b" GET /seen/a HTTP/1.1\r\nhost: t\r\n\r\n", &[400], Closed),
        ("a space in the target", "9112 3.2", b"GET /seen/a b HTTP/1.1\r\nhost: t\r\n\r\n", &[400], Closed),
        ("a TLS hello", "9112 3", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", &[400], Closed),
    ])
}

pub(super) fn versions_and_methods() -> Vec<Row> {
    table(&[
        ("HTTP/1.0", "9112 2.3", b"GET /seen/a HTTP/1.0\r\n\r\n", &[200], Closed),
        ("HTTP/1.2", "9112 2.3", b"GET /seen/a HTTP/1.2\r\nhost: t\r\n\r\n", &[400], Closed),
        ("HTTP/2.0", "9112 2.3", b"GET /seen/a HTTP/2.0\r\nhost: t\r\n\r\n", &[400], Closed),
        ("HTTP/0.9 by name", "9112 2.3", b"GET /seen/a HTTP/0.9\r\n\r\n", &[400], Closed),
        ("HTTP/0.9", "9112 2.3", b"GET /seen/a\r\n\r\n", &[400], Closed),
        ("HTTP/01.1", "9112 2.3", b"GET /seen/a HTTP/01.1\r\nhost: t\r\n\r\n", &[400], Closed),
        ("http/1.1", "9112 2.3", b"GET /seen/a http/1.1\r\nhost: t\r\n\r\n", &[400], Closed),
        ("a preface of HTTP/2 that is none", "9113 3.4", b"PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n", &[400], Closed),
        (
            "a method in lower case is another one",
            "9110 9.1",
            b"get /seen/a HTTP/1.1\r\nhost: t\r\n\r\n",
            &[405],
            Open,
        ),
        ("a method nobody knows", "9110 9.1", b"BREW /seen/a HTTP/1.1\r\nhost: t\r\n\r\n", &[405], Open),
        ("no method", "9112 3", b"/seen/a HTTP/1.1\r\nhost: t\r\n\r\n", &[400], Closed),
        ("a method with a bracket", "9110 9.1", b"G(T /seen/a HTTP/1.1\r\nhost: t\r\n\r\n", &[400], Closed),
    ])
}

pub(super) fn sizes() -> Vec<Row> {
    let head = |field: String| format!("GET /seen/a HTTP/1.1\r\nhost: t\r\n{field}\r\n\r\n").into_bytes();
    let target = |size| format!("GET /seen/{} HTTP/1.1\r\nhost: t\r\n\r\n", "a".repeat(size)).into_bytes();
    let fields = |count: usize| head((1..count).map(|i| format!("x{i}: y")).collect::<Vec<_>>().join("\r\n"));
    table(&[
        ("a long target", "9112 3", &target(8000), &[200], Open),
        ("a target that is too long", "9112 3", &target(8200), &[431], Closed),
        (
            "a target without an end",
            "9112 3",
            &[b"GET /".as_slice(), &[b'a'; 70_000]].concat(),
            &[431],
            Closed,
        ),
        ("a long field", "9110 5.4", &head(format!("x: {}", "y".repeat(8000))), &[200], Open),
        ("a field that is too long", "9110 5.4", &head(format!("x: {}", "y".repeat(8200))), &[431], Closed),
        ("100 fields", "9110 5.4", &fields(100), &[200], Open),
        ("101 fields", "9110 5.4", &fields(101), &[431], Closed),
        ("a head of empty lines", "9112 2.2", &b"\r\n".repeat(5000), &[431], Closed),
    ])
}
