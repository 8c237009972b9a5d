//! What Redis alone has: its contract, prefixes, compression, and what others put there.

use hyper_core::cache::{
    Cache, CacheBackend, CacheErrorKind, Content, RedisCache, RemoteOptions, Ttl, Value,
};
use hyper_tests::caches::{CacheServer, free_port};
use hyper_tests::{Suite, require};

use super::quick;
use crate::contract;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redis_holds() {
    if !require(Suite::Redis) {
        return;
    }
    for server in [CacheServer::redis(None), CacheServer::redis(Some(free_port()))] {
        let cache = RedisCache::new(&server.url()).unwrap();
        contract::holds(cache.clone()).await;
        contract::holds(Cache::new(cache).backend()).await;
    }
}

#[tokio::test]
async fn clear_leaves_what_others_have() {
    if !require(Suite::Redis) {
        return;
    }
    let server = CacheServer::redis(None);
    let url = server.url();
    let one = RedisCache::new(&url).unwrap().prefix("one*:");
    let other = RedisCache::new(&url).unwrap().prefix("one");
    let names: Vec<String> = (0..5_000).map(|key| format!("key {key}")).collect();
    let entries: Vec<(&str, Value)> =
        names.iter().map(|name| (name.as_str(), Value::encode(name).unwrap())).collect();
    one.set_many(&entries, Ttl::FOREVER).await.unwrap();
    other.set_many(&entries[..10], Ttl::FOREVER).await.unwrap();
    assert_eq!(server.cli(&["set", "sessions:7", "a"]).trim(), "OK");
    assert_eq!(server.cli(&["dbsize"]).trim(), "5011");
    one.clear().await.unwrap();
    assert_eq!(server.cli(&["dbsize"]).trim(), "11");
    assert!(other.has("key 7").await.unwrap());
    other.clear().await.unwrap();
    assert_eq!(server.cli(&["keys", "*"]).trim(), "sessions:7");
}

#[tokio::test]
async fn what_is_long_travels_compressed_and_is_read_by_all() {
    if !require(Suite::Redis) {
        return;
    }
    let server = CacheServer::redis(None);
    let url = server.url();
    let never = RemoteOptions { compress_from: None, ..quick() };
    let (always, never) = (RedisCache::new(&url).unwrap(), RedisCache::with_options(&[&url], never).unwrap());
    let text = Value::encode(&"a page of much the same ".repeat(1_000)).unwrap();
    let length = || server.cli(&["strlen", "cache:page"]).trim().parse::<usize>().unwrap();
    always.set("page", text.clone(), 60.into()).await.unwrap();
    assert!(length() < 500, "{}", length());
    assert_eq!(never.get("page").await.unwrap(), Some(text.clone()));
    never.set("page", text.clone(), 60.into()).await.unwrap();
    assert!(length() > 20_000);
    assert_eq!(always.get("page").await.unwrap(), Some(text));
    // Numbers stay what INCRBY understands, and times are milliseconds.
    always
        .set("n", Value::new(Content::Integer(-7)), std::time::Duration::from_millis(90_500).into())
        .await
        .unwrap();
    assert_eq!(server.cli(&["incrby", "cache:n", "3"]).trim(), "-4");
    assert_eq!(always.incr("n", 1).await.unwrap(), Some(-3));
    let left: u64 = server.cli(&["pttl", "cache:n"]).trim().parse().unwrap();
    assert!((60_001..=90_500).contains(&left), "{left}: it keeps its time");
}

#[tokio::test]
async fn what_others_put_there_is_not_there() {
    if !require(Suite::Redis) {
        return;
    }
    let server = CacheServer::redis(None);
    let cache = RedisCache::new(&server.url()).unwrap();
    let _ = server.cli(&["rpush", "cache:list", "a"]);
    let _ = server.cli(&["set", "cache:pickle", "\u{80}\u{4}K\u{7}."]);
    let _ = server.cli(&["set", "cache:half", "lxx"]);
    assert_eq!(cache.get_many(&["list", "pickle", "half"]).await.unwrap(), [None, None, None]);
    for key in ["list", "pickle", "half"] {
        assert_eq!(cache.incr(key, 1).await.unwrap_err().kind(), CacheErrorKind::NotANumber);
        cache.set(key, Value::encode("ours").unwrap(), 60.into()).await.unwrap();
        assert_eq!(cache.get(key).await.unwrap(), Some(Value::encode("ours").unwrap()));
    }
}

/// Full and told not to evict, it refuses: that is no outage.
#[tokio::test]
async fn a_full_redis_says_so() {
    if !require(Suite::Redis) {
        return;
    }
    let server = CacheServer::redis(None);
    let cache = RedisCache::new(&server.url()).unwrap();
    cache.set("a", Value::encode("a").unwrap(), 60.into()).await.unwrap();
    let _ = server.cli(&["config", "set", "maxmemory", "1"]);
    let error = cache.set("b", Value::encode("b").unwrap(), 60.into()).await.unwrap_err();
    assert_eq!(error.kind(), CacheErrorKind::Other);
    assert!(error.to_string().contains("maxmemory-policy"), "{error}");
    assert!(cache.get("a").await.unwrap().is_some());
}

#[tokio::test]
async fn a_wrong_password_is_told_and_not_printed() {
    if !require(Suite::Redis) {
        return;
    }
    let port = free_port();
    let server = CacheServer::redis(Some(port));
    let _ = server.cli(&["config", "set", "requirepass", "right"]);
    let wrong = RedisCache::new(&format!("redis://:hush@127.0.0.1:{port}")).unwrap();
    let error = wrong.get("a").await.unwrap_err();
    let all = format!("{wrong:?} {error} {error:?}");
    assert!(!all.contains("hush") && all.contains(&port.to_string()), "{all}");
    let right = RedisCache::new(&format!("redis://:right@127.0.0.1:{port}/3")).unwrap();
    assert_eq!(right.get("a").await.unwrap(), None);
}
