//! Both server models: what matters of a server under each, and how they differ.

use std::collections::HashSet;
use std::process::Command;

use hyperdjango::Settings;

use crate::served::{Served, model, until};

fn per_core(settings: &[(&'static str, &'static str)]) -> Served {
    let model = [("HTTP_SERVER_MODEL", "per_core"), ("THREAD_POOL_SIZE", "2")];
    Served::with(&[&model[..], settings].concat())
}

#[test]
fn requests_are_answered_by_threads_of_their_own() {
    let served = per_core(&[]);
    let clients: Vec<_> = (0..6).map(|_| served.connect()).collect();
    let threads: Vec<String> = clients
        .into_iter()
        .map(|mut client| {
            client.send("GET /long/thread HTTP/1.1\r\nhost: t\r\n\r\n");
            let first = client.answer().body;
            client.send("GET /long/thread HTTP/1.1\r\nhost: t\r\n\r\n");
            assert_eq!(client.answer().body, first, "a connection stays where it is");
            first
        })
        .collect();
    let names: HashSet<_> = threads.iter().map(String::as_str).collect();
    assert_eq!(names, HashSet::from([r#"Some("worker-0")"#, r#"Some("worker-1")"#]));
}

#[test]
fn the_essentials_are_the_same() {
    let served = per_core(&[("MAX_BODY_SIZE", "1000"), ("HEADER_TIMEOUT", "1"), ("BODY_TIMEOUT", "1")]);
    assert_eq!(served.get("/").body, "Hello");
    assert_eq!(served.get("/nowhere").status, 404);
    assert_eq!(served.get("/panic").status, 500);
    assert_eq!(served.get("/stream").body, "one two three");
    assert_eq!(served.post("/echo", "text/plain", "body").body, "body");
    assert_eq!(served.post("/echo", "text/plain", &"x".repeat(1001)).status, 413);
    let mut pipelined = served.connect();
    pipelined.send("GET /posts/1 HTTP/1.1\r\nhost: t\r\n\r\n".repeat(40));
    for _ in 0..40 {
        assert_eq!(pipelined.answer().body, "post 1");
    }
    let (mut slow_head, mut slow_body) = (served.connect(), served.connect());
    slow_head.send("GET / HTTP/1.1\r\n");
    slow_body.send("POST /echo HTTP/1.1\r\nhost: t\r\ncontent-length: 10\r\n\r\nabc");
    assert_eq!((slow_head.answer().status, slow_body.answer().status), (408, 408));
    let mut large = served.connect();
    large.send("GET /large HTTP/1.1\r\nhost: t\r\n\r\n");
    assert_eq!(large.answer().body.len(), 32 << 20);
}

#[test]
fn it_stops_in_order() {
    let mut served = per_core(&[]);
    let (mut idle, mut busy) = (served.connect(), served.connect());
    idle.send("GET / HTTP/1.1\r\nhost: t\r\n\r\n");
    assert_eq!(idle.answer().status, 200);
    busy.send("GET /wait HTTP/1.1\r\nhost: t\r\n\r\n");
    served.wait_until_entered(1);
    let stopped = served.stop();
    assert!(idle.rest().is_empty());
    served.site.gate.open.add_permits(1);
    assert_eq!(busy.answer().body, "waited");
    assert_eq!(served.runtime.block_on(stopped).unwrap().cut, 0);
}

/// A thread that is held gets no new connections while another one is free.
#[test]
fn new_connections_avoid_a_thread_that_is_held() {
    let served = per_core(&[("WATCHDOG_THRESHOLD", "20")]);
    let mut held = served.connect();
    held.send("GET /long/hold HTTP/1.1\r\nhost: t\r\n\r\n");
    until("it is found held", || served.server().stats().blocked == 1);
    // The free thread has more connections all the while.
    let others: Vec<_> = (0..8)
        .map(|_| {
            let mut other = served.connect();
            other.send("GET / HTTP/1.1\r\nhost: t\r\n\r\n");
            assert_eq!(other.answer().status, 200);
            other
        })
        .collect();
    served.site.gate.let_go();
    assert_eq!(held.answer().body, "held");
    drop(others);
}

/// The tests for which the model matters, once more with the other one, in a process of their own.
#[test]
fn the_other_model_passes_the_same_tests() {
    let other = if model() == "shared" { "per_core" } else { "shared" };
    let run = Command::new(std::env::current_exe().unwrap())
        .args(["floods::", "http2::", "limits::", "long::", "protocol::", "refusals::", "rfc::", "slow::"])
        .args(["stopping::", "tls::", "answers::streams::", "--skip", "differential", "--test-threads", "4"])
        .env("HTTP_SERVER_MODEL", other)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success(), "{other}:\n{said}{}", String::from_utf8_lossy(&run.stderr));
    let passed = said.rsplit("test result: ok. ").next().and_then(|rest| rest.split(' ').next());
    let passed: usize = passed.unwrap().parse().unwrap();
    assert!(passed > 80, "{passed} tests were found:\n{said}");
}

#[test]
fn another_model_is_refused() {
    let error = Settings::from_pairs([("HTTP_SERVER_MODEL", "threaded")]).unwrap_err();
    assert_eq!(error.to_string(), "HTTP_SERVER_MODEL should be `shared` or `per_core`, and is `threaded`");
}
