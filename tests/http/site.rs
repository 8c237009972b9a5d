//! The application that the tests ask.

use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use hyperdjango::http::{Body, BoxError};
use hyperdjango::prelude::*;
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;

/// A post as clients send it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewPost {
    pub title: String,
    pub score: i32,
    #[serde(default)]
    pub tags: Vec<String>,
}

/// A part of the application, from its own setting.
#[derive(Debug)]
pub struct Greeting(String);

impl Component for Greeting {
    async fn start(settings: &Settings) -> Result<Self> {
        Ok(Self(settings.get("GREETING").unwrap_or("Hello").to_owned()))
    }
}

/// Handlers that wait until the test lets them go.
#[derive(Debug)]
pub struct Gate {
    pub entered: AtomicUsize,
    pub open: Semaphore,
}

impl Component for Gate {
    async fn start(_: &Settings) -> Result<Self> {
        Ok(Self { entered: AtomicUsize::new(0), open: Semaphore::new(0) })
    }
}

#[get("/")]
pub async fn index(greeting: &Greeting) -> String {
    greeting.0.clone()
}

#[get("/posts/{id}")]
pub async fn show(id: i32) -> String {
    format!("post {id}")
}

#[get("/posts/new")]
pub async fn new() -> &'static str {
    "new post"
}

#[post("/posts")]
pub async fn create(Json(post): Json<NewPost>) -> (StatusCode, Json<NewPost>) {
    (StatusCode::CREATED, Json(post))
}

#[post("/forms")]
pub async fn submit(form: Form<NewPost>) -> String {
    format!("{} {} {:?}", form.title, form.score, form.tags)
}

/// What the query may hold.
#[derive(Debug, Deserialize)]
pub struct Page {
    page: u32,
    #[serde(default)]
    tag: Vec<String>,
}

#[get("/search")]
pub async fn search(page: Query<Page>) -> String {
    format!("page {} {:?}", page.page, page.tag)
}

#[get("/names/{name}")]
pub async fn name(name: String) -> String {
    name
}

#[get("/files/{*path}")]
pub async fn file(path: String) -> String {
    path
}

#[post("/echo")]
pub async fn echo(request_body: EchoBody) -> Response {
    Response::new(Body::from(request_body.0))
}

/// The body, as an extractor of one's own reads it.
pub struct EchoBody(Vec<u8>);

impl FromRequest for EchoBody {
    const READS_BODY: bool = true;

    async fn from_request(request: &mut Request) -> Result<Self> {
        Ok(Self(request.bytes().await?.to_vec()))
    }
}

#[get("/panic")]
pub async fn panics() -> &'static str {
    panic!("as the test asked")
}

#[get("/fails")]
pub async fn fails() -> Result<()> {
    Err(Error::internal("secret details"))
}

#[get("/wait")]
pub async fn wait(gate: &Gate) -> Result<&'static str> {
    gate.entered.fetch_add(1, SeqCst);
    gate.open.acquire().await.map_err(Error::internal)?.forget();
    Ok("waited")
}

#[get("/stream")]
pub async fn stream() -> Response {
    let parts = ["one ", "two ", "three"].map(|part| Ok::<_, BoxError>(part.into()));
    Response::new(Body::stream(futures_util::stream::iter(parts)))
}

#[get("/large")]
pub async fn large() -> Vec<u8> {
    vec![b'x'; 32 << 20]
}

#[get("/boxed", boxed)]
pub async fn boxed() -> &'static str {
    "boxed"
}

pub mod api {
    //! What is mounted under `/api/v1`.

    use hyperdjango::prelude::*;

    #[get("/")]
    pub async fn root() -> &'static str {
        "api"
    }

    #[delete("/users/{user}/keys/{key}")]
    pub async fn remove(key: String, user: u64) -> String {
        format!("{user} {key}")
    }

    routes! { pub Urls: root, remove }
}

routes! {
    pub Urls:
        index, show, new, create, submit, search, name, file,
        mount("/api/v1", api::Urls),
        echo, panics, fails, wait, stream, large, boxed,
}

/// The site of the tests.
#[derive(Debug, App)]
#[app(routes = Urls, setup = set_up)]
pub struct Site {
    pub greeting: Greeting,
    pub gate: Gate,
}

async fn set_up(site: &'static Site) -> Result<()> {
    assert_eq!(site.gate.entered.load(SeqCst), 0, "set-up comes before requests");
    Ok(())
}
