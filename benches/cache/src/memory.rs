//! Caches in memory, each with what is asked of it.

use std::hint::black_box;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use hyperdjango::cache::{
    Cache, CacheBackend, LocMemCache, LocMemOptions, NullCache, Ttl, TwoTierCache, Value,
};

use crate::workload::Profile;

/// A cache. Returns how many of these keys it had; what it has not is put in.
pub(crate) struct Contestant {
    pub(crate) name: &'static str,
    pub(crate) ask: Box<dyn Fn(&[u32]) -> usize + Sync>,
}

/// Long enough that nothing expires.
const HOUR: u32 = 3600;

fn contestant(name: &'static str, one: impl Fn(u32) -> bool + Sync + 'static) -> Contestant {
    Contestant { name, ask: Box::new(move |order| order.iter().filter(|id| one(black_box(**id))).count()) }
}

/// What takes no waiting in memory, unless it is for another thread.
fn at_once<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    match future.as_mut().now_or_never() {
        Some(done) => done,
        None => futures_executor::block_on(future),
    }
}

/// The framework's, in memory.
pub(crate) fn loc_mem(room: usize) -> LocMemCache {
    LocMemCache::with_options(LocMemOptions { max_entries: room, ..LocMemOptions::default() })
}

fn make(id: u32) -> Arc<Profile> {
    Arc::new(Profile::of(id))
}

/// All of them, with room for so many. Those without a key of their own making are given `keys`.
pub(crate) fn all(room: usize, keys: &Arc<[Box<str>]>) -> Vec<Contestant> {
    let mut all = peers(room, keys);
    all.extend(ours(room, keys));
    all
}

fn peers(room: usize, keys: &Arc<[Box<str>]>) -> Vec<Contestant> {
    let hasher = foldhash::fast::RandomState::default();
    let mut all = Vec::new();
    let (cache, own) = (quick_cache::sync::Cache::<Box<str>, Arc<Profile>>::new(room), Arc::clone(keys));
    all.push(contestant("quick_cache", move |id| {
        let key = &own[id as usize];
        let found = cache.get(&**key);
        if found.is_none() {
            cache.insert(key.clone(), make(id));
        }
        black_box(found).is_some()
    }));
    let cache = quick_cache::sync::Cache::<String, Arc<Profile>>::new(room);
    all.push(contestant("quick_cache, key made", move |id| {
        let key = format!("user:{id}");
        let found = cache.get(&key);
        if found.is_none() {
            cache.insert(key, make(id));
        }
        black_box(found).is_some()
    }));
    for (name, ttl) in [("moka sync", None), ("moka sync, TTL", Some(Duration::from_secs(HOUR.into())))] {
        let mut builder = moka::sync::Cache::<Box<str>, Arc<Profile>>::builder().max_capacity(room as u64);
        if let Some(ttl) = ttl {
            builder = builder.time_to_live(ttl);
        }
        let (cache, own) = (builder.build_with_hasher(hasher.clone()), Arc::clone(keys));
        all.push(contestant(name, move |id| {
            let key = &own[id as usize];
            let found = cache.get(&**key);
            if found.is_none() {
                cache.insert(key.clone(), make(id));
            }
            black_box(found).is_some()
        }));
    }
    let builder = moka::future::Cache::<Box<str>, Arc<Profile>>::builder().max_capacity(room as u64);
    let (cache, own) = (builder.build_with_hasher(hasher), Arc::clone(keys));
    all.push(contestant("moka future", move |id| {
        let key = &own[id as usize];
        let found = at_once(cache.get(&**key));
        if found.is_none() {
            at_once(cache.insert(key.clone(), make(id)));
        }
        black_box(found).is_some()
    }));
    all
}

fn ours(room: usize, keys: &Arc<[Box<str>]>) -> Vec<Contestant> {
    let mut all = Vec::new();
    let (cache, own) = (loc_mem(room), Arc::clone(keys));
    all.push(contestant("LocMemCache::find", move |id| {
        let key = &own[id as usize];
        let found = cache.find(key);
        if found.is_none() {
            cache.put(key, Value::encode(&*make(id)).expect("it encodes"), HOUR.into());
        }
        black_box(found).is_some()
    }));
    let (cache, own) = (loc_mem(room), Arc::clone(keys));
    all.push(contestant("LocMemCache::get", move |id| {
        let key = &own[id as usize];
        let found = at_once(CacheBackend::get(&cache, key)).expect("memory is there");
        if found.is_none() {
            let value = Value::encode(&*make(id)).expect("it encodes");
            at_once(CacheBackend::set(&cache, key, value, HOUR.into())).expect("memory is there");
        }
        black_box(found).is_some()
    }));
    let (cache, own) =
        (TwoTierCache::new(loc_mem(room), NullCache).l1_ttl(Duration::from_secs(3600)), Arc::clone(keys));
    let cache = Cache::new(cache);
    all.push(contestant("TwoTierCache, shared", move |id| {
        let key = &*own[id as usize];
        let found = at_once(cache.get_shared::<Profile>(key)).expect("memory is there");
        if found.is_none() {
            at_once(cache.set(key, &*make(id), HOUR)).expect("memory is there");
        }
        black_box(found).is_some()
    }));
    let (cache, own) = (Cache::new(loc_mem(room)), Arc::clone(keys));
    all.push(contestant("Cache::get_bytes", move |id| {
        let key = &*own[id as usize];
        let found = at_once(cache.get_bytes(key)).expect("memory is there");
        if found.is_none() {
            let bytes = rmp_serde::to_vec_named(&*make(id)).expect("it encodes");
            at_once(cache.set_bytes(key, bytes, HOUR)).expect("memory is there");
        }
        black_box(found).is_some()
    }));
    for (name, prefix) in [("Cache::get_shared", ""), ("Cache::get_shared, prefix", "news")] {
        let mut cache = Cache::new(loc_mem(room));
        if !prefix.is_empty() {
            cache = cache.prefix(prefix);
        }
        all.push(contestant(name, move |id| {
            let found = at_once(cache.get_shared::<Profile>(("user", id))).expect("memory is there");
            if found.is_none() {
                at_once(cache.set(("user", id), &*make(id), HOUR)).expect("memory is there");
            }
            black_box(found).is_some()
        }));
    }
    let cache = Cache::new(loc_mem(room));
    all.push(contestant("Cache::get", move |id| {
        let found = at_once(cache.get::<Profile>(("user", id))).expect("memory is there");
        if found.is_none() {
            at_once(cache.set(("user", id), &*make(id), HOUR)).expect("memory is there");
        }
        black_box(found).is_some()
    }));
    let cache = Cache::new(loc_mem(room));
    all.push(contestant("Cache::get, a number", move |id| {
        let found = at_once(cache.get::<i64>(("views", id))).expect("memory is there");
        if found.is_none() {
            at_once(cache.set(("views", id), &id, Ttl::FOREVER)).expect("memory is there");
        }
        black_box(found).is_some()
    }));
    all
}
