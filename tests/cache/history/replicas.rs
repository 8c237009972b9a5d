//! The same where reads go to replicas that lag behind: nothing late is kept as new.

use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

use hyper_core::cache::{QueryCache, QueryCacheOptions};
use hyper_tests::standbys::{Cluster, wait_until_caught_up};
use hyper_tests::{Suite, require};
use hyperdjango::prelude::*;

use super::{Counter, History, fill, work};
use crate::until;

/// How far a replica may be behind: with the time between two looks at it, less than the bound of what is kept.
const MAX_LAG: Duration = Duration::from_secs(1);

async fn routed(cluster: &Cluster) -> Db {
    cluster.routed_by([1, 1], |routing| routing.max_lag(MAX_LAG).wait(Duration::from_millis(10))).await
}

async fn pause(standby: &Db, is_paused: bool) {
    let text = if is_paused { "SELECT pg_wal_replay_pause()" } else { "SELECT pg_wal_replay_resume()" };
    standby.execute_batch(text).await.unwrap();
}

/// Now and then stops a replica where it is, or has it go on.
async fn hold_back(standby: Db, history: Arc<History>) {
    while !history.is_over.load(SeqCst) {
        pause(&standby, true).await;
        // Shorter than what has it taken out, and longer.
        tokio::time::sleep(Duration::from_millis(fastrand::u64(100..1_500))).await;
        pause(&standby, false).await;
        tokio::time::sleep(Duration::from_millis(fastrand::u64(..200))).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nobody_does_with_replicas_that_lag_behind() {
    if !require(Suite::Replicas) {
        return;
    }
    let cluster = Cluster::start("");
    let history = Arc::<History>::default();
    let sites = [routed(&cluster).await, routed(&cluster).await];
    what_they_lack_is_not_kept_as_new(&cluster, &sites).await;
    let before = reads_of_replicas(&sites);
    let holding = [1, 2].map(|standby| tokio::spawn(hold_back(cluster.db(standby), history.clone())));
    let shown = work(sites.clone(), cluster.db(0), 40_000, history).await;
    for held in holding {
        held.await.unwrap();
    }
    let by_replicas = reads_of_replicas(&sites) - before;
    println!("{by_replicas} of them were read from replicas: {:?}", sites[0].replica_stats());
    assert!(by_replicas > 50 && shown.hits > shown.reads / 10 && shown.kills > 0, "this shows too little");
}

fn reads_of_replicas(sites: &[Db]) -> u64 {
    sites.iter().flat_map(|site| site.replica_stats().replicas).map(|replica| replica.reads).sum()
}

/// What another instance has written is told in milliseconds, and comes to the replicas later: who reads it in between reads
/// it from where it was written.
async fn what_they_lack_is_not_kept_as_new(cluster: &Cluster, [one, other]: &[Db; 2]) {
    fill(one).await;
    for site in [one, other] {
        QueryCache::configure(site, QueryCacheOptions::default()).await.unwrap();
    }
    wait_until_caught_up(other).await;
    let kept = async || Counter::objects().get(other, 1).await.unwrap().n;
    assert_eq!(kept().await, 0);
    for standby in [1, 2] {
        pause(&cluster.db(standby), true).await;
    }
    Counter::objects().filter(Counter.id.eq(1)).update(one, Counter.n.set(1)).await.unwrap();
    let standby = cluster.db(1);
    let replica = async || Counter::objects().get(&standby, 1).await.unwrap().n;
    until("what was written", async || kept().await == 1).await;
    assert_eq!(replica().await, 0, "the replica has it already: this shows nothing");
    for standby in [1, 2] {
        pause(&cluster.db(standby), false).await;
    }
    until("the replica", async || replica().await == 1).await;
    // All of them.
    for site in [one, other] {
        wait_until_caught_up(site).await;
    }
    assert_eq!(kept().await, 1);
}
