use super::super::proof::{all, answer, context, get, settings, through};
use super::*;
use crate::http::FromRequest;

async fn sent(pairs: &[(&str, &str)]) -> Response {
    let headers = SecurityHeaders::start(&settings(pairs)).await.unwrap();
    let mut request = get(&[("x-forwarded-proto", "https")]);
    request.set_context(context(pairs));
    through(&headers, &mut request, |_| answer(&[], "page")).await
}

/// As behind a proxy that says how the client asks.
const PROXY: [(&str, &str); 2] =
    [("SECURE_PROXY_SSL_HEADER", "X-Forwarded-Proto"), ("TRUSTED_PROXY_COUNT", "1")];

#[tokio::test]
async fn the_defaults_are_djangos() {
    let response = sent(&[]).await;
    let mut fields: Vec<String> = response
        .headers()
        .iter()
        .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
        .collect();
    fields.sort();
    assert_eq!(
        fields,
        [
            "cross-origin-opener-policy: same-origin",
            "referrer-policy: same-origin",
            "x-content-type-options: nosniff",
            "x-frame-options: DENY",
        ]
    );
}

#[tokio::test]
async fn each_setting_has_its_field() {
    let response = sent(&[
        PROXY[0],
        PROXY[1],
        ("SECURE_HSTS_SECONDS", "31536000"),
        ("SECURE_HSTS_INCLUDE_SUBDOMAINS", "true"),
        ("SECURE_HSTS_PRELOAD", "true"),
        ("SECURE_CONTENT_TYPE_NOSNIFF", "false"),
        ("X_FRAME_OPTIONS", "sameorigin"),
        ("SECURE_REFERRER_POLICY", "off"),
        ("SECURE_CROSS_ORIGIN_OPENER_POLICY", "unsafe-none"),
        ("SECURE_CSP", "default-src 'self'; img-src *"),
        ("SECURE_CSP_REPORT_ONLY", "default-src 'none'; report-uri /csp"),
        ("SECURE_PERMISSIONS_POLICY", "camera=()"),
    ])
    .await;
    let of = |name| all(response.headers(), name);
    assert_eq!(of("strict-transport-security"), "max-age=31536000; includeSubDomains; preload");
    assert_eq!(of("x-content-type-options"), "");
    assert_eq!(of("x-frame-options"), "SAMEORIGIN");
    assert_eq!(of("referrer-policy"), "");
    assert_eq!(of("cross-origin-opener-policy"), "unsafe-none");
    assert_eq!(of("content-security-policy"), "default-src 'self'; img-src *");
    assert_eq!(of("content-security-policy-report-only"), "default-src 'none'; report-uri /csp");
    assert_eq!(of("permissions-policy"), "camera=()");
}

#[tokio::test]
async fn what_a_handler_has_set_stays() {
    let headers = SecurityHeaders::new().csp(Csp::new().default_src([Csp::SELF])).unwrap();
    let own = [("x-frame-options", "SAMEORIGIN"), ("content-security-policy", "default-src *")];
    let response = through(&headers, &mut get(&[]), |_| answer(&own, "page")).await;
    assert_eq!(all(response.headers(), "x-frame-options"), "SAMEORIGIN");
    assert_eq!(all(response.headers(), "content-security-policy"), "default-src *");
    assert_eq!(all(response.headers(), "referrer-policy"), "same-origin");
}

#[tokio::test]
async fn a_nonce_is_in_the_policy_of_the_page_that_asked_for_one() {
    let policy = Csp::new().script_src([Csp::SELF, Csp::NONCE]);
    let headers = SecurityHeaders::new().csp(policy).unwrap();
    let mut request = get(&[]);
    let first = CspNonce::from_request(&mut request).await.unwrap();
    let again = CspNonce::from_request(&mut request).await.unwrap();
    assert_eq!(first.as_str(), again.as_str());
    let response = through(&headers, &mut request, |_| answer(&[], "page")).await;
    let expected = format!("script-src 'self' 'nonce-{first}'");
    assert_eq!(all(response.headers(), "content-security-policy"), expected);
    let response = through(&headers, &mut get(&[]), |_| answer(&[], "page")).await;
    assert_eq!(all(response.headers(), "content-security-policy"), "script-src 'self'");
    let other = CspNonce::from_request(&mut get(&[])).await.unwrap();
    assert_ne!(first.as_str(), other.as_str());
}

#[tokio::test]
async fn hsts_is_for_https() {
    let pairs = [("SECURE_HSTS_SECONDS", "60"), PROXY[0], PROXY[1]];
    let headers = SecurityHeaders::start(&settings(&pairs)).await.unwrap();
    for (sent, expected) in [("https", "max-age=60"), ("http", "")] {
        let mut request = get(&[("x-forwarded-proto", sent)]);
        request.set_context(context(&pairs));
        let response = through(&headers, &mut request, |_| answer(&[], "page")).await;
        assert_eq!(all(response.headers(), "strict-transport-security"), expected);
    }
    assert_eq!(all(sent(&pairs[..1]).await.headers(), "strict-transport-security"), "");
}

#[tokio::test]
async fn settings_that_cannot_be_used_are_named() {
    for (key, value, expected) in [
        (
            "X_FRAME_OPTIONS",
            "ALLOW",
            "X_FRAME_OPTIONS should be `DENY`, `SAMEORIGIN` or `off`, and is `ALLOW`",
        ),
        (
            "SECURE_HSTS_SECONDS",
            "-1",
            "SECURE_HSTS_SECONDS should be a number from 0 to 4294967295, and is `-1`",
        ),
        (
            "SECURE_CSP",
            "default-src self",
            "SECURE_CSP has the source `self` in `default-src`, which means a host of that name: write `'self'`",
        ),
    ] {
        let error = SecurityHeaders::start(&settings(&[(key, value)])).await.unwrap_err();
        assert_eq!(std::error::Error::source(&error).unwrap().to_string(), expected);
    }
}
