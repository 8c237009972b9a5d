//! What every answer carries, whoever made it.

use hyperdjango::http::Method;

use super::{Served, all, ask, get, site, text};

#[tokio::test]
async fn every_answer_is_careful_has_an_id_and_a_time() {
    let site = site(&[
        ("SECURE_HSTS_SECONDS", "60"),
        ("SECURE_PROXY_SSL_HEADER", "X-Forwarded-Proto"),
        ("TRUSTED_PROXY_COUNT", "1"),
    ])
    .await;
    for (method, target, status) in [
        (Method::GET, "/plain", 200),
        (Method::GET, "/nowhere", 404),
        (Method::POST, "/plain", 405),
        (Method::OPTIONS, "/plain", 204),
        (Method::GET, "/plain/", 308),
        (Method::GET, "/long/x", 404),
        (Method::GET, "/fails", 500),
        (Method::GET, "/panics", 500),
    ] {
        let response = ask(site, method, target, &[("x-forwarded-proto", "https")], "").await;
        assert_eq!(response.status(), status, "{target}");
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("strict-transport-security", "max-age=60"),
            ("content-security-policy", "default-src 'self'; script-src 'self'"),
        ] {
            assert_eq!(all(&response, name), value, "{target}");
        }
        assert_eq!(all(&response, "x-request-id").len(), 36, "{target}");
        assert!(all(&response, "x-response-time").ends_with("ms"), "{target}");
    }
}

#[tokio::test]
async fn the_pages_nonce_is_in_its_policy() {
    let site = site(&[]).await;
    let response = get(site, "/", &[]).await;
    let nonce = text(&response).split('"').nth(1).unwrap().to_owned();
    assert_eq!(nonce.len(), 32);
    let policy = format!("default-src 'self'; script-src 'self' 'nonce-{nonce}'");
    assert_eq!(all(&response, "content-security-policy"), policy);
    assert!(!text(&get(site, "/", &[]).await).contains(&nonce));
}

#[tokio::test]
async fn a_handler_knows_the_id_that_is_sent_back() {
    let made = site(&[]).await;
    let response = get(made, "/id", &[("x-request-id", "mine")]).await;
    assert_eq!(all(&response, "x-request-id"), text(&response));
    assert_ne!(text(&response), "mine");
    let trusting = site(&[("REQUEST_ID_TRUSTED", "true")]).await;
    let response = get(trusting, "/id", &[("x-request-id", "mine")]).await;
    assert_eq!((text(&response), all(&response, "x-request-id")), ("mine", "mine".to_owned()));
}

#[test]
fn over_a_socket_an_id_is_kept_from_proxies_of_ones_own() {
    for (proxies, kept) in [("127.0.0.0/8", true), ("10.0.0.0/8, unix", false)] {
        let served = Served::new(&[("TRUSTED_PROXIES", proxies)]);
        let answer = served.ask("GET", "/id", "x-request-id: mine\r\n");
        assert_eq!(answer.body == b"mine", kept, "{proxies}");
        assert_eq!(answer.header("x-request-id").map(str::as_bytes), Some(&answer.body[..]));
    }
}

#[test]
fn over_a_socket_a_proxy_of_ones_own_says_how_the_client_came() {
    for (proxies, status) in [("127.0.0.1", "200"), ("10.0.0.1", "301")] {
        let pairs = [
            ("TRUSTED_PROXIES", proxies),
            ("SECURE_SSL_REDIRECT", "true"),
            ("SECURE_PROXY_SSL_HEADER", "X-Forwarded-Proto"),
        ];
        let served = Served::new(&pairs);
        assert_eq!(served.ask("GET", "/plain", "x-forwarded-proto: https\r\n").status(), status, "{proxies}");
        assert_eq!(served.ask("GET", "/plain", "x-forwarded-proto: http\r\n").status(), "301");
    }
}

/// A path that cannot be read is refused inside of the middleware.
#[test]
fn they_are_on_refusals_of_paths() {
    let served = Served::new(&[]);
    for target in ["/%zz", "/long/%ff", "/%"] {
        let answer = served.ask("GET", target, "");
        assert_eq!((answer.status(), answer.header("x-frame-options")), ("400", Some("DENY")), "{target}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    }
}
