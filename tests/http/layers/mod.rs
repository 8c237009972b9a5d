//! The framework's middleware around a site, in process and over a socket.

mod bodies;
mod cross_origin;
mod entrance;
mod headers;
mod log;
mod tower;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use hyperdjango::app::Running;
use hyperdjango::http::{Body, BoxError, HeaderMap};
use hyperdjango::middleware::{
    AccessLog, BodyLimit, Compression, ConditionalGet, Cors, Csp, CspNonce, HttpsRedirect, LoadShedding,
    RequestId, RequestIds, SecurityHeaders, Timeout, Timing, Tower, TrustedHosts,
};
use hyperdjango::prelude::*;
use hyperdjango::server::{Listener, Server};
use hyperdjango::settings::Bind;
use tokio::runtime::Runtime;

/// A page with an inline script.
#[get("/")]
async fn index(nonce: CspNonce) -> RawHtml<String> {
    RawHtml(format!("<script nonce=\"{nonce}\">start()</script>"))
}

#[get("/plain")]
async fn plain() -> &'static str {
    "plain"
}

#[get("/id")]
async fn id(id: RequestId) -> String {
    id.to_string()
}

#[get("/fails")]
async fn fails() -> Result<()> {
    Err(Error::internal("on purpose"))
}

#[get("/panics")]
async fn panics() -> &'static str {
    panic!("on purpose")
}

#[get("/slow")]
async fn slow() -> &'static str {
    tokio::time::sleep(Duration::from_secs(60)).await;
    "late"
}

/// So many bytes of text.
#[get("/long/{length}")]
async fn long(length: usize) -> String {
    "the quick brown fox jumps over the lazy dog. ".chars().cycle().take(length).collect()
}

/// Two lines, one after the other.
#[get("/lines")]
async fn lines() -> Response {
    let pieces = ["[1,1,1]\n", "[2,2,2]\n"].map(|piece| Ok::<_, BoxError>(piece.into()));
    let mut response = Response::new(Body::stream(futures_util::stream::iter(pieces)));
    response.headers_mut().insert("content-type", "application/x-ndjson".parse().unwrap());
    response
}

#[get("/login")]
async fn login() -> (HeaderMap, String) {
    let mut headers = HeaderMap::new();
    headers.insert("set-cookie", "session=1".parse().unwrap());
    (headers, "token ".repeat(200))
}

#[post("/size")]
async fn size(body: bytes::Bytes) -> String {
    body.len().to_string()
}

/// Mounted with lists of their own.
mod mounted {
    use super::*;

    #[post("/size")]
    pub(super) async fn size(body: bytes::Bytes) -> String {
        body.len().to_string()
    }

    #[get("/open")]
    pub(super) async fn open() -> &'static str {
        "open"
    }

    routes! { pub(super) Sizes: size }
    routes! { pub(super) Small: size }
    routes! { pub(super) Open: open }
}

routes! {
    Urls:
        index, plain, id, fails, panics, slow, long, lines, login, size,
        mount("/large", mounted::Sizes, middleware = [BodyLimit::bytes(100)]),
        mount("/small", mounted::Small, middleware = [BodyLimit::bytes(5)]),
        mount("/api", mounted::Open, middleware = [Cors::any()]),
        mount("/tower", tower::Urls, middleware = [Tower(tower::layer())]),
}

/// All there is, in the order it stands in.
#[derive(Debug, App)]
#[app(
    routes = Urls,
    middleware = [
        AccessLog, RequestIds, SecurityHeaders::from_settings(settings)?.csp(policy())?, Timing, LoadShedding,
        TrustedHosts, HttpsRedirect, Cors, Compression, ConditionalGet, Timeout,
    ],
)]
struct Site;

fn policy() -> Csp {
    Csp::new().default_src([Csp::SELF]).script_src([Csp::SELF, Csp::NONCE])
}

async fn site(pairs: &[(&str, &str)]) -> &'static Running<Site> {
    let settings = [("DEBUG", "true"), ("MAX_BODY_SIZE", "10")].into_iter().chain(pairs.iter().copied());
    hyperdjango::app::start(&Settings::from_pairs(settings).unwrap()).await.unwrap()
}

async fn ask(
    site: &'static Running<Site>,
    method: Method,
    target: &str,
    headers: &[(&'static str, &str)],
    body: &'static str,
) -> Response {
    let mut request = Request::new(method, target).unwrap().with_body(body);
    for (name, value) in headers {
        request.headers_mut().append(*name, value.parse().unwrap());
    }
    site.respond(&mut request).await
}

async fn get(site: &'static Running<Site>, target: &str, headers: &[(&'static str, &str)]) -> Response {
    ask(site, Method::GET, target, headers, "").await
}

/// All values of a field.
fn all(response: &Response, name: &str) -> String {
    let values: Vec<&str> =
        response.headers().get_all(name).iter().map(|value| value.to_str().unwrap()).collect();
    values.join(" | ")
}

fn text(response: &Response) -> &str {
    str::from_utf8(response.body().as_bytes().unwrap()).unwrap()
}

/// The site on a free port.
struct Served {
    _runtime: Runtime,
    _server: Server,
    port: u16,
}

/// An answer as bytes.
struct Answer {
    head: String,
    body: Vec<u8>,
}

impl Served {
    fn new(pairs: &[(&str, &str)]) -> Self {
        let runtime = Runtime::new().unwrap();
        let pairs = [("PORT", "0"), ("DEBUG", "true")].into_iter().chain(pairs.iter().copied());
        let settings = Settings::from_pairs(pairs).unwrap();
        let server = runtime.block_on(async {
            let site = hyperdjango::app::start::<Site>(&settings).await.unwrap();
            let listener = Listener::bind(settings.bind()).await.unwrap();
            Server::start(site, listener, &settings).unwrap()
        });
        let Bind::Tcp(_, port) = *server.address() else { unreachable!() };
        Self { _runtime: runtime, _server: server, port }
    }

    /// One request on a connection of its own; `fields` end each with a line break.
    fn ask(&self, method: &str, target: &str, fields: &str) -> Answer {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let request =
            format!("{method} {target} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{fields}\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
        let head = String::from_utf8(answer[..end + 2].to_vec()).unwrap();
        let body = answer.split_off(end + 4);
        let is_chunked = head.contains("transfer-encoding: chunked\r\n");
        let body = if is_chunked && !body.is_empty() { unchunked(&body) } else { body };
        Answer { head, body }
    }
}

impl Answer {
    fn status(&self) -> &str {
        self.head.split(' ').nth(1).unwrap()
    }

    fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().skip(1).filter_map(|line| line.split_once(": "));
        lines.find(|(key, _)| *key == name).map(|(_, value)| value)
    }
}

fn unchunked(mut body: &[u8]) -> Vec<u8> {
    let mut all = Vec::new();
    loop {
        let line = body.windows(2).position(|two| two == b"\r\n").unwrap();
        let size = usize::from_str_radix(str::from_utf8(&body[..line]).unwrap(), 16).unwrap();
        all.extend_from_slice(&body[line + 2..line + 2 + size]);
        body = &body[line + 4 + size..];
        if size == 0 {
            assert!(body.is_empty());
            return all;
        }
    }
}
