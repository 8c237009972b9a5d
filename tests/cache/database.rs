//! The cache in a table of PostgreSQL.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::time::{Duration, Instant};

use futures_util::future::try_join_all;
use hyper_core::cache::{
    Cache, CacheBackend, CacheError, CacheErrorKind, Content, DatabaseCache, LocMemCache, Ttl, TwoTierCache,
    Value,
};
use hyper_core::db::{Db, ErrorKind, Executor, QueryLog, Reader, Session, Sql};
use hyper_tests::standbys::Cluster;
use hyper_tests::{Database, PgBouncer, Suite, require};
use proptest::prelude::*;

use crate::contract;

pub(crate) struct Instance {
    pub(crate) db: Db,
    pub(crate) cache: DatabaseCache,
}

impl Instance {
    pub(crate) fn of(database: &Database) -> Self {
        let db = Db::new(database.url().parse().unwrap());
        Self { cache: DatabaseCache::new(db.clone()), db }
    }

    pub(crate) fn new() -> (Database, Self) {
        let database = hyper_tests::postgres();
        let this = Self::of(&database);
        (database, this)
    }

    /// What a statement says, in text.
    pub(crate) async fn says(&self, text: &str) -> Vec<String> {
        let mut said = Vec::new();
        self.db
            .read(Sql::rendered(text), &[], |row| {
                said.push(row.try_get::<_, Option<String>>(0)?.unwrap_or_default());
                Ok(())
            })
            .await
            .unwrap();
        said
    }

    pub(crate) async fn get(&self, key: &str) -> Option<Value> {
        self.cache.get(key).await.unwrap()
    }

    pub(crate) async fn set(&self, key: &str, value: Value, ttl: impl Into<Ttl>) {
        self.cache.set(key, value, ttl.into()).await.unwrap();
    }

    /// All that is there now was put in so much earlier.
    pub(crate) async fn pass(&self, time: &str) {
        let text = format!("UPDATE hyper_cache SET expires_at = expires_at - interval '{time}'");
        self.db.execute_batch(&text).await.unwrap();
    }

    pub(crate) async fn rows(&self) -> String {
        self.says("SELECT count(*)::text FROM hyper_cache").await.remove(0)
    }
}

pub(crate) fn bytes(bytes: impl Into<Vec<u8>>) -> Value {
    Value::new(Content::Bytes(bytes.into().into()))
}

pub(crate) fn number(number: i64) -> Value {
    Value::new(Content::Integer(number))
}

#[tokio::test]
async fn any_value_is_there_as_it_was_put_in() {
    let (_database, one) = Instance::new();
    let values = [
        bytes(""),
        bytes([0]),
        bytes((0..=255).collect::<Vec<u8>>()),
        bytes("ü\0\\x00"),
        bytes(vec![7; 1024 * 1024]),
        bytes((0..3_000_000_u32).map(|n| (n.wrapping_mul(7919) >> 3) as u8).collect::<Vec<u8>>()),
        number(0),
        number(i64::MIN),
        number(i64::MAX),
    ];
    for (n, value) in values.iter().enumerate() {
        one.set("same", value.clone(), 60).await;
        assert_eq!(one.get("same").await.as_ref(), Some(value));
        one.set(&format!("own:{n}"), value.clone(), Ttl::FOREVER).await;
    }
    let keys: Vec<String> = (0..values.len()).map(|n| format!("own:{n}")).collect();
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    let all: Vec<Option<Value>> = values.iter().cloned().map(Some).collect();
    assert_eq!(one.cache.get_many(&keys).await.unwrap(), all);
    // Keys of any sort, though a `Cache` makes them tame.
    for key in ["", "'", "a\nb", "ü\"", &"k".repeat(250), "%T", "$1"] {
        one.set(key, bytes(key), 60).await;
        assert_eq!(one.get(key).await, Some(bytes(key)), "{key}");
        assert!(one.cache.delete(key).await.unwrap());
        assert_eq!(one.get(key).await, None);
    }
    let error = one.cache.get("a\0").await.unwrap_err();
    assert_eq!(error.kind(), CacheErrorKind::Other);
    assert!(std::error::Error::source(&error).is_some());
    let persistence = "SELECT relpersistence::text FROM pg_class WHERE relname = 'hyper_cache'";
    assert_eq!(one.says(persistence).await, ["u"]);
    let indexes = "SELECT indexname::text FROM pg_indexes WHERE tablename = 'hyper_cache' ORDER BY 1";
    assert_eq!(one.says(indexes).await, ["hyper_cache_expires_at", "hyper_cache_pkey"]);
}

