//! What is kept, for how long, and how much of it.

use std::time::Instant;

use super::*;
use crate::cache::{Cache, CacheBackend};

fn text(text: &str) -> Value {
    Value::encode(text).unwrap()
}

async fn on_time(cache: &LocMemCache, key: &str, is: Option<&str>) {
    let started = Instant::now();
    while cache.get(key).await.unwrap() != is.map(text) {
        assert!(started.elapsed() < Duration::from_secs(5), "{key} is not {is:?}");
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[tokio::test]
async fn values_are_kept_as_long_as_said() {
    let cache = LocMemCache::new(100);
    cache.put("short", text("a"), Duration::from_millis(20).into());
    cache.put("long", text("b"), 60.into());
    cache.put("ever", text("c"), Ttl::FOREVER);
    cache.put("long", text("d"), Ttl::AT_ONCE);
    assert_eq!(cache.find("long"), None);
    on_time(&cache, "short", None).await;
    assert_eq!(cache.find("ever"), Some(text("c")));
    assert_eq!(cache.len(), 1);
    assert!(!cache.touch("short", 60.into()).await.unwrap());
    assert!(cache.touch("ever", Duration::from_millis(1).into()).await.unwrap());
    on_time(&cache, "ever", None).await;
    assert_eq!(cache.bytes(), 0);
    assert!(cache.stats()[0].stats.expired >= 2);
}

#[tokio::test]
async fn one_of_many_adds_and_all_are_counted() {
    let cache = LocMemCache::new(100);
    let added = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for n in 0..8 {
            let (cache, added) = (&cache, &added);
            scope.spawn(move || {
                futures_util::future::FutureExt::now_or_never(async {
                    for key in 0..200 {
                        let value = Value::encode(&n).unwrap();
                        let new = cache.add(&format!("{key}"), value, 60.into()).await.unwrap();
                        added.fetch_add(new.into(), Relaxed);
                    }
                    cache.add("sum", Value::encode(&0).unwrap(), Ttl::FOREVER).await.unwrap();
                    for _ in 0..1000 {
                        cache.incr("sum", 1).await.unwrap();
                    }
                })
                .unwrap();
            });
        }
    });
    // There is room for 100, and each of those was added once at least.
    assert!((200..=1600).contains(&added.load(Relaxed)), "{added:?}");
    assert!(cache.len() <= 101);
}

#[tokio::test]
async fn numbers_are_counted_and_nothing_else() {
    let cache = LocMemCache::new(100);
    cache.put("n", Value::encode(&i64::MAX).unwrap(), 60.into());
    cache.put("text", text("7"), 60.into());
    assert_eq!(cache.incr("none", 1).await.unwrap(), None);
    for key in ["n", "text"] {
        let error = cache.incr(key, 1).await.unwrap_err();
        assert_eq!(error.kind(), crate::cache::CacheErrorKind::NotANumber);
    }
    assert_eq!(cache.incr("n", -1).await.unwrap(), Some(i64::MAX - 1));
    assert_eq!(cache.len(), 2, "what was not there is not there now");
}

#[test]
fn neither_bound_is_passed() {
    let options = LocMemOptions { max_entries: 1_000, max_bytes: 1_000_000, ttl: None };
    let (many, large) = (LocMemCache::with_options(options.clone()), LocMemCache::with_options(options));
    for n in 0..20_000 {
        many.put(&n.to_string(), text("x"), Ttl::DEFAULT);
        large.put(&n.to_string(), text(&"x".repeat(fastrand::usize(..50_000))), Ttl::DEFAULT);
    }
    assert!((900..=1_000).contains(&many.len()), "{}", many.len());
    assert!(large.bytes() <= 1_000_000 && large.bytes() > 500_000, "{}", large.bytes());
    for cache in [many, large] {
        let sum: u64 = cache.0.entries.iter().map(|(key, entry)| bytes_of(&key, &entry)).sum();
        assert_eq!(cache.bytes(), sum);
        let stats = cache.stats().remove(0).stats;
        assert_eq!(stats.evictions + cache.len() as u64, stats.sets);
    }
}

#[test]
fn without_room_nothing_is_kept() {
    let cache = LocMemCache::new(0);
    cache.put("a", text("a"), 60.into());
    assert_eq!(cache.find("a"), None);
}

fn shared(cache: &LocMemCache, key: &str) -> Option<Arc<String>> {
    let cache = Cache::new(cache.clone());
    futures_util::FutureExt::now_or_never(cache.get_shared(key)).unwrap().unwrap()
}

