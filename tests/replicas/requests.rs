//! What a visitor wrote in one request he reads in the next, whichever process answers it.

use bytes::Bytes;
use hyper_tests::{Suite, require};
use hyperdjango::app::Running;
use hyperdjango::middleware::ReadYourWrites;
use hyperdjango::prelude::*;

use crate::cluster::{Cluster, wait_for_all};
use crate::own_writes;

#[get("/counters/{id}")]
async fn show(id: i32, db: &Db) -> Result<String> {
    Ok(own_writes::read(db, id).await?.to_string())
}

/// Answers with what it reads after it has written.
#[post("/counters/{id}")]
async fn add(id: i32, db: &Db) -> Result<String> {
    own_writes::add(db, id).await?;
    Ok(own_writes::read(db, id).await?.to_string())
}

routes! { Urls: show, add }

#[derive(App)]
#[app(routes = Urls, middleware = [ReadYourWrites])]
struct Site {
    db: Db,
}

/// An application by its settings, as a process of its own has it.
async fn site(cluster: &Cluster) -> &'static Running<Site> {
    let settings = Settings::from_pairs([
        ("DEBUG", "true".to_owned()),
        ("SECRET_KEY", "0123456789abcdef0123456789abcdef".to_owned()),
        ("DATABASE_URL", cluster.url_of_primary()),
        ("DATABASE_REPLICAS", "east:2, west".to_owned()),
        ("DATABASE_URL_EAST", cluster.url(1)),
        ("DATABASE_URL_WEST", cluster.url(2)),
        ("POOL_SIZE_EAST", "8".to_owned()),
        ("REPLICA_WAIT", "30".to_owned()),
        ("REPLICA_MAX_LAG", "60000".to_owned()),
        ("REPLICA_PROBE", "200".to_owned()),
    ]);
    let site = hyperdjango::app::start::<Site>(&settings.unwrap()).await.unwrap();
    wait_for_all(&site.db).await;
    site
}

/// A browser.
#[derive(Default)]
struct Visitor(Option<String>);

impl Visitor {
    /// The body of the answer, as a number.
    async fn ask(&mut self, site: &'static Running<Site>, method: &str, path: &str) -> i64 {
        let mut request = http::Request::builder().method(method).uri(path);
        if let Some(cookie) = &self.0 {
            request = request.header("cookie", cookie);
        }
        let response = site.answer(request.body(Bytes::new()).unwrap()).await;
        assert_eq!(response.status(), 200);
        let set = response.headers().get("set-cookie").map(|value| value.to_str().unwrap().to_owned());
        if let Some(set) = set {
            assert!(
                set.starts_with("read_after=") && set.contains("HttpOnly") && set.contains("SameSite=Lax")
            );
            self.0 = Some(set.split(';').next().unwrap().to_owned());
        }
        let body = response.body().as_bytes().unwrap();
        std::str::from_utf8(body).unwrap().parse().unwrap()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_next_request_reads_what_the_last_one_wrote() {
    if !require(Suite::Replicas) {
        return;
    }
    let cluster = Cluster::start("");
    own_writes::counters(&cluster.db(0)).await;
    let (one, other) = (site(&cluster).await, site(&cluster).await);
    let (mut ana, mut bob) = (Visitor::default(), Visitor::default());
    assert_eq!(bob.ask(other, "GET", "/counters/1").await, 0);
    for standby in [1, 2] {
        own_writes::pause(&cluster, standby, true).await;
    }
    for n in 1..=10 {
        assert_eq!(ana.ask(one, "POST", "/counters/1").await, n);
        assert!(
            ana.0.as_ref().unwrap().contains("default%3D1") || ana.0.as_ref().unwrap().contains("default=1")
        );
        for site in [one, other] {
            assert_eq!(ana.ask(site, "GET", "/counters/1").await, n);
        }
        // Who wrote nothing is shown what replicas have, and has no cookie.
        assert_eq!(bob.ask(one, "GET", "/counters/1").await, 0);
        assert_eq!(bob.ask(other, "GET", "/counters/1").await, 0);
        assert_eq!(bob.0, None);
    }
    // A cookie of somebody's own making is worth nothing, and harms nobody.
    let mut eve = Visitor(Some("read_after=default=1:FFFFFFFFFFFF".to_owned()));
    let before = other.db.replica_stats();
    assert_eq!(eve.ask(other, "GET", "/counters/1").await, 0);
    assert_eq!(other.db.replica_stats().waits, before.waits);
    for standby in [1, 2] {
        own_writes::pause(&cluster, standby, false).await;
    }
    // When they have it, replicas answer all.
    crate::cluster::wait_until_caught_up(&other.db).await;
    let before = other.db.replica_stats();
    assert_eq!(
        (ana.ask(other, "GET", "/counters/1").await, bob.ask(other, "GET", "/counters/1").await),
        (10, 10)
    );
    assert_eq!(other.db.replica_stats().primary_reads, before.primary_reads);
}
