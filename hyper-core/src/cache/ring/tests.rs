use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use super::*;
use crate::cache::{CacheBackend, CacheError, CacheErrorKind, LayerStats, LocMemCache, Ttl, Value};

/// A backend that can be pulled out.
#[derive(Clone)]
struct Plug(LocMemCache, Arc<AtomicBool>);

impl Plug {
    fn new() -> Self {
        Self(LocMemCache::new(100_000), Arc::default())
    }

    fn pull(&self, out: bool) {
        self.1.store(out, Relaxed);
    }

    fn there(&self) -> Result<&LocMemCache, CacheError> {
        let gone = self.1.load(Relaxed);
        if gone { Err(CacheError::new(CacheErrorKind::Unavailable, "pulled out")) } else { Ok(&self.0) }
    }
}

impl CacheBackend for Plug {
    async fn get(&self, key: &str) -> Result<Option<Value>, CacheError> {
        self.there()?.get(key).await
    }

    async fn set(&self, key: &str, value: Value, ttl: Ttl) -> Result<(), CacheError> {
        let there = self.there()?;
        if value.len() > 1_000 {
            there.delete(key).await?;
            return Err(CacheError::new(CacheErrorKind::TooLarge, "too large"));
        }
        there.set(key, value, ttl).await
    }

    async fn add(&self, key: &str, value: Value, ttl: Ttl) -> Result<bool, CacheError> {
        self.there()?.add(key, value, ttl).await
    }

    async fn delete(&self, key: &str) -> Result<bool, CacheError> {
        self.there()?.delete(key).await
    }

    async fn clear(&self) -> Result<(), CacheError> {
        self.there()?.clear().await
    }

    async fn incr(&self, key: &str, by: i64) -> Result<Option<i64>, CacheError> {
        self.there()?.incr(key, by).await
    }

    async fn check(&self) -> Result<(), CacheError> {
        self.there().map(|_| ())
    }

    fn stats(&self) -> Vec<LayerStats> {
        self.0.stats()
    }
}

fn plugged(nodes: usize) -> (Vec<Plug>, ConsistentHashRing<Plug>) {
    let plugs: Vec<Plug> = (0..nodes).map(|_| Plug::new()).collect();
    let named = plugs.iter().enumerate().map(|(number, plug)| (format!("cache-{number}"), plug.clone()));
    (plugs.clone(), ConsistentHashRing::new(named))
}

fn value(number: usize) -> Value {
    Value::encode(&number).unwrap()
}

fn keys() -> Vec<String> {
    (0..300).map(|number| format!("key {number}")).collect()
}

fn more(stats: &LayerStats, name: &str) -> u64 {
    stats.more.iter().find(|(is, _)| *is == name).unwrap().1
}

