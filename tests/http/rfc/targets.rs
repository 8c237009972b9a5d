//! The target of a request and the host it is for.

use super::{Closed, Open, Row, table};

pub(super) fn hosts() -> Vec<Row> {
    table(&[
        ("missing in 1.1", "9112 3.2", b"GET /seen/a HTTP/1.1\r\n\r\n", &[400], Closed),
        ("missing in 1.0", "9112 3.2", b"GET /seen/a HTTP/1.0\r\n\r\n", &[200], Closed),
        ("twice", "9112 3.2", b"GET /seen/a HTTP/1.1\r\nhost: t\r\nhost: u\r\n\r\n", &[400], Closed),
        ("the same twice", "9112 3.2", b"GET /seen/a HTTP/1.1\r\nhost: t\r\nhost: t\r\n\r\n", &[400], Closed),
        ("twice in 1.0", "9112 3.2", b"GET /seen/a HTTP/1.0\r\nhost: t\r\nhost: u\r\n\r\n", &[400], Closed),
        ("empty", "9112 3.2", b"GET /seen/a HTTP/1.1\r\nhost:\r\n\r\n", &[200], Open),
        ("with a port", "9110 7.2", b"GET /seen/a HTTP/1.1\r\nhost: t.example:8000\r\n\r\n", &[200], Open),
        ("an address of IPv6", "9110 7.2", b"GET /seen/a HTTP/1.1\r\nhost: [::1]:8000\r\n\r\n", &[200], Open),
        ("with an underscore", "9110 7.2", b"GET /seen/a HTTP/1.1\r\nhost: a_b:8000\r\n\r\n", &[200], Open),
        ("with a user", "9110 4.2.4", b"GET /seen/a HTTP/1.1\r\nhost: u@t\r\n\r\n", &[400], Closed),
        ("with a path", "9112 3.2", b"GET /seen/a HTTP/1.1\r\nhost: t/x\r\n\r\n", &[400], Closed),
        ("with a space", "9112 3.2", b"GET /seen/a HTTP/1.1\r\nhost: t u\r\n\r\n", &[400], Closed),
        ("with a high byte", "9112 3.2", b"GET /seen/a HTTP/1.1\r\nhost: \xc3\xbc\r\n\r\n", &[400], Closed),
        ("with a query", "9112 3.2", b"GET /seen/a HTTP/1.1\r\nhost: t?x\r\n\r\n", &[400], Closed),
        ("with a backslash", "9112 3.2", b"GET /seen/a HTTP/1.1\r\nhost: t\\x\r\n\r\n", &[400], Closed),
    ])
}

pub(super) fn forms() -> Vec<Row> {
    table(&[
        (
            "origin-form with a query",
            "9112 3.2.1",
            b"GET /seen/a?b=/?c HTTP/1.1\r\nhost: t\r\n\r\n",
            &[200],
            Open,
        ),
        ("absolute-form", "9112 3.2.2", b"GET http://t/seen/a HTTP/1.1\r\nhost: t\r\n\r\n", &[200], Open),
        (
            "absolute-form for another host",
            "9112 3.2.2",
            b"GET http://u/seen/a HTTP/1.1\r\nhost: t\r\n\r\n",
            &[200],
            Open,
        ),
        ("absolute-form without Host", "9112 3.2", b"GET http://t/seen/a HTTP/1.1\r\n\r\n", &[400], Closed),
        (
            "absolute-form without a path",
            "9112 3.2.2",
            b"GET http://t HTTP/1.1\r\nhost: t\r\n\r\n",
            &[200],
            Open,
        ),
        ("asterisk-form", "9112 3.2.4", b"OPTIONS * HTTP/1.1\r\nhost: t\r\n\r\n", &[204], Open),
        (
            "asterisk-form with another method",
            "9112 3.2.4",
            b"GET * HTTP/1.1\r\nhost: t\r\n\r\n",
            &[404],
            Open,
        ),
        ("authority-form", "9112 3.2.3", b"CONNECT t:80 HTTP/1.1\r\nhost: t:80\r\n\r\n", &[404], Open),
        (
            "authority-form with another method",
            "9112 3.2.3",
            b"GET t:80 HTTP/1.1\r\nhost: t\r\n\r\n",
            &[400],
            Closed,
        ),
        ("CONNECT of a path", "9112 3.2.3", b"CONNECT /seen/a HTTP/1.1\r\nhost: t\r\n\r\n", &[405], Open),
        ("a fragment is not sent", "9112 3.2", b"GET /seen/a#b HTTP/1.1\r\nhost: t\r\n\r\n", &[200], Open),
        ("a path without a slash", "9112 3.2.1", b"GET seen/a HTTP/1.1\r\nhost: t\r\n\r\n", &[400], Closed),
        (
            "an encoding without digits",
            "3986 2.1",
            b"GET /seen/%zz HTTP/1.1\r\nhost: t\r\n\r\n",
            &[400],
            Open,
        ),
    ])
}
