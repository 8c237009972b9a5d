//! A layer of tower around a mount.

use hyperdjango::http::Method;
use hyperdjango::middleware::LayerBody;
use hyperdjango::prelude::*;
use tower::ServiceBuilder;

use super::{Served, all, ask, get, site, text};

#[post("/echo/{name}")]
async fn echo(name: String, body: bytes::Bytes) -> String {
    format!("{name} {}", String::from_utf8_lossy(&body))
}

routes! { pub(super) Urls: echo }

/// Adds a field to the request, and one to the answer.
pub(super) fn layer() -> impl tower::Layer<
    hyperdjango::middleware::Inside,
    Service: tower::Service<
        http::Request<LayerBody>,
        Response = http::Response<hyperdjango::http::Body>,
        Error = hyperdjango::http::BoxError,
        Future: Send + 'static,
    > + Clone
                 + Send
                 + Sync
                 + 'static,
> {
    ServiceBuilder::new()
        .map_request(|mut request: http::Request<LayerBody>| {
            *request.uri_mut() = "/somewhere".parse().unwrap();
            request
        })
        .map_response(|mut response: http::Response<hyperdjango::http::Body>| {
            response.headers_mut().insert("x-layer", "tower".parse().unwrap());
            response
        })
        .into_inner()
}

#[tokio::test]
async fn handlers_inside_keep_their_path() {
    let site = site(&[]).await;
    let response = ask(site, Method::POST, "/tower/echo/a%20b", &[], "body").await;
    assert_eq!((text(&response), all(&response, "x-layer")), ("a b body", "tower".into()));
    // Also when the method is refused inside.
    let response = get(site, "/tower/echo/x", &[]).await;
    assert_eq!((response.status().as_u16(), all(&response, "x-layer")), (405, "tower".into()));
}

#[test]
fn limits_of_bodies_hold_through_a_layer() {
    let served = Served::new(&[("MAX_BODY_SIZE", "10")]);
    let post = |length: usize| {
        let body = "x".repeat(length);
        served.ask("POST", "/tower/echo/x", &format!("content-length: {length}\r\n\r\n{body}"))
    };
    assert_eq!((post(10).status(), post(10).body), ("200", b"x xxxxxxxxxx".to_vec()));
    assert_eq!(post(11).status(), "413");
}
