//! Limits of size and time.

use std::io::Write;

use crate::served::Served;

#[test]
fn a_body_that_says_it_is_too_large_is_refused_unread() {
    let served = Served::with(&[("MAX_BODY_SIZE", "1000")]);
    let answer = served.ask("POST /echo HTTP/1.1\r\nhost: t\r\ncontent-length: 1001\r\n\r\n");
    assert_eq!(
        (answer.status, answer.detail()),
        (413, "The body is larger than the 1000 bytes accepted here.".into())
    );
    assert_eq!(answer.header("connection"), Some("close"));
    let body = "x".repeat(1000);
    assert_eq!(served.post("/echo", "text/plain", &body).body, body);
}

#[test]
fn a_body_that_grows_too_large_is_refused_while_it_is_read() {
    let served = Served::with(&[("MAX_BODY_SIZE", "1000")]);
    let mut client = served.connect();
    client.send("POST /echo HTTP/1.1\r\nhost: t\r\ntransfer-encoding: chunked\r\n\r\n");
    let chunk = format!("1f4\r\n{}\r\n", "x".repeat(500));
    for _ in 0..3 {
        client.send(&chunk);
    }
    assert_eq!(client.answer().status, 413);
}

#[test]
fn the_refusal_reaches_a_client_that_goes_on_sending() {
    let served = Served::with(&[("MAX_BODY_SIZE", "1000")]);
    let mut client = served.connect();
    client.send("POST /echo HTTP/1.1\r\nhost: t\r\ncontent-length: 4000000\r\n\r\n");
    let mut sender = client.0.try_clone().unwrap();
    let sending = std::thread::spawn(move || {
        // The server may close before all of it is sent.
        let _ = sender.write_all(&vec![b'x'; 4_000_000]);
    });
    assert_eq!(client.answer().status, 413);
    client.rest();
    sending.join().unwrap();
}

#[test]
fn a_head_that_is_too_large_is_431() {
    let served = Served::new();
    let request = |size| format!("GET / HTTP/1.1\r\nhost: t\r\nx-large: {}\r\n\r\n", "x".repeat(size));
    assert_eq!(served.ask(&request(8000)).status, 200);
    let answer = served.ask(&request(8192));
    assert_eq!((answer.status, answer.header("connection")), (431, Some("close")));
    assert!(answer.detail().starts_with("The head of the request is larger than 8192 bytes"), "{answer:?}");
    assert_eq!(served.ask(&request(100_000)).status, 431);
}

#[test]
fn a_slow_head_is_408() {
    let served = Served::with(&[("HEADER_TIMEOUT", "1")]);
    let mut client = served.connect();
    client.send("GET / HTTP/1.1\r\nhost");
    let answer = client.answer();
    assert_eq!(
        (answer.status, answer.detail()),
        (408, "The head of the request arrived too slowly.".to_owned())
    );
    assert!(client.rest().is_empty());
}

#[test]
fn a_slow_body_is_408() {
    let served = Served::with(&[("BODY_TIMEOUT", "1")]);
    let mut client = served.connect();
    client.send("POST /echo HTTP/1.1\r\nhost: t\r\ncontent-length: 10\r\n\r\nabc");
    let answer = client.answer();
    assert_eq!(
        (answer.status, answer.detail()),
        (408, "The body of the request arrived too slowly.".to_owned())
    );
}

#[test]
fn an_idle_connection_is_closed() {
    let served = Served::with(&[("KEEP_ALIVE_TIMEOUT", "1")]);
    let mut client = served.connect();
    client.send("GET / HTTP/1.1\r\nhost: t\r\n\r\n");
    assert_eq!(client.answer().status, 200);
    assert!(client.rest().is_empty());
}

#[test]
fn a_handler_may_take_its_time() {
    let served = Served::with(&[("KEEP_ALIVE_TIMEOUT", "1"), ("HEADER_TIMEOUT", "1"), ("BODY_TIMEOUT", "1")]);
    let (mut slow, mut idle) = (served.connect(), served.connect());
    slow.send("GET /wait HTTP/1.1\r\nhost: t\r\n\r\n");
    served.wait_until_entered(1);
    // By the time an idle connection is closed, every limit has passed.
    assert!(idle.rest().is_empty());
    served.site.gate.open.add_permits(1);
    assert_eq!(slow.answer().body, "waited");
}

#[test]
fn a_client_that_takes_nothing_is_let_go() {
    // One that may rest is looked at each second, which is no sign of life.
    for rest in ["0", "2"] {
        let mut served =
            Served::with(&[("SEND_TIMEOUT", "1"), ("DRAIN_TIMEOUT", "15"), ("REST_TIMEOUT", rest)]);
        let mut client = served.connect();
        client.send("GET /large HTTP/1.1\r\nhost: t\r\n\r\n");
        // Nothing is read: the server gives up, and so can stop without cutting anything.
        let stopped = served.stop();
        assert_eq!(served.runtime.block_on(stopped).unwrap().cut, 0);
        assert!(client.rest().len() < 32 << 20);
    }
}

#[test]
fn a_body_cut_in_the_middle_is_400() {
    let served = Served::new();
    let mut client = served.connect();
    client.send("POST /echo HTTP/1.1\r\nhost: t\r\ncontent-length: 10\r\n\r\nabc");
    client.finish();
    let answer = client.answer();
    assert_eq!(
        (answer.status, answer.detail()),
        (400, "The body of the request ended before it was complete.".into())
    );
    assert_eq!(served.get("/").status, 200);
}
