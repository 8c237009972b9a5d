//! What stands inside a page cache and decides by the request is asked each time.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use hyperdjango::app::{Running, start};
use hyperdjango::http::{Extension, Request, Response, Vary};
use hyperdjango::middleware::{Cors, Layer, LayerBody, Middleware, Next, PageCache, Timing, Tower};
use hyperdjango::prelude::*;
use hyperdjango::routing::Fallback;

use super::pages::{Seen, ask};

/// Who may see what is inside; nobody else.
const ALLOWED: (&str, &str) = ("x-office", "1");

/// The visitor, as one before the cache knows him.
#[derive(Clone)]
struct Visitor(String);

#[middleware]
async fn sign_on(request: &mut Request, next: impl Next) -> Response {
    let name = request.header("x-remote-user").unwrap_or("nobody").to_owned();
    request.extensions_mut().insert(Visitor(name));
    next.run(request).await
}

fn refused(request: &Request) -> Response {
    (StatusCode::FORBIDDEN, "no").into_response(request)
}

/// Stands in the application's list.
#[middleware]
async fn by_path(request: &mut Request, next: impl Next) -> Response {
    if request.path().starts_with("/listed") && request.header("x-office").is_none() {
        return refused(request);
    }
    next.run(request).await
}

#[middleware]
async fn by_field(request: &mut Request, next: impl Next) -> Response {
    if request.header("x-office").is_none() {
        return refused(request);
    }
    next.run(request).await
}

#[middleware]
async fn by_fields(request: &mut Request, next: impl Next) -> Response {
    if !request.headers().contains_key("x-office") {
        return refused(request);
    }
    next.run(request).await
}

/// Looks when all is done.
#[middleware]
async fn afterwards(request: &mut Request, next: impl Next) -> Response {
    let response = next.run(request).await;
    if request.headers().contains_key("x-office") { response } else { refused(request) }
}

#[middleware]
async fn by_argument(headers: HeaderMap, request: &mut Request, next: impl Next) -> Response {
    if !headers.contains_key("x-office") {
        return refused(request);
    }
    next.run(request).await
}

#[middleware]
async fn by_address(request: &mut Request, next: impl Next) -> Response {
    // Not all of them come from there in tests.
    let is_local = request.client_ip().is_loopback();
    if is_local { next.run(request).await } else { refused(request) }
}

#[middleware]
async fn by_peer(request: &mut Request, next: impl Next) -> Response {
    let _ = request.peer();
    next.run(request).await
}

#[middleware]
async fn by_extension(request: &mut Request, next: impl Next) -> Response {
    match request.extensions().get::<Visitor>().is_some_and(|visitor| visitor.0 == "ana") {
        true => next.run(request).await,
        false => refused(request),
    }
}

#[middleware]
async fn by_body(request: &mut Request, next: impl Next) -> Response {
    let _ = request.bytes().await;
    next.run(request).await
}

/// Changes what those inside read.
#[middleware]
async fn renaming(request: &mut Request, next: impl Next) -> Response {
    request.headers_mut().remove("x-inside");
    if let Some(value) = request.headers_mut().remove("x-office") {
        request.headers_mut().insert("x-inside", value);
    }
    next.run(request).await
}

/// One written by hand.
struct ByHand;

impl Layer for ByHand {
    async fn start(_: &Settings) -> Result<Self> {
        Ok(Self)
    }
}

impl<S: Sync + 'static> Middleware<S> for ByHand {
    async fn call(&self, _: &'static S, request: &mut Request, next: impl Next) -> Response {
        if request.headers().get("x-office").is_none() {
            return refused(request);
        }
        next.run(request).await
    }
}

/// Adds to answers, and reads nothing.
#[middleware]
async fn powered(request: &mut Request, next: impl Next) -> Response {
    let mut response = next.run(request).await;
    response.headers_mut().insert("x-powered-by", http::HeaderValue::from_static("Rust"));
    response
}

/// A layer of tower that lets nobody in but those from the office.
#[derive(Clone)]
struct Office<S>(S);

impl<S> tower::Service<http::Request<LayerBody>> for Office<S>
where
    S: tower::Service<http::Request<LayerBody>, Response = http::Response<hyperdjango::http::Body>>,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = futures_util::future::Either<
        std::future::Ready<std::result::Result<S::Response, S::Error>>,
        S::Future,
    >;

    fn poll_ready(
        &mut self,
        cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<std::result::Result<(), S::Error>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, request: http::Request<LayerBody>) -> Self::Future {
        if request.headers().contains_key("x-office") {
            return futures_util::future::Either::Right(self.0.call(request));
        }
        let mut response = http::Response::new("no".into());
        *response.status_mut() = StatusCode::FORBIDDEN;
        futures_util::future::Either::Left(std::future::ready(Ok(response)))
    }
}

