//! With a second layer that fails, hangs and waits as it is told.

mod life;
mod one_value;

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::SeqCst};

use tokio::sync::Semaphore;

use super::*;
use crate::cache::{
    AnyBackend, Cache, CacheError, CacheErrorKind, ConsistentHashRing, Content, LayerStats, LocMemCache,
    LocMemOptions, StampedeProtection, Value,
};

/// Memory that may not be there.
#[derive(Clone, Default)]
struct Far(Arc<State>);

#[derive(Default)]
struct State {
    memory: LocMemCache,
    is_down: AtomicBool,
    hangs: AtomicBool,
    /// Whether it takes no large values, and whether it goes away once it has said so.
    is_small: AtomicBool,
    down_after_refusing: AtomicBool,
    /// Whether it does not say how long it has a value.
    silent: AtomicBool,
    asked: AtomicU32,
    /// Whether an answer that is known waits for `go`, and whether it waits before it is known.
    waits: AtomicBool,
    waits_before: AtomicBool,
    waiting: AtomicU32,
    go: Waiting,
}

struct Waiting(Semaphore);

impl Default for Waiting {
    fn default() -> Self {
        Self(Semaphore::new(0))
    }
}

impl Far {
    async fn answer<T>(&self, answer: impl Future<Output = Result<T, CacheError>>) -> Result<T, CacheError> {
        self.0.asked.fetch_add(1, SeqCst);
        if self.0.hangs.load(SeqCst) {
            std::future::pending::<()>().await;
        }
        if self.0.is_down.load(SeqCst) {
            return Err(CacheError::new(CacheErrorKind::Unavailable, "down"));
        }
        if self.0.waits_before.load(SeqCst) {
            self.wait().await;
        }
        let answer = answer.await;
        if self.0.waits.load(SeqCst) {
            self.wait().await;
        }
        answer
    }

    async fn wait(&self) {
        self.0.waiting.fetch_add(1, SeqCst);
        self.0.go.0.acquire().await.unwrap().forget();
    }

    fn takes(&self, value: &Value) -> Result<(), CacheError> {
        if !self.0.is_small.load(SeqCst) || value.len() <= 1_000 {
            return Ok(());
        }
        self.0.is_down.store(self.0.down_after_refusing.load(SeqCst), SeqCst);
        Err(CacheError::new(CacheErrorKind::TooLarge, "too large"))
    }

    fn asked(&self) -> u32 {
        self.0.asked.load(SeqCst)
    }
}

impl CacheBackend for Far {
    async fn get(&self, key: &str) -> Result<Option<Value>, CacheError> {
        self.answer(self.0.memory.get(key)).await
    }

    async fn set(&self, key: &str, value: Value, ttl: Ttl) -> Result<(), CacheError> {
        self.takes(&value)?;
        self.answer(self.0.memory.set(key, value, ttl)).await
    }

    async fn add(&self, key: &str, value: Value, ttl: Ttl) -> Result<bool, CacheError> {
        self.answer(self.0.memory.add(key, value, ttl)).await
    }

    async fn delete(&self, key: &str) -> Result<bool, CacheError> {
        self.answer(self.0.memory.delete(key)).await
    }

    async fn clear(&self) -> Result<(), CacheError> {
        self.answer(self.0.memory.clear()).await
    }

    async fn incr(&self, key: &str, by: i64) -> Result<Option<i64>, CacheError> {
        self.answer(self.0.memory.incr(key, by)).await
    }

    async fn touch(&self, key: &str, ttl: Ttl) -> Result<bool, CacheError> {
        self.answer(self.0.memory.touch(key, ttl)).await
    }

    async fn get_many(&self, keys: &[&str]) -> Result<Vec<Option<Value>>, CacheError> {
        self.answer(self.0.memory.get_many(keys)).await
    }

