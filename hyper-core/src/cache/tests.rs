//! What is put into a `Cache`, and what comes out.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

use proptest::prelude::*;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::value::Value;
use super::*;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Shape {
    Point,
    Circle { radius: f64 },
    Named(String, Option<Box<Self>>),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Everything {
    integers: (i8, u16, i64, u64),
    float: f32,
    text: String,
    shape: Shape,
    none: Option<u8>,
    map: BTreeMap<i32, Vec<bool>>,
    bytes: Vec<u8>,
    character: char,
}

fn shapes() -> impl Strategy<Value = Shape> {
    let leaf = prop_oneof![Just(Shape::Point), any::<f64>().prop_map(|radius| Shape::Circle { radius })];
    leaf.prop_recursive(3, 8, 2, |inner| {
        (".*", proptest::option::of(inner)).prop_map(|(name, inner)| Shape::Named(name, inner.map(Box::new)))
    })
}

proptest! {
    #[test]
    fn what_was_put_in_comes_out(
        integers in any::<(i8, u16, i64, u64)>(),
        float in any::<f32>(),
        (text, character) in any::<(String, char)>(),
        shape in shapes(),
        none in any::<Option<u8>>(),
        map in any::<BTreeMap<i32, Vec<bool>>>(),
        bytes in any::<Vec<u8>>(),
    ) {
        fn both<T: Serialize + DeserializeOwned + PartialEq + fmt::Debug>(value: &T) {
            let encoded = Value::encode(value).unwrap();
            assert_eq!(&encoded.decode::<T>().unwrap(), value);
            let wire = Value::from_wire(encoded.to_wire()).unwrap();
            assert_eq!(wire, encoded);
        }
        both(&integers.0);
        both(&integers.1);
        both(&integers.2);
        both(&integers.3);
        both(&none);
        both(&text);
        both(&Everything { integers, float, text, shape, none, map, bytes, character });
    }

    #[test]
    fn what_others_put_there_is_told(bytes in any::<Vec<u8>>()) {
        if let Ok(value) = Value::from_wire(bytes.into()) {
            let _ = (value.decode::<Everything>(), value.decode::<i32>(), value.decode::<String>());
        }
    }
}

#[tokio::test]
async fn types_change_and_nothing_breaks() {
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct Before {
        a: i32,
    }
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct After {
        a: i32,
        b: String,
    }
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct Later {
        #[serde(default)]
        b: Option<u8>,
        a: i32,
    }
    let cache = Cache::new(LocMemCache::default());
    cache.set("x", &Before { a: 1 }, 60).await.unwrap();
    assert_eq!(cache.get::<After>("x").await.unwrap(), None);
    assert_eq!(cache.get::<Later>("x").await.unwrap(), Some(Later { a: 1, b: None }));
    let made = async || Ok::<_, CacheError>(After { a: 2, b: String::new() });
    assert_eq!(cache.get_or_set("x", 60, made).await.unwrap().a, 2);
    assert_eq!(cache.get::<Before>("x").await.unwrap(), Some(Before { a: 2 }));
}

#[tokio::test]
async fn prefixes_and_versions_are_apart() {
    let all = Cache::new(LocMemCache::default());
    let (one, other) = (all.clone().prefix("one"), all.clone().prefix("other"));
    let newer = one.clone().version(2);
    for (n, cache) in [&all, &one, &other, &newer].into_iter().enumerate() {
        cache.set("k", &n, 60).await.unwrap();
    }
    for (n, cache) in [&all, &one, &other, &newer].into_iter().enumerate() {
        assert_eq!(cache.get::<usize>("k").await.unwrap(), Some(n));
    }
    assert_eq!(all.get::<usize>("one:v2:k").await.unwrap(), Some(3));
    all.set("5:admin4:true", "a stranger's name", 60).await.unwrap();
    assert_eq!(all.get::<String>(("admin", true)).await.unwrap(), None);
    assert_eq!(all.get::<String>("5:admin4:true").await.unwrap().unwrap(), "a stranger's name");
    let (longer, shorter) = (all.clone().prefix("a:v1:b"), all.clone().prefix("a"));
    longer.set("k", &1, 60).await.unwrap();
    assert_eq!(shorter.get::<i32>("b:v1:k").await.unwrap(), None);
    assert!(one.delete("k").await.unwrap());
    assert_eq!(other.get::<usize>("k").await.unwrap(), Some(2));
    other.clear().await.unwrap();
    assert_eq!(newer.get::<usize>("k").await.unwrap(), None);
}

#[tokio::test]
async fn a_value_is_computed_when_it_is_not_there() {
    let cache = Cache::new(LocMemCache::default());
    let computed = AtomicU32::new(0);
    let compute = async || {
        computed.fetch_add(1, SeqCst);
        Ok::<Option<i32>, CacheError>(None)
    };
    for _ in 0..3 {
        assert_eq!(cache.get_or_set("n", 60, compute).await.unwrap(), None);
    }
    assert_eq!(computed.load(SeqCst), 1, "none is a value");
    // Who is first wins.
    let racing = async || {
        cache.set("race", &1, 60).await.unwrap();
        Ok::<i32, CacheError>(2)
    };
    assert_eq!(cache.get_or_set("race", 60, racing).await.unwrap(), 1);
    let failing = async || Err::<i32, &str>("no");
    assert_eq!(cache.get_or_set("f", 60, failing).await, Err("no"));
    assert!(!cache.has("f").await.unwrap());
}
