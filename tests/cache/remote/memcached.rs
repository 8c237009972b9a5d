//! What memcached alone has: its contract, large values, and what is in it for other programs.

use std::io::{Read, Write};

use hyper_core::cache::{Cache, CacheBackend, CacheErrorKind, Content, MemcachedCache, Value};
use hyper_tests::caches::{CacheServer, free_port};
use hyper_tests::{Suite, require};

use crate::contract;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn memcached_holds() {
    if !require(Suite::Memcached) {
        return;
    }
    for server in [CacheServer::memcached(None), CacheServer::memcached(Some(free_port()))] {
        let cache = MemcachedCache::new(&server.url()).unwrap();
        contract::holds(cache.clone()).await;
        contract::holds(Cache::new(cache).backend()).await;
    }
}

fn noise(bytes: usize) -> Value {
    let mut state = 88_172_645_463_325_252_u64;
    let noise = std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as u8
    });
    Value::new(Content::Bytes(noise.take(bytes).collect::<Vec<u8>>().into()))
}

#[tokio::test]
async fn a_value_that_is_too_large_is_told_and_leaves_nothing() {
    if !require(Suite::Memcached) {
        return;
    }
    let server = CacheServer::memcached(None);
    let cache = MemcachedCache::new(&server.url()).unwrap();
    let large = noise(1_100_000);
    cache.set("a", Value::encode("before").unwrap(), 60.into()).await.unwrap();
    let error = cache.set("a", large.clone(), 60.into()).await.unwrap_err();
    assert_eq!(error.kind(), CacheErrorKind::TooLarge);
    assert_eq!(cache.get("a").await.unwrap(), None, "what was there is out of date");
    let error = cache.add("b", large.clone(), 60.into()).await.unwrap_err();
    assert_eq!(error.kind(), CacheErrorKind::TooLarge);
    let small = Value::encode("small").unwrap();
    let error = cache.set_many(&[("c", small.clone()), ("d", large), ("e", small.clone())], 60.into()).await;
    assert_eq!(error.unwrap_err().kind(), CacheErrorKind::TooLarge);
    assert_eq!(cache.get_many(&["c", "d", "e"]).await.unwrap(), [Some(small.clone()), None, Some(small)]);
    // Compressed it is small enough.
    let long = Value::encode(&"x".repeat(5_000_000)).unwrap();
    cache.set("f", long.clone(), 60.into()).await.unwrap();
    assert_eq!(cache.get("f").await.unwrap(), Some(long));
    assert_eq!(cache.stats()[0].stats.errors, 3);
    let nearly = noise(1_000_000);
    cache.set("g", nearly.clone(), 60.into()).await.unwrap();
    assert_eq!(cache.get("g").await.unwrap(), Some(nearly));
}

#[tokio::test]
async fn keys_are_as_memcached_takes_them_or_refused() {
    if !require(Suite::Memcached) {
        return;
    }
    let server = CacheServer::memcached(None);
    let cache = MemcachedCache::new(&server.url()).unwrap();
    let longest = "k".repeat(250);
    cache.set(&longest, Value::encode(&1).unwrap(), 60.into()).await.unwrap();
    assert_eq!(cache.incr(&longest, 1).await.unwrap(), Some(2));
    for key in ["k".repeat(251), "a b".to_owned(), "a\r\nflush_all".to_owned(), String::new()] {
        assert_eq!(cache.get(&key).await.unwrap_err().kind(), CacheErrorKind::Other);
        assert_eq!(cache.delete_many(&["a", &key]).await.unwrap_err().kind(), CacheErrorKind::Other);
    }
    assert!(cache.has(&longest).await.unwrap());
}

/// `memcached` says how many connections it had: all these questions went over those that there are.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn questions_share_connections() {
    if !require(Suite::Memcached) {
        return;
    }
    let port = free_port();
    let server = CacheServer::memcached(Some(port));
    let cache = MemcachedCache::new(&server.url()).unwrap();
    let tasks = (0..500).map(|task| {
        let cache = cache.clone();
        tokio::spawn(async move {
            let (key, value) = (format!("{task}"), noise(task * 100));
            cache.set(&key, value.clone(), 60.into()).await.unwrap();
            assert_eq!(cache.get(&key).await.unwrap(), Some(value));
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap();
    }
    let mut stream = std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.write_all(b"stats\r\nquit\r\n").unwrap();
    let mut stats = String::new();
    stream.read_to_string(&mut stats).unwrap();
    let now: u32 = stats
        .lines()
        .find_map(|line| line.strip_prefix("STAT curr_connections "))
        .and_then(|count| count.trim().parse().ok())
        .unwrap();
    // Four, this one, and the one that it listens on.
    assert!(now <= 6, "{now}");
}
