//! HTTP/2 frames by the thousand, written by hand: who sends them is sent away, and nobody else notices.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::atomic::Ordering::SeqCst;

use crate::served::{PATIENCE, Served, until};

pub(crate) const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

const DATA: u8 = 0;
pub(crate) const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
pub(crate) const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GOAWAY: u8 = 7;
const CONTINUATION: u8 = 9;

pub(crate) const END_STREAM: u8 = 1;
pub(crate) const END_HEADERS: u8 = 4;

const NO_ERROR: u32 = 0;
const CANCEL: u32 = 8;
const ENHANCE_YOUR_CALM: u32 = 11;

/// A frame as it is sent.
pub(crate) fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// The fields of a `GET` of this path, with nothing of them kept.
pub(crate) fn fields(path: &str) -> Vec<u8> {
    let literal =
        |index: u8, text: &str| [&[index, u8::try_from(text.len()).unwrap()], text.as_bytes()].concat();
    // `:method: GET` and `:scheme: http` by their number, `:authority` and `:path` by that of their names.
    [&[0x82, 0x86][..], &literal(0x01, "t"), &literal(0x04, path)].concat()
}

/// A request that is taken back at once.
fn taken_back(stream: u32, path: &str) -> Vec<u8> {
    let request = frame(HEADERS, END_STREAM | END_HEADERS, stream, &fields(path));
    [request, frame(RST_STREAM, 0, stream, &CANCEL.to_be_bytes())].concat()
}

/// A connection that has begun.
fn connect(served: &Served) -> TcpStream {
    let mut stream = served.connect().0;
    stream.write_all(&[PREFACE, &frame(SETTINGS, 0, 0, &[])].concat()).unwrap();
    stream
}

/// Reads until the server closes; the reason that it gave.
fn goodbye(mut stream: TcpStream) -> Option<u32> {
    let mut reason = None;
    loop {
        let mut head = [0; 9];
        // The end, if need be by a reset: the client goes on sending.
        if stream.read_exact(&mut head).is_err() {
            return reason;
        }
        let mut payload = vec![0; u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize];
        if stream.read_exact(&mut payload).is_err() {
            return reason;
        }
        if head[3] == GOAWAY {
            reason = Some(u32::from_be_bytes(payload[4..8].try_into().unwrap()));
        }
    }
}

/// CVE-2023-44487, as it was done: without waiting for anything.
#[test]
fn requests_that_are_taken_back_unseen_end_the_connection() {
    const SENT: u32 = 5000;
    let served = Served::new();
    let mut other = served.connect();
    let stream = connect(&served);
    let flood: Vec<u8> = (0..SENT).flat_map(|number| taken_back(2 * number + 1, "/wait")).collect();
    let mut writing = stream.try_clone().unwrap();
    // The server may close before all of it is sent.
    let writer = std::thread::spawn(move || drop(writing.write_all(&flood)));
    other.send("GET / HTTP/1.1\r\nhost: t\r\n\r\n");
    assert_eq!(other.answer().body, "Hello");
    assert_eq!(goodbye(stream), Some(ENHANCE_YOUR_CALM));
    writer.join().unwrap();
    until("the connection is closed", || served.connections() == 1);
    let begun = served.site.gate.entered.load(SeqCst);
    assert!(begun < 1000, "{begun} handlers of {SENT} were begun");
    other.send("GET / HTTP/1.1\r\nhost: t\r\n\r\n");
    assert_eq!(other.answer().body, "Hello");
}

