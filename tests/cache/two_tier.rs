//! Memory before a table, on two instances, and PostgreSQL that is killed, stopped where it is, and started again.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::time::{Duration, Instant};

use hyper_core::cache::{
    Cache, CacheBus, CacheError, DatabaseCache, LayerStats, LocMemCache, Ttl, TwoTierCache,
};
use hyper_core::db::{Db, Executor};
use hyper_tests::standbys::{Cluster, open};
use hyper_tests::{Suite, require};

use crate::until;

/// So long that nothing is gone by itself.
const HOUR: Duration = Duration::from_secs(3600);

struct Instance {
    db: Db,
    near: LocMemCache,
    cache: Cache,
}

impl Instance {
    async fn new(url: &str) -> Self {
        Self::on(Db::new(url.parse().unwrap()), HOUR).await
    }

    async fn on(db: Db, l1_ttl: Duration) -> Self {
        let near = LocMemCache::default();
        let bus = CacheBus::of(&db).await.unwrap();
        let cache = TwoTierCache::new(near.clone(), DatabaseCache::new(db.clone()))
            .l1_ttl(l1_ttl)
            .shared_through(&bus);
        Self { db, near, cache: Cache::new(cache) }
    }

    async fn get(&self, key: &str) -> Option<i64> {
        self.cache.get(key).await.unwrap()
    }

    async fn set(&self, key: &str, value: i64) {
        self.cache.set(key, &value, 3600).await.unwrap();
    }

    /// Waits until it reads this, which it does not because of time.
    async fn reads(&self, key: &str, value: Option<i64>) {
        until(&format!("{key} to be {value:?}"), async || self.get(key).await == value).await;
    }

    fn stats(&self) -> LayerStats {
        self.cache.stats().remove(0)
    }

    fn more(&self, name: &str) -> u64 {
        self.stats().more.iter().find(|(other, _)| *other == name).unwrap().1
    }
}

#[tokio::test]
async fn what_one_instance_changes_no_other_one_keeps() {
    let database = hyper_tests::postgres();
    let (one, two) = (Instance::new(database.url()).await, Instance::new(database.url()).await);
    let kept = async |value: i64| {
        // What it read may be dropped once more, when it hears of it afterwards.
        until("it to be in its memory", async || {
            two.get("a").await == Some(value) && two.near.find("a").is_some()
        })
        .await;
    };
    let known = async |value: i64| {
        one.set("a", value).await;
        kept(value).await;
    };
    known(1).await;
    known(2).await;
    one.cache.incr("a", 1).await.unwrap();
    two.reads("a", Some(3)).await;
    one.cache.delete("a").await.unwrap();
    two.reads("a", None).await;
    known(4).await;
    one.cache.clear().await.unwrap();
    two.reads("a", None).await;
    known(5).await;
    one.cache.set_many(&[("a", 6), ("b", 6)], 3600).await.unwrap();
    two.reads("a", Some(6)).await;
    two.reads("b", Some(6)).await;
    one.cache.delete_many(&["a", "b"]).await.unwrap();
    two.reads("a", None).await;
    two.reads("b", None).await;
    known(7).await;
    one.cache.touch("a", Duration::from_millis(1)).await.unwrap();
    two.reads("a", None).await;
    assert!(one.cache.add("a", &8, 3600).await.unwrap());
    kept(8).await;
    // The bus may still be about to say something, but not for ever: then what is deleted behind the back of all is read on.
    until("it to be read from memory alone", async || {
        one.db.execute_batch("DELETE FROM hyper_cache").await.unwrap();
        let kept = two.get("a").await == Some(8);
        if !kept {
            one.set("a", 8).await;
            two.reads("a", Some(8)).await;
        }
        kept
    })
    .await;
    assert!(two.more("l1_hits") > 0 && two.more("l2_hits") > 0 && two.more("misses") > 0);
    assert_eq!(two.more("l2_errors"), 0);
}

