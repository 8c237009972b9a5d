//! How long the first layer has a value.

use super::*;

fn seconds(life: Ttl) -> f64 {
    let Ttl::For(life) = life else { panic!("{life:?}") };
    life.as_secs_f64()
}

/// What a first layer has at most of a value that its second one has for this long.
async fn promoted(left: Ttl, many: bool) -> Ttl {
    let both = Both::with(|cache| cache.l1_ttl(Duration::from_secs(10)));
    both.far.0.memory.put("a", number(1), left);
    both.far.0.memory.put("b", number(2), 60.into());
    if many {
        let found = both.cache.get_many(&["a", "b", "x"]).await.unwrap();
        assert_eq!(found, [Some(number(1)), Some(number(2)), None]);
        let (_, life) = both.near.get_with_ttl("b").await.unwrap().unwrap();
        assert!(seconds(life) > 8.0, "the other one has its own time: {life:?}");
    } else {
        assert_eq!(both.cache.get("a").await.unwrap(), Some(number(1)));
    }
    both.near.get_with_ttl("a").await.unwrap().unwrap().1
}

#[tokio::test]
async fn the_first_never_has_a_value_for_longer_than_the_second() {
    let near = |life: Ttl, seconds: f64| {
        let off = self::seconds(life) - seconds;
        assert!((-1.0..=0.0).contains(&off), "{life:?} of {seconds}");
    };
    for many in [false, true] {
        near(promoted(Duration::from_millis(2_500).into(), many).await, 2.5);
        near(promoted(60.into(), many).await, 10.0);
        near(promoted(Ttl::FOREVER, many).await, 10.0);
    }
    // It is gone in both at once.
    let both = Both::with(|cache| cache.l1_ttl(Duration::from_secs(60)));
    let since = std::time::Instant::now();
    both.far.0.memory.put("a", number(1), Duration::from_millis(300).into());
    both.far.0.memory.put("b", number(1), Duration::from_millis(300).into());
    assert_eq!(both.cache.get("a").await.unwrap(), Some(number(1)));
    both.cache.get_many(&["b"]).await.unwrap();
    until("them to be gone", || {
        both.far.0.memory.find("a").is_none() && both.far.0.memory.find("b").is_none()
    })
    .await;
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert_eq!((both.near.find("a"), both.near.find("b")), (None, None), "{:?}", since.elapsed());
}

/// Of a token, a lock, a vote.
#[tokio::test]
async fn another_instance_has_it_no_longer_either() {
    let far = LocMemCache::default();
    let instance = || Cache::new(TwoTierCache::new(LocMemCache::default(), far.clone()));
    let (one, two) = (instance(), instance());
    one.set("k", &1, Duration::from_millis(200)).await.unwrap();
    assert_eq!(two.get::<i32>("k").await.unwrap(), Some(1));
    tokio::time::sleep(Duration::from_millis(250)).await;
    assert_eq!(one.get::<i32>("k").await.unwrap(), None);
    assert_eq!(two.get::<i32>("k").await.unwrap(), None);
}

/// Through all that can stand between.
#[tokio::test]
async fn whatever_wraps_the_second_says_it_as_well() {
    let memory = LocMemCache::default();
    memory.put("a", number(1), Duration::from_secs(30).into());
    let wrapped = AnyBackend::new(ConsistentHashRing::new([(
        "one",
        StampedeProtection::new(AnyBackend::new(TwoTierCache::new(LocMemCache::default(), memory.clone()))),
    )]));
    for _ in 0..2 {
        for left in [
            wrapped.get_with_ttl("a").await.unwrap().unwrap().1,
            wrapped.get_many_with_ttl(&["x", "a"]).await.unwrap()[1].clone().unwrap().1,
        ] {
            assert!((8.0..=30.0).contains(&seconds(left)), "{left:?}");
        }
    }
    assert_eq!(wrapped.get_with_ttl("x").await.unwrap(), None);
    // Who does not know says so, and then `l1_ttl` is the bound.
    let unknown = Both::with(|cache| cache.l1_ttl(Duration::from_secs(5)));
    unknown.far.0.silent.store(true, SeqCst);
    unknown.far.0.memory.put("a", number(1), Duration::from_secs(2).into());
    unknown.cache.get("a").await.unwrap();
    let (_, life) = unknown.near.get_with_ttl("a").await.unwrap().unwrap();
    assert!(seconds(life) > 4.0, "{life:?}");
}

