//! nginx in front, with the configuration of the guide: it keeps what `Cache-Control` and `Vary` allow, and nothing else.

use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::{Duration, Instant};

use hyper_tests::{Proxy, Suite, require};
use hyperdjango::http::Vary;
use hyperdjango::middleware::{Compression, ConditionalGet, PageCache, SecurityHeaders};
use hyperdjango::prelude::*;
use hyperdjango::server::{Listener, Server};
use hyperdjango::settings::Bind;

static COMPUTED: AtomicU32 = AtomicU32::new(0);

/// Another one each time, and long enough to be compressed.
fn page() -> String {
    format!("page {}{}", COMPUTED.fetch_add(1, Relaxed), " ".repeat(600))
}

fn name(cookies: &Cookies) -> String {
    format!("Hello {}, {}", cookies.get("name").unwrap_or("stranger"), page())
}

#[get("/about")]
async fn about() -> (CacheControl, String) {
    (CacheControl::public().max_age(600), page())
}

/// Browsers ask each time, proxies do not.
#[get("/shared")]
async fn shared() -> (CacheControl, String) {
    (CacheControl::public().max_age(0).s_maxage(600), page())
}

#[get("/for-shared-caches-not")]
async fn for_shared_caches_not() -> (CacheControl, String) {
    (CacheControl::public().max_age(600).s_maxage(0), page())
}

#[get("/brief")]
async fn brief() -> (CacheControl, String) {
    (CacheControl::public().max_age(1), page())
}

#[get("/stale")]
async fn stale() -> (CacheControl, String) {
    (CacheControl::public().max_age(1).stale_while_revalidate(60), page())
}

#[get("/never")]
async fn never() -> (CacheControl, String) {
    (CacheControl::never(), page())
}

#[get("/ask-again")]
async fn ask_again() -> (CacheControl, String) {
    (CacheControl::no_cache(), page())
}

#[get("/private")]
async fn private(cookies: Cookies) -> (CacheControl, String) {
    (CacheControl::private().max_age(600), name(&cookies))
}

/// It says nothing of who may keep it.
#[get("/greeting")]
async fn greeting(cookies: Cookies) -> String {
    name(&cookies)
}

/// Neither does it, and no page cache says so for it.
#[get("/silent", cache = 0)]
async fn silent() -> String {
    page()
}

/// The mistake of a handler that lets all keep what sets one visitor's cookie.
#[get("/log-in")]
async fn log_in() -> (CacheControl, (Cookie, String)) {
    (CacheControl::public().max_age(600), (Cookie::new("name", "Ana"), page()))
}

#[get("/language")]
async fn language(headers: HeaderMap) -> (CacheControl, (Vary<1>, String)) {
    let language = headers.get("accept-language").map_or("", |value| value.to_str().unwrap_or(""));
    let text = format!("in {language}, {}", page());
    (CacheControl::public().max_age(600), (Vary(["accept-language"]), text))
}

/// It says of the one who has a key that it is for all. The page cache would believe it.
#[get("/account", cache = 0)]
async fn account(headers: HeaderMap) -> (CacheControl, String) {
    let who = headers.get("authorization").map_or("nobody", |value| value.to_str().unwrap_or(""));
    (CacheControl::public().max_age(600), format!("{who} {}", page()))
}

#[get("/broken")]
async fn broken() -> Result<String> {
    Err(Error::internal(page()))
}

#[post("/about")]
async fn posted() -> (CacheControl, String) {
    (CacheControl::public().max_age(600), page())
}

routes! {
    Urls: about, shared, for_shared_caches_not, brief, stale, never, ask_again, private, greeting, silent, log_in, language, account, broken, posted
}

#[derive(App)]
#[app(routes = Urls, middleware = [SecurityHeaders, Compression, ConditionalGet, PageCache])]
struct Site {
    cache: Cache,
}

/// What the guide says to write: what stands in `http`, and the location.
fn configuration() -> (String, String) {
    let guide = include_str!("../../docs/caching.md");
    let block = guide.split("```text\n").find(|block| block.starts_with("proxy_cache_path")).unwrap();
    let (http, location) = block.split("```").next().unwrap().split_once('\n').unwrap();
    let shown = "add_header X-Nginx $upstream_cache_status always;\n    proxy_cache site;";
    let location = location.replace("proxy_cache site;", shown);
    assert!(location.contains("X-Nginx"));
    (http.replace("/var/cache/nginx", "FOLDER/cache"), location)
}

struct Front {
    proxy: Proxy,
    _server: Server,
}

#[derive(Debug, PartialEq)]
struct Seen {
    status: u16,
    /// What nginx did.
    nginx: String,
    head: String,
    body: Vec<u8>,
}

impl Front {
    async fn new() -> Self {
        let settings = Settings::from_pairs([("DEBUG", "false"), ("PORT", "0")]).unwrap();
        let site = hyperdjango::app::start::<Site>(&settings).await.unwrap();
        let listener = Listener::bind(settings.bind()).await.unwrap();
        let server = Server::start(site, listener, &settings).unwrap();
        let Bind::Tcp(_, port) = *server.address() else { panic!("a port was asked for") };
        let (http, location) = configuration();
        Self { proxy: Proxy::nginx_of(port, &http, &location), _server: server }
    }

