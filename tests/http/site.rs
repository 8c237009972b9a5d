//! The application that the tests ask.

use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Condvar, Mutex};
use std::time::Duration;

use hyperdjango::health;
use hyperdjango::http::{Body, BoxError};
use hyperdjango::prelude::*;
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;

pub(crate) mod long;

/// A post as clients send it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPost {
    pub(crate) title: String,
    pub(crate) score: i32,
    #[serde(default)]
    pub(crate) tags: Vec<String>,
}

/// A part of the application, from its own setting.
#[derive(Debug)]
pub(crate) struct Greeting(String);

impl Component for Greeting {
    async fn start(settings: &Settings) -> Result<Self> {
        Ok(Self(settings.get("GREETING").unwrap_or("Hello").to_owned()))
    }
}

/// Handlers that wait until the test lets them go.
#[derive(Debug)]
pub(crate) struct Gate {
    pub(crate) entered: AtomicUsize,
    /// Those of them that are over, answered or not.
    pub(crate) left: AtomicUsize,
    pub(crate) open: Semaphore,
    free: Mutex<bool>,
    freed: Condvar,
}

impl Gate {
    /// Holds the thread that asks for it until they are let go.
    pub(crate) fn hold(&self) {
        let free = self.free.lock().unwrap();
        // A test that failed has forgotten it.
        let patience = Duration::from_secs(20);
        drop(self.freed.wait_timeout_while(free, patience, |free| !*free).unwrap());
    }

    pub(crate) fn let_go(&self) {
        *self.free.lock().unwrap() = true;
        self.freed.notify_all();
    }
}

impl Component for Gate {
    async fn start(_: &Settings) -> Result<Self> {
        Ok(Self {
            entered: AtomicUsize::new(0),
            left: AtomicUsize::new(0),
            open: Semaphore::new(0),
            free: Mutex::new(false),
            freed: Condvar::new(),
        })
    }
}

/// Which requests came to `/seen`, each with its method, target, length and hash of its body.
#[derive(Debug)]
pub(crate) struct Log(pub(crate) Mutex<Vec<String>>);

impl Component for Log {
    async fn start(_: &Settings) -> Result<Self> {
        Ok(Self(Mutex::default()))
    }
}

/// What stands in the log instead of the length and the hash of a body that did not come whole.
pub(crate) const BROKEN: &str = " broken";

/// A request with all of its body in words, and why it has not all of it.
pub(crate) struct Seen(String, Result<()>);

impl FromRequest for Seen {
    async fn from_request(request: &mut Request) -> Result<Self> {
        let head = format!("{} {}", request.method(), request.path());
        let body = match request.bytes().await {
            Ok(body) => body,
            Err(error) => return Ok(Self(head + BROKEN, Err(error))),
        };
        // FNV-1a.
        let hash = body.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3)
        });
        Ok(Self(format!("{head} {} {hash:016x}", body.len()), Ok(())))
    }
}

#[get("/seen/{name}")]
pub(crate) async fn seen(name: String, seen: Seen, log: &Log) -> Result<String> {
    posted(name, seen, log).await
}

#[post("/seen/{name}")]
pub(crate) async fn posted(name: String, seen: Seen, log: &Log) -> Result<String> {
    // It is in `seen`, too.
    drop(name);
    log.0.lock().unwrap().push(seen.0.clone());
    seen.1.map(|()| seen.0)
}

#[get("/host")]
pub(crate) async fn host(headers: HeaderMap) -> String {
    headers["host"].to_str().unwrap().to_owned()
}

#[get("/status/{code}")]
pub(crate) async fn status(code: u16) -> Result<StatusCode> {
    StatusCode::from_u16(code).map_err(Error::internal)
}

#[get("/")]
pub(crate) async fn index(greeting: &Greeting) -> String {
    greeting.0.clone()
}

#[get("/posts/{id}")]
pub(crate) async fn show(id: i32) -> String {
    format!("post {id}")
}

