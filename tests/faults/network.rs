//! The network swallows what is sent, and says nothing.

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use hyper_tests::standbys::Cluster;
use hyper_tests::{Suite, require};
use hyperdjango::db::{Db, ErrorKind, Executor};

use crate::again::{again, in_namespaces, run};
use crate::load::Load;
use crate::models::make_tables;
use crate::swallower::Swallower;
use crate::whole::{EXCLUSIVE, assert_whole, count, number, open, options, outside, until};

fn nft(rules: &str) {
    let mut nft = Command::new("nft").args(["-f", "-"]).stdin(Stdio::piped()).spawn().unwrap();
    nft.stdin.take().unwrap().write_all(rules.as_bytes()).unwrap();
    assert!(nft.wait().unwrap().success(), "{rules}");
}

/// Packets are dropped in both directions, of connections that there are and of new ones.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn packets_are_dropped() {
    if !require(Suite::Faults) || again("network::packets_are_dropped", in_namespaces) {
        return;
    }
    run("ip", &["link", "set", "lo", "up"]);
    nft("table inet faults {\nchain input {\ntype filter hook input priority 0; policy accept;\n}\n}\n");
    let cluster = Cluster::alone("listen_addresses = '127.0.0.1'");
    let look = outside(&cluster.url(0));
    make_tables(&look).await;
    let tcp = "host=127.0.0.1 port=5432 user=app dbname=postgres connect_timeout=2";
    // PostgreSQL, too, is told by default when to ask whether the program is still there.
    let default = open(tcp);
    let shown = "current_setting('tcp_keepalives_idle')::int8 * 100 + current_setting('tcp_keepalives_interval')::int8 * 10 \
                 + current_setting('tcp_keepalives_count')::int8";
    assert_eq!(number(&default, &format!("SELECT {shown}")).await.unwrap(), 10 * 100 + 5 * 10 + 2);
    drop(default);

    // What is twenty seconds by default is three here.
    let quick = "tcp_user_timeout=3000 keepalives_idle=1 keepalives_interval=1 keepalives_retries=2";
    let db = open(&format!("{tcp} {quick}"));
    let load = Load::begin(&db).await;
    // One that waits for its answer, and has nothing on its way.
    let sleeping = tokio::spawn({
        let db = db.clone();
        async move { (db.execute_batch("SELECT pg_sleep(600)").await.unwrap_err(), Instant::now()) }
    });
    until("it to be under way", async || count(&look, "wait_event = 'PgSleep'").await.unwrap() == 1).await;
    nft("add rule inet faults input tcp dport 5432 drop\nadd rule inet faults input tcp sport 5432 drop");
    let broken = Instant::now();
    let (error, ended) = sleeping.await.unwrap();
    assert_eq!(error.kind(), ErrorKind::Interrupted, "{error}");
    let took = ended - broken;
    assert!(took < Duration::from_secs(3 + 5), "{took:?}");
    // All of those that there were are given up, and nobody can have a new one.
    load.failures(ErrorKind::Unavailable, 50).await;
    nft("flush chain inet faults input");
    let recovered = load.all_served().await;
    load.more(500).await;
    let outcome = load.end(&look).await;
    outcome.assert_failures(&[
        (ErrorKind::Unavailable, Duration::from_secs(3 + 2 + 2)),
        (ErrorKind::Interrupted, Duration::from_secs(3 + 2 + 2)),
    ]);
    // Those that PostgreSQL had are ended by it: the sleeper when it wakes up, so it is stopped here.
    look.execute_batch("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'")
        .await
        .unwrap();
    assert_whole(&db, &look).await;
    outcome.print("the network drops all packets (nftables)", recovered);
}

/// Something in between takes what is sent and answers nothing: TCP notices nothing, only who waits does. It never lets
/// anything through again on a connection of which it has swallowed something.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn something_in_between_swallows_all() {
    let database = hyper_tests::postgres();
    let look = outside(database.url());
    make_tables(&look).await;
    let between = Swallower::start(database.url()).await;
    let mut limits = options();
    limits.connect_timeout = Duration::from_millis(500);
    let db = Db::with_options(between.url().parse().unwrap(), limits);
    // As a site's visitors, and its `Timeout`.
    let patience = Duration::from_secs(1);
    let load = Load::with_patience(&db, patience).await;
    between.swallow(true);
    load.given_up(16).await;
    load.failures(ErrorKind::Unavailable, 50).await;
    between.swallow(false);
    let recovered = load.all_served().await;
    load.more(500).await;
    let mut outcome = load.end(&look).await;
    outcome.assert_given_up(patience);
    outcome.assert_failures(&[(ErrorKind::Unavailable, Duration::from_secs(2))]);
    // What it had under way goes when the connections do.
    between.forget();
    assert_whole(&db, &look).await;
    outcome.print("something on the way swallows all, clients give up after 1 s", recovered);
}

/// What PostgreSQL has done, and could not say: whoever asked for it is told that nobody knows, and it is not done again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_are_cut_whose_answers_were_lost() {
    let database = hyper_tests::postgres();
    let look = outside(database.url());
    make_tables(&look).await;
    let between = Swallower::start(database.url()).await;
    let db = open(between.url());
    let load = Load::begin(&db).await;
    let mut recovered = Duration::ZERO;
    for _ in 0..6 {
        between.swallow_answers(true);
        // Each client has asked once more, and waits.
        let (mut before, mut still) = (0, 0);
        until("nothing to be answered any more", async || {
            let now = load.done();
            still = if now == before { still + 1 } else { 0 };
            before = now;
            still > 20
        })
        .await;
        between.swallow_answers(false);
        between.cut();
        recovered = recovered.max(load.all_served().await);
    }
    let outcome = load.end(&look).await;
    outcome.assert_failures(&[
        (ErrorKind::Unavailable, Duration::from_secs(2)),
        (ErrorKind::Interrupted, Duration::from_secs(10)),
    ]);
    assert!(outcome.kept > 0, "all of this is about writes that are there: {outcome:?}");
    assert_whole(&db, &look).await;
    outcome.print("connections are cut whose answers were lost, 6 times", recovered);
}

/// That nobody could connect is forgotten when there is an answer on a connection that there was: afterwards it is not one
/// alone who may try, while the others are refused.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_an_outage_all_may_connect_at_once() {
    let between = Swallower::start(hyper_tests::postgres().url()).await;
    let db = open(between.url());
    let kept = db.begin().await.unwrap();
    between.refuse(true);
    let error = db.begin().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
    between.refuse(false);
    // Longer than the pause after one failure.
    tokio::time::sleep(Duration::from_millis(200)).await;
    kept.commit().await.unwrap();
    let all = join_all((0..EXCLUSIVE).map(|_| db.begin())).await;
    assert!(all.iter().all(Result::is_ok), "{all:?}");
}