/// What an instance has read, or been told that it is written, is the least that it reads from then on.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_read_never_goes_back_for_long() {
    let database = hyper_tests::postgres();
    let one = Arc::new(Instance::new(database.url()).await);
    let two = Arc::new(Instance::new(database.url()).await);
    let ended = Arc::new(AtomicBool::new(false));
    let readers: Vec<_> = (0..4)
        .map(|_| {
            let (two, ended) = (two.clone(), ended.clone());
            tokio::spawn(async move {
                while !ended.load(SeqCst) {
                    for key in ["a", "b", "c"] {
                        two.get(key).await;
                    }
                    tokio::task::yield_now().await;
                }
            })
        })
        .collect();
    for n in 0..300 {
        let key = ["a", "b", "c"][n as usize % 3];
        // In turns by both, while the readers put what they read into their memory.
        [&one, &two][n as usize % 2].set(key, n).await;
        two.reads(key, Some(n)).await;
        one.reads(key, Some(n)).await;
    }
    ended.store(true, SeqCst);
    for reader in readers {
        reader.await.unwrap();
    }
    for (key, value) in [("a", 297), ("b", 298), ("c", 299)] {
        assert_eq!((one.get(key).await, two.get(key).await), (Some(value), Some(value)));
    }
}

/// Without a bus, the time to live of the first layer is the bound.
#[tokio::test]
async fn without_a_bus_what_is_old_stays_for_a_while() {
    let database = hyper_tests::postgres();
    let cache = |ttl| {
        let db = Db::new(database.url().parse().unwrap());
        Cache::new(TwoTierCache::new(LocMemCache::default(), DatabaseCache::new(db)).l1_ttl(ttl))
    };
    let (one, two) = (cache(HOUR), cache(Duration::from_millis(200)));
    two.set("a", &1, 3600).await.unwrap();
    assert_eq!(one.get::<i32>("a").await.unwrap(), Some(1));
    one.set("a", &2, 3600).await.unwrap();
    until("it to be read again", async || two.get::<i32>("a").await.unwrap() == Some(2)).await;
    two.set("a", &3, 3600).await.unwrap();
    assert_eq!(one.get::<i32>("a").await.unwrap(), Some(2));
}

/// Eight clients who read, write, count and compute. None is ever refused, and none waits for long.
struct Load {
    ended: Arc<AtomicBool>,
    seen: Arc<Seen>,
    clients: Vec<tokio::task::JoinHandle<()>>,
}

#[derive(Default)]
struct Seen {
    done: AtomicU64,
    /// In milliseconds.
    longest: AtomicU64,
}

impl Load {
    fn begin(instance: &Arc<Instance>) -> Self {
        let (ended, seen) = (Arc::<AtomicBool>::default(), Arc::<Seen>::default());
        let clients = (0..8_u64)
            .map(|client| {
                let (instance, ended, seen) = (instance.clone(), ended.clone(), seen.clone());
                tokio::spawn(async move {
                    for n in 0.. {
                        if ended.load(SeqCst) {
                            return;
                        }
                        let (key, cache) = (("load", n * 7 % 50), &instance.cache);
                        let started = Instant::now();
                        match (n + client) % 5 {
                            0 => cache.set(key, &n, 60).await.unwrap(),
                            1 => drop(cache.incr(("count", client), 1).await.unwrap()),
                            2 => drop(cache.delete(key).await.unwrap()),
                            3 => drop(cache.get_many::<u64>(&["x", "y"]).await.unwrap()),
                            _ => {
                                let compute = async || Ok::<u64, CacheError>(n);
                                cache.get_or_set(key, 60, compute).await.unwrap();
                            }
                        }
                        seen.longest.fetch_max(started.elapsed().as_millis() as u64, SeqCst);
                        seen.done.fetch_add(1, SeqCst);
                        tokio::time::sleep(Duration::from_millis(1)).await;
                    }
                })
            })
            .collect();
        Self { ended, seen, clients }
    }

