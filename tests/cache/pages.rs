//! Kept pages with all that stands around them, in process.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::BodyExt;
use hyperdjango::app::{Running, start};
use hyperdjango::cache;
use hyperdjango::http::{UserAgent, Vary};
use hyperdjango::middleware::{
    Compression, ConditionalGet, CspNonce, PageCache, RequestIds, SecurityHeaders,
};
use hyperdjango::prelude::*;

/// How often a handler ran.
static COMPUTED: AtomicU32 = AtomicU32::new(0);

fn computed() -> u32 {
    COMPUTED.fetch_add(1, Relaxed) + 1
}

/// Long enough to be compressed.
#[get("/page")]
async fn page() -> RawHtml<String> {
    RawHtml(format!("<p>{}</p>{}", computed(), " ".repeat(600)))
}

#[get("/slow")]
async fn slow() -> String {
    tokio::time::sleep(Duration::from_millis(100)).await;
    computed().to_string()
}

#[get("/nonce")]
async fn with_nonce(nonce: CspNonce) -> RawHtml<String> {
    RawHtml(format!("<script nonce=\"{nonce}\">start()</script>"))
}

#[get("/agent")]
async fn agent(agent: Header<UserAgent>) -> String {
    agent.0.0
}

#[get("/who")]
async fn who(client: ClientAddr) -> String {
    format!("{client} {}", computed())
}

#[get("/greeting")]
async fn greeting(cookies: Cookies) -> String {
    format!("Hello {}", cookies.get("name").unwrap_or("stranger"))
}

#[get("/log-in")]
async fn log_in() -> (Cookie, String) {
    (Cookie::new("name", "Ana"), computed().to_string())
}

#[get("/never")]
async fn never() -> (CacheControl, String) {
    (CacheControl::never(), computed().to_string())
}

#[get("/short", cache = 1)]
async fn short() -> String {
    computed().to_string()
}

#[get("/not", cache = 0)]
async fn not() -> String {
    computed().to_string()
}

#[get("/shared")]
async fn shared() -> (CacheControl, (Vary<1>, String)) {
    (CacheControl::public().max_age(60), (Vary(["x-theme"]), computed().to_string()))
}

#[post("/page")]
async fn posted() -> String {
    computed().to_string()
}

#[get("/admin/page")]
async fn admin() -> String {
    computed().to_string()
}

/// A mount with a time of its own.
mod news {
    use super::*;

    #[get("/front")]
    pub(super) async fn front() -> String {
        computed().to_string()
    }

    #[get("/marked", cache = 60)]
    pub(super) async fn marked() -> String {
        computed().to_string()
    }

    routes! { pub(super) Brief: front }
    routes! { pub(super) Marked: front, marked }
}

routes! {
    Urls:
        page, slow, with_nonce, agent, who, greeting, log_in, never, short, not, shared, posted, admin, broken,
        mount("/brief", news::Brief, middleware = [PageCache::start(settings).await?.seconds(1)]),
        mount("/", cache::Urls),
}

#[derive(App)]
#[app(
    routes = Urls,
    middleware = [RequestIds, SecurityHeaders, Compression, ConditionalGet, PageCache],
)]
struct Site {
    cache: Cache,
}

async fn site(settings: &[(&str, &str)]) -> &'static Running<Site> {
    let own = [
        ("DEBUG", "false"),
        ("SECURE_CSP", "script-src 'self' 'nonce'"),
        ("CACHE_MIDDLEWARE_EXCLUDE", "/admin"),
    ];
    let settings = own.into_iter().chain(settings.iter().copied());
    start::<Site>(&Settings::from_pairs(settings).unwrap()).await.unwrap()
}

