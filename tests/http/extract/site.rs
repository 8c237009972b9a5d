//! The application that these tests ask, and its server.

use std::collections::BTreeMap;

use futures_util::StreamExt;
use hyperdjango::http::{Bearer, BodyStream, Extension, Host, MultipartStream, Scheme};
use hyperdjango::prelude::*;
use hyperdjango::server::{Listener, Server};
use hyperdjango::settings::Bind;
use serde::Deserialize;
use tokio::runtime::Runtime;

use crate::served::{Answer, Client};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Article {
    title: String,
    pages: u16,
    #[serde(default)]
    tags: Vec<String>,
    author: Option<Author>,
    #[serde(default)]
    draft: bool,
    price: Option<f64>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Author {
    name: String,
    born: i32,
}

impl Validate for Article {
    fn clean(&self, errors: &mut ValidationErrors) {
        if self.title.chars().count() > 20 {
            errors.add("title", "Ensure this value has at most 20 characters.");
        }
        if self.pages == 0 {
            errors.add("pages", "An article has at least one page.");
        }
    }
}

impl Article {
    fn text(&self) -> String {
        let author = self.author.as_ref().map(|author| format!("{} {}", author.name, author.born));
        format!("{} {} {:?} {author:?} {} {:?}", self.title, self.pages, self.tags, self.draft, self.price)
    }
}

#[post("/json")]
async fn json(article: Json<Article>) -> String {
    article.text()
}

#[post("/any")]
async fn any(_value: Json<hyperdjango::serde_json::Value>) -> &'static str {
    "read"
}

#[post("/form")]
async fn form(article: Form<Article>) -> String {
    article.text()
}

#[get("/query")]
async fn query(article: Query<Article>) -> String {
    article.text()
}

#[post("/valid")]
async fn valid(article: Valid<Json<Article>>) -> String {
    article.text()
}

#[get("/valid")]
async fn valid_query(Valid(Query(article)): Valid<Query<Article>>) -> String {
    article.text()
}

#[post("/shown-again")]
async fn shown_again(form: Result<Form<Article>>) -> String {
    match form {
        Ok(form) => form.text(),
        Err(error) => format!("again: {error}"),
    }
}

#[post("/text")]
async fn text(body: Text<String>) -> Text<String> {
    body
}

#[post("/stream")]
async fn stream(mut body: BodyStream) -> Result<String> {
    let mut pieces = 0;
    while let Some(piece) = body.next().await {
        pieces += usize::from(!piece?.is_empty());
    }
    assert!(pieces > 0 || body.received() == 0);
    Ok(body.received().to_string())
}

#[post("/short")]
async fn short(body: BodyStream) -> Result<String> {
    let mut body = body.limit(10);
    while body.chunk().await?.is_some() {}
    Ok(body.received().to_string())
}

#[get("/who")]
async fn who(client: ClientAddr, scheme: Scheme, host: Host) -> String {
    format!("{client} {scheme} {host}")
}

#[get("/bearer")]
async fn bearer(token: Header<Bearer>) -> String {
    token.0.0
}

/// An argument of one's own, in ten lines.
struct Language(String);

impl FromRequest for Language {
    async fn from_request(request: &mut Request) -> Result<Self> {
        let language = request.header("accept-language").and_then(|text| text.split([',', ';']).next());
        language.map(|text| Self(text.to_owned())).ok_or_else(|| Error::bad_request("Which language?"))
    }
}

#[get("/language")]
async fn language(language: Language) -> String {
    language.0
}

#[get("/maybe")]
async fn maybe(language: Option<Language>, token: Result<Header<Bearer>>) -> String {
    format!(
        "{:?} {:?}",
        language.map(|language| language.0),
        token.map(|token| token.0.0).map_err(|e| e.status())
    )
}

