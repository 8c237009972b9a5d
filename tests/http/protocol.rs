//! What HTTP/1.1 asks of a server.

use crate::served::Served;

#[test]
fn handlers_answer() {
    let served = Served::with(&[("GREETING", "Servus")]);
    assert_eq!(served.get("/").body, "Servus");
    assert_eq!(served.get("/posts/new").body, "new post");
    assert_eq!(served.get("/api/v1").body, "api");
    assert_eq!(served.get("/boxed").body, "boxed");
    let answer = served.ask("DELETE /api/v1/users/7/keys/a%2Fb HTTP/1.1\r\nhost: t\r\n\r\n");
    assert_eq!(answer.body, "7 a/b");
    assert_eq!(served.get("/files/a/b%20c/").body, "a/b c/");
    let answer = served.post("/posts", "application/json", r#"{"title": "a", "score": 1}"#);
    assert_eq!((answer.status, answer.body.as_str()), (201, r#"{"title":"a","score":1,"tags":[]}"#));
    let answer =
        served.post("/forms", "application/x-www-form-urlencoded", "title=a+b&score=1&tags=x&tags=y");
    assert_eq!(answer.body, r#"a b 1 ["x", "y"]"#);
}

#[test]
fn head_has_the_head_of_get_and_no_body() {
    let served = Served::new();
    let mut client = served.connect();
    client.send("HEAD / HTTP/1.1\r\nhost: t\r\n\r\nHEAD /nope HTTP/1.1\r\nhost: t\r\n\r\n");
    let (found, missing) = (client.head(), client.head());
    assert_eq!((found.status, found.header("content-length")), (200, Some("5")));
    assert_eq!(missing.status, 404);
    client.send("GET / HTTP/1.1\r\nhost: t\r\n\r\n");
    assert_eq!(client.answer().body, "Hello");
}

#[test]
fn options_tells_what_is_allowed() {
    let served = Served::new();
    for (target, allowed) in [("/posts", "POST, OPTIONS"), ("/posts/7", "GET, HEAD, OPTIONS")] {
        let answer = served.ask(&format!("OPTIONS {target} HTTP/1.1\r\nhost: t\r\n\r\n"));
        assert_eq!((answer.status, answer.header("allow")), (204, Some(allowed)));
    }
    assert_eq!(served.ask("OPTIONS /nope HTTP/1.1\r\nhost: t\r\n\r\n").status, 404);
    assert_eq!(served.ask("OPTIONS * HTTP/1.1\r\nhost: t\r\n\r\n").status, 204);
}

#[test]
fn pipelined_requests_are_answered_in_order() {
    let served = Served::new();
    let mut client = served.connect();
    let requests: String = (0..50).map(|i| format!("GET /posts/{i} HTTP/1.1\r\nhost: t\r\n\r\n")).collect();
    client.send(requests);
    for i in 0..50 {
        assert_eq!(client.answer().body, format!("post {i}"));
    }
}

#[test]
fn an_answer_does_not_wait_for_the_next_request() {
    let served = Served::new();
    let mut client = served.connect();
    // Half a request behind a whole one, and one whose handler waits.
    client.send("GET /posts/1 HTTP/1.1\r\nhost: t\r\n\r\nGET /posts/2 HTTP/1.1\r\nho");
    assert_eq!(client.answer().body, "post 1");
    client.send("st: t\r\n\r\nGET /wait HTTP/1.1\r\nhost: t\r\n\r\n");
    assert_eq!(client.answer().body, "post 2");
    served.wait_until_entered(1);
    served.site.gate.open.add_permits(1);
    assert_eq!(client.answer().body, "waited");
}

#[test]
fn a_path_that_differs_by_its_last_slash_is_redirected() {
    let served = Served::new();
    let answer = served.get("/posts/new/?a=1");
    assert_eq!((answer.status, answer.header("location")), (308, Some("/posts/new?a=1")));
    assert_eq!(served.post("/posts/", "application/json", "{}").status, 404);
}

#[test]
fn streams_come_in_chunks() {
    let served = Served::new();
    let mut client = served.connect();
    client.send("GET /stream HTTP/1.1\r\nhost: t\r\n\r\nGET / HTTP/1.1\r\nhost: t\r\n\r\n");
    let answer = client.answer();
    assert_eq!(
        (answer.header("transfer-encoding"), answer.body.as_str()),
        (Some("chunked"), "one two three")
    );
    assert_eq!(client.answer().body, "Hello");
}

#[test]
fn chunked_bodies_and_expect_continue_are_read() {
    let served = Served::new();
    let answer = served.ask(
        "POST /echo HTTP/1.1\r\nhost: t\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n",
    );
    assert_eq!(answer.body, "abcdefg");
    let mut client = served.connect();
    client.send("POST /echo HTTP/1.1\r\nhost: t\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\n");
    assert_eq!(client.head().status, 100);
    client.send("ok");
    assert_eq!(client.answer().body, "ok");
}

#[test]
fn a_short_body_that_nobody_reads_is_passed_over() {
    let served = Served::new();
    let mut client = served.connect();
    for _ in 0..20 {
        client.send("POST /nowhere HTTP/1.1\r\nhost: t\r\ncontent-length: 20\r\n\r\n");
        client.send("GET /stream HTTP/1.1");
        let answer = client.answer();
        assert_eq!((answer.status, answer.header("connection")), (404, None));
    }
    client.send("GET / HTTP/1.1\r\nhost: t\r\n\r\n");
    assert_eq!(client.answer().body, "Hello");
}

#[test]
fn a_body_that_nobody_reads_and_that_may_be_long_ends_the_connection() {
    let served = Served::new();
    for field in
        ["content-length: 70000", "transfer-encoding: chunked", "content-length: 9\r\nexpect: 100-continue"]
    {
        let mut client = served.connect();
        client.send(format!("POST /nowhere HTTP/1.1\r\nhost: t\r\n{field}\r\n\r\n"));
        let answer = client.answer();
        assert_eq!((answer.status, answer.header("connection")), (404, Some("close")), "{field}");
        client.finish();
        assert!(client.rest().is_empty());
    }
}

#[test]
fn a_panic_costs_its_request_only() {
    let served = Served::new();
    let mut client = served.connect();
    client.send("GET /panic HTTP/1.1\r\nhost: t\r\n\r\nGET / HTTP/1.1\r\nhost: t\r\n\r\n");
    let answer = client.answer();
    assert_eq!((answer.status, answer.detail()), (500, "Something went wrong on our side.".to_owned()));
    assert_eq!(client.answer().body, "Hello");
}

#[test]
fn http_1_0_is_closed_after_its_answer() {
    let served = Served::new();
    let mut client = served.connect();
    client.send("GET / HTTP/1.0\r\n\r\n");
    assert_eq!(client.answer().body, "Hello");
    assert!(client.rest().is_empty());
}
