//! Answers that go on, connections that are upgraded or rest, and handlers that hold their thread.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::process::{Command, Stdio};

use crate::served::{PATIENCE, Served, until};

#[test]
fn a_stream_that_listens_ends_by_itself_and_one_that_does_not_is_cut_and_counted() {
    let mut served = Served::with(&[("DRAIN_TIMEOUT", "1")]);
    let (mut listening, mut deaf) = (served.connect(), served.connect());
    listening.send("GET /long/ticks HTTP/1.1\r\nhost: t\r\n\r\n");
    deaf.send("GET /long/deaf HTTP/1.1\r\nhost: t\r\n\r\n");
    for client in [&mut listening, &mut deaf] {
        let mut some = [0; 200];
        client.0.read_exact(&mut some).unwrap();
        assert!(some.starts_with(b"HTTP/1.1 200 OK\r\n"));
    }
    let stopped = served.stop();
    let listened = String::from_utf8(listening.rest()).unwrap();
    assert!(listened.ends_with("\n\r\n0\r\n\r\n"), "it ends in order: {listened:?}");
    assert!(!stopped.is_finished());
    assert_eq!(served.runtime.block_on(stopped).unwrap().cut, 1);
    let cut = String::from_utf8(deaf.rest()).unwrap();
    assert!(!cut.ends_with("0\r\n\r\n"), "the client sees that it did not get everything");
}

#[test]
fn events_end_by_themselves_when_the_server_stops() {
    let mut served = Served::new();
    let mut client = served.connect();
    client.send("GET /long/events HTTP/1.1\r\nhost: t\r\n\r\n");
    let mut read = Vec::new();
    while !read.ends_with(b"data: begun\n\n\r\n") {
        let mut byte = [0];
        client.0.read_exact(&mut byte).unwrap();
        read.push(byte[0]);
    }
    let stopped = served.stop();
    assert_eq!(client.rest(), b"0\r\n\r\n");
    assert_eq!(served.runtime.block_on(stopped).unwrap().cut, 0);
}

const UPGRADE: &str = "GET /long/upgrade HTTP/1.1\r\nhost: t\r\nconnection: Upgrade\r\nupgrade: echo\r\n\r\n";

#[test]
fn an_upgraded_connection_is_the_handlers_and_is_told_of_the_end() {
    let mut served = Served::with(&[("KEEP_ALIVE_TIMEOUT", "1"), ("HEADER_TIMEOUT", "1")]);
    let mut client = served.connect();
    client.send(UPGRADE);
    let answer = client.answer();
    assert_eq!(
        (answer.status, answer.header("upgrade"), answer.header("connection")),
        (101, Some("echo"), Some("upgrade"))
    );
    let mut said = [0; 5];
    for _ in 0..3 {
        client.send("hello");
        client.0.read_exact(&mut said).unwrap();
        assert_eq!(&said, b"hello");
    }
    // It outlives the limits for requests, and is counted all the while.
    for _ in 0..2 {
        let mut idle = served.connect();
        idle.send("GET / HTTP/1.1\r\nhost: t\r\n\r\n");
        idle.answer();
        assert!(idle.rest().is_empty());
    }
    assert_eq!(served.server().stats().connections, 1);
    client.send("still");
    client.0.read_exact(&mut said).unwrap();
    assert_eq!(&said, b"still");
    let stopped = served.stop();
    assert_eq!(client.rest(), b"bye");
    assert_eq!(served.runtime.block_on(stopped).unwrap().cut, 0);
}

#[test]
fn an_upgraded_connection_ends_with_its_client() {
    let served = Served::new();
    let mut gone = served.connect();
    gone.send(UPGRADE);
    gone.answer();
    drop(gone);
    while served.server().stats().connections > 0 {
        std::thread::yield_now();
    }
    // What the upgraded one reads is its own affair: HTTP or not.
    let mut client = served.connect();
    client.send(UPGRADE);
    client.answer();
    client.send("GET / HTTP/1.1\r\n\n\nx");
    let mut said = [0; 19];
    client.0.read_exact(&mut said).unwrap();
    assert_eq!(&said, b"GET / HTTP/1.1\r\n\n\nx");
}

#[test]
fn an_upgraded_connection_that_does_not_end_is_cut() {
    let mut served = Served::with(&[("DRAIN_TIMEOUT", "1")]);
    let mut deaf = served.connect();
    deaf.send(UPGRADE.replace("/upgrade", "/upgrade/deaf"));
    assert_eq!(deaf.answer().status, 101);
    let stopped = served.stop();
    assert_eq!(served.runtime.block_on(stopped).unwrap().cut, 1);
    assert!(deaf.rest().is_empty());
}

