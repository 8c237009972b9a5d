//! The cache of an application by its settings.

use std::time::{Duration, Instant};

use hyper_core::cache::{Cache, CacheError};
use hyper_core::{Component, Settings};
use hyper_tests::caches::CacheServer;
use hyper_tests::{Suite, require};

async fn started(backend: &str, url: &str) -> Cache {
    let pairs = [
        ("DEBUG", "true"),
        ("SECRET_KEY", "a key of a test, long enough to be one, and no other"),
        ("CACHE_BACKEND", backend),
        ("CACHE_URL", url),
        ("CACHE_KEY_PREFIX", "news"),
        ("CACHE_TIMEOUT", "200"),
    ];
    Cache::start(&Settings::from_pairs(pairs).unwrap()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_frozen_redis_costs_a_moment_and_then_nothing() {
    if !require(Suite::Redis) {
        return;
    }
    let server = CacheServer::redis(None);
    let cache = started("redis", &server.url()).await;
    let computed = async |number: i32| {
        let since = Instant::now();
        let value = cache.get_or_set("front", 60, async || Ok::<i32, CacheError>(number)).await.unwrap();
        (value, since.elapsed())
    };
    assert_eq!((computed(1).await.0, computed(2).await.0), (1, 1));
    assert_eq!(server.cli(&["keys", "*"]).trim(), "news:news:v1:front");
    server.freeze(true);
    let (value, took) = computed(3).await;
    assert_eq!(value, 3, "the page is there without its cache");
    assert!(took >= Duration::from_millis(200) && took < Duration::from_secs(2), "{took:?}");
    let mut quick = 0;
    for number in 0..100 {
        let (value, took) = computed(number).await;
        assert_eq!(value, number);
        quick += u32::from(took < Duration::from_millis(20));
    }
    assert!(quick >= 95, "{quick} of 100");
    server.freeze(false);
    let since = Instant::now();
    while computed(9).await.0 != 1 {
        assert!(since.elapsed() < Duration::from_secs(10));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn several_memcached_are_a_ring() {
    if !require(Suite::Memcached) {
        return;
    }
    let servers: Vec<CacheServer> = (0..3).map(|_| CacheServer::memcached(None)).collect();
    let urls: Vec<String> = servers.iter().map(CacheServer::url).collect();
    let cache = started("memcached", &urls.join(" ")).await;
    cache.set_many(&(0..300).map(|n| (("n", n), n)).collect::<Vec<_>>(), 60).await.unwrap();
    let stats = cache.stats();
    assert_eq!(stats.len(), 3);
    assert!(stats.iter().all(|node| (40..200).contains(&node.stats.sets)), "{stats:?}");
    assert_eq!(cache.get::<i32>(("n", 7)).await.unwrap(), Some(7));
}
