//! A warm cache.

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::SeqCst;

use super::*;
use crate::cache::{AnyBackend, CacheError, LocMemCache};

fn cache() -> Cache {
    Cache::new(LocMemCache::default())
}

#[tokio::test]
async fn no_more_than_so_many_are_made_at_once() {
    let (cache, running, most) = (cache(), AtomicUsize::new(0), AtomicUsize::new(0));
    let warmer = CacheWarmer::new(&cache).concurrency(3).ttl(60);
    let each = async |id: u32| {
        most.fetch_max(running.fetch_add(1, SeqCst) + 1, SeqCst);
        tokio::time::sleep(Duration::from_millis(2)).await;
        running.fetch_sub(1, SeqCst);
        match id {
            7 => Err("no such user"),
            8 => Ok(None),
            id => Ok(Some((("profile", id), id * 2))),
        }
    };
    let report = warmer.warm("profiles", 0..20, each).await;
    assert_eq!((report.warmed, report.skipped, report.failed), (18, 1, 1));
    assert_eq!(report.name, "profiles");
    assert!(report.took >= Duration::from_millis(12) && !report.is_elsewhere);
    assert_eq!(most.load(SeqCst), 3);
    assert_eq!(cache.get::<u32>(("profile", 9)).await.unwrap(), Some(18));
    assert_eq!(cache.get::<u32>(("profile", 7)).await.unwrap(), None);
}

#[tokio::test]
async fn a_query_that_fails_ends_it() {
    let cache = cache();
    let items = stream::iter([Ok(1), Ok(2), Err("the connection is lost")]);
    let each = async |id: i32| Ok((id.to_string(), id));
    let report = CacheWarmer::new(&cache).warm_stream("numbers", items, each).await;
    assert_eq!((report.warmed, report.skipped, report.failed), (2, 0, 1));
    let nothing = CacheWarmer::new(&cache).warm("nothing", Vec::<i32>::new(), each).await;
    assert_eq!((nothing.warmed, nothing.skipped, nothing.failed), (0, 0, 0));
}

#[tokio::test]
async fn it_goes_on_at_intervals_until_it_is_stopped() {
    let (cache, made) = (cache(), Arc::new(AtomicUsize::new(0)));
    let count = Arc::clone(&made);
    let warming = CacheWarmer::new(&cache).every(Duration::from_millis(10), move |warmer| {
        let made = Arc::clone(&count);
        async move {
            let round = made.fetch_add(1, SeqCst);
            assert!(round != 1, "the second time it panics");
            let each = async |id: u32| Ok::<_, CacheError>((id.to_string(), round));
            warmer.warm("numbers", 0..5, each).await;
        }
    });
    warming.first().await;
    assert_eq!(cache.get::<usize>("3").await.unwrap(), Some(0));
    while warming.rounds() < 4 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert!(cache.get::<usize>("3").await.unwrap() >= Some(2));
    warming.stop().await;
    warming.stop().await;
    let rounds = made.load(SeqCst);
    tokio::time::sleep(Duration::from_millis(30)).await;
    assert_eq!(made.load(SeqCst), rounds);
    assert_eq!(Arc::strong_count(&made), 1, "nothing of it is left");
}

#[tokio::test]
async fn one_of_several_instances_warms() {
    let shared = AnyBackend::new(LocMemCache::default());
    let warmer = || CacheWarmer::new(&Cache::new(shared.clone())).one_instance_per(Duration::from_millis(40));
    let (one, other) = (warmer(), warmer());
    let each = async |id: u32| Ok::<_, CacheError>((id.to_string(), id));
    let (first, second) = tokio::join!(one.warm("a", 0..5, each), other.warm("a", 0..5, each));
    assert_eq!((first.warmed + second.warmed, first.is_elsewhere), (5, !second.is_elsewhere));
    assert_eq!(other.warm("b", 0..5, each).await.warmed, 5);
    tokio::time::sleep(Duration::from_millis(60)).await;
    assert_eq!(other.warm("a", 0..5, each).await.warmed, 5);
    // What nobody could do the other one may try.
    let failing = async |_: u32| Err::<(), _>("no");
    assert_eq!(one.warm("c", 0..5, failing).await.failed, 5);
    assert_eq!(other.warm("c", 0..5, each).await.warmed, 5);
}
