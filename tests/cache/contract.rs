//! What every `CacheBackend` does, whatever it is.

use std::sync::Arc;
use std::time::{Duration, Instant};

use hyper_core::cache::{CacheBackend, CacheErrorKind, Content, LocMemCache, Ttl, Value};

fn value(text: &str) -> Value {
    Value::encode(text).unwrap()
}

fn number(number: i64) -> Value {
    Value::new(Content::Integer(number))
}

fn bytes(bytes: impl Into<Vec<u8>>) -> Value {
    Value::new(Content::Bytes(bytes.into().into()))
}

async fn until_gone(backend: &impl CacheBackend, key: &str) {
    let since = Instant::now();
    while backend.has(key).await.unwrap() {
        assert!(since.elapsed() < Duration::from_secs(5), "{key} is still there");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Holds a backend against all of it. It is empty before and after.
pub(crate) async fn holds(backend: impl CacheBackend) {
    let backend = Arc::new(backend);
    values(&*backend).await;
    adding_and_deleting(&*backend).await;
    numbers(&*backend).await;
    times(&*backend).await;
    many(&*backend).await;
    lasting(&*backend).await;
    at_once(&backend).await;
    let before = backend.stats().iter().map(|layer| layer.stats.errors).sum::<u64>();
    assert_eq!(before, 0, "{:?}", backend.stats());
    backend.set("a", value("a"), Ttl::FOREVER).await.unwrap();
    backend.clear().await.unwrap();
    assert!(!backend.has("a").await.unwrap());
    backend.clear().await.unwrap();
    backend.check().await.unwrap();
}

async fn values(backend: &impl CacheBackend) {
    let mut noise = vec![0; 300_000];
    noise.iter_mut().enumerate().for_each(|(at, byte)| *byte = (at * at % 251 + at / 997) as u8);
    let all = [
        value(""),
        value("a"),
        value("l is a mark, 7 is none"),
        value("日本語 \u{0}\r\n\r\nEND\r\n"),
        bytes([]),
        bytes([0]),
        bytes(*b"m"),
        bytes(*b"12"),
        bytes(vec![7; 300_000]),
        bytes(noise),
        number(0),
        number(-1),
        number(i64::MAX),
        number(i64::MIN),
        Value::encode(&None::<i32>).unwrap(),
        Value::encode(&1.5).unwrap(),
        Value::encode(&u64::MAX).unwrap(),
    ];
    for value in all {
        assert_eq!(backend.get("v").await.unwrap(), None);
        backend.set("v", value.clone(), 60.into()).await.unwrap();
        assert_eq!(backend.get("v").await.unwrap(), Some(value.clone()), "{value:?}");
        assert!(backend.has("v").await.unwrap());
        backend.set("v", number(7), Ttl::Default).await.unwrap();
        backend.set("v", value.clone(), Ttl::FOREVER).await.unwrap();
        assert_eq!(backend.get("v").await.unwrap(), Some(value));
        assert!(backend.delete("v").await.unwrap());
    }
    let longest = "k".repeat(200);
    for key in ["!", "a:b{c}d*?[e]\\^~", "site:v1:%0123", &longest] {
        backend.set(key, value("k"), 60.into()).await.unwrap();
        assert_eq!(backend.get(key).await.unwrap(), Some(value("k")), "{key}");
        assert!(backend.delete(key).await.unwrap());
    }
}

async fn adding_and_deleting(backend: &impl CacheBackend) {
    assert!(backend.add("a", value("first"), 60.into()).await.unwrap());
    assert!(!backend.add("a", value("second"), 60.into()).await.unwrap());
    assert_eq!(backend.get("a").await.unwrap(), Some(value("first")));
    assert!(backend.delete("a").await.unwrap());
    assert!(!backend.delete("a").await.unwrap());
    assert!(!backend.has("a").await.unwrap());
    assert!(backend.add("a", value("third"), Ttl::FOREVER).await.unwrap());
    assert!(backend.delete("a").await.unwrap());
}

async fn numbers(backend: &impl CacheBackend) {
    assert_eq!(backend.incr("n", 1).await.unwrap(), None);
    assert!(!backend.has("n").await.unwrap(), "what is not there is not made");
    backend.set("n", number(5), 60.into()).await.unwrap();
    for (by, sum) in [(1, 6), (0, 6), (-6, 0), (-1, -1), (-9, -10), (3, -7), (107, 100), (-99, 1)] {
        assert_eq!(backend.incr("n", by).await.unwrap(), Some(sum));
        assert_eq!(backend.get("n").await.unwrap(), Some(number(sum)), "by {by}");
    }
    for (start, by) in [(i64::MAX, 1), (i64::MIN, -1), (1, i64::MAX), (-2, i64::MIN), (i64::MIN, i64::MIN)] {
        backend.set("n", number(start), 60.into()).await.unwrap();
        assert_eq!(backend.incr("n", by).await.unwrap_err().kind(), CacheErrorKind::NotANumber);
        assert_eq!(backend.get("n").await.unwrap(), Some(number(start)), "by {by}: as it was");
    }
    for (start, by) in [(i64::MAX, i64::MIN), (0, i64::MIN), (-1, i64::MIN + 1), (i64::MIN, i64::MAX)] {
        backend.set("n", number(start), 60.into()).await.unwrap();
        assert_eq!(backend.incr("n", by).await.unwrap(), Some(start + by));
        assert_eq!(backend.get("n").await.unwrap(), Some(number(start + by)));
    }
    // Exact beyond what a double has.
    backend.set("n", number(9_007_199_254_740_993), 60.into()).await.unwrap();
    assert_eq!(backend.incr("n", 2).await.unwrap(), Some(9_007_199_254_740_995));
    for none in [value("7"), bytes([]), bytes(*b"7"), Value::encode(&1.5).unwrap(), value(&"7".repeat(5_000))]
    {
        backend.set("n", none.clone(), 60.into()).await.unwrap();
        assert_eq!(backend.incr("n", 1).await.unwrap_err().kind(), CacheErrorKind::NotANumber);
        assert_eq!(backend.get("n").await.unwrap(), Some(none));
    }
    backend.delete("n").await.unwrap();
}

async fn times(backend: &impl CacheBackend) {
    backend.set("short", value("a"), Duration::from_millis(400).into()).await.unwrap();
    backend.set("counted", number(1), Duration::from_millis(600).into()).await.unwrap();
    let _ = backend.incr("counted", 1).await.unwrap();
    let since = Instant::now();
    backend.set("long", value("b"), 3.into()).await.unwrap();
    backend.set("others", value("e"), 3.into()).await.unwrap();
    backend.add("added", value("c"), 1.into()).await.unwrap();
    backend.set_many(&[("many", value("d"))], 1.into()).await.unwrap();
    backend.set("ever", value("f"), Ttl::FOREVER).await.unwrap();
    backend.set("far", value("g"), Duration::from_secs(40 * 24 * 60 * 60).into()).await.unwrap();
    backend.set("farthest", value("h"), Duration::MAX.into()).await.unwrap();
    assert!(backend.touch("long", 60.into()).await.unwrap());
    assert!(backend.touch("others", Ttl::FOREVER).await.unwrap());
    assert!(backend.touch("ever", Ttl::FOREVER).await.unwrap(), "it had no time before");
    assert!(backend.touch("far", Ttl::Default).await.unwrap());
    for key in ["short", "counted", "added", "many"] {
        until_gone(backend, key).await;
        assert_eq!(backend.get(key).await.unwrap(), None);
        assert!(!backend.touch(key, 60.into()).await.unwrap());
        assert!(!backend.delete(key).await.unwrap(), "what is expired is not deleted");
        assert_eq!(backend.incr(key, 1).await.unwrap(), None);
        assert!(backend.add(key, value("new"), 60.into()).await.unwrap());
        assert!(backend.touch(key, Ttl::AT_ONCE).await.unwrap());
        assert!(!backend.has(key).await.unwrap());
    }
    // After the times that they had at first.
    tokio::time::sleep(Duration::from_millis(3_500).saturating_sub(since.elapsed())).await;
    for key in ["long", "others", "ever", "far", "farthest"] {
        assert!(backend.has(key).await.unwrap(), "{key}");
    }
    backend.set("long", value("z"), Ttl::AT_ONCE).await.unwrap();
    assert!(!backend.has("long").await.unwrap());
    assert!(backend.add("long", value("z"), Ttl::AT_ONCE).await.unwrap());
    assert!(!backend.add("ever", value("z"), Ttl::AT_ONCE).await.unwrap());
    assert!(!backend.has("long").await.unwrap());
    backend.set_many(&[("ever", value("z")), ("nothing", value("z"))], Ttl::AT_ONCE).await.unwrap();
    assert_eq!(backend.delete_many(&["ever", "others", "far", "farthest", "nothing"]).await.unwrap(), 3);
}

async fn many(backend: &impl CacheBackend) {
    assert_eq!(backend.get_many(&[]).await.unwrap(), []);
    backend.set_many(&[], Ttl::Default).await.unwrap();
    assert_eq!(backend.delete_many(&[]).await.unwrap(), 0);
    let keys: Vec<String> = (0..2_000).map(|key| format!("many:{key}")).collect();
    let entries: Vec<(&str, Value)> =
        keys.iter().enumerate().step_by(2).map(|(n, key)| (key.as_str(), number(n as i64))).collect();
    backend.set_many(&entries, 60.into()).await.unwrap();
    let names: Vec<&str> = keys.iter().map(String::as_str).collect();
    for (n, found) in backend.get_many(&names).await.unwrap().into_iter().enumerate() {
        assert_eq!(found, (n % 2 == 0).then(|| number(n as i64)));
    }
    let some = backend.get_many(&["many:4", "many:4", "many:5", "many:2"]).await.unwrap();
    assert_eq!(some, [Some(number(4)), Some(number(4)), None, Some(number(2))]);
    assert_eq!(backend.delete_many(&names[..1_000]).await.unwrap(), 500);
    assert_eq!(backend.delete_many(&names).await.unwrap(), 500);
}

/// Values come with how long they will be there.
async fn lasting(backend: &impl CacheBackend) {
    backend.set("minute", value("a"), 60.into()).await.unwrap();
    backend.set("ever", number(7), Ttl::FOREVER).await.unwrap();
    backend.set("longer", value("b"), 4_000_000.into()).await.unwrap();
    backend.set("shorter", number(8), 60.into()).await.unwrap();
    assert!(backend.touch("shorter", 30.into()).await.unwrap());
    // A first layer of two has it for ten seconds.
    let check = |key: &str, found: Option<(Value, Ttl)>| {
        let (found, left) = found.unwrap();
        let (is, most) = match key {
            "minute" => (value("a"), 60),
            "longer" => (value("b"), 4_000_000),
            "shorter" => (number(8), 30),
            _ => (number(7), u64::MAX),
        };
        assert_eq!(found, is, "{key}");
        match left {
            Ttl::For(left) => {
                assert!(
                    (Duration::from_secs(8)..=Duration::from_secs(most)).contains(&left),
                    "{key}: {left:?}"
                );
            }
            Ttl::Forever => assert_eq!(key, "ever"),
            Ttl::Default => panic!("{key}"),
        }
    };
    let keys = ["minute", "ever", "longer", "shorter"];
    for key in keys {
        check(key, backend.get_with_ttl(key).await.unwrap());
    }
    for (key, found) in keys.iter().zip(backend.get_many_with_ttl(&keys).await.unwrap()) {
        check(key, found);
    }
    assert_eq!(backend.get_with_ttl("nothing").await.unwrap(), None);
    let some = backend.get_many_with_ttl(&["nothing", "ever", "ever"]).await.unwrap();
    assert!(some[0].is_none() && some[1].is_some() && some[1] == some[2], "{some:?}");
    assert_eq!(backend.get_many_with_ttl(&[]).await.unwrap(), []);
    assert_eq!(backend.delete_many(&keys).await.unwrap(), 4);
}

async fn at_once<B: CacheBackend>(backend: &Arc<B>) {
    backend.set("sum", number(-300), 60.into()).await.unwrap();
    let tasks = (0..20).map(|task| {
        let backend = Arc::clone(backend);
        tokio::spawn(async move {
            let mut added = 0;
            for round in 0..30 {
                let key = format!("one:{round}");
                added += u32::from(backend.add(&key, number(task), 60.into()).await.unwrap());
                backend.incr("sum", 1).await.unwrap();
            }
            added
        })
    });
    let mut added = 0;
    for task in tasks.collect::<Vec<_>>() {
        added += task.await.unwrap();
    }
    assert_eq!(added, 30, "one of those who add at once does");
    assert_eq!(backend.get("sum").await.unwrap(), Some(number(300)));
    backend.clear().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn memory_holds() {
    holds(LocMemCache::new(10_000)).await;
}