/// Reads what it likes, as arguments of one's own do.
struct Own(bool);

impl FromRequest for Own {
    async fn from_request(request: &mut Request) -> Result<Self> {
        Ok(Self(request.header("x-office").is_some()))
    }
}

struct OwnOfAll(bool);

impl FromRequest for OwnOfAll {
    async fn from_request(request: &mut Request) -> Result<Self> {
        Ok(Self(request.headers().contains_key("x-office")))
    }
}

/// An answer that looks at the request.
struct Looking;

impl IntoResponse for Looking {
    fn into_response(self, request: &Request) -> Response {
        let text = if request.header("x-office").is_some() { "internal" } else { "no" };
        text.into_response(request)
    }
}

#[derive(Debug)]
struct Missing;

impl Component for Missing {
    async fn start(_: &Settings) -> Result<Self> {
        Ok(Self)
    }
}

impl Fallback for Missing {
    async fn answer(&self, request: &mut Request) -> Option<Response> {
        let is_there = request.path().starts_with("/fallback") && request.header("x-office").is_some();
        is_there.then(|| "internal".into_response(request))
    }
}

/// How often a page was made.
static MADE: AtomicU32 = AtomicU32::new(0);

fn made() -> String {
    format!("internal {}", MADE.fetch_add(1, Relaxed))
}

/// Asks for the whole, whatever was asked for.
#[middleware]
async fn whole(request: &mut Request, next: impl Next) -> Response {
    if request.header("x-office").is_none() {
        return refused(request);
    }
    request.headers_mut().remove("range");
    next.run(request).await
}

mod inside {
    use super::*;

    #[get("/page")]
    pub(super) async fn page() -> String {
        made()
    }

    #[get("/vary")]
    pub(super) async fn varies() -> (Vary<1>, String) {
        (Vary(["accept-language"]), made())
    }

    #[get("/public")]
    pub(super) async fn public() -> (CacheControl, String) {
        (CacheControl::public(), made())
    }

    #[get("/renamed")]
    pub(super) async fn renamed(headers: HeaderMap) -> (Vary<1>, String) {
        let text = if headers.contains_key("x-inside") { made() } else { "no".to_owned() };
        (Vary(["x-inside"]), text)
    }

    routes! { pub(super) Urls: page, varies, public, renamed }
    routes! { pub(super) Deeper: mount("/in", Urls, middleware = [by_fields]) }
    routes! { pub(super) Around: mount("/in", Urls) }
}

#[get("/me")]
async fn me(visitor: Extension<Visitor>) -> String {
    format!("secrets of {}", visitor.0.0)
}

#[get("/maybe-me")]
async fn maybe_me(visitor: Option<Extension<Visitor>>) -> String {
    visitor.map_or_else(String::new, |visitor| format!("secrets of {}", visitor.0.0))
}

#[get("/own")]
async fn own(own: Own) -> &'static str {
    if own.0 { "internal" } else { "no" }
}

#[get("/own-of-all")]
async fn own_of_all(own: OwnOfAll) -> &'static str {
    if own.0 { "internal" } else { "no" }
}

#[get("/looking")]
async fn looking() -> Looking {
    Looking
}

routes! {
    Urls:
        me, maybe_me, own, own_of_all, looking,
        mount("/listed", inside::Urls),
        mount("/by-field", inside::Urls, middleware = [by_field]),
        mount("/by-fields", inside::Urls, middleware = [by_fields]),
        mount("/around", inside::Around, middleware = [by_fields]),
        mount("/deeper", inside::Deeper, middleware = [Timing]),
        mount("/nested", inside::Urls, middleware = [PageCache, by_fields]),
        mount("/whole", inside::Urls, middleware = [whole, PageCache]),
        mount("/afterwards", inside::Urls, middleware = [afterwards]),
        mount("/by-argument", inside::Urls, middleware = [by_argument]),
        mount("/by-hand", inside::Urls, middleware = [ByHand]),
        mount("/tower", inside::Urls, middleware = [Tower(tower::layer::layer_fn(Office))]),
        mount("/renaming", inside::Urls, middleware = [renaming]),
        mount("/by-address", inside::Urls, middleware = [by_address]),
        mount("/by-peer", inside::Urls, middleware = [by_peer]),
        mount("/by-body", inside::Urls, middleware = [by_body]),
        mount("/by-extension", inside::Urls, middleware = [by_extension]),
        mount("/powered", inside::Urls, middleware = [powered, Timing, Cors::any()]),
}

#[derive(App)]
#[app(routes = Urls, middleware = [sign_on, PageCache, by_path], fallback = Missing)]
struct Site {
    cache: Cache,
    missing: Missing,
}

