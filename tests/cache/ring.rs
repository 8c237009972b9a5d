//! Rings of memcached, and of Redis, with nodes that go and come back.

use hyper_core::cache::{
    AnyBackend, CacheBackend, ConsistentHashRing, LocMemCache, MemcachedCache, RedisCache, RemoteOptions,
    Ttl, Value,
};
use hyper_tests::caches::CacheServer;
use hyper_tests::{Suite, require};

use crate::contract;
use crate::remote::load::Load;
use crate::remote::quick;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ring_in_memory_holds() {
    let nodes = ["a", "b", "c"].map(|name| (name, LocMemCache::new(10_000)));
    contract::holds(ConsistentHashRing::new(nodes)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ring_of_several_sorts_holds() {
    if !require(Suite::Memcached) || !require(Suite::Redis) {
        return;
    }
    let (memcached, redis) = (CacheServer::memcached(None), CacheServer::redis(None));
    let options = RemoteOptions::default();
    let ring = ConsistentHashRing::weighted([
        ("memory", AnyBackend::new(LocMemCache::new(10_000)), 1),
        (
            "memcached",
            AnyBackend::new(MemcachedCache::with_options(&memcached.url(), options.clone()).unwrap()),
            2,
        ),
        ("redis", AnyBackend::new(RedisCache::with_options(&[&redis.url()], options).unwrap()), 2),
    ]);
    contract::holds(ring).await;
}

fn more(ring: &ConsistentHashRing<MemcachedCache>, node: usize, name: &str) -> u64 {
    ring.stats()[node].more.iter().find(|(is, _)| *is == name).unwrap().1
}

/// A node that is killed or frozen fails nobody: its keys are the next one's, and come back.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_may_go_and_nothing_fails() {
    if !require(Suite::Memcached) {
        return;
    }
    let mut servers: Vec<CacheServer> = (0..3).map(|_| CacheServer::memcached(None)).collect();
    let nodes = servers.iter().enumerate().map(|(number, server)| {
        (format!("cache-{number}"), MemcachedCache::with_options(&server.url(), quick()).unwrap())
    });
    let ring = ConsistentHashRing::new(nodes);
    let load = Load::on(&ring);
    load.until_well().await;
    for round in 1..=2 {
        let own: Vec<String> = (0..200)
            .map(|key| format!("{round}:{key}"))
            .filter(|key| ring.node_of(key).as_deref() == Some("cache-1"))
            .collect();
        let value = |number: i32| Value::encode(&(round, number, "text")).unwrap();
        // A node that is slow for a moment has its keys elsewhere: until it has all of them.
        loop {
            let moved = more(&ring, 1, "moved");
            for key in &own {
                ring.set(key, value(1), Ttl::FOREVER).await.unwrap();
            }
            if more(&ring, 1, "moved") == moved {
                break;
            }
        }
        if round == 1 {
            servers[1].kill();
        } else {
            servers[1].freeze(true);
        }
        for key in &own {
            assert_eq!(ring.get(key).await.unwrap(), None, "the next node does not have it");
            ring.set(key, value(2), Ttl::FOREVER).await.unwrap();
            assert_eq!(ring.get(key).await.unwrap(), Some(value(2)));
        }
        assert_eq!(more(&ring, 1, "is_down"), 1);
        assert!(more(&ring, 1, "moved") > 2 * own.len() as u64);
        let seen = load.until("moved", |seen| seen.answered > 50).await;
        assert_eq!(seen.failed, 0, "{seen:?}");

        if round == 1 {
            servers[1].launch();
        } else {
            servers[1].freeze(false);
        }
        load.until("back", |_| more(&ring, 1, "is_down") == 0).await;
        // One that was frozen may still do what it was sent and had not answered, and forgets that a moment later.
        let is_gone = async |key: &String| ring.get(key).await.unwrap().is_none();
        for key in &own {
            super::until("what it missed not to be there, and nothing older", async || is_gone(key).await)
                .await;
        }
        assert_eq!(more(&ring, 1, "times_down"), round as u64);
        assert_eq!(more(&ring, 0, "times_down") + more(&ring, 2, "times_down"), 0);
        assert_eq!(load.until_well().await.failed, 0);
    }
    load.end().await;
}