pub(crate) struct Seen {
    pub(crate) status: u16,
    headers: HeaderMap,
    body: Bytes,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn text(&self) -> &str {
        str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn vary(&self) -> String {
        let values = self.headers.get_all("vary").iter().map(|value| value.to_str().unwrap());
        let mut names: Vec<String> =
            values.flat_map(|value| value.split(',').map(|name| name.trim().to_ascii_lowercase())).collect();
        names.sort_unstable();
        names.join(", ")
    }
}

pub(crate) async fn ask(site: &'static Running<impl App>, target: &str, fields: &[(&str, &str)]) -> Seen {
    let mut request = http::Request::get(target).header("host", "site.example");
    for (name, value) in fields {
        request = request.header(*name, *value);
    }
    let (parts, body) = site.answer(request.body(Bytes::new()).unwrap()).await.into_parts();
    let body = BodyExt::collect(body).await.unwrap().to_bytes();
    Seen { status: parts.status.as_u16(), headers: parts.headers, body }
}

fn unpacked(seen: &Seen) -> String {
    use std::io::Read as _;
    let mut text = String::new();
    match seen.header("content-encoding") {
        "gzip" => flate2::read::GzDecoder::new(&*seen.body).read_to_string(&mut text).unwrap(),
        "br" => brotli::Decompressor::new(&*seen.body, 4096).read_to_string(&mut text).unwrap(),
        "" => {
            text.push_str(seen.text());
            0
        }
        other => panic!("{other}"),
    };
    text
}

#[tokio::test]
async fn each_client_gets_his_form_of_the_one_page() {
    let site = site(&[]).await;
    let first = ask(site, "/page", &[("accept-encoding", "gzip")]).await;
    let page = unpacked(&first);
    assert_eq!((first.header("x-cache"), first.header("content-encoding")), ("MISS", "gzip"));
    for (accepted, encoding) in [("br", "br"), ("", ""), ("gzip", "gzip"), ("identity", "")] {
        let again = ask(site, "/page", &[("accept-encoding", accepted)]).await;
        assert_eq!((again.header("x-cache"), again.header("content-encoding")), ("HIT", encoding));
        assert_eq!(unpacked(&again), page);
        assert_eq!(again.vary(), "accept-encoding, cookie");
        // Who has it is not sent it again.
        let tag = again.header("etag").to_owned();
        assert!(!tag.is_empty());
        let fields = [("accept-encoding", accepted), ("if-none-match", tag.as_str())];
        let third = ask(site, "/page", &fields).await;
        assert_eq!((third.status, third.body.len(), third.header("x-cache")), (304, 0, "HIT"));
        assert_eq!((third.header("etag"), third.vary()), (tag.as_str(), "accept-encoding, cookie".into()));
        // What is of one request is not of the page.
        assert_ne!(again.header("x-request-id"), third.header("x-request-id"));
    }
    let posted = http::Request::post("/page").header("host", "site.example").body(Bytes::new()).unwrap();
    assert!(!site.answer(posted).await.headers().contains_key("x-cache"));
    assert_eq!(ask(site, "/admin/page", &[]).await.header("x-cache"), "");
}

#[tokio::test]
async fn nobody_gets_what_is_anothers() {
    let site = site(&[]).await;
    // A nonce, an address, a cookie that is set: anew each time.
    for target in ["/nonce", "/who", "/log-in", "/never", "/not"] {
        let (one, other) = (ask(site, target, &[]).await, ask(site, target, &[]).await);
        assert_eq!((one.header("x-cache"), other.header("x-cache")), ("MISS", "MISS"), "{target}");
        assert_ne!(one.text(), other.text(), "{target}");
    }
    let page = ask(site, "/nonce", &[]).await;
    let nonce = page.text().split('"').nth(1).unwrap();
    assert!(page.header("content-security-policy").contains(&format!("'nonce-{nonce}'")));
    assert!(!ask(site, "/page", &[]).await.header("content-security-policy").contains("nonce-"));
    // Who is known, and who is not, in every order.
    for fields in [
        &[][..],
        &[("cookie", "name=Ana")],
        &[],
        &[("cookie", "name=Bob")],
        &[("cookie", "name=Ana")],
        &[("cookie", "other=1")],
    ] {
        let seen = ask(site, "/greeting", fields).await;
        let name = fields.first().and_then(|(_, cookie)| cookie.strip_prefix("name="));
        assert_eq!(seen.text(), format!("Hello {}", name.unwrap_or("stranger")));
        assert!(fields.is_empty() || seen.header("x-cache") == "MISS");
        assert!(seen.vary().contains("cookie"));
    }
    for agent in ["one", "two", "one"] {
        let seen = ask(site, "/agent", &[("user-agent", agent)]).await;
        assert_eq!((seen.text(), seen.vary().as_str()), (agent, "cookie, user-agent"));
    }
    // For all: those who are known included.
    let first = ask(site, "/shared", &[("cookie", "name=Ana")]).await;
    for fields in [&[][..], &[("authorization", "Bearer x")], &[("cookie", "name=Bob")]] {
        assert_eq!(ask(site, "/shared", fields).await.text(), first.text());
    }
    assert_ne!(ask(site, "/shared", &[("x-theme", "dark")]).await.text(), first.text());
    assert_eq!(first.vary(), "x-theme");
}

#[tokio::test]
async fn a_route_and_a_mount_say_how_long() {
    let site = site(&[]).await;
    for target in ["/short", "/brief/front"] {
        let first = ask(site, target, &[]).await;
        assert_eq!(first.header("cache-control"), "max-age=1", "{target}");
        assert_eq!(ask(site, target, &[]).await.text(), first.text());
        let begun = std::time::Instant::now();
        while ask(site, target, &[]).await.text() == first.text() {
            assert!(begun.elapsed() < Duration::from_secs(30), "{target} is kept for longer than it says");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

#[tokio::test]
async fn a_stampede_computes_a_page_once() {
    let site = site(&[]).await;
    let all = futures_util::future::join_all((0..200).map(|_| ask(site, "/slow", &[]))).await;
    assert!(all.iter().all(|seen| seen.text() == all[0].text()));
    let hits = all.iter().filter(|seen| seen.header("x-cache") == "HIT").count();
    assert_eq!(hits, 199);
}

/// How often `/broken` ran, and whether it fails.
static RAN: AtomicU32 = AtomicU32::new(0);
static FAILS: AtomicBool = AtomicBool::new(true);

#[get("/broken", cache = 1)]
async fn broken() -> (StatusCode, &'static str) {
    RAN.fetch_add(1, Relaxed);
    tokio::time::sleep(Duration::from_millis(50)).await;
    match FAILS.load(Relaxed) {
        true => (StatusCode::SERVICE_UNAVAILABLE, "later"),
        false => (StatusCode::OK, "now"),
    }
}

#[tokio::test]
async fn a_page_that_failed_once_is_computed_once_again() {
    let site = site(&[]).await;
    assert_eq!(ask(site, "/broken", &[]).await.status, 503);
    FAILS.store(false, Relaxed);
    // Kept again: from now on nobody computes it beside another.
    assert_eq!(ask(site, "/broken", &[]).await.header("x-cache"), "MISS");
    tokio::time::sleep(Duration::from_millis(1_300)).await;
    RAN.store(0, Relaxed);
    futures_util::future::join_all((0..100).map(|_| ask(site, "/broken", &[]))).await;
    assert_eq!(RAN.load(Relaxed), 1);
}

#[tokio::test]
async fn what_is_excluded_is_a_segment_of_the_path() {
    let site = site(&[("CACHE_MIDDLEWARE_EXCLUDE", "admin, /pa, /greeting/, /shared")]).await;
    for (target, expected) in
        [("/page", "MISS"), ("/greeting", "MISS"), ("/admin/page", ""), ("/shared", ""), ("/shared?a=b", "")]
    {
        assert_eq!(ask(site, target, &[]).await.header("x-cache"), expected, "{target}");
    }
}

#[tokio::test]
async fn what_is_excluded_by_cookies_can_be_ignored() {
    let site = site(&[("CACHE_MIDDLEWARE_IGNORE_COOKIES", "_ga*")]).await;
    let first = ask(site, "/page", &[("cookie", "_ga=1")]).await;
    assert_eq!(ask(site, "/page", &[("cookie", "_gat=2; _ga=3")]).await.text(), first.text());
    assert_ne!(ask(site, "/page", &[("cookie", "_ga=1; name=Ana")]).await.text(), first.text());
}

#[derive(App)]
#[app(routes = OnlyMarked)]
struct Marked {
    cache: Cache,
}

routes! {
    OnlyMarked: mount("/", news::Marked, middleware = [PageCache::start(settings).await?.marked_only()]),
}

#[tokio::test]
async fn only_what_says_so_is_kept_where_that_is_wished() {
    let settings = Settings::from_pairs([("DEBUG", "false")]).unwrap();
    let site = start::<Marked>(&settings).await.unwrap();
    for (target, expected) in [("/marked", true), ("/front", false)] {
        let first = ask(site, target, &[]).await;
        assert_eq!(ask(site, target, &[]).await.text() == first.text(), expected, "{target}");
    }
}

#[tokio::test]
async fn the_figures_of_all_caches_are_shown() {
    let site = site(&[]).await;
    for _ in 0..4 {
        ask(site, "/page", &[]).await;
    }
    ask(site, "/never", &[]).await;
    let answer = ask(site, "/cache", &[("accept", "application/json")]).await;
    let figures: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
    assert!(answer.header("cache-control").contains("no-store"));
    let layer = |name: &str| {
        let all = figures["layers"].as_array().unwrap();
        all.iter()
            .find(|layer| layer["name"] == name)
            .unwrap_or_else(|| panic!("{name} of {figures}"))
            .clone()
    };
    let pages = layer("page_cache");
    assert_eq!((&pages["hits"], &pages["misses"], &pages["sets"]), (&3.into(), &3.into(), &1.into()));
    assert_eq!((&pages["hit_rate"], &pages["more"]["not_kept"]), (&0.5.into(), &1.into()));
    assert_eq!(layer("loc_mem")["entries"], 2);
    let page = ask(site, "/cache", &[("accept", "text/html")]).await;
    assert_eq!(
        (page.header("content-type"), page.vary().as_str()),
        ("text/html; charset=utf-8", "accept, accept-encoding")
    );
    let policy = page.header("content-security-policy");
    for text in ["page_cache", "loc_mem", "42.9 %", "3 hits, 4 misses"] {
        assert!(page.text().contains(text), "{text}");
    }
    let nonce = page.text().split("nonce=\"").nth(1).unwrap().split('"').next().unwrap();
    assert!(policy.contains(nonce));
    assert!(!page.text().contains("http://") && !page.text().contains("https://"));
}