async fn site() -> &'static Running<Site> {
    start::<Site>(&Settings::from_pairs([("DEBUG", "false")]).unwrap()).await.unwrap()
}

fn is_kept(seen: &Seen) -> bool {
    seen.header("x-cache") == "HIT"
}

#[tokio::test]
async fn what_one_before_the_cache_knows_of_a_visitor_is_his() {
    let site = site().await;
    for target in ["/me", "/maybe-me"] {
        for name in ["ana", "bob", "ana"] {
            let seen = ask(site, target, &[("x-remote-user", name)]).await;
            assert_eq!(
                (seen.text(), is_kept(&seen)),
                (format!("secrets of {name}").as_str(), false),
                "{target}"
            );
        }
    }
    for name in ["ana", "bob"] {
        let seen = ask(site, "/by-extension/page", &[("x-remote-user", name)]).await;
        assert_eq!(seen.status == 200, name == "ana");
    }
}

#[tokio::test]
async fn whoever_decides_inside_is_asked_by_each() {
    let site = site().await;
    let mounts = [
        "/listed",
        "/by-field",
        "/by-fields",
        "/around/in",
        "/deeper/in",
        "/nested",
        "/afterwards",
        "/by-argument",
        "/by-hand",
        "/tower",
    ];
    let pages = mounts.iter().flat_map(|mount| [format!("{mount}/page"), format!("{mount}/vary")]);
    let others = ["/own", "/own-of-all", "/looking", "/fallback", "/renaming/renamed"].map(str::to_owned);
    for target in pages.chain(others) {
        for _ in 0..2 {
            let seen = ask(site, &target, &[ALLOWED]).await;
            assert!(seen.status == 200 && seen.text().starts_with("internal"), "{target}: {}", seen.text());
        }
        let other = ask(site, &target, &[]).await;
        assert!(!other.text().starts_with("internal"), "{target}: a stranger got {}", other.text());
        // And not the other way round, either.
        assert!(ask(site, &target, &[ALLOWED]).await.text().starts_with("internal"), "{target}");
        // Nor is it his word that he is one of those inside.
        assert!(!ask(site, &target, &[("x-inside", "1")]).await.text().starts_with("internal"), "{target}");
    }
}

#[tokio::test]
async fn what_only_a_request_has_keeps_its_page_from_being_kept() {
    let site = site().await;
    for mount in ["/by-address", "/by-peer", "/by-body"] {
        for page in ["page", "vary"] {
            ask(site, &format!("{mount}/{page}"), &[]).await;
            assert!(!is_kept(&ask(site, &format!("{mount}/{page}"), &[]).await), "{mount}/{page}");
        }
    }
}

#[tokio::test]
async fn what_is_known_to_depend_on_a_field_is_kept_for_its_values() {
    let site = site().await;
    for target in ["/listed/page", "/by-field/page", "/own", "/looking", "/fallback"] {
        ask(site, target, &[ALLOWED]).await;
        let again = ask(site, target, &[ALLOWED]).await;
        assert!(is_kept(&again) && again.vary().contains("x-office"), "{target}: {}", again.vary());
        assert!(!is_kept(&ask(site, target, &[("x-office", "2")]).await), "{target}");
    }
}

#[tokio::test]
async fn those_who_read_nothing_are_in_nobodys_way() {
    let site = site().await;
    for target in ["/powered/page", "/powered/vary"] {
        let first = ask(site, target, &[]).await;
        let again = ask(site, target, &[]).await;
        assert!(is_kept(&again) && again.text() == first.text(), "{target}");
        assert_eq!(again.header("x-powered-by"), "Rust");
    }
    // Pages of other sites may read it also when it was made for one that did not ask.
    assert_eq!(ask(site, "/powered/page", &[]).await.header("access-control-allow-origin"), "");
    for _ in 0..2 {
        let cross = ask(site, "/powered/page", &[("origin", "https://other.example")]).await;
        assert_eq!(cross.header("access-control-allow-origin"), "*");
    }
}

#[tokio::test]
async fn what_an_inner_cache_keeps_for_itself_is_nothing_for_the_outer() {
    let site = site().await;
    let part = [ALLOWED, ("range", "bytes=0-1")];
    // The outer one lets it pass, and then it is one for the inner.
    for expected in ["MISS", "HIT"] {
        assert_eq!(ask(site, "/whole/page", &part).await.header("x-cache"), expected);
    }
    assert_eq!(ask(site, "/whole/page", &[]).await.status, 403);
}

#[tokio::test]
async fn what_is_said_to_be_for_all_is() {
    let site = site().await;
    for mount in ["/by-fields", "/tower", "/by-address", "/by-hand"] {
        let target = format!("{mount}/public");
        ask(site, &target, &[ALLOWED]).await;
        assert!(is_kept(&ask(site, &target, &[]).await), "{target}");
    }
}
