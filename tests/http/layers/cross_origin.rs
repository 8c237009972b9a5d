//! What pages of other sites may ask.

use hyperdjango::http::Method;

use super::{all, ask, get, site};

const OURS: (&str, &str) = ("origin", "https://app.example");

#[tokio::test]
async fn refusals_can_be_read_by_the_page() {
    let site = site(&[("CORS_ORIGINS", "https://app.example"), ("CORS_CREDENTIALS", "true")]).await;
    for (target, status) in [("/plain", 200), ("/nowhere", 404), ("/fails", 500)] {
        let response = get(site, target, &[OURS]).await;
        assert_eq!(response.status(), status);
        assert_eq!(all(&response, "access-control-allow-origin"), "https://app.example", "{target}");
        assert_eq!(all(&response, "access-control-allow-credentials"), "true");
        assert!(all(&response, "vary").contains("Origin"));
    }
    let response = get(site, "/plain", &[("origin", "https://evil.example")]).await;
    assert_eq!(
        (response.status().as_u16(), all(&response, "access-control-allow-origin")),
        (200, String::new())
    );
}

#[tokio::test]
async fn a_preflight_is_204_whatever_the_route_allows() {
    let site = site(&[("CORS_ORIGINS", "https://app.example")]).await;
    for method in ["GET", "DELETE", "PATCH"] {
        let fields = [OURS, ("access-control-request-method", method)];
        let response = ask(site, Method::OPTIONS, "/plain", &fields, "").await;
        assert_eq!(response.status(), 204, "{method}");
        assert_eq!(all(&response, "access-control-allow-origin"), "https://app.example");
        assert!(all(&response, "access-control-allow-methods").contains(method));
        assert_eq!(all(&response, "x-frame-options"), "DENY");
    }
    let response = ask(site, Method::OPTIONS, "/plain", &[OURS], "").await;
    assert_eq!((response.status().as_u16(), all(&response, "allow")), (204, "GET, HEAD, OPTIONS".into()));
}

#[tokio::test]
async fn a_mount_may_be_open_to_all() {
    // Nobody may ask the rest of the site.
    let site = site(&[("CORS_ORIGINS", "https://app.example")]).await;
    let other = ("origin", "https://other.example");
    let response = get(site, "/api/open", &[other]).await;
    assert_eq!(all(&response, "access-control-allow-origin"), "*");
    assert_eq!(all(&get(site, "/plain", &[other]).await, "access-control-allow-origin"), "");
}
