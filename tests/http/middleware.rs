//! Middleware around the routes: its order, what it sees, and what it may do.

use std::sync::Mutex;

use hyperdjango::http::{HeaderValue, Method};
use hyperdjango::middleware::{Capability, Timing};
use hyperdjango::prelude::*;

/// What the middleware saw, in order.
#[derive(Default)]
struct Trace(Mutex<Vec<String>>);

impl Component for Trace {
    async fn start(_: &Settings) -> Result<Self> {
        Ok(Self::default())
    }
}

impl Trace {
    fn note(&self, what: impl Into<String>) {
        self.0.lock().unwrap().push(what.into());
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

const MARKED: Capability = Capability::new("outer");

#[middleware(provides = [MARKED])]
async fn outer(trace: &Trace, request: &mut Request, next: impl Next) -> Response {
    trace.note(format!("outer {}", request.path()));
    let response = next.run(request).await;
    trace.note(format!("outer {} {:?}", response.status(), request.route().map(|route| route.path())));
    response
}

#[middleware(needs = [MARKED])]
async fn inner(trace: &Trace, request: &mut Request, next: impl Next) -> Result<Response> {
    trace.note("inner");
    if request.path() == "/closed" {
        return Err(Error::forbidden("Closed."));
    }
    Ok(next.run(request).await)
}

/// Of a mount: its value is made by an expression.
struct Tagged(&'static str);

impl Tagged {
    fn with(tag: &'static str) -> Self {
        Self(tag)
    }
}

impl Layer for Tagged {
    const NEEDS: &'static [Capability] = &[MARKED];

    async fn start(_: &Settings) -> Result<Self> {
        Ok(Self("none"))
    }
}

impl<S: Sync + 'static> Middleware<S> for Tagged {
    async fn call(&self, _: &'static S, request: &mut Request, next: impl Next) -> Response {
        let mut response = next.run(request).await;
        response.headers_mut().append("x-tag", HeaderValue::from_static(self.0));
        response
    }
}

#[get("/")]
async fn index(trace: &Trace) -> &'static str {
    trace.note("handler");
    "Hello"
}

#[get("/closed")]
async fn closed() -> &'static str {
    "never"
}

#[get("/panic")]
async fn panics() -> &'static str {
    panic!("on purpose")
}

mod api {
    use super::*;

    #[get("/")]
    pub(super) async fn root() -> &'static str {
        "api"
    }

    pub(super) mod deep {
        use super::*;

        #[post("/x")]
        pub(crate) async fn deepest() -> &'static str {
            "deep"
        }

        routes! { pub(crate) Urls: deepest }
    }

    routes! { pub(super) Urls: root, mount("/deep", deep::Urls, middleware = [Tagged]) }
}

routes! {
    Urls:
        index, closed, panics,
        mount("/api", api::Urls, middleware = [Tagged::with("api")]),
}

#[derive(App)]
#[app(routes = Urls, middleware = [Timing, outer, inner])]
struct Site {
    trace: Trace,
}

async fn site() -> &'static hyperdjango::app::Running<Site> {
    let settings = Settings::from_pairs([("DEBUG", "true")]).unwrap();
    hyperdjango::app::start(&settings).await.unwrap()
}

async fn ask(site: &'static hyperdjango::app::Running<Site>, method: Method, target: &str) -> Response {
    site.respond(&mut Request::new(method, target).unwrap()).await
}

fn tags(response: &Response) -> Vec<&str> {
    response.headers().get_all("x-tag").iter().map(|value| value.to_str().unwrap()).collect()
}

#[tokio::test]
async fn it_stands_around_in_the_order_of_the_list() {
    let site = site().await;
    let response = ask(site, Method::GET, "/").await;
    assert_eq!(response.status(), 200);
    assert!(response.headers().contains_key("x-response-time"));
    assert_eq!(site.trace.take(), ["outer /", "inner", "handler", "outer 200 OK Some(\"/\")"]);
}

#[tokio::test]
async fn it_may_answer_itself() {
    let site = site().await;
    assert_eq!(ask(site, Method::GET, "/closed").await.status(), 403);
    assert_eq!(site.trace.take(), ["outer /closed", "inner", "outer 403 Forbidden None"]);
}

#[tokio::test]
async fn it_sees_what_no_route_answers_and_panics() {
    let site = site().await;
    let response = ask(site, Method::GET, "/nowhere").await;
    assert_eq!((response.status().as_u16(), response.headers().contains_key("x-response-time")), (404, true));
    let response = ask(site, Method::POST, "/").await;
    assert_eq!(
        (response.status().as_u16(), &response.headers()["allow"]),
        (405, &HeaderValue::from_static("GET, HEAD, OPTIONS"))
    );
    site.trace.take();
    assert_eq!(ask(site, Method::GET, "/panic").await.status(), 500);
    assert_eq!(site.trace.take()[2], "outer 500 Internal Server Error Some(\"/panic\")");
}

#[tokio::test]
async fn that_of_a_mount_stands_around_its_routes_only() {
    let site = site().await;
    assert_eq!(tags(&ask(site, Method::GET, "/").await), [""; 0]);
    assert_eq!(tags(&ask(site, Method::GET, "/api").await), ["api"]);
    assert_eq!(tags(&ask(site, Method::POST, "/api/deep/x").await), ["none", "api"]);
}

#[tokio::test]
async fn that_of_a_mount_sees_refused_methods() {
    let site = site().await;
    let response = ask(site, Method::OPTIONS, "/api/deep/x").await;
    assert_eq!(
        (response.status().as_u16(), &response.headers()["allow"]),
        (204, &HeaderValue::from_static("POST, OPTIONS"))
    );
    assert_eq!(tags(&response), ["none", "api"]);
    let response = ask(site, Method::DELETE, "/api").await;
    assert_eq!((response.status().as_u16(), tags(&response)), (405, vec!["api"]));
}