#[get("/posts/new")]
pub(crate) async fn new() -> &'static str {
    "new post"
}

#[post("/posts")]
pub(crate) async fn create(Json(post): Json<NewPost>) -> (StatusCode, Json<NewPost>) {
    (StatusCode::CREATED, Json(post))
}

#[post("/forms")]
pub(crate) async fn submit(form: Form<NewPost>) -> String {
    format!("{} {} {:?}", form.title, form.score, form.tags)
}

/// What the query may hold.
#[derive(Debug, Deserialize)]
pub(crate) struct Page {
    page: u32,
    #[serde(default)]
    tag: Vec<String>,
}

#[get("/search")]
pub(crate) async fn search(page: Query<Page>) -> String {
    format!("page {} {:?}", page.page, page.tag)
}

#[get("/names/{name}")]
pub(crate) async fn name(name: String) -> String {
    name
}

#[get("/files/{*path}")]
pub(crate) async fn file(path: String) -> String {
    path
}

#[post("/echo")]
pub(crate) async fn echo(request_body: EchoBody) -> Response {
    Response::new(Body::from(request_body.0))
}

/// The body, as an extractor of one's own reads it.
pub(crate) struct EchoBody(Vec<u8>);

impl FromRequest for EchoBody {
    const READS_BODY: bool = true;

    async fn from_request(request: &mut Request) -> Result<Self> {
        Ok(Self(request.bytes().await?.to_vec()))
    }
}

#[get("/panic")]
pub(crate) async fn panics() -> &'static str {
    panic!("as the test asked")
}

#[get("/fails")]
pub(crate) async fn fails() -> Result<()> {
    Err(Error::internal("secret details"))
}

/// Counts a handler that is over.
struct Left<'a>(&'a Gate);

impl Drop for Left<'_> {
    fn drop(&mut self) {
        self.0.left.fetch_add(1, SeqCst);
    }
}

#[get("/wait")]
pub(crate) async fn wait(gate: &Gate) -> Result<&'static str> {
    gate.entered.fetch_add(1, SeqCst);
    let _left = Left(gate);
    gate.open.acquire().await.map_err(Error::internal)?.forget();
    Ok("waited")
}

#[get("/stream")]
pub(crate) async fn stream() -> Response {
    let parts = ["one ", "two ", "three"].map(|part| Ok::<_, BoxError>(part.into()));
    Response::new(Body::stream(futures_util::stream::iter(parts)))
}

#[get("/large")]
pub(crate) async fn large() -> Vec<u8> {
    vec![b'x'; 32 << 20]
}

#[get("/boxed", boxed)]
pub(crate) async fn boxed() -> &'static str {
    "boxed"
}

pub(crate) mod api {
    //! What is mounted under `/api/v1`.

    use hyperdjango::prelude::*;

    #[get("/")]
    pub(crate) async fn root() -> &'static str {
        "api"
    }

    #[delete("/users/{user}/keys/{key}")]
    pub(crate) async fn remove(key: String, user: u64) -> String {
        format!("{user} {key}")
    }

    routes! { pub(crate) Urls: root, remove }
}

routes! {
    pub(crate) Urls:
        index, show, new, create, submit, search, name, file,
        mount("/api/v1", api::Urls),
        mount("/long", long::Urls),
        mount("/", health::Urls),
        echo, panics, fails, wait, stream, large, boxed, seen, posted, host, status,
}

/// The site of the tests.
#[derive(Debug, App)]
#[app(routes = Urls, setup = set_up)]
pub(crate) struct Site {
    pub(crate) greeting: Greeting,
    pub(crate) gate: Gate,
    pub(crate) log: Log,
}

async fn set_up(site: &'static Site) -> Result<()> {
    assert_eq!(site.gate.entered.load(SeqCst), 0, "set-up comes before requests");
    Ok(())
}
