//! Functions whose results are kept.

use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::time::Duration;

use futures_util::future::join_all;
use hyperdjango::cache::{CacheWarmer, LocMemCache, Ttl};
use hyperdjango::prelude::*;
use serde::{Deserialize, Serialize};

static CALLS: AtomicU32 = AtomicU32::new(0);

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Page {
    number: u32,
    tag: Option<String>,
}

/// A page, of which some cannot be made.
#[cached(ttl = 60, skip = [calls])]
async fn page(
    cache: &Cache,
    calls: &AtomicU32,
    tag: Option<&str>,
    number: u32,
) -> std::result::Result<Page, String> {
    calls.fetch_add(1, SeqCst);
    tokio::time::sleep(Duration::from_millis(5)).await;
    if number == 0 {
        return Err("pages begin with 1".to_owned());
    }
    Ok(Page { number, tag: tag.map(str::to_owned) })
}

mod numbers {
    use super::*;

    #[cached(ttl = Duration::from_millis(40), name = "numbers.sum", beta = 0)]
    pub(super) async fn sum(cache: &Cache, mut numbers: Vec<i64>) -> i64 {
        CALLS.fetch_add(1, SeqCst);
        numbers.push(1);
        numbers.iter().sum()
    }
}

#[tokio::test]
async fn what_was_returned_for_the_same_arguments_is_kept() {
    let (cache, calls) = (Cache::new(LocMemCache::default()).prefix("site"), AtomicU32::new(0));
    let tagged = |number| Page { number, tag: Some("a".to_owned()) };
    for _ in 0..3 {
        assert_eq!(page(&cache, &calls, Some("a"), 1).await, Ok(tagged(1)));
        assert_eq!(page(&cache, &calls, Some("a"), 2).await, Ok(tagged(2)));
        assert_eq!(page(&cache, &calls, None, 1).await, Ok(Page { number: 1, tag: None }));
    }
    assert_eq!(calls.load(SeqCst), 3);
    for _ in 0..3 {
        assert_eq!(page(&cache, &calls, None, 0).await.unwrap_err(), "pages begin with 1");
    }
    assert_eq!(calls.load(SeqCst), 6, "errors are not kept");

    assert!(page::invalidate(&cache, Some("a"), 1).await.unwrap());
    assert!(!page::invalidate(&cache, Some("a"), 1).await.unwrap());
    page(&cache, &calls, Some("a"), 1).await.unwrap();
    page(&cache, &calls, Some("a"), 2).await.unwrap();
    assert_eq!(calls.load(SeqCst), 7);

    // The key is one as all others.
    assert_eq!(page::key(Some("a"), 2).as_str(), "@19:cache::cached::pages1:a1:2");
    assert_eq!(cache.get::<Page>(page::key(Some("a"), 2)).await.unwrap(), Some(tagged(2)));
    cache.set(page::key(Some("a"), 2), &tagged(3), Ttl::FOREVER).await.unwrap();
    assert_eq!(page(&cache, &calls, Some("a"), 2).await, Ok(tagged(3)));

    // All who ask at once get what one of them computes.
    let before = calls.load(SeqCst);
    let answers = join_all((0..1_000).map(|_| page(&cache, &calls, None, 9))).await;
    assert!(answers.into_iter().all(|answer| answer == Ok(Page { number: 9, tag: None })));
    assert_eq!(calls.load(SeqCst), before + 1);
}

#[tokio::test]
async fn what_is_returned_need_not_be_a_result() {
    let cache = Cache::new(LocMemCache::default());
    for _ in 0..3 {
        assert_eq!(numbers::sum(&cache, vec![1, 2]).await, 4);
    }
    assert_eq!(CALLS.load(SeqCst), 1);
    assert_eq!(numbers::sum::key(vec![1, 2]).as_str(), "@11:numbers.suml1:21:11:2");
    let begun = std::time::Instant::now();
    while CALLS.load(SeqCst) == 1 {
        assert!(begun.elapsed() < Duration::from_secs(30), "it is kept for longer than it says");
        tokio::time::sleep(Duration::from_millis(1)).await;
        numbers::sum(&cache, vec![1, 2]).await;
    }
}

/// A `Result` by another name.
type Answer<T> = std::result::Result<T, String>;

/// One that has not even arguments.
type Number = Answer<u32>;

#[cached(ttl = 60, skip = [calls])]
async fn by_another_name(cache: &Cache, calls: &AtomicU32, number: u32) -> Answer<u32> {
    match calls.fetch_add(1, SeqCst) {
        0 => Err("down for a moment".to_owned()),
        _ => Ok(number),
    }
}

