//! Several instances that share a Redis or a table: of all who compute, or add, one does.

use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::time::Duration;

use futures_util::future::join_all;
use hyper_core::cache::{
    AnyBackend, Cache, CacheBackend, CacheError, DatabaseCache, RedisCache, StampedeProtection,
};
use hyper_tests::caches::CacheServer;
use hyper_tests::{Suite, require};
use hyperdjango::prelude::*;

use crate::until;

/// Two instances, each with connections of its own.
type Pair = [Cache; 2];

fn pair(backend: impl Fn() -> AnyBackend) -> Pair {
    [(); 2].map(|()| Cache::new(StampedeProtection::new(backend()).across_instances(Duration::from_secs(20))))
}

fn in_a_table(url: &str) -> Pair {
    pair(|| AnyBackend::new(DatabaseCache::new(Db::new(url.parse().unwrap()))))
}

fn in_redis(server: &CacheServer) -> Pair {
    pair(|| AnyBackend::new(RedisCache::new(&server.url()).unwrap()))
}

/// A hundred readers at once, in both; how many of them computed, and what all got.
async fn ask(pair: &Pair, key: &str, new: u32, takes: Duration) -> (u32, Vec<u32>) {
    let computed = AtomicU32::new(0);
    let compute = async || {
        computed.fetch_add(1, SeqCst);
        tokio::time::sleep(takes).await;
        Ok::<_, CacheError>(new)
    };
    let readers = (0..100).map(|n| pair[n % 2].get_or_compute(key, 60, compute));
    let got = join_all(readers).await.into_iter().map(|got| got.unwrap()).collect();
    (computed.load(SeqCst), got)
}

/// Puts a value in that has expired, and is there as long as it may be given out.
async fn expired(pair: &Pair, key: &str, value: u32) {
    let made = async || Ok::<_, CacheError>(value);
    pair[0].get_or_compute(key, Duration::from_millis(1), made).await.unwrap();
    until("it to expire", async || pair[1].get::<u32>(key).await.unwrap().is_none()).await;
}

async fn one_computes(pair: &Pair) {
    for round in 0..5 {
        let key = format!("missing {round}");
        let (computed, got) = ask(pair, &key, round, Duration::from_millis(100)).await;
        assert_eq!((computed, got), (1, vec![round; 100]), "round {round}");
        let lock = pair[0].backend();
        let is_locked = async || lock.has(&format!("v1:{key}%lock")).await.unwrap();
        assert!(!is_locked().await, "it is unlocked");
    }
    for round in 0..5 {
        let key = format!("old {round}");
        expired(pair, &key, 70).await;
        // The others are given what has expired.
        let (computed, got) = ask(pair, &key, round, Duration::from_millis(100)).await;
        assert_eq!(computed, 1, "round {round}");
        assert!(got.iter().all(|got| *got == 70 || *got == round) && got.contains(&70), "{got:?}");
        for instance in pair {
            assert_eq!(instance.get::<u32>(&*key).await.unwrap(), Some(round));
        }
    }
}

async fn one_adds(pair: &Pair) {
    for round in 0..30 {
        let key = format!("added {round}");
        expired(pair, &key, 1_000).await;
        let adds = (0..20_u32).map(async |n| {
            let is_first = pair[n as usize % 2].add(&*key, &n, 60).await.unwrap();
            // Whoever was first, it is there.
            (is_first, n, pair[n as usize % 2].get::<u32>(&*key).await.unwrap())
        });
        let added = join_all(adds).await;
        let first: Vec<u32> = added.iter().filter(|(is_first, ..)| *is_first).map(|(_, n, _)| *n).collect();
        assert_eq!(first.len(), 1, "round {round}: {added:?}");
        assert!(added.iter().all(|(.., got)| *got == Some(first[0])), "round {round}: {added:?}");
    }
    // Of those who compute one by one as well all get the first.
    for round in 0..10 {
        let key = format!("put in {round}");
        expired(pair, &key, 1_000).await;
        let put = (0..10_u32)
            .map(|n| pair[n as usize % 2].get_or_set(key.clone(), 60, async move || Ok::<_, CacheError>(n)));
        let put: Vec<u32> = join_all(put).await.into_iter().map(|put| put.unwrap()).collect();
        assert!(put.iter().all(|n| *n == put[0]), "round {round}: {put:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_instances_with_a_table_one_computes() {
    one_computes(&in_a_table(hyper_tests::postgres().url())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_instances_with_a_redis_one_computes() {
    if !require(Suite::Redis) {
        return;
    }
    let server = CacheServer::redis(None);
    one_computes(&in_redis(&server)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_instances_with_a_table_one_adds() {
    one_adds(&in_a_table(hyper_tests::postgres().url())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_instances_with_a_redis_one_adds() {
    if !require(Suite::Redis) {
        return;
    }
    let server = CacheServer::redis(None);
    one_adds(&in_redis(&server)).await;
}
