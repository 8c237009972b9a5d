use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

use ::tower::layer::layer_fn;
use ::tower::{ServiceBuilder, service_fn};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};

use super::super::proof::{all, answer, get, request, through};
use super::*;
use crate::http::{Body, Method};

#[tokio::test]
async fn a_layer_changes_request_and_answer() {
    let layer = ServiceBuilder::new()
        .map_request(|mut request: http::Request<LayerBody>| {
            request.headers_mut().insert("x-in", "1".parse().unwrap());
            *request.uri_mut() = "/other%7E?q".parse().unwrap();
            request
        })
        .map_response(|mut response: http::Response<Body>| {
            response.headers_mut().insert("x-out", "2".parse().unwrap());
            response
        })
        .into_inner();
    let mut request = get(&[]);
    let response = through(&Tower(layer), &mut request, |request| {
        assert_eq!(
            (request.path(), request.query(), request.header("x-in")),
            ("/other~", Some("q"), Some("1"))
        );
        answer(&[], "page")
    })
    .await;
    assert_eq!(
        (all(response.headers(), "x-out"), response.body().as_bytes()),
        ("2".into(), Some(&b"page"[..]))
    );
    assert_eq!(request.path(), "/other~");
}

#[tokio::test]
async fn a_layer_may_answer_itself_with_a_body_of_its_own() {
    let layer = layer_fn(|_: Inside| {
        service_fn(|_: http::Request<LayerBody>| async {
            Ok::<_, BoxError>(http::Response::builder().status(418).body(Full::<Bytes>::from("tea")).unwrap())
        })
    });
    let mut request = request(Method::POST, "/pot", &[("x", "y")]);
    let response = through(&Tower(layer), &mut request, |_| unreachable!()).await;
    assert_eq!((response.status().as_u16(), all(response.headers(), "content-length")), (418, "3".into()));
    assert_eq!(response.into_body().collect().await.unwrap().to_bytes(), "tea");
    // Those outside still see what was asked.
    assert_eq!((request.method(), request.path(), request.header("x")), (&Method::POST, "/pot", Some("y")));
}

/// Reads the body.
struct Reads;

impl Next for Reads {
    async fn run(self, request: &mut Request) -> Response {
        match request.bytes().await {
            Ok(bytes) => answer(&[], bytes),
            Err(error) => error.into_response(request),
        }
    }
}

async fn read(tower: &Tower, body: &'static str) -> (u16, Vec<u8>) {
    let mut request = request(Method::POST, "/", &[]).with_body(body);
    let response = tower.call(&(), &mut request, Reads).await;
    (response.status().as_u16(), response.body().as_bytes().unwrap().to_vec())
}

#[tokio::test]
async fn a_layer_may_change_the_body() {
    let same = Tower(::tower::layer::util::Identity::new());
    assert_eq!(read(&same, "body").await, (200, b"body".to_vec()));
    let limit = ServiceBuilder::new()
        .map_request(|request: http::Request<LayerBody>| request.map(|body| Limited::new(body, 4)));
    let limit = Tower(limit.into_inner());
    assert_eq!(read(&limit, "four").await, (200, b"four".to_vec()));
    assert_eq!(read(&limit, "fives").await.0, 413);
}

/// Says when it is dropped, and never answers.
struct Hangs(Arc<AtomicUsize>);

impl Drop for Hangs {
    fn drop(&mut self) {
        self.0.fetch_add(1, SeqCst);
    }
}

impl Next for Hangs {
    async fn run(self, _: &mut Request) -> Response {
        let _self = self;
        std::future::pending().await
    }
}

#[tokio::test]
async fn a_time_out_stops_those_inside() {
    let tower = Tower(::tower::timeout::TimeoutLayer::new(Duration::from_millis(20)));
    let dropped = Arc::new(AtomicUsize::new(0));
    let response = tower.call(&(), &mut get(&[]), Hangs(Arc::clone(&dropped))).await;
    assert_eq!((response.status().as_u16(), dropped.load(SeqCst)), (503, 1));
    let response = through(&tower, &mut get(&[]), |_| answer(&[], "fast")).await;
    assert_eq!(response.status(), 200);
}

#[tokio::test]
async fn those_inside_stop_when_the_layer_waits_for_something_else() {
    let dropped = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&dropped);
    let layer = layer_fn(move |inside: Inside| {
        let seen = Arc::clone(&seen);
        service_fn(move |request: http::Request<LayerBody>| {
            let (mut inside, seen) = (inside, Arc::clone(&seen));
            async move {
                let late = tokio::time::timeout(Duration::from_millis(20), inside.call(request)).await;
                assert!(late.is_err());
                tokio::time::sleep(Duration::from_millis(1)).await;
                Ok::<_, BoxError>(http::Response::new(Body::from(seen.load(SeqCst).to_string())))
            }
        })
    });
    let response = Tower(layer).call(&(), &mut get(&[]), Hangs(dropped)).await;
    assert_eq!(response.body().as_bytes(), Some(&b"1"[..]));
}

#[tokio::test]
async fn what_a_layer_counts_is_counted_for_all_requests() {
    let tower = Tower(ServiceBuilder::new().load_shed().concurrency_limit(1).into_inner());
    let dropped = Arc::new(AtomicUsize::new(0));
    let mut first = get(&[]);
    let mut hangs = Box::pin(tower.call(&(), &mut first, Hangs(dropped)));
    assert!(hangs.as_mut().poll(&mut std::task::Context::from_waker(std::task::Waker::noop())).is_pending());
    assert_eq!(through(&tower, &mut get(&[]), |_| answer(&[], "")).await.status(), 503);
    drop(hangs);
    assert_eq!(through(&tower, &mut get(&[]), |_| answer(&[], "")).await.status(), 200);
}

#[tokio::test]
async fn a_layer_that_asks_twice_or_loses_the_extensions_is_told() {
    let twice = layer_fn(|inside: Inside| {
        service_fn(move |request: http::Request<LayerBody>| {
            let mut inside = inside;
            async move {
                let copy = http::Request::from_parts(request.into_parts().0, Full::<Bytes>::default());
                inside.call(copy.clone()).await?;
                inside.call(copy).await
            }
        })
    });
    assert_eq!(through(&Tower(twice), &mut get(&[]), |_| answer(&[], "")).await.status(), 500);
    let lost = layer_fn(|inside: Inside| {
        service_fn(move |_: http::Request<LayerBody>| {
            let mut inside = inside;
            async move { inside.call(http::Request::new(Full::<Bytes>::default())).await }
        })
    });
    assert_eq!(through(&Tower(lost), &mut get(&[]), |_| unreachable!()).await.status(), 500);
    assert!(Tower::start(&super::super::proof::settings(&[])).await.is_err());
}