#[cached(ttl = 60, skip = [calls])]
async fn without_arguments(cache: &Cache, calls: &AtomicU32) -> Number {
    by_another_name(cache, calls, 7).await
}

#[tokio::test]
async fn errors_are_not_kept_whatever_the_result_is_called() {
    let (cache, calls) = (Cache::new(LocMemCache::default()), AtomicU32::new(0));
    assert_eq!(by_another_name(&cache, &calls, 1).await, Err("down for a moment".to_owned()));
    for _ in 0..3 {
        assert_eq!(by_another_name(&cache, &calls, 1).await, Ok(1));
    }
    assert_eq!(calls.swap(0, SeqCst), 2);
    assert_eq!(cache.get::<u32>(by_another_name::key(1)).await.unwrap(), Some(1));
    assert!(without_arguments(&cache, &calls).await.is_err());
    assert_eq!(without_arguments(&cache, &calls).await, Ok(7));
}

/// A name with the number of the call; the third fails.
#[cached(ttl = Duration::from_millis(300), skip = [calls], beta = 0)]
async fn numbered(calls: &AtomicU32, mut name: String, cache: &Cache) -> std::result::Result<String, String> {
    let call = calls.fetch_add(1, SeqCst);
    name.push_str(&call.to_string());
    if call == 2 { Err("down for a moment".to_owned()) } else { Ok(name) }
}

#[tokio::test]
async fn what_is_kept_is_computed_anew_when_that_is_wished() {
    let (cache, calls) = (Cache::new(LocMemCache::default()).prefix("site"), AtomicU32::new(0));
    let ask = async |name: &str| numbered(&calls, name.to_owned(), &cache).await.unwrap();
    // Also where nothing is kept.
    assert_eq!(numbered::refresh(&calls, "a".to_owned(), &cache).await.unwrap(), "a0");
    assert_eq!(ask("a").await, "a0");
    assert_eq!(numbered::refresh(&calls, "a".to_owned(), &cache).await.unwrap(), "a1");
    assert_eq!(ask("a").await, "a1");
    // What fails leaves what is there.
    assert!(numbered::refresh(&calls, "a".to_owned(), &cache).await.is_err());
    assert_eq!((ask("a").await.as_str(), ask("b").await.as_str()), ("a1", "b3"));
    // It is kept from then on, for as long as the other.
    let begun = std::time::Instant::now();
    while begun.elapsed() < Duration::from_millis(700) {
        numbered::refresh(&calls, "a".to_owned(), &cache).await.unwrap();
        assert!(cache.has(numbered::key("a".to_owned())).await.unwrap());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    tokio::time::sleep(Duration::from_millis(400)).await;
    assert_eq!(cache.get::<String>(numbered::key("a".to_owned())).await.unwrap(), None);
    // And what it is not computed by itself for is computed by the next who asks, also by one who waits for it.
    let before = calls.load(SeqCst);
    let (one, other) = tokio::join!(ask("c"), numbered::refresh(&calls, "c".to_owned(), &cache));
    assert_ne!(one, other.unwrap());
    assert_eq!(calls.load(SeqCst), before + 2);
}

#[tokio::test]
async fn a_cache_that_is_warmed_stays_warm() {
    let (cache, calls) = (Cache::new(LocMemCache::default()), std::sync::Arc::new(AtomicU32::new(10)));
    let own = (cache.clone(), std::sync::Arc::clone(&calls));
    let warming = CacheWarmer::new(&cache).every(Duration::from_millis(150), move |warmer| {
        let (cache, calls) = own.clone();
        async move {
            let each = async |name: u32| numbered::refresh(&calls, name.to_string(), &cache).await.map(drop);
            warmer.warm("numbers", 1..=5, each).await;
        }
    });
    warming.first().await;
    let begun = std::time::Instant::now();
    while begun.elapsed() < Duration::from_secs(2) {
        for name in 1..=5 {
            let kept = cache.get::<String>(numbered::key(name.to_string())).await.unwrap();
            assert!(kept.is_some(), "{name} is cold after {:?}", begun.elapsed());
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    warming.stop().await;
}

#[tokio::test]
async fn its_future_can_be_sent() {
    let cache = Cache::new(LocMemCache::default());
    let task = tokio::spawn(async move {
        let calls = AtomicU32::new(0);
        page(&cache, &calls, None, 1).await.map(|page| page.number)
    });
    assert_eq!(task.await.unwrap(), Ok(1));
}
