//! Who is let in, with what, and for how long.

use hyperdjango::http::Method;

use super::{Served, all, ask, get, site, text};

#[tokio::test]
async fn other_hosts_are_refused_before_anything_is_built_from_them() {
    let site = site(&[("ALLOWED_HOSTS", "app.example"), ("SECURE_SSL_REDIRECT", "true")]).await;
    let response = get(site, "/plain?x=1", &[("host", "app.example:80")]).await;
    assert_eq!(
        (response.status().as_u16(), all(&response, "location")),
        (301, "https://app.example/plain?x=1".into())
    );
    let response = get(site, "/plain", &[("host", "evil.example")]).await;
    assert_eq!((response.status().as_u16(), all(&response, "location")), (400, String::new()));
    assert_eq!(all(&response, "x-frame-options"), "DENY");
    let response = ask(site, Method::POST, "/size", &[("host", "app.example")], "body").await;
    assert_eq!(response.status(), 308);
}

#[test]
fn over_a_socket_the_hosts_of_development_are_known() {
    let served = Served::new(&[]);
    assert_eq!(served.ask("GET", "/plain", "").status(), "200");
    assert_eq!(served.ask("GET", "http://evil.example/plain", "").status(), "400");
}

#[tokio::test]
async fn what_is_late_is_503() {
    let site = site(&[("REQUEST_TIMEOUT", "1")]).await;
    let response = get(site, "/slow", &[]).await;
    assert_eq!(text(&response), r#"{"detail":"`/slow` did not answer within 1 s.","status":503}"#);
    assert_eq!((response.status().as_u16(), all(&response, "x-frame-options")), (503, "DENY".into()));
    assert_eq!(get(site, "/plain", &[]).await.status(), 200);
}

#[tokio::test]
async fn what_is_too_much_is_refused_at_once() {
    let site = site(&[("MAX_CONCURRENT_REQUESTS", "1"), ("REQUEST_TIMEOUT", "0")]).await;
    let waiting = tokio::spawn(get(site, "/slow", &[]));
    let refused = loop {
        tokio::task::yield_now().await;
        let response = get(site, "/plain", &[]).await;
        if response.status() != 200 {
            break response;
        }
    };
    assert_eq!((refused.status().as_u16(), all(&refused, "retry-after")), (503, "1".into()));
    assert_eq!(all(&refused, "x-frame-options"), "DENY");
    waiting.abort();
    assert!(waiting.await.unwrap_err().is_cancelled());
    assert_eq!(get(site, "/plain", &[]).await.status(), 200);
}

#[tokio::test]
async fn a_mount_may_accept_more_or_less() {
    // MAX_BODY_SIZE is for bodies that come over a connection, which the next test has.
    let site = site(&[]).await;
    for (target, body, status) in [
        ("/small/size", "12345", 200),
        ("/small/size", "123456", 413),
        ("/large/size", "12345678901234567890", 200),
    ] {
        assert_eq!(ask(site, Method::POST, target, &[], body).await.status(), status, "{target} {body}");
    }
}

#[test]
fn the_limit_of_a_mount_is_in_place_of_the_setting() {
    let served = Served::new(&[("MAX_BODY_SIZE", "10")]);
    let post = |target, length: usize| {
        let answer =
            served.ask("POST", target, &format!("content-length: {length}\r\n\r\n{}", "x".repeat(length)));
        answer.status().to_owned()
    };
    assert_eq!((post("/size", 10), post("/size", 11)), ("200".into(), "413".into()));
    assert_eq!((post("/small/size", 5), post("/small/size", 6)), ("200".into(), "413".into()));
    assert_eq!((post("/large/size", 100), post("/large/size", 101)), ("200".into(), "413".into()));
}
