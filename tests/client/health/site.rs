//! A site with routes for its health, and a part whose health the tests choose.

use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering::SeqCst};

use bytes::Bytes;
use hyperdjango::app::Running;
use hyperdjango::health::{self, Check};
use hyperdjango::prelude::*;

pub(super) const WELL: u8 = 0;
pub(super) const ILL: u8 = 1;
pub(super) const SILENT: u8 = 2;
pub(super) const PANICS: u8 = 3;

#[derive(Debug, Default)]
pub(super) struct Search {
    pub(super) state: AtomicU8,
    pub(super) asked: AtomicUsize,
}

impl Component for Search {
    async fn start(_: &Settings) -> Result<Self> {
        Ok(Self::default())
    }
}

impl Check for Search {
    async fn check(&self) -> Result<()> {
        self.asked.fetch_add(1, SeqCst);
        match self.state.load(SeqCst) {
            WELL => Ok(()),
            ILL => Err(Error::unavailable("the index at secret.example is gone", 1)),
            SILENT => std::future::pending().await,
            _ => panic!("the check panics, as it should"),
        }
    }
}

/// A part without a check.
#[derive(Debug)]
pub(super) struct Name;

impl Component for Name {
    async fn start(_: &Settings) -> Result<Self> {
        Ok(Self)
    }
}

#[get("/")]
async fn index() -> &'static str {
    "Hello"
}

routes! { pub(super) Urls: index, mount("/", health::Urls) }

#[derive(App)]
#[app(routes = Urls)]
pub(super) struct Site {
    pub(super) db: Db,
    pub(super) search: Search,
    _name: Name,
}

/// Starts the site on a database.
pub(super) async fn start(url: &str, own: &[(&str, &str)]) -> &'static Running<Site> {
    let defaults = [("DEBUG", "false"), ("DATABASE_URL", url)];
    let settings = Settings::from_pairs(defaults.into_iter().chain(own.iter().copied())).unwrap();
    hyperdjango::app::start::<Site>(&settings).await.unwrap()
}

/// Status and body of an answer.
pub(super) async fn get(site: &'static Running<Site>, path: &str) -> (u16, serde_json::Value) {
    let request = http::Request::get(path).body(Bytes::new()).unwrap();
    let answer = site.answer(request).await;
    assert_eq!(answer.headers()["cache-control"], "no-store");
    let status = answer.status().as_u16();
    let body = http_body_util::BodyExt::collect(answer.into_body()).await.unwrap().to_bytes();
    (status, serde_json::from_slice(&body).unwrap())
}