#[tokio::test]
async fn each_method_does_what_it_says() {
    let (_database, one) = Instance::new();
    let cache = &one.cache;
    assert!(cache.add("a", number(1), Ttl::DEFAULT).await.unwrap());
    assert!(!cache.add("a", number(2), Ttl::DEFAULT).await.unwrap());
    assert_eq!(one.get("a").await, Some(number(1)));
    assert!(cache.has("a").await.unwrap() && !cache.has("b").await.unwrap());
    assert_eq!(cache.incr("a", 41).await.unwrap(), Some(42));
    assert_eq!(cache.incr("a", -2).await.unwrap(), Some(40));
    assert_eq!(cache.incr("b", 1).await.unwrap(), None);
    one.set("text", bytes("7"), 60).await;
    one.set("most", number(i64::MAX), 60).await;
    one.set("least", number(i64::MIN), 60).await;
    for (key, by) in [("text", 1), ("most", 1), ("least", -1)] {
        let error = cache.incr(key, by).await.unwrap_err();
        assert_eq!(error.kind(), CacheErrorKind::NotANumber, "{key}");
    }
    assert_eq!(one.get("text").await, Some(bytes("7")));
    assert_eq!(one.get("most").await, Some(number(i64::MAX)));
    assert_eq!(cache.incr("most", i64::MIN).await.unwrap(), Some(-1));
    assert!(cache.delete("text").await.unwrap() && !cache.delete("text").await.unwrap());
    assert!(cache.touch("a", 60.into()).await.unwrap() && !cache.touch("b", 60.into()).await.unwrap());
    assert_eq!(cache.count().await.unwrap(), 3);
    // Not kept at all is taken out.
    one.set("a", number(1), Ttl::AT_ONCE).await;
    assert!(cache.add("a", number(1), Ttl::AT_ONCE).await.unwrap());
    assert!(cache.touch("most", Ttl::AT_ONCE).await.unwrap());
    cache.set_many(&[("least", number(1))], Ttl::AT_ONCE).await.unwrap();
    assert_eq!(cache.count().await.unwrap(), 0);
    one.set("a", number(1), 60).await;
    cache.clear().await.unwrap();
    assert_eq!((cache.count().await.unwrap(), one.rows().await), (0, "0".to_owned()));
    cache.check().await.unwrap();
    let stats = cache.stats().remove(0);
    assert_eq!((stats.name.as_str(), stats.stats.errors), ("database", 0));
    assert_eq!((stats.stats.hits, stats.stats.misses, stats.stats.deletes), (3, 0, 4));
}

#[tokio::test]
async fn values_are_kept_as_long_as_said_by_the_clock_of_postgresql() {
    let (_database, one) = Instance::new();
    let cache = one.cache.clone();
    let left = async |key: &str| {
        let text = format!(
            "SELECT round(extract(epoch FROM expires_at - now()))::text FROM hyper_cache WHERE key = '{key}'"
        );
        one.says(&text).await.remove(0)
    };
    one.set("default", number(1), Ttl::DEFAULT).await;
    one.set("minute", number(1), 60).await;
    one.set("ever", number(1), Ttl::FOREVER).await;
    one.set("ages", number(1), Duration::MAX).await;
    one.set("moment", number(1), Duration::from_nanos(1)).await;
    let of_ever = one.says("SELECT expires_at::text FROM hyper_cache WHERE key IN ('ever', 'ages')").await;
    assert_eq!(of_ever, ["infinity", "infinity"]);
    assert_eq!((left("default").await, left("minute").await), ("300".to_owned(), "60".to_owned()));
    assert_eq!(one.get("moment").await, None);
    let own = cache.clone().ttl(None);
    own.set("own", number(1), Ttl::DEFAULT).await.unwrap();
    assert_eq!(one.says("SELECT expires_at::text FROM hyper_cache WHERE key = 'own'").await, ["infinity"]);
    // Counting does not make it longer.
    one.pass("30 seconds").await;
    assert_eq!(cache.incr("minute", 1).await.unwrap(), Some(2));
    assert_eq!(left("minute").await, "30");
    assert!(cache.touch("minute", 100.into()).await.unwrap());
    assert_eq!(left("minute").await, "100");
    one.pass("100 seconds").await;
    // Expired: there for nobody, and in nobody's way.
    assert_eq!(one.get("minute").await, None);
    assert_eq!(cache.get_many(&["minute", "ever"]).await.unwrap(), [None, Some(number(1))]);
    assert!(!cache.has("minute").await.unwrap());
    assert_eq!(cache.incr("minute", 1).await.unwrap(), None);
    assert!(!cache.touch("minute", 60.into()).await.unwrap());
    assert_eq!(cache.count().await.unwrap(), 4);
    assert!(cache.add("minute", bytes("new"), 60.into()).await.unwrap());
    assert_eq!(one.get("minute").await, Some(bytes("new")));
    one.pass("60 seconds").await;
    assert!(!cache.delete("minute").await.unwrap());
    one.set("minute", number(1), 60).await;
    one.pass("60 seconds").await;
    assert_eq!(cache.delete_many(&["minute", "ever"]).await.unwrap(), 1);
}