#[tokio::test]
async fn what_is_put_in_goes_into_both_for_its_own_time() {
    let both = Both::with(|cache| cache.l1_ttl(Duration::from_secs(1)).ttl(Duration::from_secs(60)));
    let lives = |ttl: Ttl| both.cache.lives(ttl);
    let (second, minute) = (Ttl::from(1), Ttl::from(60));
    assert_eq!(lives(Ttl::Default), (minute, second));
    assert_eq!(lives(Ttl::FOREVER), (Ttl::FOREVER, second));
    assert_eq!(lives(Duration::from_millis(3).into()).1, Duration::from_millis(3).into());
    assert_eq!(lives(Ttl::AT_ONCE), (Ttl::AT_ONCE, Ttl::AT_ONCE));
    both.cache.set("a", number(1), 60.into()).await.unwrap();
    // Made shorter, it is shorter in both.
    assert!(both.cache.touch("a", 30.into()).await.unwrap());
    assert!(both.near.find("a").is_some());
    assert!(both.cache.touch("a", Duration::from_millis(900).into()).await.unwrap());
    assert_eq!(both.near.find("a"), None);
    both.cache.set("a", number(1), Ttl::AT_ONCE).await.unwrap();
    assert_eq!(both.cache.get("a").await.unwrap(), None);
}

/// 60, 300 and 3600 seconds.
#[tokio::test]
async fn three_layers_are_two_of_which_one_is_two() {
    let memory = || LocMemCache::with_options(LocMemOptions { ttl: None, ..LocMemOptions::default() });
    let (l1, l2, l3) = (memory(), Far::default(), memory());
    let shared = TwoTierCache::new(l2.clone(), l3.clone()).l1_ttl(Duration::from_secs(300));
    assert_eq!(shared.lives(3600.into()), (3600.into(), 300.into()));
    let all =
        TwoTierCache::new(l1.clone(), shared).l1_ttl(Duration::from_secs(60)).ttl(Duration::from_secs(3600));
    assert_eq!(all.lives(Ttl::Default), (3600.into(), 60.into()));
    let cache = Cache::new(all);
    cache.set("a", &1, Ttl::DEFAULT).await.unwrap();
    assert!([l1.find("a"), l2.0.memory.find("a"), l3.find("a")].iter().all(Option::is_some));
    // Of the last one it comes back into all.
    l1.take("a");
    l2.0.memory.take("a");
    assert_eq!(cache.get::<i32>("a").await.unwrap(), Some(1));
    assert!([l1.find("a"), l2.0.memory.find("a")].iter().all(Option::is_some));
    // Without the one in the middle the others do.
    l2.0.is_down.store(true, SeqCst);
    l1.take("a");
    assert_eq!(cache.get::<i32>("a").await.unwrap(), Some(1));
    cache.set("b", &2, 60).await.unwrap();
    assert_eq!(l3.find("b"), Some(number(2)));
    assert!(cache.delete("b").await.unwrap());
    assert!([l1.find("b"), l2.0.memory.find("b"), l3.find("b")].iter().all(Option::is_none));
    let names: Vec<String> = cache.stats().into_iter().map(|layer| layer.name).collect();
    assert_eq!(
        names,
        [
            "two_tier",
            "two_tier/l1/loc_mem",
            "two_tier/l2/two_tier",
            "two_tier/l2/two_tier/l1/loc_mem",
            "two_tier/l2/two_tier/l2/loc_mem",
        ]
    );
}
