//! Redis and memcached killed, frozen, emptied and started again, with questions all the time.

use hyper_core::cache::{CacheBackend, MemcachedCache, RedisCache, Ttl, Value};
use hyper_tests::caches::{CacheServer, free_port};
use hyper_tests::{Suite, require};

use super::load::{Load, figure};
use super::quick;

async fn survives<B: CacheBackend + Clone>(mut server: CacheServer, cache: B) {
    let load = Load::on(&cache);
    load.until_well().await;
    assert_eq!(figure(&cache, "errors"), 0);

    server.kill();
    load.until_skipped().await;
    assert_eq!(figure(&cache, "is_down"), 1);
    let errors = figure(&cache, "errors");
    assert!(errors > 50 && figure(&cache, "times_down") == 1, "{errors}");
    server.launch();
    load.until_well().await;
    assert_eq!(figure(&cache, "is_down"), 0);

    // Frozen, it takes connections still, and says nothing.
    server.freeze(true);
    load.until_skipped().await;
    assert!(cache.check().await.is_err());
    server.freeze(false);
    load.until_well().await;
    cache.check().await.unwrap();

    // At once again: connections that break, and not one that is refused.
    server.kill();
    server.launch();
    load.until_well().await;

    let before = figure(&cache, "errors");
    cache.set("mark", Value::encode("there").unwrap(), Ttl::FOREVER).await.unwrap();
    cache.clear().await.unwrap();
    assert_eq!(cache.get("mark").await.unwrap(), None);
    let seen = load.until_well().await;
    assert_eq!((seen.failed, figure(&cache, "errors")), (0, before), "to be empty is no failure");
    load.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redis_may_be_killed_frozen_and_emptied() {
    if !require(Suite::Redis) {
        return;
    }
    let server = CacheServer::redis(Some(free_port()));
    let cache = RedisCache::with_options(&[&server.url()], quick()).unwrap();
    survives(server, cache).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redis_on_a_socket_may_as_well() {
    if !require(Suite::Redis) {
        return;
    }
    let server = CacheServer::redis(None);
    let cache = RedisCache::with_options(&[&server.url()], quick()).unwrap();
    survives(server, cache).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn memcached_may_be_killed_frozen_and_emptied() {
    if !require(Suite::Memcached) {
        return;
    }
    let server = CacheServer::memcached(Some(free_port()));
    let cache = MemcachedCache::with_options(&server.url(), quick()).unwrap();
    survives(server, cache).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn memcached_on_a_socket_may_as_well() {
    if !require(Suite::Memcached) {
        return;
    }
    let server = CacheServer::memcached(None);
    let cache = MemcachedCache::with_options(&server.url(), quick()).unwrap();
    survives(server, cache).await;
}

/// Nobody is there when the first question comes, or somebody else.
#[tokio::test]
async fn who_is_not_there_from_the_start_is_told() {
    use hyper_core::cache::CacheErrorKind::Unavailable;

    let port = free_port();
    let (redis, memcached) = (format!("redis://127.0.0.1:{port}"), format!("127.0.0.1:{port}"));
    let redis = RedisCache::with_options(&[&redis], quick()).unwrap();
    let memcached = MemcachedCache::with_options(&memcached, quick()).unwrap();
    for _ in 0..2 {
        assert_eq!(redis.get("a").await.unwrap_err().kind(), Unavailable);
        let error = memcached.get("a").await.unwrap_err();
        assert_eq!(error.kind(), Unavailable);
        assert!(error.to_string().contains(&format!("memcached://127.0.0.1:{port}")), "{error}");
    }
    // It answers as a web server does.
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await.unwrap();
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let _ =
                tokio::io::AsyncWriteExt::write_all(&mut stream, b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        }
    });
    for _ in 0..5 {
        assert_eq!(redis.get("a").await.unwrap_err().kind(), Unavailable);
        assert_eq!(memcached.get("a").await.unwrap_err().kind(), Unavailable);
        tokio::time::sleep(std::time::Duration::from_millis(60)).await;
    }
}
