//! A cluster of three Redis, and one of them gone.

use std::time::{Duration, Instant};

use hyper_core::cache::{Cache, CacheBackend, RedisCache, Ttl, Value};
use hyper_tests::caches::RedisCluster;
use hyper_tests::{Suite, require};

use super::load::{BOUND, Load, figure};
use super::quick;
use crate::contract;

fn cache(cluster: &RedisCluster) -> RedisCache {
    let url = cluster.url();
    RedisCache::with_options(&url.split(',').collect::<Vec<_>>(), quick()).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cluster_holds() {
    if !require(Suite::Redis) {
        return;
    }
    let cluster = RedisCluster::start();
    let cache = cache(&cluster);
    contract::holds(Cache::new(cache.clone()).backend()).await;

    // All nodes have their share, and `clear` finds it.
    let names: Vec<String> = (0..3_000).map(|key| format!("key {key}")).collect();
    let entries: Vec<(&str, Value)> =
        names.iter().map(|name| (name.as_str(), Value::encode(name).unwrap())).collect();
    cache.set_many(&entries, Ttl::FOREVER).await.unwrap();
    for node in &cluster.nodes {
        let _ = node.cli(&["set", "others", "a"]);
        let keys: u32 = node.cli(&["dbsize"]).trim().parse().unwrap();
        assert!((800..1_200).contains(&keys), "{keys}");
    }
    cache.clear().await.unwrap();
    let left: u32 =
        cluster.nodes.iter().map(|node| node.cli(&["dbsize"]).trim().parse::<u32>().unwrap()).sum();
    assert_eq!(left, 1, "what is not this cache's");
}

/// Which of some keys are answered for, how many are not, and how long the longest took.
async fn answered(cache: &RedisCache) -> (Vec<usize>, usize, Duration) {
    let (mut answered, mut failed, mut slowest) = (Vec::new(), 0, Duration::ZERO);
    for key in 0..300 {
        let since = Instant::now();
        match cache.get(&format!("key {key}")).await {
            Ok(_) => answered.push(key),
            Err(_) => failed += 1,
        }
        slowest = slowest.max(since.elapsed());
    }
    (answered, failed, slowest)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_node_that_is_gone_keeps_nobody_from_the_others() {
    if !require(Suite::Redis) {
        return;
    }
    let mut cluster = RedisCluster::start();
    let cache = cache(&cluster);
    let (all, failed, _) = answered(&cache).await;
    assert_eq!((all.len(), failed), (300, 0));
    for frozen in [false, true] {
        let load = Load::on(&cache);
        load.until_well().await;
        if frozen {
            cluster.nodes[1].freeze(true);
        } else {
            cluster.nodes[1].kill();
        }
        // About a third fails, and soon all of that at once.
        load.until("a third failing at once", |seen| {
            seen.answered > 50 && seen.failed > 20 && seen.at_once * 10 > seen.failed * 8
        })
        .await;
        let (others, failed, slowest) = answered(&cache).await;
        assert!((150..260).contains(&others.len()), "{} answered, {failed} failed", others.len());
        assert!(slowest < BOUND, "{slowest:?}");
        assert_eq!(figure(&cache, "is_down"), 1);
        assert!(figure(&cache, "errors") > 0);

        if frozen {
            cluster.nodes[1].freeze(false);
        } else {
            cluster.nodes[1].launch();
        }
        cluster.wait_until_whole();
        load.until_well().await;
        load.end().await;
        let (all, failed, _) = answered(&cache).await;
        assert_eq!((all.len(), failed), (300, 0));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_of_it_may_be_gone_and_come_back() {
    if !require(Suite::Redis) {
        return;
    }
    let mut cluster = RedisCluster::start();
    let cache = cache(&cluster);
    let load = Load::on(&cache);
    load.until_well().await;
    cluster.nodes.iter_mut().for_each(hyper_tests::caches::CacheServer::kill);
    load.until_skipped().await;
    cluster.nodes.iter_mut().for_each(hyper_tests::caches::CacheServer::launch);
    cluster.wait_until_whole();
    load.until_well().await;
    load.end().await;
}

/// A slot on its way to another node, and there: at no moment is anything not answered for.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slot_may_move() {
    if !require(Suite::Redis) {
        return;
    }
    let cluster = RedisCluster::start();
    let cache = cache(&cluster);
    let value = |text: &str| Value::encode(text).unwrap();
    let (old, new, other) = ("{moving}:old", "{moving}:new", "stays");
    let all = async |step: &str| {
        let found = cache.get_many(&[old, "{moving}:none", new, other]).await.unwrap();
        assert_eq!(found, [Some(value("old")), None, Some(value("new")), Some(value("other"))], "{step}");
        assert_eq!(cache.get(old).await.unwrap(), Some(value("old")), "{step}");
        assert!(cache.touch(old, Ttl::FOREVER).await.unwrap(), "{step}");
        cache.set("{moving}:n", Value::encode(&1).unwrap(), Ttl::FOREVER).await.unwrap();
        assert_eq!(cache.incr("{moving}:n", 2).await.unwrap(), Some(3), "{step}");
        assert_eq!(cache.delete_many(&["{moving}:n", "nothing"]).await.unwrap(), 1, "{step}");
    };
    cache
        .set_many(&[(old, value("old")), (new, value("new")), (other, value("other"))], Ttl::FOREVER)
        .await
        .unwrap();
    all("before").await;

    let slot = cluster.nodes[0].cli(&["cluster", "keyslot", "moving"]).trim().to_owned();
    let has = |node: usize| cluster.nodes[node].cli(&["cluster", "countkeysinslot", &slot]).trim() == "2";
    let source = (0..3).find(|node| has(*node)).unwrap();
    let target = (source + 1) % 3;
    let id = |node: usize| cluster.nodes[node].cli(&["cluster", "myid"]).trim().to_owned();
    let set = |node: usize, how: &str, whose: &str| {
        let said = cluster.nodes[node].cli(&["cluster", "setslot", &slot, how, whose]);
        assert_eq!(said.trim(), "OK");
    };
    set(target, "importing", &id(source));
    set(source, "migrating", &id(target));
    all("announced").await;
    cache.delete(new).await.unwrap();
    cache.set(new, value("new"), Ttl::FOREVER).await.unwrap();
    all("one is at the old node, one at the new").await;
    let port = cluster.nodes[target].url().rsplit_once(':').unwrap().1.to_owned();
    let keys = cluster.nodes[source].cli(&["cluster", "getkeysinslot", &slot, "10"]);
    let mut migrate = vec!["migrate", "127.0.0.1", &port, "", "0", "5000", "keys"];
    migrate.extend(keys.lines());
    assert_eq!(cluster.nodes[source].cli(&migrate).trim(), "OK");
    all("all at the new node").await;
    for node in [target, source] {
        set(node, "node", &id(target));
    }
    all("moved").await;
    assert_eq!(figure(&cache, "errors"), 0);
}

/// Of a slot that moves, some keys are at the node that has it and some where it goes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clear_finds_what_is_on_its_way() {
    if !require(Suite::Redis) {
        return;
    }
    let cluster = RedisCluster::start();
    let cache = cache(&cluster);
    let value = |number: u32| Value::encode(&number).unwrap();
    let put = async |from: u32| {
        for n in from..from + 5 {
            cache.set(&format!("{{moving}}:{n}"), value(n), Ttl::FOREVER).await.unwrap();
            cache.set(&format!("stays {n}"), value(n), Ttl::FOREVER).await.unwrap();
        }
    };
    let slot = cluster.nodes[0].cli(&["cluster", "keyslot", "moving"]).trim().to_owned();
    let count =
        |node: usize| cluster.nodes[node].cli(&["cluster", "countkeysinslot", &slot]).trim().to_owned();
    put(0).await;
    let source = (0..3).find(|node| count(*node) == "5").unwrap();
    let target = (source + 1) % 3;
    let id = |node: usize| cluster.nodes[node].cli(&["cluster", "myid"]).trim().to_owned();
    for (node, how, whose) in [(target, "importing", id(source)), (source, "migrating", id(target))] {
        assert_eq!(cluster.nodes[node].cli(&["cluster", "setslot", &slot, how, &whose]).trim(), "OK");
    }
    put(5).await;
    assert_eq!((count(source), count(target)), ("5".to_owned(), "5".to_owned()));
    cache.clear().await.unwrap();
    for node in &cluster.nodes {
        assert_eq!(node.cli(&["dbsize"]).trim(), "0");
    }
    assert_eq!(figure(&cache, "errors"), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replica_that_takes_over_is_found() {
    if !require(Suite::Redis) {
        return;
    }
    let mut cluster = RedisCluster::start();
    cluster.add_replica();
    let cache = cache(&cluster);
    let load = Load::on(&cache);
    load.until_well().await;
    cluster.nodes[0].kill();
    load.until("failing", |seen| seen.failed > 0).await;
    // Nobody starts it again.
    load.until_well().await;
    assert_eq!(answered(&cache).await.1, 0);
    load.end().await;
}
