//! What is said of a PostgreSQL that is killed, frozen, and started again.

use std::time::{Duration, Instant};

use hyperdjango::health::{HeartbeatOptions, PoolHealthChecker, PoolHeartbeat};

use super::cluster::Cluster;
use super::site::{get, start};
use super::{database, until};

const BEAT: Duration = Duration::from_millis(100);

/// How long `/ready` may say what was: a second that an answer counts, and the time limit of a check; and a little as this
/// machine is busy.
const TRUTH: Duration = Duration::from_millis(1000 + 800 + 1500);

#[tokio::test(flavor = "multi_thread")]
async fn health_and_ready_say_the_truth() {
    let mut cluster = Cluster::new("truth");
    let site = start(cluster.url(), &[]).await;
    let db = database(cluster.url());
    let heartbeat = PoolHeartbeat::start(&db, HeartbeatOptions::every(BEAT));
    let checker = PoolHealthChecker::start(&db, BEAT);
    assert_eq!(heartbeat.stats().total_beats, 0, "the first beat is after an interval");
    assert!(checker.get_stats().healthy && checker.get_stats().last_check_ago_s.is_none());
    let is_well = async || heartbeat.stats().consecutive_failures == 0 && checker.get_stats().healthy;
    until("beats", async || heartbeat.stats().total_beats > 3).await;
    assert_eq!((heartbeat.stats().total_failures, checker.get_stats().failures), (0, 0));
    assert_eq!(get(site, "/ready").await.0, 200);

    for (name, frozen) in [("killed", false), ("frozen", true)] {
        let broken = Instant::now();
        if frozen {
            cluster.freeze()
        } else {
            cluster.kill()
        };
        until(name, async || get(site, "/ready").await.0 == 503).await;
        let took = broken.elapsed();
        assert!(took < TRUTH, "{name}: not said for {took:?}");
        let (_, answer) = get(site, "/ready").await;
        let expected = if frozen { "timeout" } else { "failed" };
        assert_eq!(answer["checks"]["db"]["status"], expected, "{name}: {answer}");
        assert_eq!(get(site, "/health").await.0, 200, "{name}: the process serves");
        // Three beats, each of which takes its time limit at most.
        until(name, async || !heartbeat.stats().healthy && !checker.get_stats().healthy).await;
        let stats = heartbeat.stats();
        assert!(stats.consecutive_failures >= 3 && stats.uptime_ratio < 1.0 && stats.running, "{stats:?}");
        // It can be asked at once while a beat waits.
        assert!(heartbeat.get_stats().last_check_ago_s.unwrap() < 10.0);

        let mended = Instant::now();
        if frozen {
            cluster.thaw()
        } else {
            cluster.start()
        };
        let started = mended.elapsed();
        until("it to be well", async || is_well().await && get(site, "/ready").await.0 == 200).await;
        let took = mended.elapsed() - started;
        assert!(took < TRUTH, "{name}: still said {took:?} after it was there again");
    }
    // What the beats asked is nobody's load.
    assert_eq!(db.timer().count(), 0);
    assert_eq!(db.stats().total, 0);
    heartbeat.stop();
    until("it to stop", async || !heartbeat.stats().running).await;
}

/// The process has parts of its own running: they end with it.
#[tokio::test]
async fn a_site_s_database_has_both_until_it_stops() {
    let database = hyper_tests::postgres();
    let settings = [("POOL_HEARTBEAT_INTERVAL", "1"), ("POOL_HEALTH_INTERVAL", "1")];
    let site = start(database.url(), &settings).await;
    let (heartbeat, checker) = (site.db.heartbeat().unwrap(), site.db.health_checker().unwrap());
    until("a beat", async || heartbeat.stats().total_beats > 0 && checker.get_stats().checks > 0).await;
    assert_eq!(heartbeat.stats().interval_seconds, 1.0);
    hyperdjango::App::stop(&**site).await;
    until("their end", async || !heartbeat.stats().running && !checker.is_running()).await;
    let none = [("POOL_HEARTBEAT_INTERVAL", "0"), ("POOL_HEALTH_INTERVAL", "0")];
    let site = start(database.url(), &none).await;
    assert!(site.db.heartbeat().is_none() && site.db.health_checker().is_none());
    let site = start(database.url(), &[]).await;
    assert_eq!(site.db.heartbeat().unwrap().stats().interval_seconds, 15.0);
    assert!(site.db.slow_query_log().is_none() && site.db.tuner().is_none());
}

/// Neither keeps a database that nobody else has.
#[tokio::test]
async fn they_end_with_their_database() {
    let database = database(hyper_tests::postgres().url());
    let heartbeat = PoolHeartbeat::start(&database, HeartbeatOptions::every(Duration::from_millis(10)));
    until("a beat", async || heartbeat.stats().total_beats > 0).await;
    drop(database);
    until("its end", async || !heartbeat.stats().running).await;
}
