//! Redis, alone and behind memory: keys by Zipf's law, by 1 to 16 tasks.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use futures_util::future::BoxFuture;
use hyperdjango::cache::{Cache, RedisCache, Ttl, TwoTierCache};
use redis::aio::MultiplexedConnection;

use crate::arguments::Arguments;
use crate::clock::Clock;
use crate::memory::loc_mem;
use crate::reading::Reading;
use crate::workload::{self, EXPONENT, KEYS, Profile, ROOM};

/// How many keys are asked for together, where several are.
const MANY: usize = 100;

/// How many readings ask for something else each.
const PARTS: usize = 16;

/// After so many the caches have what they will have.
const WARM: usize = 5 * ROOM;

/// Asks for these keys, one after the other.
type Ask = Box<dyn Fn(Arc<[u32]>) -> BoxFuture<'static, ()> + Send + Sync>;

/// One that is asked by tasks.
pub(crate) struct Contestant {
    name: &'static str,
    ask: Ask,
    /// How many of those that were asked for so far memory had.
    hits: Option<Box<dyn Fn() -> u64>>,
}

impl Contestant {
    pub(crate) fn new<F>(name: &'static str, ask: impl Fn(Arc<[u32]>) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        Self { name, ask: Box::new(move |order| Box::pin(ask(order))), hits: None }
    }

    pub(crate) fn with_hits(mut self, hits: impl Fn() -> u64 + 'static) -> Self {
        self.hits = Some(Box::new(hits));
        self
    }
}

pub(crate) fn measure(arguments: &Arguments) {
    let runtime = runtime(|| ());
    let all = runtime.block_on(contestants(&arguments.redis));
    tasks(&runtime, "remote", all, arguments);
}

/// With two threads, each of which begins with this.
pub(crate) fn runtime(on_thread: impl Fn() + Send + Sync + 'static) -> tokio::runtime::Runtime {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.worker_threads(2).enable_all().on_thread_start(on_thread).build().expect("a runtime starts")
}

/// All of them in turn, by so many tasks.
pub(crate) fn tasks(
    runtime: &tokio::runtime::Runtime,
    what: &str,
    mut all: Vec<Contestant>,
    arguments: &Arguments,
) {
    all.retain(|contestant| arguments.has(contestant.name));
    let order = workload::zipf(EXPONENT, WARM + PARTS * arguments.operations);
    let run = |contestant: &Contestant, tasks: usize, start: usize, asked: usize| {
        let each = asked / tasks;
        let parts: Vec<Arc<[u32]>> =
            (0..tasks).map(|task| order[start + task * each..start + (task + 1) * each].into()).collect();
        let before = contestant.hits.as_ref().map(|hits| hits());
        let took = runtime.block_on(async {
            let clock = Clock::start();
            let asking: Vec<_> = parts.into_iter().map(|part| tokio::spawn((contestant.ask)(part))).collect();
            for task in asking {
                task.await.expect("it does not panic");
            }
            clock.stop()
        });
        let hits = contestant.hits.as_ref().zip(before).map(|(hits, before)| hits() - before);
        (hits.map(|hits| hits as f64 / (each * tasks) as f64), took, each * tasks)
    };
    for contestant in &all {
        run(contestant, 16, 0, if contestant.hits.is_some() { WARM } else { arguments.operations });
    }
    let mut part = 0;
    for _ in 0..arguments.rounds {
        for number in &arguments.threads {
            // What comes again was forgotten long ago.
            part = (part + 1) % PARTS;
            for contestant in &all {
                let start = WARM + part * arguments.operations;
                let (hits, took, asked) = run(contestant, *number, start, arguments.operations);
                Reading::new(what, contestant.name, *number, &took, asked, hits).print();
            }
        }
    }
}

async fn lines(url: &str, count: usize) -> Arc<[MultiplexedConnection]> {
    let client = redis::Client::open(url).expect("the URL is one");
    let mut lines = Vec::new();
    for _ in 0..count {
        lines.push(client.get_multiplexed_async_connection().await.expect("Redis is there"));
    }
    lines.into()
}

async fn get(line: &mut MultiplexedConnection, id: u32) -> Profile {
    let bytes: Vec<u8> =
        redis::cmd("GET").arg(format!("user:{id}")).query_async(line).await.expect("Redis is there");
    rmp_serde::from_slice(&bytes).expect("it is a profile")
}