#[test]
fn who_does_not_ask_for_an_upgrade_is_told_how() {
    let served = Served::new();
    for request in [
        "GET /long/upgrade HTTP/1.1\r\nhost: t\r\n\r\n",
        "GET /long/upgrade HTTP/1.1\r\nhost: t\r\nupgrade: echo\r\n\r\n",
        "GET /long/upgrade HTTP/1.1\r\nhost: t\r\nconnection: upgrade\r\n\r\n",
        "GET /long/upgrade HTTP/1.0\r\nhost: t\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n",
    ] {
        let answer = served.ask(request);
        assert_eq!(answer.status, 426, "{request}");
        assert!(answer.detail().contains("Connection: Upgrade"));
    }
}

/// What a connection holds for requests is given back after a while, and taken again for the next one.
#[test]
fn a_connection_that_has_rested_goes_on() {
    // When its answer is sent, and when the sweeper comes by.
    for rest in ["0", "1"] {
        let served = Served::with(&[("REST_TIMEOUT", rest)]);
        let awake = |count| until("it rests or wakes up", || served.server().stats().awake == count);
        let mut client = served.connect();
        for _ in 0..2 {
            client.send("GET /posts/1 HTTP/1.1\r\nhost: t\r\n\r\nGET /posts/2 HTTP/1.1\r\nhost: t\r\n\r\n");
            assert_eq!((client.answer().body, client.answer().body), ("post 1".into(), "post 2".into()));
            awake(0);
            assert_eq!(served.server().stats().connections, 1);
        }
        // Nor does it rest in the middle of an answer, however long that is.
        client.send("GET /large HTTP/1.1\r\nhost: t\r\n\r\n");
        assert_eq!(client.answer().body.len(), 32 << 20);
        awake(0);
        // Half a head is no rest.
        client.send("GET /posts/3 HTTP/1.1\r\nho");
        awake(1);
        client.send("st: t\r\n\r\n");
        assert_eq!(client.answer().body, "post 3");
        // Nor is it lost behind a request that was answered.
        client.send("GET /posts/4 HTTP/1.1\r\nhost: t\r\n\r\nGET /posts/5 HTTP/1.1\r\nho");
        assert_eq!(client.answer().body, "post 4");
        client.send("st: t\r\n\r\n");
        assert_eq!(client.answer().body, "post 5");
    }
}

#[test]
fn a_handler_that_holds_its_thread_is_counted() {
    let [off, served, later] =
        ["0", "50", "50"].map(|threshold| Served::with(&[("WATCHDOG_THRESHOLD", threshold)]));
    assert_eq!(served.get("/").status, 200);
    assert_eq!(served.server().stats().blocked, 0);
    let mut clients = [&off, &served, &later].map(|served| {
        let mut client = served.connect();
        client.send("GET /long/hold HTTP/1.1\r\nhost: t\r\n\r\n");
        if !std::ptr::eq(served, &raw const off) {
            until("it is counted", || served.server().stats().blocked > 0);
        }
        client
    });
    // As long again as the last one was held until it was counted, all of them were.
    assert_eq!(served.server().stats().blocked, 1, "once, however long it takes");
    assert_eq!(off.server().stats().blocked, 0);
    for (served, client) in [&off, &served, &later].into_iter().zip(&mut clients) {
        served.site.gate.let_go();
        assert_eq!(client.answer().body, "held");
    }
    assert_eq!(served.server().stats().blocked, 1);
}

#[test]
fn the_log_names_who_holds_a_thread() {
    let socket = std::env::temp_dir().join(format!("hyper-http-{}-held.sock", std::process::id()));
    let mut child = Command::new(env!("CARGO_BIN_EXE_http-site"))
        .env("BIND", format!("unix:{}", socket.display()))
        .env("SECRET_KEY", "0123456789abcdef0123456789abcdef")
        .env("WATCHDOG_THRESHOLD", "50")
        .env("THREAD_POOL_SIZE", "2")
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut log = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    assert!(log.next().unwrap().starts_with("Serving "));
    let mut client = UnixStream::connect(&socket).unwrap();
    client.write_all(b"GET /long/hold HTTP/1.1\r\nhost: t\r\n\r\n").unwrap();
    let record = log.next().unwrap();
    assert!(record.contains("a handler holds its thread"), "{record}");
    assert!(record.contains("GET /long/hold http_site::site::long::hold"), "{record}");
    let mut other = UnixStream::connect(&socket).unwrap();
    other.write_all(b"GET /long/let_go HTTP/1.1\r\nhost: t\r\n\r\n").unwrap();
    let record = log.next().unwrap();
    assert!(record.contains("a handler has let go of its thread"), "{record}");
    let milliseconds: u64 = record.rsplit('=').next().unwrap().parse().unwrap();
    assert!((50..PATIENCE.as_millis() as u64).contains(&milliseconds), "{record}");
    child.kill().unwrap();
    child.wait().unwrap();
    let _ = std::fs::remove_file(socket);
}