fn sum(cache: &LocMemCache) -> u64 {
    cache.0.entries.iter().map(|(key, entry)| bytes_of(&key, &entry)).sum()
}

/// Without a key that is new.
#[test]
fn what_becomes_larger_makes_room() {
    let options = LocMemOptions { max_entries: 1_000, max_bytes: 1_000_000, ttl: None };
    let cache = LocMemCache::with_options(options);
    for size in [10, 3_000, 100_000, 50_000, 10, 400_000, 20_000] {
        for n in 0..500 {
            cache.put(&n.to_string(), text(&"x".repeat(size)), Ttl::DEFAULT);
            assert!(cache.bytes() <= 1_000_000, "{} with {size}", cache.bytes());
        }
        assert_eq!(cache.bytes(), sum(&cache));
        if size == 400_000 {
            assert_eq!(cache.len(), 0, "there is no room for any, and what was there is out of date");
        } else {
            assert!(cache.bytes() > 1_000_000 / 2 || cache.len() == 500 || size == 10, "{}", cache.bytes());
        }
    }
    // What takes the place of another has not made room for it.
    let cache = LocMemCache::new(100);
    for size in [10, 1_000_000, 10, 2_000_000] {
        cache.put("7", text(&"x".repeat(size)), Ttl::DEFAULT);
    }
    let stats = cache.stats().remove(0).stats;
    assert_eq!((stats.sets, stats.evictions, cache.len()), (4, 0, 1), "{stats:?}");
}

#[test]
fn what_is_added_over_what_has_expired_makes_room() {
    let options = LocMemOptions { max_entries: 1_000, max_bytes: 1_000_000, ttl: None };
    let cache = LocMemCache::with_options(options);
    for n in 0..500 {
        cache.put(&n.to_string(), text("x"), Duration::from_millis(1).into());
    }
    std::thread::sleep(Duration::from_millis(20));
    for n in 0..500 {
        let key = n.to_string();
        let added = cache.add(&key, text(&"x".repeat(50_000)), Ttl::DEFAULT);
        assert!(futures_util::FutureExt::now_or_never(added).unwrap().unwrap());
        assert!(cache.bytes() <= 1_000_000, "{}", cache.bytes());
    }
    assert_eq!(cache.bytes(), sum(&cache));
}

#[test]
fn many_who_change_sizes_at_once_stay_within_the_bound() {
    let options = LocMemOptions { max_entries: 1_000, max_bytes: 1_000_000, ttl: None };
    let cache = LocMemCache::with_options(options);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..3_000 {
                    let key = fastrand::u32(..100).to_string();
                    match fastrand::u32(..4) {
                        0 => drop(cache.take(&key)),
                        1 => drop(shared(&cache, &key)),
                        _ => cache.put(&key, text(&"x".repeat(fastrand::usize(..60_000))), Ttl::DEFAULT),
                    }
                }
            });
        }
    });
    assert_eq!(cache.bytes(), sum(&cache));
    assert!(cache.bytes() <= 1_000_000, "{}", cache.bytes());
}

#[test]
fn what_is_decoded_as_well_counts_twice() {
    let options = LocMemOptions { max_entries: 1_000, max_bytes: 1_000_000, ttl: None };
    let cache = LocMemCache::with_options(options);
    cache.put("149", text(&"x".repeat(5_000)), Ttl::DEFAULT);
    // Alone, so that nothing has to make room.
    let (one, before) = (cache.find("149").unwrap(), cache.bytes());
    for _ in 0..3 {
        assert_eq!(shared(&cache, "149").unwrap().len(), 5_000);
        assert_eq!(cache.bytes(), before + one.len() as u64);
    }
    for n in 0..150 {
        cache.put(&n.to_string(), text(&"x".repeat(5_000)), Ttl::DEFAULT);
    }
    let entries = cache.len();
    assert!(entries > 100);
    for _ in 0..2 {
        for n in 0..150 {
            shared(&cache, &n.to_string());
            assert!(cache.bytes() <= 1_000_000, "{}", cache.bytes());
        }
    }
    assert!(cache.len() < entries, "{}", cache.len());
    assert_eq!(cache.bytes(), sum(&cache));
    cache.put("149", one.clone(), Ttl::DEFAULT);
    cache.put("149", text("x"), Ttl::DEFAULT);
    cache.sweep();
    assert_eq!(cache.bytes(), sum(&cache));
}