    async fn more(&self, answers: u64) {
        let until_then = self.seen.done.load(SeqCst) + answers;
        until("answers", async || self.seen.done.load(SeqCst) >= until_then).await;
        assert!(!self.clients.iter().any(tokio::task::JoinHandle::is_finished), "a client has failed");
    }

    async fn end(self) -> Duration {
        self.ended.store(true, SeqCst);
        for client in self.clients {
            client.await.unwrap();
        }
        Duration::from_millis(self.seen.longest.load(SeqCst))
    }
}

async fn broken(break_it: impl FnOnce(&mut Cluster), mend_it: impl FnOnce(&mut Cluster)) {
    let mut cluster = Cluster::alone("");
    // The first layer for a second only, so that what it has is soon gone.
    let one = Arc::new(Instance::on(open(&cluster.url(0)), Duration::from_secs(1)).await);
    let load = Load::begin(&one);
    load.more(500).await;
    assert_eq!(one.more("l2_errors"), 0);
    one.set("old", 1).await;
    break_it(&mut cluster);
    until("errors", async || one.more("l2_errors") > 20).await;
    load.more(2_000).await;
    let errors = one.more("l2_errors");
    // What is written meanwhile is read meanwhile.
    one.set("during", 7).await;
    assert_eq!(one.get("during").await, Some(7));
    one.cache.delete("old").await.unwrap();
    assert_eq!(one.get("old").await, None);
    mend_it(&mut cluster);
    // It is there again when another instance reads what this one writes.
    let two = Instance::on(open(&cluster.url(0)), Duration::from_secs(1)).await;
    let mut n = 0;
    until("the table to be written again", async || {
        let key = format!("after:{n}");
        one.set(&key, 7).await;
        two.get(&key).await == Some(7)
    })
    .await;
    n += 1;
    assert_eq!(two.get("old").await, None, "it was deleted");
    one.set(&format!("after:{n}"), 7).await;
    load.more(500).await;
    let (later, longest) = (one.more("l2_errors"), load.end().await);
    assert!(errors > 20 && later >= errors);
    // The second that it was waited for, and what a machine that is too busy takes.
    assert!(longest < Duration::from_secs(6), "{longest:?}");
    one.cache.ping().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn postgresql_is_killed_and_started_again() {
    if !require(Suite::Replicas) {
        return;
    }
    broken(|cluster| cluster.kill_all(0), |cluster| cluster.launch(0)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgresql_stands_still_and_goes_on() {
    if !require(Suite::Replicas) {
        return;
    }
    broken(|cluster| cluster.freeze(0, true), |cluster| cluster.freeze(0, false)).await;
}

/// The table has outlived that nobody could delete from it.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_changed_while_it_stood_still_is_not_read_from_the_table() {
    if !require(Suite::Replicas) {
        return;
    }
    let cluster = Cluster::alone("");
    let one = Instance::on(open(&cluster.url(0)), HOUR).await;
    let two = Instance::on(open(&cluster.url(0)), HOUR).await;
    for key in ["deleted", "set", "kept"] {
        one.set(key, 1).await;
        two.reads(key, Some(1)).await;
    }
    cluster.freeze(0, true);
    one.cache.delete("deleted").await.unwrap();
    one.set("set", 2).await;
    assert!(one.more("l2_errors") >= 2);
    cluster.freeze(0, false);
    two.reads("deleted", None).await;
    until("the old one to be gone", async || two.get("set").await != Some(1)).await;
    assert_eq!((one.get("set").await, one.get("deleted").await), (Some(2), None));
    until("it to be kept", async || one.get("kept").await == Some(1)).await;
    // Only what could not be told is lost.
    one.cache.set("set", &3, Ttl::FOREVER).await.unwrap();
    two.reads("set", Some(3)).await;
}