    async fn get_with_ttl(&self, key: &str) -> Result<Option<(Value, Ttl)>, CacheError> {
        let found = self.answer(self.0.memory.get_with_ttl(key)).await?;
        let silent = self.0.silent.load(SeqCst);
        Ok(found.map(|(value, left)| (value, if silent { Ttl::Default } else { left })))
    }

    async fn get_many_with_ttl(&self, keys: &[&str]) -> Result<Vec<Option<(Value, Ttl)>>, CacheError> {
        self.answer(self.0.memory.get_many_with_ttl(keys)).await
    }

    async fn set_many(&self, entries: &[(&str, Value)], ttl: Ttl) -> Result<(), CacheError> {
        entries.iter().try_for_each(|(_, value)| self.takes(value))?;
        self.answer(self.0.memory.set_many(entries, ttl)).await
    }

    async fn delete_many(&self, keys: &[&str]) -> Result<u64, CacheError> {
        self.answer(self.0.memory.delete_many(keys)).await
    }

    fn stats(&self) -> Vec<LayerStats> {
        self.0.memory.stats()
    }

    async fn check(&self) -> Result<(), CacheError> {
        self.answer(async { Ok(()) }).await
    }
}

struct Both {
    near: LocMemCache,
    far: Far,
    cache: Arc<TwoTierCache<LocMemCache, Far>>,
}

impl Both {
    fn new() -> Self {
        Self::with(|cache| cache)
    }

    fn with(change: impl FnOnce(TwoTierCache<LocMemCache, Far>) -> TwoTierCache<LocMemCache, Far>) -> Self {
        let (near, far) = (LocMemCache::default(), Far::default());
        let cache = TwoTierCache::new(near.clone(), far.clone()).l2_timeout(Duration::from_millis(50));
        Self { near, far, cache: Arc::new(change(cache)) }
    }

    fn more(&self, name: &str) -> u64 {
        let stats = self.cache.stats();
        stats[0].more.iter().find(|(other, _)| *other == name).unwrap().1
    }

    async fn reopened(&self) {
        until("the second layer to be asked again", || self.cache.far.is_open()).await;
    }
}

fn number(number: i64) -> Value {
    Value::new(Content::Integer(number))
}

