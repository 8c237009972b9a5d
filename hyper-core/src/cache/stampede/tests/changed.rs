//! What is changed while it is computed.

use std::pin::pin;

use super::*;

fn caches() -> [Cache; 2] {
    [Cache::new(LocMemCache::default()), Cache::new(StampedeProtection::new(LocMemCache::default()))]
}

/// What is there afterwards.
async fn change(cache: &Cache, how: usize) -> Option<i32> {
    match how {
        0 => drop(cache.delete("k").await.unwrap()),
        1 => drop(cache.delete_many(&["a", "k"]).await.unwrap()),
        2 => cache.clear().await.unwrap(),
        3 => drop(cache.touch("k", Ttl::AT_ONCE).await.unwrap()),
        4 => cache.set("k", &9, Ttl::AT_ONCE).await.unwrap(),
        5 => {
            cache.set("k", &9, 60).await.unwrap();
            return Some(9);
        }
        _ => {
            cache.set_many(&[("k", 9), ("a", 9)], 60).await.unwrap();
            return Some(9);
        }
    }
    None
}

#[tokio::test]
async fn what_is_changed_while_it_is_computed_is_not_kept() {
    for cache in caches() {
        for (how, alone) in (0..14).map(|n| (n / 2, n % 2 == 0)) {
            cache.clear().await.unwrap();
            let (started, go) = (Notify::new(), Notify::new());
            let read = async || {
                started.notify_one();
                go.notified().await;
                Ok::<_, CacheError>(1)
            };
            let reader = async {
                if alone {
                    cache.get_or_set("k", 60, read).await.unwrap()
                } else {
                    cache.get_or_compute("k", 60, read).await.unwrap()
                }
            };
            let writer = async {
                started.notified().await;
                let is = change(&cache, how).await;
                go.notify_one();
                is
            };
            let (seen, is) = tokio::join!(reader, writer);
            assert!(seen == 1 || Some(seen) == is, "{seen} of {how}");
            assert_eq!(cache.get::<i32>("k").await.unwrap(), is, "{how}, {alone}");
            // From then on it is kept again.
            cache.delete("k").await.unwrap();
            assert_eq!(cache.get_or_set("k", 60, async || Ok::<_, CacheError>(3)).await.unwrap(), 3);
            assert_eq!(cache.get::<i32>("k").await.unwrap(), Some(3));
            cache.delete("k").await.unwrap();
            assert_eq!(cache.get_or_compute("k", 60, async || Ok::<_, CacheError>(4)).await.unwrap(), 4);
            assert_eq!(cache.get::<i32>("k").await.unwrap(), Some(4));
            assert!(cache.protected().is_resting());
        }
    }
}

#[tokio::test]
async fn what_is_changed_while_it_is_computed_early_is_not_kept() {
    let cache = Cache::new(LocMemCache::default());
    put(&cache, "k", 1, Duration::from_secs(5), Duration::from_secs(3600)).await;
    let early = cache.protected().beta(1_000_000.0);
    let early = early.get_or_compute("k", 60, async || {
        cache.delete("k").await.unwrap();
        Ok::<_, CacheError>(2)
    });
    assert_eq!(early.await.unwrap(), 2);
    assert_eq!(cache.get::<i32>("k").await.unwrap(), None);
}

/// What was begun before he changed it is not for him.
#[tokio::test]
async fn who_has_changed_it_computes_it_anew() {
    for cache in caches() {
        let (started, go, there) = (Notify::new(), Notify::new(), AtomicU32::new(1));
        let before = cache.get_or_compute("k", 60, async || {
            let read = there.load(SeqCst);
            started.notify_one();
            go.notified().await;
            Ok::<_, CacheError>(read)
        });
        let writer = async {
            started.notified().await;
            there.store(2, SeqCst);
            cache.delete("k").await.unwrap();
            let own = cache.get_or_compute("k", 60, async || Ok::<_, CacheError>(there.load(SeqCst)));
            let (own, ()) = tokio::join!(own, async { go.notify_one() });
            own.unwrap()
        };
        let (before, own) = tokio::join!(before, writer);
        assert_eq!((before.unwrap(), own), (1, 2));
        assert_eq!(cache.get::<u32>("k").await.unwrap(), Some(2));
    }
}

/// Memory into which putting something takes until it is told to go on.
#[derive(Clone, Default)]
struct Slow(Arc<(LocMemCache, Notify, Notify)>);

impl CacheBackend for Slow {
    async fn get(&self, key: &str) -> Result<Option<Value>, CacheError> {
        self.0.0.get(key).await
    }

    async fn set(&self, key: &str, value: Value, ttl: Ttl) -> Result<(), CacheError> {
        self.0.1.notify_one();
        self.0.2.notified().await;
        self.0.0.set(key, value, ttl).await
    }

    async fn add(&self, key: &str, value: Value, ttl: Ttl) -> Result<bool, CacheError> {
        self.0.0.add(key, value, ttl).await
    }

    async fn delete(&self, key: &str) -> Result<bool, CacheError> {
        self.0.0.delete(key).await
    }

    async fn clear(&self) -> Result<(), CacheError> {
        self.0.0.clear().await
    }
}

#[tokio::test]
async fn what_is_just_being_kept_is_taken_out_as_well() {
    let slow = Slow::default();
    let cache = Cache::new(slow.clone());
    let (_, reached, go) = &*slow.0;
    let computed = cache.get_or_compute("k", 60, async || Ok::<_, CacheError>(1));
    let deleted = async {
        reached.notified().await;
        let mut delete = pin!(cache.delete("k"));
        assert!(is_pending(&mut delete).await, "it waits for what is just being put in");
        go.notify_one();
        delete.await.unwrap();
        assert_eq!(cache.get::<i32>("k").await.unwrap(), None);
    };
    let (computed, ()) = tokio::join!(computed, deleted);
    assert_eq!(computed.unwrap(), 1);
    assert_eq!(cache.get::<i32>("k").await.unwrap(), None);

    // One who is never heard of again holds nobody up for ever.
    let mut computed = pin!(cache.get_or_compute("k", 60, async || Ok::<_, CacheError>(1)));
    assert!(is_pending(&mut computed).await);
    reached.notified().await;
    let since = Instant::now();
    cache.delete("k").await.unwrap();
    assert!(since.elapsed() < Duration::from_secs(10), "{:?}", since.elapsed());
    go.notify_one();
    assert_eq!(computed.await.unwrap(), 1);
    assert_eq!(cache.get::<i32>("k").await.unwrap(), None);
}

#[tokio::test]
async fn what_has_expired_is_not_there() {
    for cache in caches() {
        put(&cache, "old", 5, Duration::ZERO, Duration::ZERO).await;
        assert!(!cache.has("old").await.unwrap());
        put(&cache, "new", 5, Duration::from_secs(60), Duration::ZERO).await;
        assert!(cache.has("new").await.unwrap() && !cache.has("none").await.unwrap());
    }
}