/// Real time, as a statement that looks at the wrong clock would pass all the rest.
#[tokio::test]
async fn time_passes_by_itself() {
    let (_database, one) = Instance::new();
    let started = Instant::now();
    one.set("a", number(1), Duration::from_millis(300)).await;
    while one.get("a").await.is_some() {
        assert!(started.elapsed() < Duration::from_secs(20));
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(started.elapsed() >= Duration::from_millis(299));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_at_once_one_adds_and_all_are_counted() {
    let (database, one) = Instance::new();
    let two = Instance::of(&database);
    // The table is not there yet, for any of them.
    let adds = (0..16).map(|n| {
        let cache = [&one, &two][n % 2].cache.clone();
        tokio::spawn(async move { cache.add("first", number(n as i64), 60.into()).await.unwrap() })
    });
    let added = try_join_all(adds).await.unwrap();
    assert_eq!(added.iter().filter(|added| **added).count(), 1);
    let winner = added.iter().position(|added| *added).unwrap();
    assert_eq!(one.get("first").await, Some(number(winner as i64)));
    one.set("sum", number(0), Ttl::FOREVER).await;
    let counting = (0..16).map(|n| {
        let cache = [&one, &two][n % 2].cache.clone();
        tokio::spawn(async move {
            for _ in 0..100 {
                cache.incr("sum", 1).await.unwrap().unwrap();
            }
        })
    });
    try_join_all(counting).await.unwrap();
    assert_eq!(two.get("sum").await, Some(number(1600)));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_computes_at_once_gets_what_was_put_in_first() {
    let (database, one) = Instance::new();
    let two = Instance::of(&database);
    let computed = Arc::new(AtomicU32::new(0));
    for round in 0..20 {
        let gets = (0..8).map(|n| {
            let cache = Cache::new([&one, &two][n % 2].cache.clone());
            let computed = computed.clone();
            tokio::spawn(async move {
                let compute = async || Ok::<u32, CacheError>(computed.fetch_add(1, SeqCst));
                cache.get_or_set(("sum", round), 60, compute).await.unwrap()
            })
        });
        let got = try_join_all(gets).await.unwrap();
        assert!(got.iter().all(|value| *value == got[0]), "{got:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_table_holds_and_memory_before_it() {
    let (_database, one) = Instance::new();
    contract::holds(one.cache.clone()).await;
    contract::holds(TwoTierCache::new(LocMemCache::new(10_000), one.cache.clone())).await;
}

/// As with Redis and memcached: what was there before is out of date.
#[tokio::test]
async fn a_value_that_is_too_large_is_told_and_leaves_nothing() {
    let (_database, one) = Instance::new();
    let large = bytes(vec![7; 256 * 1024 * 1024 + 1]);
    let is_refused = |refused: Result<(), CacheError>| {
        let error = refused.unwrap_err();
        assert_eq!(error.kind(), CacheErrorKind::TooLarge);
        assert!(error.to_string().contains("has 268435457 bytes; a row takes 268435456"), "{error}");
    };
    for key in ["a", "b", "c"] {
        one.set(key, number(1), 60).await;
    }
    is_refused(one.cache.set("a", large.clone(), 60.into()).await);
    assert_eq!(one.get("a").await, None);
    let entries = [("a", number(2)), ("b", large.clone()), ("c", number(3))];
    is_refused(one.cache.set_many(&entries, 60.into()).await);
    assert_eq!((one.get("a").await, one.get("b").await), (Some(number(2)), None));
    assert_eq!(one.get("c").await, Some(number(3)), "the others are put in");
    // Nothing is changed by who adds.
    is_refused(one.cache.add("c", large, 60.into()).await.map(drop));
    assert_eq!(one.get("c").await, Some(number(3)));
    assert_eq!(one.cache.stats()[0].stats.errors, 3);
}

#[tokio::test]
async fn many_are_one_statement() {
    let (_database, one) = Instance::new();
    one.cache.ensure_table().await.unwrap();
    let entries: Vec<(String, Value)> = (0..500)
        .map(|n| (format!("k{n:03}"), if n % 2 == 0 { number(n) } else { bytes(n.to_string()) }))
        .collect();
    let mut entries: Vec<(&str, Value)> =
        entries.iter().rev().map(|(key, value)| (key.as_str(), value.clone())).collect();
    // Of two for one key the last one is there.
    entries.push(("k007", bytes("last")));
    let keys: Vec<&str> = (0..500).map(|n| entries[n].0).chain(["none", "k007"]).collect();
    let log = QueryLog::new();
    log.scope(async {
        one.cache.set_many(&entries, 60.into()).await.unwrap();
        assert_eq!(log.len(), 1);
        let found = one.cache.get_many(&keys).await.unwrap();
        assert_eq!(log.len(), 2);
        assert_eq!(found[500], None);
        assert_eq!(found[501], Some(bytes("last")));
        assert_eq!(found[0], Some(entries[0].1.clone()));
        assert_eq!(one.cache.delete_many(&keys).await.unwrap(), 500);
        assert_eq!(log.len(), 3);
        one.cache.set_many(&[], 60.into()).await.unwrap();
        assert_eq!(one.cache.get_many(&[]).await.unwrap(), []);
        assert_eq!(one.cache.delete_many(&[]).await.unwrap(), 0);
        assert_eq!(log.len(), 3);
    })
    .await;
    assert_eq!(one.rows().await, "0");
}

/// More than goes into a statement.
#[tokio::test]
async fn many_large_ones_go_in_parts() {
    let (_database, one) = Instance::new();
    let large = bytes(vec![1; 30 * 1024 * 1024]);
    let keys = ["a", "b", "c", "d", "e"];
    let entries = keys.map(|key| (key, large.clone()));
    one.cache.set_many(&entries, 60.into()).await.unwrap();
    for key in keys {
        assert_eq!(one.get(key).await, Some(large.clone()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn those_who_write_the_same_keys_in_other_orders_do_not_wait_for_each_other() {
    let (database, one) = Instance::new();
    let two = Instance::of(&database);
    let keys: Vec<String> = (0..200).map(|n| n.to_string()).collect();
    let tasks = (0..8).map(|n: usize| {
        let (cache, keys) = ([&one, &two][n % 2].cache.clone(), keys.clone());
        tokio::spawn(async move {
            let mut keys: Vec<&str> = keys.iter().map(String::as_str).collect();
            for round in 0..30 {
                keys.rotate_left(n * 13 + round);
                if n.is_multiple_of(2) {
                    keys.reverse();
                }
                match (n + round) % 4 {
                    0 => cache.delete_many(&keys).await.map(drop).unwrap(),
                    1 if round % 8 == 0 => cache.clear().await.unwrap(),
                    _ => {
                        let entries: Vec<_> = keys.iter().map(|key| (*key, number(1))).collect();
                        cache.set_many(&entries, Duration::from_millis(1).into()).await.unwrap();
                        cache.sweep().await.unwrap();
                    }
                }
            }
        })
    });
    try_join_all(tasks).await.unwrap();
}

#[tokio::test]
async fn what_is_not_there_is_unavailable() {
    let db = Db::new("postgres://hyper@127.0.0.1:1/none?connect_timeout=1".parse().unwrap());
    let cache = DatabaseCache::new(db);
    let error = cache.get("a").await.unwrap_err();
    assert_eq!(error.kind(), CacheErrorKind::Unavailable);
    let source = std::error::Error::source(&error).unwrap();
    let source = source.downcast_ref::<hyper_core::db::DatabaseError>().unwrap();
    assert_eq!(source.kind(), ErrorKind::Unavailable);
    assert_eq!(hyper_core::Error::from(error).status(), 503);
    cache.set("a", number(1), 60.into()).await.unwrap_err();
    assert_eq!(cache.stats()[0].stats.errors, 2);
}

/// An UNLOGGED table is on no replica.
#[tokio::test(flavor = "multi_thread")]
async fn with_replicas_the_primary_is_asked_and_nobody_waits_for_them() {
    if !require(Suite::Replicas) {
        return;
    }
    let cluster = Cluster::start("");
    let db = cluster.routed([1, 1]).await;
    let cache = DatabaseCache::new(db.clone());
    cache.ensure_table().await.unwrap();
    let visitor = Session::new();
    visitor
        .run(async {
            for n in 0..20 {
                cache.set("a", number(n), 60.into()).await.unwrap();
                assert_eq!(cache.get("a").await.unwrap(), Some(number(n)));
                assert_eq!(cache.get_many(&["a"]).await.unwrap(), [Some(number(n))]);
                assert_eq!(cache.incr("a", 1).await.unwrap(), Some(n + 1));
                assert!(cache.has("a").await.unwrap() && cache.count().await.unwrap() == 1);
            }
        })
        .await;
    assert_eq!(visitor.written().await.unwrap(), []);
    // As it is with other tables.
    let other = Session::new();
    other.run(db.execute_batch("CREATE TABLE other (n int)")).await.unwrap();
    assert_eq!(other.written().await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn through_pgbouncer() {
    if !require(Suite::PgBouncer) {
        return;
    }
    let database = hyper_tests::postgres();
    let bouncer = PgBouncer::start(database.url(), "default_pool_size = 4\nserver_round_robin = 1");
    let db = Db::new(bouncer.url_of(database.name()).parse().unwrap());
    let cache = DatabaseCache::new(db.clone()).max_entries(100);
    let tasks = (0..8).map(|n: i64| {
        let cache = cache.clone();
        tokio::spawn(async move {
            // Of all tasks together fewer than there is room for: what one waits for may be the oldest.
            for key in 0..10 {
                let key = format!("{n}:{key}");
                cache.set(&key, bytes(key.clone()), 60.into()).await.unwrap();
                assert_eq!(cache.get(&key).await.unwrap(), Some(bytes(key.clone())));
            }
            cache.set_many(&[("x", number(n)), ("y", bytes(""))], 60.into()).await.unwrap();
            assert_eq!(cache.get_many(&["y", "none"]).await.unwrap(), [Some(bytes("")), None]);
            cache.delete_many(&["z"]).await.unwrap();
        })
    });
    try_join_all(tasks).await.unwrap();
    assert!(cache.incr("x", 1).await.unwrap().is_some());
    for key in 0..80 {
        cache.set(&format!("more:{key}"), number(key), 60.into()).await.unwrap();
    }
    cache.sweep().await.unwrap();
    assert!(cache.count().await.unwrap() <= 100);
    db.execute_batch("DROP TABLE hyper_cache").await.unwrap();
    assert!(cache.add("x", number(1), 60.into()).await.unwrap());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 30, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_kept(entries in proptest::collection::btree_map("[!-~]{1,20}", any::<Vec<u8>>(), 0..20)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        static DATABASE: std::sync::OnceLock<Database> = std::sync::OnceLock::new();
        runtime.block_on(async {
            let one = Instance::of(DATABASE.get_or_init(hyper_tests::postgres));
            let all: Vec<_> = entries.iter().map(|(key, value)| (key.as_str(), bytes(value.clone()))).collect();
            one.cache.set_many(&all, 60.into()).await.unwrap();
            let keys: Vec<&str> = all.iter().map(|(key, _)| *key).collect();
            let found = one.cache.get_many(&keys).await.unwrap();
            assert!(found.iter().zip(&all).all(|(found, (_, value))| found.as_ref() == Some(value)));
        });
    }
}