async fn until(what: &str, condition: impl Fn() -> bool) {
    let started = std::time::Instant::now();
    while !condition() {
        assert!(started.elapsed() < Duration::from_secs(20), "waited for {what}");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

#[tokio::test]
async fn what_is_read_from_the_second_is_kept_in_the_first() {
    let both = Both::new();
    both.cache.set("a", number(1), 60.into()).await.unwrap();
    assert_eq!((both.near.find("a"), both.far.0.memory.find("a")), (Some(number(1)), Some(number(1))));
    both.near.take("a");
    for _ in 0..3 {
        assert_eq!(both.cache.get("a").await.unwrap(), Some(number(1)));
    }
    assert_eq!(both.cache.get("b").await.unwrap(), None);
    assert_eq!(both.cache.get_many(&["a", "b"]).await.unwrap(), [Some(number(1)), None]);
    let figures = ["l1_hits", "l2_hits", "misses", "l1_errors", "l2_errors"].map(|name| both.more(name));
    assert_eq!(figures, [3, 1, 2, 0, 0]);
    let names: Vec<String> = both.cache.stats().into_iter().map(|layer| layer.name).collect();
    assert_eq!(names, ["two_tier", "two_tier/l1/loc_mem", "two_tier/l2/loc_mem"]);
    assert!(both.cache.delete("a").await.unwrap());
    assert_eq!((both.near.len(), both.far.0.memory.len()), (0, 0));
}

#[tokio::test]
async fn each_layer_is_asked_once() {
    let both = Both::new();
    let (near, far) = (both.near.clone(), both.far.clone());
    let cache = Cache::new(TwoTierCache::new(near, far));
    cache.get::<i32>("a").await.unwrap();
    cache.set("a", &1, 60).await.unwrap();
    cache.get::<i32>("a").await.unwrap();
    let stats = cache.stats();
    assert_eq!((stats[1].stats.misses, stats[1].stats.hits), (1, 1));
    assert_eq!((stats[0].stats.misses, stats[0].stats.hits), (1, 1));
}

/// One who reads has what was there before, another one changes it, and only then the first one goes on.
#[tokio::test]
async fn what_was_changed_while_it_was_read_is_not_kept() {
    for many in [false, true] {
        for change in 0..7 {
            let both = Both::new();
            both.far.0.memory.put("a", number(1), 60.into());
            both.far.0.waits.store(true, SeqCst);
            let reader = tokio::spawn({
                let cache = both.cache.clone();
                async move {
                    if many {
                        cache.get_many(&["a"]).await.unwrap().remove(0)
                    } else {
                        cache.get("a").await.unwrap()
                    }
                }
            });
            until("the reader to have read", || both.far.0.waiting.load(SeqCst) == 1).await;
            both.far.0.waits.store(false, SeqCst);
            let mut is = Some(number(2));
            match change {
                0 => {
                    both.far.0.memory.put("a", number(2), 60.into());
                    both.cache.near.heard(Some("a"));
                }
                1 => {
                    both.far.0.memory.put("a", number(2), 60.into());
                    both.cache.near.heard(None);
                }
                2 => both.cache.set("a", number(2), 60.into()).await.unwrap(),
                3 => both.cache.set_many(&[("a", number(2))], 60.into()).await.unwrap(),
                4 => drop(both.cache.incr("a", 1).await.unwrap()),
                5 => {
                    both.cache.delete("a").await.unwrap();
                    is = None;
                }
                _ => {
                    both.cache.clear().await.unwrap();
                    is = None;
                }
            }
            both.far.0.go.0.add_permits(1);
            assert_eq!(reader.await.unwrap(), Some(number(1)), "it asked before");
            assert_ne!(both.near.find("a"), Some(number(1)), "change {change}");
            assert_eq!(both.cache.get("a").await.unwrap(), is, "change {change}");
        }
    }
}

/// Who of two wrote last, the second layer knows alone.
#[tokio::test]
async fn of_what_two_write_at_once_neither_is_kept() {
    for (many, heard) in [(false, false), (true, false), (false, true), (true, true)] {
        let both = Both::new();
        both.far.0.waits.store(true, SeqCst);
        let writer = tokio::spawn({
            let cache = both.cache.clone();
            async move {
                if many {
                    cache.set_many(&[("a", number(1))], 60.into()).await.unwrap();
                } else {
                    cache.set("a", number(1), 60.into()).await.unwrap();
                }
            }
        });
        until("the writer to have written", || both.far.0.waiting.load(SeqCst) == 1).await;
        both.far.0.waits.store(false, SeqCst);
        if heard {
            both.far.0.memory.put("a", number(2), 60.into());
            both.cache.near.heard(Some("a"));
        } else {
            both.cache.set("a", number(2), 60.into()).await.unwrap();
        }
        both.far.0.go.0.add_permits(1);
        writer.await.unwrap();
        assert_eq!(both.near.find("a"), None);
        assert_eq!(both.cache.get("a").await.unwrap(), Some(number(2)));
    }
}

/// It is changed in the very moment in which the old value is put into the first layer.
#[tokio::test]
async fn what_is_changed_while_it_is_kept_is_not_kept() {
    for how in 0..4 {
        let (first, second) = (Far::default(), LocMemCache::default());
        let cache = Arc::new(TwoTierCache::new(first.clone(), second.clone()));
        second.put("a", number(1), 60.into());
        let worker = tokio::spawn({
            let (cache, first) = (cache.clone(), first.clone());
            async move {
                // Only what is put in waits.
                let both = async {
                    match how {
                        0 => drop(cache.get("a").await.unwrap()),
                        1 => drop(cache.get_many(&["a"]).await.unwrap()),
                        2 => cache.set("a", number(1), 60.into()).await.unwrap(),
                        _ => cache.set_many(&[("a", number(1))], 60.into()).await.unwrap(),
                    }
                };
                first.0.go.0.add_permits(usize::from(how < 2));
                first.0.waits_before.store(true, SeqCst);
                both.await;
            }
        });
        // Of those who read, the first question comes before.
        let questions = if how < 2 { 2 } else { 1 };
        until("it to be put in", || first.0.waiting.load(SeqCst) == questions).await;
        first.0.waits_before.store(false, SeqCst);
        second.put("a", number(2), 60.into());
        cache.near.heard(Some("a"));
        first.0.go.0.add_permits(1);
        worker.await.unwrap();
        assert_eq!(first.0.memory.find("a"), None, "{how}");
        assert_eq!(cache.get("a").await.unwrap(), Some(number(2)), "{how}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_writers_and_what_is_heard_at_once_end_with_what_there_is() {
    let both = Arc::new(Both::new());
    let tasks = (0..6).map(|task: i64| {
        let both = both.clone();
        tokio::spawn(async move {
            for n in 0..3_000 {
                match (task, n % 3) {
                    (0 | 1, _) => both.cache.set("a", number(n), 60.into()).await.unwrap(),
                    (2, 0) => {
                        // Another instance.
                        both.far.0.memory.put("a", number(-n), 60.into());
                        both.cache.near.heard(Some("a"));
                    }
                    _ => drop(both.cache.get("a").await.unwrap()),
                }
                if n % 64 == 0 {
                    tokio::task::yield_now().await;
                }
            }
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap();
    }
    let there = both.far.0.memory.find("a");
    assert!(both.near.find("a").is_none_or(|kept| Some(kept) == there));
    assert_eq!(both.cache.get("a").await.unwrap(), there);
}

#[tokio::test]
async fn while_the_second_is_down_the_first_does() {
    let both = Both::new();
    both.cache.set("a", number(1), 60.into()).await.unwrap();
    both.cache.set("b", number(1), 60.into()).await.unwrap();
    both.near.take("b");
    both.far.0.is_down.store(true, SeqCst);
    assert_eq!(both.cache.get("a").await.unwrap(), Some(number(1)));
    assert_eq!(both.cache.get("b").await.unwrap(), None);
    let asked = both.far.asked();
    assert!(both.cache.add("c", number(3), 60.into()).await.unwrap());
    assert!(!both.cache.add("c", number(4), 60.into()).await.unwrap());
    assert_eq!(both.cache.incr("c", 1).await.unwrap(), Some(4));
    both.cache.set("b", number(2), 60.into()).await.unwrap();
    assert_eq!(
        both.cache.get_many(&["b", "c", "x"]).await.unwrap(),
        [Some(number(2)), Some(number(4)), None]
    );
    assert!(both.cache.touch("c", 5.into()).await.unwrap() && both.cache.has("c").await.unwrap());
    assert!(both.cache.delete("a").await.unwrap() && !both.cache.delete("a").await.unwrap());
    // But by who looks whether it is there again.
    assert!(both.far.asked() <= asked + 3, "it is left alone");
    assert_eq!(both.more("l2_errors"), 9);
    // It comes back with what it had, and has to forget what was changed.
    both.near.take("b");
    both.far.0.is_down.store(false, SeqCst);
    both.reopened().await;
    assert_eq!(both.cache.get("a").await.unwrap(), None, "it was deleted");
    assert_eq!(both.cache.get("b").await.unwrap(), None, "1 is old");
    both.far.0.is_down.store(true, SeqCst);
    both.cache.clear().await.unwrap();
    both.far.0.memory.put("old", number(1), 60.into());
    assert_eq!(both.near.len(), 0);
    both.far.0.is_down.store(false, SeqCst);
    both.reopened().await;
    assert_eq!(both.far.0.memory.len(), 0);
}

#[tokio::test]
async fn one_that_hangs_is_waited_for_once() {
    let both = Both::new();
    both.far.0.memory.put("a", number(1), 60.into());
    both.far.0.hangs.store(true, SeqCst);
    let started = std::time::Instant::now();
    assert_eq!(both.cache.get("a").await.unwrap(), None);
    let first = started.elapsed();
    assert!(first >= Duration::from_millis(50), "{first:?}");
    for _ in 0..1000 {
        assert_eq!(both.cache.get("a").await.unwrap(), None);
        both.cache.set("b", number(1), 60.into()).await.unwrap();
    }
    assert!(started.elapsed() < first + Duration::from_secs(5), "{:?}", started.elapsed());
    assert_eq!(both.more("l2_errors"), 2001);
    both.far.0.hangs.store(false, SeqCst);
    both.reopened().await;
    assert_eq!(both.cache.get("a").await.unwrap(), Some(number(1)));
}

#[tokio::test]
async fn loudly_it_is_an_error() {
    let both = Both::with(|cache| cache.fail_silently(false));
    both.cache.set("a", number(1), 60.into()).await.unwrap();
    both.far.0.is_down.store(true, SeqCst);
    assert_eq!(both.cache.get("a").await.unwrap(), Some(number(1)));
    let unavailable = |error: CacheError| assert_eq!(error.kind(), CacheErrorKind::Unavailable, "{error}");
    unavailable(both.cache.get("b").await.unwrap_err());
    unavailable(both.cache.set("a", number(2), 60.into()).await.unwrap_err());
    assert_eq!(both.near.find("a"), None, "nobody knows what it is");
    unavailable(both.cache.add("a", number(2), 60.into()).await.unwrap_err());
    unavailable(both.cache.incr("a", 2).await.unwrap_err());
    unavailable(both.cache.touch("a", 2.into()).await.unwrap_err());
    unavailable(both.cache.delete("a").await.unwrap_err());
    unavailable(both.cache.clear().await.unwrap_err());
    unavailable(both.cache.has("a").await.unwrap_err());
    unavailable(both.cache.get_many(&["a"]).await.unwrap_err());
    unavailable(both.cache.set_many(&[("a", number(1))], 60.into()).await.unwrap_err());
    unavailable(both.cache.delete_many(&["a"]).await.unwrap_err());
    unavailable(both.cache.check().await.unwrap_err());
}

#[tokio::test]
async fn a_value_that_is_no_number_is_nobodys_failure() {
    let both = Both::new();
    both.cache.set("a", Value::encode("text").unwrap(), 60.into()).await.unwrap();
    let error = both.cache.incr("a", 1).await.unwrap_err();
    assert_eq!(error.kind(), CacheErrorKind::NotANumber);
    assert!(both.cache.far.is_open() && both.more("l2_errors") == 0);
}

/// The first layer may be of another machine, and not be there.
#[tokio::test]
async fn while_the_first_is_down_the_second_does() {
    let (first, second) = (Far::default(), LocMemCache::default());
    let cache = TwoTierCache::new(first.clone(), second.clone());
    cache.set("a", number(1), 60.into()).await.unwrap();
    first.0.is_down.store(true, SeqCst);
    assert_eq!(cache.get("a").await.unwrap(), Some(number(1)));
    cache.set("a", number(2), 60.into()).await.unwrap();
    assert_eq!(cache.get("a").await.unwrap(), Some(number(2)));
    first.0.is_down.store(false, SeqCst);
    until("the first layer to be asked again", || cache.near.layer.is_open()).await;
    assert_eq!(first.0.memory.find("a"), None, "it has missed that it was changed");
    assert_eq!(cache.get("a").await.unwrap(), Some(number(2)));
    assert_eq!(first.0.memory.find("a"), Some(number(2)));
}