async fn until_back(ring: &ConsistentHashRing<Plug>) {
    let keys = keys();
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    let since = std::time::Instant::now();
    while ring.stats().iter().any(|node| more(node, "is_down") == 1) {
        assert!(since.elapsed() < Duration::from_secs(10));
        ring.get_many(&keys).await.unwrap();
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn keys_move_while_their_node_is_down_and_come_back() {
    let (plugs, ring) = plugged(3);
    let all = keys();
    for (number, key) in all.iter().enumerate() {
        ring.set(key, value(number), Ttl::FOREVER).await.unwrap();
    }
    let own: Vec<&String> =
        all.iter().filter(|key| ring.node_of(key).as_deref() == Some("cache-1")).collect();
    assert!((50..150).contains(&own.len()), "{}", own.len());
    assert_eq!(plugs[1].0.len(), own.len());

    plugs[1].pull(true);
    for (number, key) in all.iter().enumerate() {
        let is_moved = own.contains(&key);
        assert_eq!(ring.get(key).await.unwrap(), (!is_moved).then(|| value(number)), "{key}");
        if is_moved {
            assert!(ring.add(key, value(7), Ttl::FOREVER).await.unwrap());
            assert_eq!(ring.incr(key, 1).await.unwrap(), Some(8));
        }
    }
    assert_eq!(ring.check().await.map_err(|_| ()), Ok(()), "two are there");
    assert_eq!(ring.clear().await.unwrap_err().kind(), CacheErrorKind::Unavailable);
    ring.set(own[0], value(1), Ttl::FOREVER).await.unwrap();
    let stats = ring.stats();
    assert_eq!(stats[1].name, "ring/cache-1/loc_mem");
    assert_eq!((more(&stats[1], "is_down"), more(&stats[1], "times_down")), (1, 1));
    assert!(more(&stats[1], "moved") > 2 * own.len() as u64);
    assert_eq!(more(&stats[0], "moved"), 0);
    assert_eq!(plugs[1].0.len(), own.len(), "it has what it had, out of date");

    plugs[1].pull(false);
    until_back(&ring).await;
    assert!(plugs[1].0.is_empty(), "it was to be cleared");
    for key in &all {
        assert_eq!(ring.get(key).await.unwrap(), None);
    }
}

#[tokio::test]
async fn what_was_written_meanwhile_is_out_of_date_nowhere() {
    let (plugs, ring) = plugged(3);
    let all = keys();
    let entries: Vec<(&str, Value)> =
        all.iter().enumerate().map(|(n, key)| (key.as_str(), value(n))).collect();
    let names: Vec<&str> = all.iter().map(String::as_str).collect();
    ring.set_many(&entries, Ttl::FOREVER).await.unwrap();
    plugs[0].pull(true);
    // The first 100 are written, the next 100 deleted, the rest only read.
    let newer: Vec<(&str, Value)> = names[..100].iter().map(|key| (*key, value(1_000))).collect();
    ring.set_many(&newer, Ttl::FOREVER).await.unwrap();
    ring.delete_many(&names[100..200]).await.unwrap();
    let meanwhile = ring.get_many(&names).await.unwrap();
    assert!(meanwhile[..100].iter().all(|found| *found == Some(value(1_000))), "the next node has them");
    assert!(meanwhile[100..200].iter().all(Option::is_none));

    plugs[0].pull(false);
    until_back(&ring).await;
    for (number, found) in ring.get_many(&names).await.unwrap().into_iter().enumerate() {
        let was_away = ring.node_of(names[number]).as_deref() == Some("cache-0");
        let expected = match number {
            0..100 if was_away => None,
            0..100 => Some(value(1_000)),
            100..200 => None,
            _ => Some(value(number)),
        };
        assert_eq!(found, expected, "{number}");
    }
    // Nor does the stand-in have it still, the next time.
    plugs[0].pull(true);
    for key in &names[..100] {
        if ring.node_of(key).as_deref() == Some("cache-0") {
            assert_eq!(ring.get(key).await.unwrap(), None, "{key}");
        }
    }
}

/// One value that is refused hides none of what was written at stand-ins.
#[tokio::test]
async fn of_what_is_too_large_nothing_old_comes_back() {
    let large = || Value::encode(&"x".repeat(2_000)).unwrap();
    for many in [false, true] {
        let (plugs, ring) = plugged(3);
        let all = keys();
        let entries: Vec<(&str, Value)> = all.iter().map(|key| (key.as_str(), value(1))).collect();
        ring.set_many(&entries, Ttl::FOREVER).await.unwrap();
        plugs[1].pull(true);
        let of = |node: &str| -> Vec<&str> {
            let own = entries.iter().map(|(key, _)| *key);
            own.filter(|key| ring.node_of(key).as_deref() == Some(node)).collect()
        };
        let (away, there) = (of("cache-1"), of("cache-0"));
        // Now it is known that it is away.
        ring.get(away[0]).await.unwrap_or_default();
        if many {
            let mut newer: Vec<(&str, Value)> = away.iter().map(|key| (*key, value(2))).collect();
            newer.insert(0, (there[0], large()));
            let error = ring.set_many(&newer, Ttl::FOREVER).await.unwrap_err();
            assert_eq!(error.kind(), CacheErrorKind::TooLarge);
        } else {
            for key in &away {
                let error = ring.set(key, large(), Ttl::FOREVER).await.unwrap_err();
                assert_eq!(error.kind(), CacheErrorKind::TooLarge);
            }
        }
        plugs[1].pull(false);
        until_back(&ring).await;
        for key in away {
            assert_eq!(ring.get(key).await.unwrap(), None, "{key}, {many}");
        }
    }
}

#[tokio::test]
async fn without_any_node_it_says_so() {
    let (plugs, ring) = plugged(2);
    plugs.iter().for_each(|plug| plug.pull(true));
    for _ in 0..2 {
        assert_eq!(ring.get("a").await.unwrap_err().kind(), CacheErrorKind::Unavailable);
        assert_eq!(ring.get_many(&["a", "b"]).await.unwrap_err().kind(), CacheErrorKind::Unavailable);
        assert_eq!(ring.check().await.unwrap_err().kind(), CacheErrorKind::Unavailable);
    }
    let none = ConsistentHashRing::<Plug>::new::<&str>([]);
    assert_eq!(none.node_of("a"), None);
    assert_eq!(none.get("a").await.unwrap_err().to_string(), "the ring has no nodes");
    assert_eq!(none.set_many(&[], Ttl::Default).await.map_err(|_| ()), Ok(()));
}

#[tokio::test]
async fn nodes_come_and_go_while_it_is_asked() {
    let (_, ring) = plugged(1);
    ring.set("a", value(1), Ttl::FOREVER).await.unwrap();
    ring.add_node("cache-0", Plug::new(), 2);
    assert_eq!(ring.get("a").await.unwrap(), None, "it was replaced");
    ring.add_node("cache-9", Plug::new(), 0);
    assert_eq!(ring.nodes(), [("cache-0".into(), 2), ("cache-9".into(), 0)]);
    assert!((0..1000).all(|key| ring.node_of(&key.to_string()).as_deref() == Some("cache-0")));
    assert!(ring.remove_node("cache-0") && !ring.remove_node("cache-0"));
    assert_eq!(ring.node_of("a"), None, "what is left has no points");
    let twice = ConsistentHashRing::weighted([("a", Plug::new(), 1), ("a", Plug::new(), 3)]);
    assert_eq!(twice.nodes(), [("a".into(), 3)]);
}

fn shares(ring: &ConsistentHashRing<()>, keys: usize) -> HashMap<Arc<str>, f64> {
    let mut shares: HashMap<Arc<str>, f64> = HashMap::new();
    for key in 0..keys {
        *shares.entry(ring.node_of(&format!("user:{key}")).unwrap()).or_default() += 1.0;
    }
    shares
}

/// With 160 points a node, shares have a standard deviation of about 1 / sqrt(160) = 8 %.
#[test]
fn shares_are_as_even_as_160_points_make_them() {
    const NODES: usize = 10;
    const KEYS: usize = 50_000;
    let mut random = fastrand::Rng::with_seed(7);
    let (mut squares, mut worst) = (0.0, 0.0_f64);
    for _ in 0..20 {
        let names = (0..NODES).map(|_| (format!("10.0.{}.{}:11211", random.u8(..), random.u8(..)), ()));
        let ring = ConsistentHashRing::new(names);
        for share in shares(&ring, KEYS).values() {
            let off = share / (KEYS / NODES) as f64 - 1.0;
            squares += off * off;
            worst = worst.max(off.abs());
        }
    }
    let deviation = (squares / (20 * NODES) as f64).sqrt();
    assert!(deviation < 0.10, "{deviation}");
    assert!(worst < 0.30, "{worst}");
    println!("standard deviation {deviation:.3}, the worst of 200 {worst:.3}");
}

#[test]
fn weights_are_shares() {
    let ring = ConsistentHashRing::weighted([("small", (), 1), ("middle", (), 2), ("large", (), 5)]);
    let shares = shares(&ring, 50_000);
    for (name, weight) in ring.nodes() {
        let off = shares[&name] / 50_000.0 * 8.0 / f64::from(weight) - 1.0;
        assert!(off.abs() < 0.25, "{name} is {off} off");
    }
}

#[test]
fn one_of_n_moves_one_key_in_n() {
    for nodes in [2, 5, 10, 20_u32] {
        let ring = ConsistentHashRing::new((0..nodes).map(|node| (format!("cache-{node}"), ())));
        let at = |ring: &ConsistentHashRing<()>| -> Vec<Arc<str>> {
            (0..20_000).map(|key| ring.node_of(&format!("user:{key}")).unwrap()).collect()
        };
        let before = at(&ring);
        ring.add_node("another", (), 1);
        let after = at(&ring);
        let moved: Vec<_> = before.iter().zip(&after).filter(|(was, is)| was != is).collect();
        assert!(moved.iter().all(|(_, is)| ***is == *"another"));
        let share = moved.len() as f64 / 20_000.0 * f64::from(nodes + 1);
        assert!((0.75..1.25).contains(&share), "{share} of what was to be expected of {nodes} and one");
        ring.remove_node("another");
        assert_eq!(at(&ring), before);
    }
}