#[derive(Clone)]
struct Tenant(&'static str);

#[middleware]
pub(super) async fn tenant(request: &mut Request, next: impl Next) -> Response {
    if request.path() != "/tenant/none" {
        request.extensions_mut().insert(Tenant("acme"));
    }
    next.run(request).await
}

#[get("/tenant/{which}")]
async fn show_tenant(which: String, tenant: Extension<Tenant>) -> String {
    format!("{which} {}", tenant.0.0)
}

#[get("/cookies")]
async fn cookies(cookies: Cookies) -> (Cookie, String) {
    let value = cookies.get("seen").unwrap_or("nothing").to_owned();
    (Cookie::new("seen", format!("{value}; ü")), value)
}

#[derive(Debug, Deserialize)]
pub(super) struct Picture {
    title: String,
    picture: Upload,
    #[serde(default)]
    more: Vec<Upload>,
    thumbnail: Option<Upload>,
    #[serde(default)]
    tags: BTreeMap<String, u8>,
}

fn told(upload: &Upload) -> String {
    let place = if upload.temporary_path().is_some() { "disk" } else { "memory" };
    format!("{} {} {} {place}", upload.file_name(), upload.content_type().unwrap_or("-"), upload.size())
}

#[post("/pictures")]
async fn picture(form: Multipart<Picture>) -> Result<String> {
    let sum: u64 = form.picture.bytes().await?.iter().map(|byte| u64::from(*byte)).sum();
    let mut streamed = 0;
    let mut pieces = Box::pin(form.picture.stream());
    while let Some(piece) = pieces.next().await {
        streamed += piece?.iter().map(|byte| u64::from(*byte)).sum::<u64>();
    }
    assert_eq!(sum, streamed);
    let more: Vec<String> = form.more.iter().map(told).collect();
    let thumbnail = form.thumbnail.as_ref().map(told);
    Ok(format!("{}: {} [{sum}] {more:?} {thumbnail:?} {:?}", form.title, told(&form.picture), form.tags))
}

#[post("/parts")]
async fn parts(mut parts: MultipartStream) -> Result<String> {
    let mut answer = String::new();
    while let Some(mut part) = parts.next().await? {
        let mut size = 0;
        while let Some(piece) = part.chunk().await? {
            size += piece.len();
        }
        answer += &format!("{} {:?} {size};", part.name(), part.file_name());
    }
    Ok(answer)
}

#[post("/skips")]
async fn skips(parts: MultipartStream) -> Result<String> {
    let mut parts = parts.limit(1 << 20);
    let mut names = String::new();
    while let Some(part) = parts.next().await? {
        names += part.name();
    }
    Ok(names)
}

routes! {
    pub(super) Urls:
        json, any, form, query, valid, valid_query, shown_again, text, stream, short, who, bearer, language, maybe,
        show_tenant, cookies, picture, parts, skips,
}

#[derive(Debug, App)]
#[app(routes = Urls, middleware = [tenant])]
pub(super) struct Site;

/// The site on a free port.
pub(super) struct Served {
    port: u16,
    _server: Server,
    _runtime: Runtime,
}

impl Served {
    pub(super) fn new(settings: &[(&str, &str)]) -> Self {
        let pairs = [("PORT", "0")].into_iter().chain(settings.iter().copied());
        let settings = Settings::from_pairs(pairs).unwrap();
        let runtime = Runtime::new().unwrap();
        let server = runtime.block_on(async {
            let site = hyperdjango::app::start::<Site>(&settings).await.unwrap();
            let listener = Listener::bind(settings.bind()).await.unwrap();
            Server::start(site, listener, &settings).unwrap()
        });
        let Bind::Tcp(_, port) = *server.address() else { unreachable!("a port was asked for") };
        Self { port, _server: server, _runtime: runtime }
    }

    pub(super) fn connect(&self) -> Client {
        let stream = std::net::TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let patience = Some(std::time::Duration::from_secs(20));
        stream.set_read_timeout(patience).unwrap();
        stream.set_write_timeout(patience).unwrap();
        Client(stream)
    }

    /// One request with these lines in its head.
    pub(super) fn get(&self, target: &str, lines: &str) -> Answer {
        let mut client = self.connect();
        client.send(format!("GET {target} HTTP/1.1\r\nhost: t.example\r\n{lines}\r\n"));
        client.answer()
    }

    /// One request with a body of this type.
    pub(super) fn post(&self, target: &str, kind: &str, body: impl AsRef<[u8]>) -> Answer {
        let (mut client, body) = (self.connect(), body.as_ref());
        let kind = if kind.is_empty() { String::new() } else { format!("content-type: {kind}\r\n") };
        let length = body.len();
        client.send(format!("POST {target} HTTP/1.1\r\nhost: t\r\n{kind}content-length: {length}\r\n\r\n"));
        client.send(body);
        client.answer()
    }
}
