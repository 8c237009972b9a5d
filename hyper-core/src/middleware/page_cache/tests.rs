use std::sync::atomic::AtomicU32;

use super::super::proof::{all, answer, request, settings, through};
use super::*;
use crate::cache::{CacheBackend, CacheErrorKind, Ttl, Value};
use crate::http::{
    Body, ClientAddr, Cookies, Extension, FromRequest, Header, HeaderMap, Peer, StatusCode, UserAgent,
};
use crate::middleware::{CspNonce, RequestId};

async fn pages() -> PageCache {
    PageCache::start(&settings(&[])).await.unwrap()
}

/// A request for a page of its own, with these fields.
fn asks(target: &str, fields: &[(&'static str, &str)]) -> Request {
    let mut all = vec![("host", "site.example")];
    all.extend_from_slice(fields);
    request(Method::GET, target, &all)
}

/// Whether the answer was kept, and its body.
fn seen(response: &Response) -> (String, String) {
    let body = response.body().as_bytes().unwrap();
    (all(response.headers(), "x-cache"), String::from_utf8(body.to_vec()).unwrap())
}

/// Asks, and answers a miss with this.
async fn ask(pages: &PageCache, mut request: Request, said: &[(&'static str, &str)], body: &str) -> Response {
    through(pages, &mut request, |_| answer(said, body.to_owned())).await
}

/// Whether an answer with these fields to a request with those is kept, for one who asks the same.
async fn is_kept(asked: &[(&'static str, &str)], said: &[(&'static str, &str)]) -> bool {
    let pages = pages().await;
    assert_eq!(seen(&ask(&pages, asks("/", asked), said, "one").await), ("MISS".into(), "one".into()));
    let (x_cache, body) = seen(&ask(&pages, asks("/", asked), said, "other").await);
    assert_eq!(x_cache == "HIT", body == "one", "{asked:?} {said:?}");
    x_cache == "HIT"
}

#[tokio::test]
async fn a_page_is_sent_again_with_its_age() {
    let pages = pages().await;
    let fields = [("content-type", "text/html"), ("x-own", "1"), ("x-own", "2")];
    let first = ask(&pages, asks("/a?b=1", &[]), &fields, "one").await;
    for name in ["cache-control", "expires", "vary"] {
        assert_ne!(all(first.headers(), name), "", "{name}");
    }
    assert_eq!(
        (all(first.headers(), "cache-control"), all(first.headers(), "age")),
        ("max-age=60".into(), "".into())
    );
    let second = ask(&pages, asks("/a?b=1", &[]), &[], "two").await;
    assert_eq!(seen(&second), ("HIT".into(), "one".into()));
    assert_eq!((all(second.headers(), "age"), all(second.headers(), "x-own")), ("0".into(), "1 | 2".into()));
    assert_eq!(all(second.headers(), "expires"), all(first.headers(), "expires"));
    let head = request(Method::HEAD, "/a?b=1", &[("host", "site.example")]);
    assert_eq!(seen(&ask(&pages, head, &[], "three").await).0, "HIT");
    let stats = pages.figures.stats();
    assert_eq!((stats.stats.hits, stats.stats.misses, stats.stats.sets, stats.stats.errors), (2, 1, 1, 0));
}

#[tokio::test]
async fn what_differs_is_another_page() {
    let pages = pages().await;
    let host = |target: &str, host: &str| request(Method::GET, target, &[("host", host)]);
    for (number, request) in [
        host("/a", "one.example"),
        host("/a", "two.example"),
        host("/a", "one.example:81"),
        host("/a?", "one.example"),
        host("/a?x=1&y=2", "one.example"),
        host("/a?y=2&x=1", "one.example"),
        host("/a?x=1&y=2&y=2", "one.example"),
        host("/%61", "one.example"),
        host("/a/", "one.example"),
        host("/A", "one.example"),
        host("http://one.example/a", "one.example"),
    ]
    .into_iter()
    .enumerate()
    {
        assert_eq!(seen(&ask(&pages, request, &[], &number.to_string()).await).1, number.to_string());
    }
    // Encrypted or not.
    let https: &[(&str, &str)] =
        &[("SECURE_PROXY_SSL_HEADER", "X-Forwarded-Proto"), ("TRUSTED_PROXY_COUNT", "1")];
    let mut request = asks("/a", &[("x-forwarded-proto", "https")]);
    request.headers_mut().insert("host", "one.example".parse().unwrap());
    request.set_context(super::super::proof::context(https));
    assert_eq!(seen(&ask(&pages, request, &[], "https").await).1, "https");
}

#[tokio::test]
async fn other_methods_ranges_and_excluded_paths_go_through() {
    let pages = pages().await.exclude(["/admin"]);
    ask(&pages, asks("/", &[]), &[], "one").await;
    for method in [Method::POST, Method::PUT, Method::OPTIONS, Method::DELETE] {
        let request = request(method, "/", &[("host", "site.example")]);
        assert_eq!(seen(&ask(&pages, request, &[], "two").await), ("".into(), "two".into()));
    }
    for (target, field) in
        [("/", ("range", "bytes=0-1")), ("/admin", ("x", "y")), ("/", ("if-range", "\"a\""))]
    {
        assert_eq!(seen(&ask(&pages, asks(target, &[field]), &[], "two").await).0, "", "{target}");
    }
    // What `HEAD` is answered is not kept: a handler may leave out the body.
    let pages = self::pages().await;
    let head = || request(Method::HEAD, "/", &[("host", "site.example")]);
    ask(&pages, head(), &[], "").await;
    assert_eq!(seen(&ask(&pages, asks("/", &[]), &[], "page").await), ("MISS".into(), "page".into()));
    // No host, no key.
    let nowhere = request(Method::GET, "/", &[]);
    assert_eq!(seen(&ask(&pages, nowhere, &[], "nowhere").await), ("".into(), "nowhere".into()));
}

#[tokio::test]
async fn what_is_of_one_visitor_is_not_kept() {
    for said in [
        ("vary", "*"),
        ("vary", "accept, *"),
        ("vary", "not a field"),
        ("set-cookie", "a=b"),
        ("cache-control", "private"),
        ("cache-control", "No-Store"),
        ("cache-control", "max-age=60, no-cache"),
        ("cache-control", "max-age=0"),
        ("cache-control", "s-maxage=0, max-age=60"),
        ("cache-control", "max-age=soon"),
        ("expires", "0"),
        ("expires", "Sat, 01 Nov 2025 12:00:00 GMT"),
        ("content-range", "bytes 0-1/2"),
        ("content-encoding", "gzip"),
        ("content-security-policy", "script-src 'nonce-0123'"),
        ("vary", "a,b,c,d,e,f,g,h,i"),
        ("age", "60"),
        ("age", "x"),
    ] {
        assert!(!is_kept(&[], &[said]).await, "{said:?}");
    }
    for said in [
        ("vary", "accept, cookie"),
        ("cache-control", "max-age=1"),
        ("cache-control", "public"),
        ("expires", "Fri, 31 Dec 9999 23:59:59 GMT"),
        ("age", "59"),
    ] {
        assert!(is_kept(&[], &[said]).await, "{said:?}");
    }
    assert!(is_kept(&[], &[("content-encoding", "gzip"), ("vary", "accept-encoding")]).await);
    for status in 200..=599_u16 {
        let pages = pages().await;
        let with = async |body: &'static str| {
            through(&pages, &mut asks("/", &[]), |_| {
                let mut response = answer(&[], body);
                *response.status_mut() = StatusCode::from_u16(status).unwrap();
                response
            })
            .await
        };
        with("one").await;
        let again = with("two").await;
        assert_eq!(seen(&again).0 == "HIT", [200, 203, 204].contains(&status), "{status}");
        assert_eq!(again.status().as_u16(), status);
    }
    // Neither whole nor small.
    let pages = pages().await.max_bytes(3);
    for _ in 0..2 {
        let parts = futures_util::stream::iter([Ok("page".into())]);
        let stream = through(&pages, &mut asks("/stream", &[]), |_| answer(&[], Body::stream(parts))).await;
        assert_eq!((stream.body().is_stream(), all(stream.headers(), "x-cache")), (true, "MISS".into()));
        assert_eq!(seen(&ask(&pages, asks("/long", &[]), &[], "long").await).0, "MISS");
    }
}

#[tokio::test]
async fn who_says_who_he_is_gets_his_own_unless_it_is_for_all() {
    let cookie = ("cookie", "session=ana");
    let authorization = ("authorization", "Basic YTpi");
    for asked in [cookie, authorization] {
        for (said, expected) in [
            (&[][..], false),
            (&[("cache-control", "max-age=60")], false),
            (&[("cache-control", "must-revalidate, max-age=60")], false),
            (&[("cache-control", "public, max-age=60")], true),
            (&[("cache-control", "s-maxage=60")], true),
            (&[("vary", "cookie")], asked == cookie),
            (&[("vary", "authorization")], false),
        ] {
            assert_eq!(is_kept(&[asked], said).await, expected, "{asked:?} {said:?}");
            // What was made for others.
            let pages = pages().await;
            let first = ask(&pages, asks("/", &[]), said, "nobody's").await;
            let is_for_all =
                said.iter().any(|(_, value)| value.contains("public") || value.contains("s-max"));
            assert_eq!(all(first.headers(), "vary").to_lowercase().contains("cookie"), !is_for_all);
            let his = seen(&ask(&pages, asks("/", &[asked]), said, "his").await);
            assert_eq!(his.1 == "nobody's", is_for_all, "{asked:?} {said:?}");
            // And his is not sent to others, whoever they are.
            let other = ("cookie", "session=bob");
            assert_ne!(seen(&ask(&pages, asks("/", &[other]), said, "bob's").await).1, "his");
            assert_eq!(seen(&ask(&pages, asks("/", &[]), said, "x").await).1, "nobody's");
        }
    }
    // Two lines, an empty one, one that is no cookie.
    for (line, expected) in
        [("", true), (" ; ", true), ("nonsense", false), ("a=1; _ga=2", false), ("_ga=2", false)]
    {
        assert_eq!(is_kept(&[("cookie", line)], &[]).await, expected, "{line:?}");
    }
    let pages = pages().await.ignore_cookies(["_ga", "_pk_*"]);
    ask(&pages, asks("/", &[]), &[], "one").await;
    for (line, expected) in
        [("_ga=1; _pk_id=2", "HIT"), ("_ga=1; a=2", "MISS"), ("_gat=1", "MISS"), ("_ga=1; nonsense", "MISS")]
    {
        assert_eq!(seen(&ask(&pages, asks("/", &[("cookie", line)]), &[], "x").await).0, expected, "{line}");
    }
}

#[tokio::test]
async fn the_fields_of_vary_are_a_part_of_the_key() {
    let pages = pages().await;
    let german = [("accept-language", "de")];
    let said = [("vary", "Accept-Language, X-Theme")];
    ask(&pages, asks("/", &german), &said, "Hallo").await;
    for (fields, expected) in [
        (&[("accept-language", "de")][..], "Hallo"),
        (&[("accept-language", "en")], "new"),
        (&[], "new"),
        (&[("accept-language", "de"), ("x-theme", "")], "new"),
        (&[("accept-language", "de"), ("x-other", "1")], "Hallo"),
        (&[("accept-language", "d"), ("accept-language", "e")], "new"),
        (&[("accept-language", "de")], "Hallo"),
    ] {
        assert_eq!(seen(&ask(&pages, asks("/", fields), &said, "new").await).1, expected, "{fields:?}");
    }
}

/// What a handler with this argument answers for two who ask with different fields: whether the second is sent the page of the
/// first, and the `Vary`.
async fn taken<T: FromRequest>(
    fields: [(&'static str, &str); 2],
    said: &[(&'static str, &str)],
) -> (bool, String) {
    let pages = pages().await;
    let mut vary = String::new();
    let mut last = (String::new(), String::new());
    for (field, body) in fields.into_iter().zip(["one", "two"]) {
        let response = through(&pages, &mut asks("/", &[field]), |request| {
            request.is_handled(true);
            let read = futures_util::FutureExt::now_or_never(T::from_request(request));
            drop(read.expect("it needs no waiting"));
            answer(said, body)
        })
        .await;
        vary = all(response.headers(), "vary");
        last = seen(&response);
    }
    (last.1 == "one", vary)
}

#[tokio::test]
async fn what_arguments_read_is_known() {
    let agents = [("user-agent", "a"), ("user-agent", "b")];
    let same = [("x", "y"), ("x", "y")];
    let public = [("cache-control", "public")];
    assert_eq!(taken::<Header<UserAgent>>(agents, &[]).await, (false, "user-agent, cookie".into()));
    assert!(taken::<Header<UserAgent>>([agents[0]; 2], &[]).await.0);
    assert_eq!(taken::<Option<Header<UserAgent>>>(agents, &public).await, (false, "user-agent".into()));
    assert_eq!(taken::<Cookies>(same, &[]).await, (true, "cookie".into()));
    assert!(!taken::<ClientAddr>(same, &[]).await.0);
    assert!(!taken::<Peer>(same, &[]).await.0);
    assert!(!taken::<Option<RequestId>>(same, &[]).await.0);
    assert!(!taken::<Extension<u8>>(same, &[]).await.0);
    assert!(!taken::<Option<Extension<u8>>>(same, &[]).await.0);
    assert!(taken::<ClientAddr>(same, &public).await.0);
    assert!(taken::<Extension<u8>>(same, &public).await.0);
    assert!(!taken::<HeaderMap>(same, &[]).await.0);
    assert!(taken::<HeaderMap>(same, &[("vary", "accept")]).await.0);
    // A nonce of somebody else's page would let his scripts in.
    for said in [&[][..], &public] {
        assert!(!taken::<CspNonce>(same, said).await.0);
    }
}

#[tokio::test]
async fn the_innermost_word_on_the_time_counts_and_the_shorter_of_the_page() {
    for (own, inside, said, expected) in [
        (60, None, "", Some(60)),
        (60, Some(10), "", Some(10)),
        (60, Some(0), "", None),
        (0, None, "", None),
        (0, Some(5), "", Some(5)),
        (60, None, "max-age=30", Some(30)),
        (60, None, "max-age=300", Some(60)),
        (60, Some(600), "max-age=300", Some(300)),
        (60, None, "max-age=300, s-maxage=20", Some(20)),
        (60, None, "max-age=20, s-maxage=300", Some(60)),
    ] {
        let pages = pages().await.seconds(own);
        let mut first = asks("/", &[]);
        through(&pages, &mut first, |_| {
            let said: &[(&str, &str)] = if said.is_empty() { &[] } else { &[("cache-control", said)] };
            let mut response = answer(said, "page");
            if let Some(seconds) = inside {
                keep_for(&mut response, seconds);
                keep_for(&mut response, 7777);
            }
            response
        })
        .await;
        let again = asks("/", &[]);
        let wish = pages.policy.wish(&again).unwrap();
        let asked = Asked { wish: &wish, headers: again.headers() };
        let kept = pages.find(&asked).await.unwrap().kept;
        assert_eq!(kept.map(|kept| kept.seconds()), expected, "{own} {inside:?} {said}");
    }
    let pages = pages().await.marked_only();
    assert_eq!(seen(&ask(&pages, asks("/", &[]), &[], "one").await).0, "MISS");
    assert_eq!(seen(&ask(&pages, asks("/", &[]), &[], "two").await).1, "two");
}

#[tokio::test]
async fn strangers_get_no_new_page_unless_the_site_lets_them() {
    for (setting, asked, expected) in [
        ("false", "no-cache", "one"),
        ("false", "max-age=0", "one"),
        ("true", "no-cache", "two"),
        ("true", "max-age=0", "two"),
        ("true", "max-age=10", "one"),
    ] {
        let pages = PageCache::start(&settings(&[("CACHE_MIDDLEWARE_RELOAD", setting)])).await.unwrap();
        ask(&pages, asks("/", &[]), &[], "one").await;
        let again = ask(&pages, asks("/", &[("cache-control", asked)]), &[], "two").await;
        assert_eq!(seen(&again).1, expected, "{setting} {asked}");
        // It is the one that others get from then on.
        assert_eq!(seen(&ask(&pages, asks("/", &[]), &[], "x").await).1, expected);
    }
    let pages = pages().await;
    ask(&pages, asks("/", &[("cache-control", "no-store")]), &[], "one").await;
    assert_eq!(seen(&ask(&pages, asks("/", &[]), &[], "two").await).1, "two");
}

#[tokio::test]
async fn a_page_of_another_version_is_not_sent() {
    let pages = pages().await;
    let at = |version: PageVersion| {
        let mut request = asks("/", &[]);
        request.extensions_mut().insert(version);
        request
    };
    for (version, body, expected) in
        [("1", "one", "one"), ("1", "x", "one"), ("2", "two", "two"), ("1", "x", "one")]
    {
        assert_eq!(seen(&ask(&pages, at(PageVersion::new(version)), &[], body).await).1, expected);
    }
    for body in ["a", "b"] {
        let response = ask(&pages, at(PageVersion::UNKNOWN), &[], body).await;
        assert_eq!(seen(&response), ("".into(), body.into()));
    }
}

/// A cache that cannot be reached.
struct Down;

impl CacheBackend for Down {
    async fn get(&self, _: &str) -> Result<Option<Value>, CacheError> {
        Err(CacheError::new(CacheErrorKind::Unavailable, "down"))
    }
    async fn set(&self, key: &str, _: Value, _: Ttl) -> Result<(), CacheError> {
        self.get(key).await.map(drop)
    }
    async fn add(&self, key: &str, _: Value, _: Ttl) -> Result<bool, CacheError> {
        self.get(key).await.map(|_| false)
    }
    async fn delete(&self, key: &str) -> Result<bool, CacheError> {
        self.get(key).await.map(|_| false)
    }
    async fn clear(&self) -> Result<(), CacheError> {
        self.get("").await.map(drop)
    }
}

#[tokio::test]
async fn without_the_cache_pages_are_computed() {
    let pages = PageCache { cache: Cache::new(Down), ..pages().await };
    for body in ["one", "two"] {
        assert_eq!(seen(&ask(&pages, asks("/", &[]), &[], body).await), ("MISS".into(), body.into()));
    }
    let stats = pages.figures.stats().stats;
    assert_eq!((stats.errors, stats.misses, stats.sets), (2, 2, 0));
}

/// Takes its time.
struct Slow<'a>(&'a AtomicU32, &'static [(&'static str, &'static str)]);

impl Next for Slow<'_> {
    async fn run(self, _: &mut Request) -> Response {
        self.0.fetch_add(1, Relaxed);
        tokio::time::sleep(Duration::from_millis(50)).await;
        answer(self.1, "page")
    }
}

#[tokio::test]
async fn one_computes_and_the_others_wait() {
    let (pages, computed) = (pages().await, AtomicU32::new(0));
    let one = async |said| {
        let mut request = asks("/", &[]);
        Middleware::<()>::call(&pages, &(), &mut request, Slow(&computed, said)).await
    };
    let all = futures_util::future::join_all((0..100).map(|_| one(&[]))).await;
    assert_eq!((computed.swap(0, Relaxed), all.len()), (1, 100));
    assert!(all.iter().all(|response| seen(response).1 == "page"));
    pages.cache.clear().await.unwrap();
    // The first goes before it is done: another one takes over.
    let mut request = asks("/", &[]);
    let first = Middleware::<()>::call(&pages, &(), &mut request, Slow(&computed, &[]));
    let gone = tokio::time::timeout(Duration::from_millis(10), first);
    let (gone, rest) = tokio::join!(gone, futures_util::future::join_all((0..10).map(|_| one(&[]))));
    assert!(gone.is_err() && rest.len() == 10);
    assert_eq!(computed.swap(0, Relaxed), 2);
    pages.cache.clear().await.unwrap();
    // What is not kept is computed by each at once, from the second time on.
    let private = &[("cache-control", "private")];
    one(private).await;
    let begun = Instant::now();
    futures_util::future::join_all((0..10).map(|_| one(private))).await;
    assert!(begun.elapsed() < Duration::from_millis(150) && computed.load(Relaxed) == 11);
}
