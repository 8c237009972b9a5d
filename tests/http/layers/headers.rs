//! What every answer carries, whoever made it.

use hyperdjango::http::Method;

use super::{all, ask, get, site, text};

#[tokio::test]
async fn every_answer_is_careful_has_an_id_and_a_time() {
    let site = site(&[("SECURE_HSTS_SECONDS", "60")]).await;
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
        let response = ask(site, method, target, &[], "").await;
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
