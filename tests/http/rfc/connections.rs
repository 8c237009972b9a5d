//! How long a connection lasts, and what is answered on it in which order.

use super::{Closed, Ended, Open, Row, table};
use crate::served::{Served, until};

pub(super) fn persistence() -> Vec<Row> {
    table(&[
        ("1.1 goes on", "9112 9.3", b"GET /seen/a HTTP/1.1\r\nhost: t\r\n\r\n", &[200], Open),
        ("1.1 with close", "9112 9.6", b"GET /seen/a HTTP/1.1\r\nhost: t\r\nconnection: close\r\n\r\n", &[200], Closed),
        ("Close in a list", "9112 9.6", b"GET /seen/a HTTP/1.1\r\nhost: t\r\nconnection: x, CLOSE\r\n\r\n", &[200], Closed),
        ("close and keep-alive", "9112 9.3", b"GET /seen/a HTTP/1.1\r\nhost: t\r\nconnection: close\r\nconnection: keep-alive\r\n\r\n", &[200], Closed),
        ("1.0 ends", "9112 9.3", b"GET /seen/a HTTP/1.0\r\n\r\n", &[200], Closed),
        ("1.0 with keep-alive", "9112 9.3", b"GET /seen/a HTTP/1.0\r\nconnection: keep-alive\r\n\r\n", &[200], Open),
        ("1.0 with a body", "9112 6.3", b"POST /seen/a HTTP/1.0\r\ncontent-length: 2\r\n\r\nab", &[200], Closed),
        ("an upgrade nobody offers", "9110 7.8", b"GET /seen/a HTTP/1.1\r\nhost: t\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n", &[200], Open),
        ("an upgrade to HTTP/2", "9110 7.8", b"GET /seen/a HTTP/1.1\r\nhost: t\r\nconnection: upgrade, http2-settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n", &[200], Open),
        ("an upgrade with a body", "9110 7.8", b"POST /seen/a HTTP/1.1\r\nhost: t\r\nconnection: upgrade\r\nupgrade: x\r\ncontent-length: 2\r\n\r\nab", &[200], Open),
        ("an upgrade in 1.0", "9110 7.8", b"GET /seen/a HTTP/1.0\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n", &[200], Closed),
        ("Connection names framing", "9110 7.6.1", b"POST /seen/a HTTP/1.1\r\nhost: t\r\nconnection: content-length\r\ncontent-length: 2\r\n\r\nab", &[200], Open),
    ])
}

pub(super) fn bodies_by_method() -> Vec<Row> {
    table(&[
        ("GET with a body", "9110 9.3.1", b"GET /seen/a HTTP/1.1\r\nhost: t\r\ncontent-length: 40\r\n\r\nGET /seen/smuggled HTTP/1.1\r\nhost: t\r\n\r\n", &[200], Open),
        ("GET with chunks", "9110 9.3.1", b"GET /seen/a HTTP/1.1\r\nhost: t\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n", &[200], Open),
        ("a body nobody reads", "9110 9.3.1", b"GET / HTTP/1.1\r\nhost: t\r\ncontent-length: 40\r\n\r\nGET /seen/smuggled HTTP/1.1\r\nhost: t\r\n\r\n", &[200], Open),
        ("chunks nobody reads", "9112 9.3", b"GET / HTTP/1.1\r\nhost: t\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n", &[200], Closed),
        ("HEAD", "9110 9.3.2", b"HEAD /seen/a HTTP/1.1\r\nhost: t\r\n\r\n", &[200], Open),
        ("HEAD of nothing", "9110 9.3.2", b"HEAD /nope HTTP/1.1\r\nhost: t\r\n\r\n", &[404], Open),
        ("OPTIONS", "9110 9.3.7", b"OPTIONS /seen/a HTTP/1.1\r\nhost: t\r\n\r\n", &[204], Open),
        ("OPTIONS with a body", "9110 9.3.7", b"OPTIONS /seen/a HTTP/1.1\r\nhost: t\r\ncontent-length: 2\r\n\r\nab", &[204], Open),
        ("204 has no body", "9110 15.3.5", b"GET /status/204 HTTP/1.1\r\nhost: t\r\n\r\n", &[204], Open),
        ("304 has no body", "9110 15.4.5", b"HEAD /status/304 HTTP/1.1\r\nhost: t\r\n\r\n", &[304], Open),
        ("TRACE", "9110 9.3.8", b"TRACE /seen/a HTTP/1.1\r\nhost: t\r\n\r\n", &[405], Open),
    ])
}

pub(super) fn expectations() -> Vec<Row> {
    table(&[
        (
            "100-continue",
            "9110 10.1.1",
            b"POST /seen/a HTTP/1.1\r\nhost: t\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\nab",
            &[100, 200],
            Open,
        ),
        (
            "100-Continue",
            "9110 10.1.1",
            b"POST /seen/a HTTP/1.1\r\nhost: t\r\nexpect: 100-Continue\r\ncontent-length: 2\r\n\r\nab",
            &[100, 200],
            Open,
        ),
        (
            "without a body",
            "9110 10.1.1",
            b"GET /seen/a HTTP/1.1\r\nhost: t\r\nexpect: 100-continue\r\n\r\n",
            &[200],
            Open,
        ),
        (
            "in 1.0",
            "9110 10.1.1",
            b"POST /seen/a HTTP/1.0\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\nab",
            &[200],
            Closed,
        ),
        (
            "another expectation",
            "9110 10.1.1",
            b"POST /seen/a HTTP/1.1\r\nhost: t\r\nexpect: 200-maybe\r\ncontent-length: 2\r\n\r\nab",
            &[200],
            Open,
        ),
        (
            "a body that nobody asks for",
            "9110 10.1.1",
            b"POST /nope HTTP/1.1\r\nhost: t\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\n",
            &[404],
            Closed,
        ),
        (
            "a body that is too large",
            "9110 10.1.1",
            b"POST /seen/a HTTP/1.1\r\nhost: t\r\nexpect: 100-continue\r\ncontent-length: 99999999\r\n\r\n",
            &[413],
            Closed,
        ),
    ])
}

