use super::super::proof::{all, answer, get, request, settings, through};
use super::*;

fn ours() -> Cors {
    Cors::origins(["https://app.example", "https://*.app.example"]).unwrap()
}

async fn ask(cors: &Cors, mut request: Request) -> Response {
    through(cors, &mut request, |_| answer(&[("vary", "accept")], "page")).await
}

fn preflight(origin: &str, method: &str, headers: &str) -> Request {
    let fields = [
        ("origin", origin),
        ("access-control-request-method", method),
        ("access-control-request-headers", headers),
    ];
    request(Method::OPTIONS, "/", &fields)
}

#[tokio::test]
async fn everybody_is_a_star() {
    let response = ask(&Cors::any(), get(&[("origin", "https://a.example")])).await;
    assert_eq!(all(response.headers(), "access-control-allow-origin"), "*");
    assert_eq!(all(response.headers(), "vary"), "accept");
    let response = ask(&Cors::any(), get(&[])).await;
    assert_eq!(all(response.headers(), "access-control-allow-origin"), "");
}

#[tokio::test]
async fn a_listed_origin_is_repeated_and_the_answer_varies() {
    let cors = ours().credentials().unwrap().expose([HeaderName::from_static("x-total")]);
    let response = ask(&cors, get(&[("origin", "https://x.app.example")])).await;
    assert_eq!(all(response.headers(), "access-control-allow-origin"), "https://x.app.example");
    assert_eq!(all(response.headers(), "access-control-allow-credentials"), "true");
    assert_eq!(all(response.headers(), "access-control-expose-headers"), "x-total");
    assert_eq!(all(response.headers(), "vary"), "accept, Origin");
    for other in [get(&[("origin", "https://evil.example")]), get(&[("origin", "null")]), get(&[])] {
        let response = ask(&cors, other).await;
        assert_eq!(response.headers().len(), 1);
        assert_eq!(all(response.headers(), "vary"), "accept, Origin");
    }
}

#[tokio::test]
async fn a_preflight_is_answered_here() {
    let response = ask(&ours(), preflight("https://app.example", "DELETE", "x-token, content-type")).await;
    assert_eq!((response.status().as_u16(), response.body().as_bytes()), (204, Some(&[][..])));
    let of = |name| all(response.headers(), name);
    assert_eq!(of("access-control-allow-origin"), "https://app.example");
    assert_eq!(of("access-control-allow-methods"), "GET, HEAD, POST, PUT, PATCH, DELETE");
    assert_eq!(of("access-control-allow-headers"), "x-token, content-type");
    assert_eq!(of("access-control-max-age"), "86400");
    assert_eq!(of("vary"), "Origin, Access-Control-Request-Headers");
    let response = ask(&ours(), preflight("https://evil.example", "GET", "x")).await;
    assert_eq!((response.status().as_u16(), response.headers().len()), (204, 1));
    // An OPTIONS that is no preflight is the route's.
    let response = ask(&ours(), request(Method::OPTIONS, "/", &[("origin", "https://app.example")])).await;
    assert_eq!(response.status(), 200);
}

#[tokio::test]
async fn lists_replace_what_is_asked_for() {
    let cors =
        ours().methods([Method::GET, Method::POST]).headers([HeaderName::from_static("x-token")]).max_age(60);
    let response = ask(&cors, preflight("https://app.example", "PUT", "x-other")).await;
    let of = |name| all(response.headers(), name);
    assert_eq!(of("access-control-allow-methods"), "GET, POST");
    assert_eq!(of("access-control-allow-headers"), "x-token");
    assert_eq!(of("access-control-max-age"), "60");
    assert_eq!(of("vary"), "Origin");
}

#[tokio::test]
async fn settings_say_it_all() {
    let cors = Cors::start(&settings(&[
        ("CORS_ORIGINS", "https://app.example"),
        ("CORS_CREDENTIALS", "true"),
        ("CORS_METHODS", "get,post"),
        ("CORS_HEADERS", "x-token"),
        ("CORS_EXPOSE_HEADERS", "x-total, x-page"),
        ("CORS_MAX_AGE", "5"),
    ]))
    .await
    .unwrap();
    let response = ask(&cors, preflight("https://app.example", "GET", "x-token")).await;
    let of = |name| all(response.headers(), name);
    assert_eq!(of("access-control-allow-methods"), "GET, POST");
    assert_eq!(
        (of("access-control-allow-headers"), of("access-control-max-age")),
        ("x-token".into(), "5".into())
    );
    let response = ask(&cors, get(&[("origin", "https://app.example")])).await;
    assert_eq!(all(response.headers(), "access-control-expose-headers"), "x-total, x-page");
    // Without settings nobody may.
    let nobody = Cors::start(&settings(&[])).await.unwrap();
    let response = ask(&nobody, get(&[("origin", "https://app.example")])).await;
    assert_eq!(all(response.headers(), "access-control-allow-origin"), "");
}

#[tokio::test]
async fn what_cannot_be_is_refused_at_the_start() {
    let star = [("CORS_ORIGINS", "*"), ("CORS_CREDENTIALS", "true")];
    for (pairs, expected) in [
        (&star[..], "CORS_CREDENTIALS cannot be `true` while CORS_ORIGINS is `*`: name the origins"),
        (
            &[("CORS_ORIGINS", "app.example")],
            "CORS_ORIGINS has `app.example`, which is no origin: it begins with `https://` or `http://`",
        ),
        (&[("CORS_HEADERS", "a:b")], "CORS_HEADERS should be names of header fields, and has `a:b`"),
        (&[("CORS_METHODS", "G(T")], "CORS_METHODS should be methods, and has `G(T`"),
    ] {
        let error = Cors::start(&settings(pairs)).await.unwrap_err();
        assert_eq!(std::error::Error::source(&error).unwrap().to_string(), expected);
    }
    assert!(Cors::origins(["*"]).unwrap().credentials().is_err());
}
