//! One of many computes.

mod changed;
mod patience;

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::task::Poll;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use tokio::sync::Notify;

use super::*;
use crate::cache::{Cache, LocMemCache, NullCache};

/// A figure of the first layer.
fn figure(cache: &Cache, name: &str) -> u64 {
    let layers = cache.stats();
    assert_eq!(layers[0].name, "stampede");
    layers[0].more.iter().find(|(other, _)| *other == name).unwrap().1
}

/// Puts in what expires after `left` and took `took` to compute.
async fn put(cache: &Cache, key: &str, value: i32, left: Duration, took: Duration) {
    let sealed = Envelope::new(Some(left), took).seal(&Value::encode(&value).unwrap());
    cache.backend().set(key, sealed, Ttl::Forever).await.unwrap();
}

/// Goes on with something once.
async fn is_pending(work: &mut (impl Future + Unpin)) -> bool {
    std::future::poll_fn(|cx| Poll::Ready(Pin::new(&mut *work).poll(cx).is_pending())).await
}

async fn sleep(milliseconds: u64) {
    tokio::time::sleep(Duration::from_millis(milliseconds)).await;
}

/// Many readers on all threads, of a key that others computed before or not.
async fn many(cache: &Cache, key: &'static str, value: i32) -> u32 {
    let computed = Arc::new(AtomicU32::new(0));
    let readers = (0..1_000).map(|_| {
        let (cache, computed) = (cache.clone(), Arc::clone(&computed));
        tokio::spawn(async move {
            let compute = async || {
                computed.fetch_add(1, SeqCst);
                sleep(20).await;
                Ok::<_, CacheError>(value)
            };
            assert_eq!(cache.get_or_compute(key, 60, compute).await.unwrap(), value);
        })
    });
    join_all(readers.collect::<Vec<_>>()).await.into_iter().for_each(|reader| reader.unwrap());
    computed.load(SeqCst)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_a_thousand_readers_one_computes() {
    for cache in [
        Cache::new(LocMemCache::default()),
        Cache::new(StampedeProtection::new(LocMemCache::default())),
        Cache::new(AnyBackend::new(StampedeProtection::new(LocMemCache::default()))),
    ] {
        assert_eq!(many(&cache, "missing", 1).await, 1);
        assert_eq!(many(&cache, "missing", 1).await, 0);
        put(&cache, "expired", 1, Duration::ZERO, Duration::ZERO).await;
        assert_eq!(many(&cache, "expired", 2).await, 1);
        assert_eq!(figure(&cache, "computed"), 2);
        assert!(figure(&cache, "waited") > 0);
        assert_eq!(cache.get::<i32>("expired").await.unwrap(), Some(2));
        assert!(cache.protected().is_resting());
    }
    // Where nothing is kept, those who wait get it nevertheless.
    let cache = Cache::new(NullCache);
    assert!(many(&cache, "missing", 1).await < 100);
}

#[tokio::test]
async fn one_computes_early_and_the_others_get_what_is_there() {
    let cache = Cache::new(LocMemCache::default());
    // It is computed by the first who asks, almost surely: 1 ms is left, and it takes an hour.
    put(&cache, "k", 1, Duration::from_secs(5), Duration::from_secs(3600)).await;
    let (started, go_on) = (Notify::new(), Notify::new());
    let first = cache.protected().beta(1_000_000.0);
    let first = first.get_or_compute("k", 60, async || {
        started.notify_one();
        go_on.notified().await;
        Ok::<_, CacheError>(2)
    });
    let others = async {
        started.notified().await;
        for _ in 0..100 {
            let fresh = cache.protected().beta(1_000_000.0);
            let value = fresh.get_or_compute("k", 60, async || -> Result<i32, CacheError> { unreachable!() });
            assert_eq!(value.await.unwrap(), 1);
        }
        go_on.notify_one();
    };
    let (first, ()) = tokio::join!(first, others);
    assert_eq!(first.unwrap(), 2);
    assert_eq!(cache.get::<i32>("k").await.unwrap(), Some(2));
    assert_eq!((figure(&cache, "early"), figure(&cache, "computed"), figure(&cache, "waited")), (1, 1, 0));

    // Nobody had asked for it now, so its failure is nobody's.
    put(&cache, "k", 3, Duration::from_secs(5), Duration::from_secs(3600)).await;
    let failing = cache.protected().beta(1_000_000.0);
    let value = failing.get_or_compute("k", 60, async || Err::<i32, _>("no")).await;
    assert_eq!((value, figure(&cache, "failed")), (Ok(3), 1));
}

#[tokio::test]
async fn readers_compute_early_as_often_as_the_formula_says() {
    fastrand::seed(1);
    let cache = Cache::new(LocMemCache::default());
    // It fails each time, so that what is there stays as it is.
    let (left, took, readers) = (10_000.0_f64, 4_000.0, 20_000);
    put(&cache, "k", 1, Duration::from_secs_f64(left), Duration::from_secs_f64(took)).await;
    for _ in 0..readers {
        assert_eq!(cache.get_or_compute("k", 60, async || Err::<i32, _>("no")).await, Ok(1));
    }
    let share = (-left / took).exp();
    let (expected, deviation) =
        (share * f64::from(readers), (f64::from(readers) * share * (1.0 - share)).sqrt());
    let found = figure(&cache, "failed") as f64;
    assert!((found - expected).abs() < 4.0 * deviation, "{found}, and {expected} is expected");
}

#[tokio::test]
async fn how_long_it_took_is_measured() {
    let cache = Cache::new(LocMemCache::default());
    let compute = async || {
        sleep(30).await;
        Ok::<_, CacheError>(1)
    };
    cache.get_or_compute("k", 60, compute).await.unwrap();
    let envelope = Envelope::of(&cache.backend().get("k").await.unwrap().unwrap()).unwrap();
    assert!((30_000..2_000_000).contains(&envelope.took), "{} us", envelope.took);
    let left = envelope.expires - super::envelope::now();
    assert!((58_000_000..60_000_000).contains(&left), "{left} us");
}

#[tokio::test]
async fn an_error_is_his_who_computed_and_the_next_one_tries() {
    let cache = Cache::new(LocMemCache::default());
    let tries = AtomicU32::new(0);
    let compute = async || {
        let number = tries.fetch_add(1, SeqCst);
        sleep(2).await;
        if number < 3 { Err(number) } else { Ok(7) }
    };
    let answers = join_all((0..10).map(|_| cache.get_or_compute("k", 60, compute))).await;
    assert_eq!(answers[..3], [Err(0), Err(1), Err(2)]);
    assert_eq!(answers[3..], [Ok(7); 7]);
    assert_eq!(tries.load(SeqCst), 4);

    // With an old value nobody else gets an error.
    put(&cache, "old", 5, Duration::ZERO, Duration::ZERO).await;
    let tries = AtomicU32::new(0);
    let compute = async || {
        tries.fetch_add(1, SeqCst);
        sleep(2).await;
        Err("no")
    };
    let answers = join_all((0..10).map(|_| cache.get_or_compute("old", 60, compute))).await;
    assert_eq!(answers[0], Err("no"));
    assert_eq!(answers[1..], [Ok(5); 9]);
    assert_eq!((tries.load(SeqCst), figure(&cache, "served_stale")), (1, 9));
    assert_eq!(cache.get::<i32>("old").await.unwrap(), None, "others see that it has expired");
    assert!(cache.protected().is_resting());
}

#[tokio::test]
async fn who_goes_away_hands_over() {
    let cache = Cache::new(LocMemCache::default());
    let started = Arc::new(Notify::new());
    let (first, begun) = (cache.clone(), Arc::clone(&started));
    let first = tokio::spawn(async move {
        let compute = async || {
            begun.notify_one();
            std::future::pending::<Result<i32, CacheError>>().await
        };
        first.get_or_compute("k", 60, compute).await
    });
    started.notified().await;
    let compute = async || Ok::<_, CacheError>(2);
    let others = join_all((0..5).map(|_| cache.get_or_compute("k", 60, compute)));
    let (others, ()) = tokio::join!(others, async {
        sleep(5).await;
        first.abort();
    });
    assert!(others.into_iter().all(|other| other.unwrap() == 2));
    assert_eq!(figure(&cache, "computed"), 1);
    assert!(cache.protected().is_resting());
}

#[tokio::test]
async fn of_two_instances_one_computes() {
    let shared = AnyBackend::new(LocMemCache::default());
    let instance = || {
        let protection = StampedeProtection::new(shared.clone());
        Cache::new(protection.across_instances(Duration::from_secs(5)))
    };
    let (one, other) = (instance(), instance());
    let computed = AtomicU32::new(0);
    let compute = async || {
        computed.fetch_add(1, SeqCst);
        sleep(30).await;
        Ok::<_, CacheError>(1)
    };
    let readers = (0..100).map(|n| if n % 2 == 0 { &one } else { &other });
    let answers = join_all(readers.map(|cache| cache.get_or_compute("k", 60, compute))).await;
    assert!(answers.into_iter().all(|answer| answer.unwrap() == 1));
    assert_eq!(computed.load(SeqCst), 1);
    assert!(shared.get("k%lock").await.unwrap().is_none(), "it is unlocked");

    // While one computes, the other gives out what has expired.
    put(&one, "old", 5, Duration::ZERO, Duration::ZERO).await;
    let slow = one.get_or_compute("old", 60, async || {
        sleep(30).await;
        Ok::<_, CacheError>(6)
    });
    let quick = async {
        sleep(5).await;
        let compute = async || -> Result<i32, CacheError> { unreachable!() };
        join_all((0..10).map(|_| other.get_or_compute("old", 60, compute))).await
    };
    let (slow, quick) = tokio::join!(slow, quick);
    assert_eq!(slow.unwrap(), 6);
    assert!(quick.into_iter().all(|answer| answer.unwrap() == 5));
    assert!(figure(&other, "served_stale") >= 1);

    // One that never comes to an end is not waited for any longer than it may take.
    let third =
        Cache::new(StampedeProtection::new(shared.clone()).across_instances(Duration::from_millis(50)));
    let lock = Value::encode("somebody").unwrap();
    shared.add("gone%lock", lock, Ttl::Forever).await.unwrap();
    let before = Instant::now();
    assert_eq!(third.get_or_compute("gone", 60, async || Ok::<_, CacheError>(1)).await.unwrap(), 1);
    assert!((50..1_000).contains(&before.elapsed().as_millis()));
    assert!(shared.get("gone%lock").await.unwrap().is_some(), "somebody else's lock is not touched");
}

#[tokio::test]
async fn all_else_works_on_its_values() {
    for cache in
        [Cache::new(LocMemCache::default()), Cache::new(StampedeProtection::new(LocMemCache::default()))]
    {
        let is_plain = cache.backend().protection().is_none();
        cache.get_or_compute("a", 60, async || Ok::<_, CacheError>(1)).await.unwrap();
        cache.set("b", &2, 60).await.unwrap();
        assert_eq!(cache.get_many::<i32>(&["a", "b", "c"]).await.unwrap(), [Some(1), Some(2), None]);
        assert_eq!(cache.get_or_compute("b", 60, async || Err(())).await, Ok(2));
        assert_eq!(cache.incr("b", 1).await.unwrap(), Some(3));
        let one = cache.get_shared::<i32>("a").await.unwrap().unwrap();
        assert!(Arc::ptr_eq(&one, &cache.get_shared::<i32>("a").await.unwrap().unwrap()));
        assert!(cache.delete("a").await.unwrap());
        assert_eq!(cache.get::<i32>("a").await.unwrap(), None);
        // Nothing of what has expired.
        put(&cache, "old", 5, Duration::ZERO, Duration::ZERO).await;
        assert_eq!(cache.get::<i32>("old").await.unwrap(), None);
        assert_eq!(cache.get_many::<i32>(&["old"]).await.unwrap(), [None]);
        assert_eq!(cache.get_or_set("old", 60, async || Ok::<_, CacheError>(6)).await.unwrap(), 6);
        assert_eq!(cache.get::<i32>("old").await.unwrap(), Some(6));
        if !is_plain {
            put(&cache, "old", 5, Duration::ZERO, Duration::ZERO).await;
            assert!(!cache.has("old").await.unwrap());
            assert!(!cache.touch("old", 60).await.unwrap());
            assert!(cache.add("old", &7, 60).await.unwrap());
            assert!(!cache.add("old", &8, 60).await.unwrap());
            put(&cache, "touched", 5, Duration::from_millis(20), Duration::ZERO).await;
            assert!(cache.touch("touched", 60).await.unwrap());
            sleep(30).await;
            assert_eq!(cache.get::<i32>("touched").await.unwrap(), Some(5));
        }
        // For ever, and not at all.
        let forever = cache.get_or_compute("f", Ttl::FOREVER, async || Ok::<_, CacheError>(1)).await;
        assert_eq!((forever.unwrap(), cache.get::<i32>("f").await.unwrap()), (1, Some(1)));
        let at_once = cache.get_or_compute("f", 0, async || Ok::<_, CacheError>(2)).await;
        assert_eq!((at_once.unwrap(), cache.get::<i32>("f").await.unwrap()), (2, None));
        // Another type is not there.
        cache.set("typed", "text", 60).await.unwrap();
        assert_eq!(cache.get_or_compute("typed", 60, async || Ok::<_, CacheError>(3)).await.unwrap(), 3);
    }
}
