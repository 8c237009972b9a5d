//! Functions whose results are kept.

use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::time::Duration;

use futures_util::future::join_all;
use hyperdjango::cache::{LocMemCache, Ttl};
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

#[tokio::test]
async fn its_future_can_be_sent() {
    let cache = Cache::new(LocMemCache::default());
    let task = tokio::spawn(async move {
        let calls = AtomicU32::new(0);
        page(&cache, &calls, None, 1).await.map(|page| page.number)
    });
    assert_eq!(task.await.unwrap(), Ok(1));
}