/// The same by a client that is careful: each handler has begun before its request is taken back.
#[test]
fn handlers_that_are_begun_for_nothing_end_the_connection() {
    const SENT: u32 = 20_000;
    let served = Served::new();
    let mut other = served.connect();
    let mut stream = connect(&served);
    until("it is accepted", || served.connections() == 2);
    let gate = &served.site.gate;
    let mut begun = 0;
    while begun < SENT {
        let id = 2 * begun + 1;
        let request = frame(HEADERS, END_STREAM | END_HEADERS, id, &fields("/wait"));
        if stream.write_all(&request).is_err() {
            break;
        }
        begun += 1;
        let before = gate.entered.load(SeqCst);
        let entered = || gate.entered.load(SeqCst) >= begun as usize;
        until("a handler begins, or the connection is closed", || entered() || served.connections() == 1);
        if !entered() {
            break;
        }
        assert!(before <= begun as usize);
        if stream.write_all(&frame(RST_STREAM, 0, id, &CANCEL.to_be_bytes())).is_err() {
            break;
        }
        if begun % 100 == 0 {
            other.send("GET / HTTP/1.1\r\nhost: t\r\n\r\n");
            assert_eq!(other.answer().body, "Hello");
        }
    }
    // 500, and 50 for each second that the machine is slow.
    assert!((500..5000).contains(&begun), "{begun} handlers were begun");
    assert_eq!(goodbye(stream), Some(NO_ERROR));
    until("the connection is closed", || served.connections() == 1);
}

/// Few of them are what browsers do.
#[test]
fn some_requests_may_be_taken_back() {
    let served = Served::new();
    let mut stream = connect(&served);
    for number in 0..400 {
        stream.write_all(&taken_back(2 * number + 1, "/wait")).unwrap();
        // Each is seen.
        served.wait_until_entered(number as usize + 1);
    }
    stream.write_all(&frame(HEADERS, END_STREAM | END_HEADERS, 801, &fields("/"))).unwrap();
    loop {
        let mut head = [0; 9];
        stream.read_exact(&mut head).unwrap();
        assert_ne!(head[3], GOAWAY);
        let mut payload = vec![0; u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize];
        stream.read_exact(&mut payload).unwrap();
        if head[3] == DATA && !payload.is_empty() {
            assert_eq!(payload, b"Hello");
            return;
        }
    }
}

/// CVE-2024-27316: the fields of a request that never end.
#[test]
fn fields_that_never_end_end_the_connection() {
    for piece in [&[][..], &[0x00, 0x01, b'x', 0x01, b'y'].repeat(2000)] {
        let served = Served::new();
        let stream = connect(&served);
        let mut writing = stream.try_clone().unwrap();
        let begin = frame(HEADERS, END_STREAM, 1, &fields("/"));
        let piece = frame(CONTINUATION, 0, 1, piece);
        let writer = std::thread::spawn(move || {
            let mut sent = 0;
            if writing.write_all(&begin).is_ok() {
                while sent < 5000 && writing.write_all(&piece).is_ok() {
                    sent += 1;
                }
            }
        });
        let reason = goodbye(stream);
        assert!(reason.is_some_and(|reason| reason != NO_ERROR), "{reason:?}");
        writer.join().unwrap();
        assert_eq!(served.get("/").body, "Hello");
    }
}

/// What has to be answered, from a client that takes no answer.
#[test]
fn answers_to_pings_and_settings_are_not_collected_without_end() {
    for flood in [frame(SETTINGS, 0, 0, &[]), frame(PING, 0, 0, &[7; 8])] {
        let served = Served::with(&[("SEND_TIMEOUT", "1"), ("REST_TIMEOUT", "0")]);
        let mut other = served.connect();
        let mut stream = connect(&served);
        let flood = flood.repeat(1000);
        let begun = std::time::Instant::now();
        // Once nothing more is taken of it, it waits; once the connection is cut, it fails.
        let mut written = 0;
        let writing = std::thread::spawn(move || {
            while stream.write_all(&flood).is_ok() {
                written += flood.len();
                assert!(begun.elapsed() < PATIENCE, "{written} bytes were taken");
            }
        });
        while !writing.is_finished() {
            other.send("GET / HTTP/1.1\r\nhost: t\r\n\r\n");
            assert_eq!(other.answer().body, "Hello");
        }
        writing.join().unwrap();
        until("the connection is closed", || served.connections() == 1);
    }
}
