//! What is wrong with one value is nothing with the others.

use super::*;

fn large() -> Value {
    Value::encode(&"x".repeat(2_000)).unwrap()
}

#[tokio::test]
async fn one_that_is_too_large_closes_nothing() {
    let both = Both::new();
    both.far.0.is_small.store(true, SeqCst);
    for (n, many) in [false, true].into_iter().enumerate() {
        let old = number(n as i64);
        both.cache.set("large", old.clone(), 60.into()).await.unwrap();
        both.cache.set("with", old.clone(), 60.into()).await.unwrap();
        let others = [("with", number(7)), ("large", large())];
        if many {
            both.cache.set_many(&others, 60.into()).await.unwrap();
        } else {
            both.cache.set("large", large(), 60.into()).await.unwrap();
        }
        assert!(both.cache.far.is_open(), "{many}");
        assert_eq!(both.far.0.memory.find("large"), None, "what was there is out of date");
        assert_eq!(both.cache.get("large").await.unwrap(), Some(large()), "the first has room for it");
        let with = if many { number(7) } else { old };
        assert_eq!(both.cache.get("with").await.unwrap(), Some(with.clone()));
        assert_ne!(both.far.0.memory.find("with"), Some(number(1)), "{many}");
        both.cache.set("next", number(3), 60.into()).await.unwrap();
        assert_eq!(both.far.0.memory.find("next"), Some(number(3)));
    }
    assert!(both.more("l2_errors") >= 2);
    let loud = Both::with(|cache| cache.fail_silently(false));
    loud.far.0.is_small.store(true, SeqCst);
    loud.cache.set("a", number(1), 60.into()).await.unwrap();
    assert_eq!(loud.cache.set("a", large(), 60.into()).await.unwrap_err().kind(), CacheErrorKind::TooLarge);
    assert_eq!(loud.cache.get("a").await.unwrap(), None, "nobody has what it was before");
    assert!(loud.cache.far.is_open());
}

#[tokio::test]
async fn nor_does_one_that_is_too_large_for_the_first() {
    let (first, second) = (Far::default(), LocMemCache::default());
    let cache = TwoTierCache::new(first.clone(), second.clone());
    first.0.is_small.store(true, SeqCst);
    for many in [false, true] {
        cache.set("a", number(1), 60.into()).await.unwrap();
        assert_eq!(first.0.memory.find("a"), Some(number(1)));
        if many {
            cache.set_many(&[("a", large())], 60.into()).await.unwrap();
        } else {
            cache.set("a", large(), 60.into()).await.unwrap();
        }
        assert!(cache.near.layer.is_open(), "{many}");
        assert_eq!(first.0.memory.find("a"), None, "what was there is out of date");
        assert_eq!(cache.get("a").await.unwrap(), Some(large()));
        assert!(cache.near.layer.is_open(), "nor when it is read");
    }
}

/// It was to be taken out, and the layer goes away at that moment.
#[tokio::test]
async fn what_could_not_be_taken_out_is_owed() {
    let both = Both::new();
    both.far.0.is_small.store(true, SeqCst);
    both.cache.set("large", number(1), 60.into()).await.unwrap();
    both.far.0.down_after_refusing.store(true, SeqCst);
    both.cache.set("large", large(), 60.into()).await.unwrap();
    assert!(!both.cache.far.is_open());
    both.near.take("large");
    both.far.0.down_after_refusing.store(false, SeqCst);
    both.far.0.is_down.store(false, SeqCst);
    both.reopened().await;
    assert_eq!(both.cache.get("large").await.unwrap(), None);
}
