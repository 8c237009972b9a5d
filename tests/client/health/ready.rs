//! What `/health` and `/ready` answer while the parts of a site are well and ill.

use std::sync::atomic::Ordering::SeqCst;
use std::time::{Duration, Instant};

use serde_json::json;

use super::site::{ILL, PANICS, SILENT, WELL, get, start};
use super::until;

#[tokio::test]
async fn says_which_check_fails_and_since_when() {
    let site = start(hyper_tests::postgres().url(), &[("READY_TIMEOUT", "2000")]).await;
    assert_eq!(get(site, "/health").await, (200, json!({"status": "ok"})));
    let well = json!({"status": "ok", "checks": {"db": {"status": "ok"}, "search": {"status": "ok"}}});
    assert_eq!(get(site, "/ready").await, (200, well.clone()));
    assert_eq!(get(site, "/health/ready").await, (200, well.clone()));
    for (state, status) in [(ILL, "failed"), (PANICS, "failed"), (SILENT, "timeout")] {
        let before = jiff::Timestamp::now();
        site.search.state.store(state, SeqCst);
        until("it to be not ready", async || get(site, "/ready").await.0 == 503).await;
        let (_, answer) = get(site, "/ready").await;
        assert_eq!(answer["status"], "unavailable");
        assert_eq!(answer["checks"]["db"], json!({"status": "ok"}));
        let search = &answer["checks"]["search"];
        assert_eq!(search["status"], status);
        let since: jiff::Timestamp = search["since"].as_str().unwrap().parse().unwrap();
        assert!(before <= since && since <= jiff::Timestamp::now(), "{search}");
        assert!(!answer.to_string().contains("secret"), "{answer}");
        // It stays the first time that it failed, when it is asked again.
        let asked = site.search.asked.load(SeqCst);
        until("it to be asked again", async || {
            get(site, "/ready").await;
            site.search.asked.load(SeqCst) > asked
        })
        .await;
        let (_, later) = get(site, "/ready").await;
        assert_eq!(later["checks"]["search"]["since"], search["since"]);
        assert_eq!(get(site, "/health").await.0, 200, "it serves all the same");
        site.search.state.store(WELL, SeqCst);
        until("it to be ready", async || get(site, "/ready").await == (200, well.clone())).await;
    }
}

#[tokio::test]
async fn however_many_ask_each_check_runs_once_a_second() {
    let site = start(hyper_tests::postgres().url(), &[]).await;
    let begun = Instant::now();
    for _ in 0..200 {
        let all = (0..10).map(|_| get(site, "/ready"));
        for (status, _) in futures_util::future::join_all(all).await {
            assert_eq!(status, 200);
        }
    }
    let most = begun.elapsed().as_secs() as usize + 1;
    let asked = site.search.asked.load(SeqCst);
    assert!((1..=most).contains(&asked), "{asked} times within {:?}", begun.elapsed());
    // Nor do those who do not wait for the answer have it begin again.
    site.search.state.store(SILENT, SeqCst);
    let asked = site.search.asked.load(SeqCst);
    until("it to be asked again", async || {
        let _ = tokio::time::timeout(Duration::from_micros(50), get(site, "/ready")).await;
        site.search.asked.load(SeqCst) > asked
    })
    .await;
    let before = site.search.asked.load(SeqCst);
    for _ in 0..100 {
        let _ = tokio::time::timeout(Duration::from_micros(50), get(site, "/ready")).await;
    }
    assert!(site.search.asked.load(SeqCst) <= before + 1);
}

#[tokio::test]
async fn with_debug_developers_see_why() {
    let site = start(hyper_tests::postgres().url(), &[("DEBUG", "true")]).await;
    site.search.state.store(ILL, SeqCst);
    let (status, answer) = get(site, "/ready").await;
    assert_eq!(status, 503);
    assert_eq!(answer["checks"]["search"]["error"], "the index at secret.example is gone");
}

/// A pool of which everything is in use is slow, but no reason to send the requests to others that are as busy.
#[tokio::test]
async fn a_busy_pool_is_ready() {
    let site = start(hyper_tests::postgres().url(), &[("POOL_SIZE", "1")]).await;
    let tx = site.db.begin().await.unwrap();
    let (status, answer) = get(site, "/ready").await;
    assert_eq!(status, 200, "{answer}");
    drop(tx);
    assert_eq!(site.db.timer().in_flight(), 0);
}

#[tokio::test]
async fn a_site_that_stops_is_not_ready() {
    use hyperdjango::server::{Listener, Server};
    use hyperdjango::settings::Bind;

    let site = start(hyper_tests::postgres().url(), &[("DRAIN_TIMEOUT", "1")]).await;
    let listener = Listener::bind(&Bind::Tcp("127.0.0.1".to_owned(), 0)).await.unwrap();
    let server = Server::start(site, listener, site.settings()).unwrap();
    assert_eq!(get(site, "/ready").await.0, 200);
    server.stop().await;
    assert_eq!(get(site, "/ready").await, (503, json!({"status": "draining", "checks": {}})));
    assert_eq!(get(site, "/health").await.0, 200);
}