async fn contestants(url: &str) -> Vec<Contestant> {
    let cache = Cache::new(RedisCache::new(url).expect("the URL is one"));
    fill(url, &cache).await;
    let mut all = Vec::new();
    for (name, count) in [("redis, 1 connection", 1), ("redis, 4 connections", 4)] {
        let (lines, next) = (lines(url, count).await, Arc::new(AtomicUsize::new(0)));
        all.push(Contestant::new(name, move |order| {
            let mut line = lines[next.fetch_add(1, Relaxed) % lines.len()].clone();
            async move {
                for id in order.iter() {
                    assert_eq!(get(&mut line, *id).await.id, i64::from(*id));
                }
            }
        }));
    }
    let own = cache.clone();
    all.push(Contestant::new("RedisCache", move |order| {
        let cache = own.clone();
        async move {
            for id in order.iter() {
                let found = cache.get::<Profile>(("user", id)).await.expect("Redis is there");
                assert_eq!(found.expect("it was put in").id, i64::from(*id));
            }
        }
    }));
    let together = lines(url, 1).await;
    all.push(Contestant::new("redis, MGET of 100", move |order| {
        let mut line = together[0].clone();
        async move {
            for ids in order.chunks(MANY) {
                let keys: Vec<String> = ids.iter().map(|id| format!("user:{id}")).collect();
                let found: Vec<Vec<u8>> =
                    redis::cmd("MGET").arg(&keys).query_async(&mut line).await.expect("Redis is there");
                for (id, bytes) in ids.iter().zip(found) {
                    let profile: Profile = rmp_serde::from_slice(&bytes).expect("it is a profile");
                    assert_eq!(profile.id, i64::from(*id));
                }
            }
        }
    }));
    let own = cache.clone();
    all.push(Contestant::new("RedisCache, get_many of 100", move |order| {
        let cache = own.clone();
        async move {
            for ids in order.chunks(MANY) {
                let keys: Vec<(&str, u32)> = ids.iter().map(|id| ("user", *id)).collect();
                let found = cache.get_many::<Profile>(&keys).await.expect("Redis is there");
                for (id, profile) in ids.iter().zip(found) {
                    assert_eq!(profile.expect("it was put in").id, i64::from(*id));
                }
            }
        }
    }));
    let near: moka::future::Cache<u32, Arc<Profile>, _> = moka::future::Cache::builder()
        .max_capacity(ROOM as u64)
        .time_to_live(Duration::from_secs(60))
        .build_with_hasher(foldhash::fast::RandomState::default());
    let far = lines(url, 4).await;
    let (next, hits) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicU64::new(0)));
    let counted = Arc::clone(&hits);
    let by_hand = Contestant::new("moka before redis, by hand", move |order| {
        let (near, mut far) = (near.clone(), far[next.fetch_add(1, Relaxed) % far.len()].clone());
        let counted = Arc::clone(&counted);
        async move {
            for ids in order.chunks(MANY) {
                for id in ids {
                    let profile = if let Some(profile) = near.get(id).await {
                        counted.fetch_add(1, Relaxed);
                        profile
                    } else {
                        let profile = Arc::new(get(&mut far, *id).await);
                        near.insert(*id, profile.clone()).await;
                        profile
                    };
                    assert_eq!(profile.id, i64::from(*id));
                }
                tokio::task::yield_now().await;
            }
        }
    });
    all.push(by_hand.with_hits(move || hits.load(Relaxed)));
    let two_tiers = || {
        let far = RedisCache::new(url).expect("the URL is one");
        Cache::new(TwoTierCache::new(loc_mem(ROOM), far).l1_ttl(Duration::from_secs(60)))
    };
    let (cache, own) = (two_tiers(), two_tiers());
    let counted = cache.clone();
    let shared = Contestant::new("TwoTierCache, get_shared", move |order| {
        let cache = cache.clone();
        async move {
            for ids in order.chunks(MANY) {
                for id in ids {
                    let found = cache.get_shared::<Profile>(("user", id)).await.expect("it is there");
                    assert_eq!(found.expect("it was put in").id, i64::from(*id));
                }
                tokio::task::yield_now().await;
            }
        }
    });
    all.push(shared.with_hits(move || l1_hits(&counted)));
    let counted = own.clone();
    let decoded = Contestant::new("TwoTierCache, get", move |order| {
        let cache = own.clone();
        async move {
            for ids in order.chunks(MANY) {
                for id in ids {
                    let found = cache.get::<Profile>(("user", id)).await.expect("it is there");
                    assert_eq!(found.expect("it was put in").id, i64::from(*id));
                }
                tokio::task::yield_now().await;
            }
        }
    });
    all.push(decoded.with_hits(move || l1_hits(&counted)));
    all
}

fn l1_hits(cache: &Cache) -> u64 {
    let stats = cache.stats();
    stats[0].more.iter().find(|(name, _)| *name == "l1_hits").expect("it counts them").1
}

/// Puts all in, as both ask for it.
async fn fill(url: &str, cache: &Cache) {
    let ids: Vec<u32> = (0..KEYS as u32).collect();
    let line = lines(url, 1).await;
    for ids in ids.chunks(1_000) {
        let entries: Vec<((&str, u32), Profile)> =
            ids.iter().map(|id| (("user", *id), Profile::of(*id))).collect();
        cache.set_many(&entries, Ttl::FOREVER).await.expect("Redis is there");
        let mut pipeline = redis::pipe();
        for (id, (_, profile)) in ids.iter().zip(&entries) {
            let bytes = rmp_serde::to_vec_named(profile).expect("it encodes");
            pipeline.cmd("SET").arg(format!("user:{id}")).arg(bytes).ignore();
        }
        let () = pipeline.query_async(&mut line[0].clone()).await.expect("Redis is there");
    }
}