pub(super) fn order() -> Vec<Row> {
    table(&[
        ("an error in the middle", "9112 9.3.2", b"GET /seen/a HTTP/1.1\r\nhost: t\r\n\r\nGET /nope HTTP/1.1\r\nhost: t\r\n\r\nGET /panic HTTP/1.1\r\nhost: t\r\n\r\nPOST /seen/a HTTP/1.1\r\nhost: t\r\ncontent-length: 2\r\n\r\nab", &[200, 404, 500, 200], Open),
        ("nonsense behind two requests", "9112 9.3.2", b"GET /seen/a HTTP/1.1\r\nhost: t\r\n\r\nGET /nope HTTP/1.1\r\nhost: t\r\n\r\nnonsense\r\n\r\nGET /seen/smuggled HTTP/1.1\r\nhost: t\r\n\r\n", &[200, 404, 400], Closed),
        ("LF behind two requests", "9112 9.3.2", b"GET /seen/a HTTP/1.1\r\nhost: t\r\n\r\nGET /nope HTTP/1.1\r\nhost: t\r\n\r\nGET /seen/smuggled HTTP/1.1\r\nhost: t\r\n\n", &[200, 404, 400], Closed),
        ("close in the middle", "9112 9.6", b"GET /seen/a HTTP/1.1\r\nhost: t\r\nconnection: close\r\n\r\nGET /seen/smuggled HTTP/1.1\r\nhost: t\r\n\r\n", &[200], Closed),
        ("bad chunks in the middle", "9112 7.1", b"POST /seen/a HTTP/1.1\r\nhost: t\r\ntransfer-encoding: chunked\r\n\r\nx\r\n\r\nGET /seen/smuggled HTTP/1.1\r\nhost: t\r\n\r\n", &[400], Closed),
        ("the client has ended its side", "9112 9.6", b"GET /seen/a HTTP/1.1\r\nhost: t\r\n\r\nGET /seen/b HTTP/1.1\r\nhost: t\r\n\r\n", &[200, 200], Ended),
        ("the same with a body", "9112 9.6", b"POST /seen/a HTTP/1.1\r\nhost: t\r\ncontent-length: 2\r\n\r\nab", &[200], Ended),
        ("half a request behind a whole one", "9112 9.6", b"GET /seen/a HTTP/1.1\r\nhost: t\r\n\r\nGET /seen/smug", &[200], Ended),
    ])
}

#[test]
fn refusals_say_why() {
    let served = Served::new();
    for (request, detail) in [
        ("GET / HTTP/1.1\n", "A line of the head ends with LF alone. Lines end with CR LF."),
        ("GET / HTTP/1.1\r\n\r\n", "The request has no Host field, which HTTP/1.1 requires."),
        ("GET / HTTP/1.1\r\nhost: a/b\r\n", "The Host field is not a host with an optional port."),
        (
            "POST / HTTP/1.1\r\nhost: t\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n",
            "The request has both Content-Length and Transfer-Encoding, so its end is not certain.",
        ),
    ] {
        let answer = served.ask(request);
        assert_eq!((answer.status, answer.detail().as_str()), (400, detail));
        assert_eq!(answer.header("connection"), Some("close"));
    }
}

#[test]
fn the_host_in_a_target_wins() {
    let served = Served::new();
    for target in ["http://u:80/host", "https://u:80/host", "http://me@u:80/host"] {
        assert_eq!(served.get(target).body, "u:80");
    }
    assert_eq!(served.get("/host").body, "t");
}

/// A client that has ended its side gets the answer of a handler that takes its time, and of one
/// that sends more than fits into the socket's buffers.
#[test]
fn half_closed_clients_get_their_answers() {
    let served = Served::new();
    let mut waiting = served.connect();
    waiting.send("GET /wait HTTP/1.1\r\nhost: t\r\n\r\nGET /seen/a HTTP/1.1\r\nhost: t\r\n\r\n");
    served.wait_until_entered(1);
    waiting.finish();
    let mut large = served.connect();
    large.send("GET /large HTTP/1.1\r\nhost: t\r\n\r\n");
    large.finish();
    assert_eq!(large.answer().body.len(), 32 << 20);
    served.site.gate.open.add_permits(1);
    assert_eq!((waiting.answer().body.as_str(), waiting.answer().status), ("waited", 200));
    assert!(waiting.rest().is_empty());
}

/// One that is gone looks the same, so the handler gets `SEND_TIMEOUT`, and no more.
#[test]
fn the_handlers_of_clients_that_are_gone_are_given_up() {
    let mut served = Served::with(&[("SEND_TIMEOUT", "1"), ("DRAIN_TIMEOUT", "15")]);
    let mut client = served.connect();
    client.send("GET /wait HTTP/1.1\r\nhost: t\r\n\r\n");
    served.wait_until_entered(1);
    drop(client);
    let stopped = served.stop();
    assert_eq!(served.runtime.block_on(stopped).unwrap().cut, 0);
}

/// A reset says that nobody waits.
#[test]
fn a_reset_ends_the_handler_at_once() {
    let served = Served::new();
    let mut client = served.connect();
    client.send("GET /wait HTTP/1.1\r\nhost: t\r\n\r\n");
    served.wait_until_entered(1);
    socket2::SockRef::from(&client.0).set_linger(Some(std::time::Duration::ZERO)).unwrap();
    drop(client);
    until("the connection stays", || served.connections() == 0);
}