    async fn send(&self, method: &str, target: &str, fields: &[(&str, &str)]) -> Seen {
        let mut text = format!("{method} {target} HTTP/1.0\r\nhost: site.example\r\n");
        for (name, value) in fields {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        let socket = self.proxy.socket.clone();
        let asked = tokio::task::spawn_blocking(move || {
            let mut stream = UnixStream::connect(socket).unwrap();
            stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
            stream.write_all(format!("{text}\r\n").as_bytes()).unwrap();
            let mut answer = Vec::new();
            stream.read_to_end(&mut answer).unwrap();
            answer
        });
        let answer = asked.await.unwrap();
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
        let head = String::from_utf8(answer[..end].to_vec()).unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let nginx = field(&head, "x-nginx").to_owned();
        Seen { status, nginx, head, body: answer[end + 4..].to_vec() }
    }

    async fn ask(&self, target: &str, fields: &[(&str, &str)]) -> Seen {
        self.send("GET", target, fields).await
    }

    /// Waits until nginx does something else than to give out what it has.
    async fn until_old(&self, target: &str) -> Seen {
        let since = Instant::now();
        loop {
            let seen = self.ask(target, &[]).await;
            if seen.nginx != "HIT" {
                return seen;
            }
            assert!(since.elapsed() < Duration::from_secs(20), "{target} never becomes old");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

fn field<'a>(head: &'a str, name: &str) -> &'a str {
    let fields = head.lines().filter_map(|line| line.split_once(": "));
    fields.filter(|(of, _)| of.eq_ignore_ascii_case(name)).map(|(_, value)| value).next().unwrap_or("")
}

impl Seen {
    fn text(&self) -> &str {
        str::from_utf8(&self.body).unwrap()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nginx_keeps_what_it_may() {
    if !require(Suite::Proxies) {
        return;
    }
    let front = Front::new().await;
    for target in ["/about", "/shared", "/greeting"] {
        let first = front.ask(target, &[]).await;
        assert_eq!((first.status, &*first.nginx), (200, "MISS"), "{target}");
        let again = front.ask(target, &[]).await;
        assert_eq!((&*again.nginx, again.text()), ("HIT", first.text()), "{target}");
        // Who has it is told so, by nginx.
        let tag = field(&again.head, "etag").to_owned();
        let third = front.ask(target, &[("if-none-match", &tag)]).await;
        assert_eq!((third.status, &*third.nginx, third.body.len()), (304, "HIT", 0), "{target}");
    }
    assert_eq!(front.ask("/about", &[("cookie", "name=Ana")]).await.nginx, "HIT", "it is for all");
    assert_ne!(front.send("POST", "/about", &[]).await.text(), front.ask("/about", &[]).await.text());
    // Each language, and each encoding, by itself.
    for (fields, expected) in [
        (&[("accept-language", "de")][..], "MISS"),
        (&[("accept-language", "fr")], "MISS"),
        (&[("accept-language", "de")], "HIT"),
        (&[("accept-language", "fr")], "HIT"),
        (&[("accept-language", "de"), ("accept-encoding", "gzip")], "MISS"),
        (&[("accept-language", "de"), ("accept-encoding", "gzip")], "HIT"),
        (&[("accept-language", "de")], "HIT"),
    ] {
        let seen = front.ask("/language", fields).await;
        assert_eq!(seen.nginx, expected, "{fields:?}");
        if fields.len() == 1 {
            assert!(seen.text().starts_with(&format!("in {}", fields[0].1)), "{}", seen.text());
        } else {
            assert_eq!(field(&seen.head, "content-encoding"), "gzip");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nginx_keeps_nothing_else() {
    if !require(Suite::Proxies) {
        return;
    }
    let front = Front::new().await;
    let refused =
        ["/never", "/ask-again", "/private", "/silent", "/log-in", "/for-shared-caches-not", "/broken"];
    for target in refused {
        let mut seen = Vec::new();
        for _ in 0..3 {
            let answer = front.ask(target, &[]).await;
            assert_ne!(answer.nginx, "HIT", "{target}");
            seen.push(answer);
        }
        if target != "/broken" {
            assert!(seen[0].body != seen[1].body && seen[1].body != seen[2].body, "{target}");
        }
    }
    // One visitor's page is nobody else's, in whatever order they come.
    for target in ["/greeting", "/private"] {
        for cookie in ["name=Ana", "name=Bob", "", "name=Ana", "", "name=Cy"] {
            let fields = [("cookie", cookie)];
            let seen = front.ask(target, if cookie.is_empty() { &[] } else { &fields }).await;
            let name = cookie.strip_prefix("name=").unwrap_or("stranger");
            assert!(seen.text().starts_with(&format!("Hello {name},")), "{target}: {}", seen.text());
            assert!(cookie.is_empty() || seen.nginx == "MISS", "{target} of {name}: {}", seen.nginx);
        }
    }
    // Nor is what was asked for with a key, though it says that it is for all.
    for who in ["", "Bearer Ana", "Bearer Bob", ""] {
        let fields = [("authorization", who)];
        let seen = front.ask("/account", if who.is_empty() { &[] } else { &fields }).await;
        let expected = if who.is_empty() { "nobody" } else { who };
        assert!(seen.text().starts_with(expected), "{who}: {}", seen.text());
        assert!(who.is_empty() || seen.nginx == "BYPASS", "{who}: {}", seen.nginx);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nginx_sends_what_is_old_only_where_it_may() {
    if !require(Suite::Proxies) {
        return;
    }
    let front = Front::new().await;
    // Not for any longer than it says: the first to come afterwards waits for a new one.
    let first = front.ask("/brief", &[]).await;
    let second = front.until_old("/brief").await;
    assert_eq!(second.nginx, "EXPIRED");
    assert_ne!(second.text(), first.text());
    // With stale-while-revalidate he gets the old one, and the next a new one.
    let first = front.ask("/stale", &[]).await;
    let second = front.until_old("/stale").await;
    assert_eq!((&*second.nginx, second.text()), ("STALE", first.text()));
    let since = Instant::now();
    while front.ask("/stale", &[]).await.text() == first.text() {
        assert!(since.elapsed() < Duration::from_secs(20), "nobody fetches it anew");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
