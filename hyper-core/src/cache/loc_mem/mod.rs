//! A cache in the memory of this process.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use quick_cache::sync::{Cache as Entries, EntryAction, EntryResult};
use quick_cache::{DefaultHashBuilder, Lifecycle, OptionsBuilder, Weighter};

use super::backend::{Ask, CacheBackend};
use super::error::CacheError;
use super::stats::{Count, Counters, LayerStats};
use super::ttl::Ttl;
use super::value::{Content, Value};

/// How often what is expired is looked for, in milliseconds, when something is put in.
const SWEEP: u64 = 30_000;

/// What an entry takes beside its key and value: the table's share, the allocations.
const OVERHEAD: u64 = 120;

/// Bounds and default of a [`LocMemCache`].
#[derive(Debug, Clone)]
pub struct LocMemOptions {
    /// How many entries there are at most; default 10,000.
    pub max_entries: usize,
    /// How many bytes they have at most, keys and overhead included; default 64 MiB.
    pub max_bytes: u64,
    /// How long values are kept that are put in without saying; none is for ever. Default 300 seconds.
    pub ttl: Option<Duration>,
}

impl Default for LocMemOptions {
    fn default() -> Self {
        Self { max_entries: 10_000, max_bytes: 64 * 1024 * 1024, ttl: Some(Duration::from_secs(300)) }
    }
}

/// A cache in the memory of this process, for all its threads; gone when it ends. Its clones are one cache.
///
/// It is bounded by entries and by bytes, and divided among locks by the keys. What makes room is decided by
/// [S3-FIFO](https://s3fifo.com)'s kin in [`quick_cache`]: what was asked for once goes before what is asked for again and
/// again. What is expired is never given out, and goes at the latest when there is no room.
///
/// ```
/// use hyper_core::cache::{Cache, LocMemCache};
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let cache = Cache::new(LocMemCache::new(5_000));
/// cache.set("views", &7, 60).await?;
/// assert_eq!(cache.incr("views", 1).await?, Some(8));
/// # Ok::<_, hyper_core::cache::CacheError>(()) }).unwrap();
/// ```
#[derive(Clone)]
pub struct LocMemCache(Arc<Inner>);

struct Inner {
    entries: Entries<String, Entry, Weight, DefaultHashBuilder, Evictions>,
    options: LocMemOptions,
    counters: Arc<Counters>,
    /// What the entries have, as [`bytes_of`] has it.
    bytes: Arc<AtomicU64>,
    /// When the expired were last taken out, in milliseconds.
    swept: AtomicU64,
}

#[derive(Clone)]
struct Entry {
    value: Value,
    /// In milliseconds of this module's clock; `u64::MAX` is never.
    expires: u64,
}

impl Entry {
    fn is_expired(&self) -> bool {
        now() > self.expires
    }
}

/// Each entry weighs its bytes, and so much at least that no more than `max_entries` fit.
#[derive(Clone)]
struct Weight {
    least: u64,
}

impl Weighter<String, Entry> for Weight {
    fn weight(&self, key: &String, entry: &Entry) -> u64 {
        bytes_of(key, entry).max(self.least)
    }
}

fn bytes_of(key: &str, entry: &Entry) -> u64 {
    OVERHEAD + key.len() as u64 + entry.value.len() as u64
}

#[derive(Clone)]
struct Evictions {
    counters: Arc<Counters>,
    bytes: Arc<AtomicU64>,
}

impl Lifecycle<String, Entry> for Evictions {
    type RequestState = ();

    fn on_evict(&self, (): &mut (), key: String, entry: Entry) {
        self.counters.count(if entry.is_expired() { Count::Expired } else { Count::Eviction });
        self.bytes.fetch_sub(bytes_of(&key, &entry), Relaxed);
    }
}

/// Milliseconds since the process first asked.
fn now() -> u64 {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    u64::try_from(START.elapsed().as_millis()).unwrap_or(u64::MAX - 1)
}

impl LocMemCache {
    /// With room for so many entries; 0 keeps none.
    #[must_use]
    pub fn new(max_entries: usize) -> Self {
        Self::with_options(LocMemOptions { max_entries, ..LocMemOptions::default() })
    }

    /// With bounds and default.
    #[must_use]
    pub fn with_options(options: LocMemOptions) -> Self {
        let (counters, bytes) = (Arc::<Counters>::default(), Arc::<AtomicU64>::default());
        let entries = options.max_entries.max(1);
        let evictions = Evictions { counters: counters.clone(), bytes: bytes.clone() };
        let built = OptionsBuilder::new()
            .estimated_items_capacity(entries)
            .weight_capacity(options.max_bytes)
            // Of few entries each lock would have too few to choose from.
            .shards(shards(entries))
            .build()
            .expect("all that is needed is set");
        let weight = Weight { least: (options.max_bytes / entries as u64).max(1) };
        let entries = Entries::with_options(built, weight, DefaultHashBuilder::default(), evictions);
        Self(Arc::new(Inner { entries, options, counters, bytes, swept: AtomicU64::new(0) }))
    }

    /// How many entries there are, those included that are expired and not yet taken out.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.entries.len()
    }

    /// Whether there is no entry.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.entries.is_empty()
    }

    /// How many bytes they have, as `max_bytes` counts them.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.0.bytes.load(Relaxed)
    }

    /// Takes out what is expired. It is done by itself every 30 seconds, as long as something is put in.
    pub fn sweep(&self) {
        self.0.entries.retain(|key, entry| {
            let gone = entry.is_expired();
            if gone {
                self.0.counters.count(Count::Expired);
                self.0.bytes.fetch_sub(bytes_of(key, entry), Relaxed);
            }
            !gone
        });
    }

    /// The value of a key, if it is there: without waiting, and without copying it.
    #[must_use]
    pub fn find(&self, key: &str) -> Option<Value> {
        let found = self.0.entries.get(key);
        let Some(entry) = found else {
            self.0.counters.count(Count::Miss);
            return None;
        };
        if entry.is_expired() {
            if let Some((key, entry)) = self.0.entries.remove_if(key, Entry::is_expired) {
                self.0.counters.count(Count::Expired);
                self.0.bytes.fetch_sub(bytes_of(&key, &entry), Relaxed);
            }
            self.0.counters.count(Count::Miss);
            return None;
        }
        self.0.counters.count(Count::Hit);
        Some(entry.value)
    }

    /// Puts a value in, whatever was there.
    pub fn put(&self, key: &str, value: Value, ttl: Ttl) {
        let Some(expires) = self.expiry(ttl) else {
            self.take(key);
            return;
        };
        self.0.counters.count(Count::Set);
        self.insert(key, Entry { value, expires }, |_| true);
    }

    /// Takes a value out; true if there was one.
    pub fn take(&self, key: &str) -> bool {
        let Some((key, entry)) = self.0.entries.remove(key) else { return false };
        self.0.bytes.fetch_sub(bytes_of(&key, &entry), Relaxed);
        let was_there = !entry.is_expired();
        self.0.counters.count(if was_there { Count::Delete } else { Count::Expired });
        was_there
    }

    /// When what is put in now expires; none if it is not to be kept at all.
    fn expiry(&self, ttl: Ttl) -> Option<u64> {
        match ttl.or(self.0.options.ttl) {
            None => Some(u64::MAX),
            Some(Duration::ZERO) => None,
            Some(time) => {
                Some(now().saturating_add(u64::try_from(time.as_millis()).unwrap_or(u64::MAX).max(1)))
            }
        }
    }

    /// Puts an entry in where there is none, or one that may make room. Returns whether it did.
    fn insert(&self, key: &str, entry: Entry, may_go: impl FnOnce(&Entry) -> bool) -> bool {
        if self.0.options.max_entries == 0 {
            return true;
        }
        self.sweep_if_due();
        let bytes = bytes_of(key, &entry);
        self.0.bytes.fetch_add(bytes, Relaxed);
        let mut entry = Some(entry);
        let outcome = self.0.entries.entry(key, None, |key, old| {
            let was = bytes_of(key, old);
            EntryAction::Retain(match entry.take_if(|_| may_go(old)) {
                Some(entry) => {
                    *old = entry;
                    (true, was)
                }
                None => (false, bytes),
            })
        });
        match outcome {
            EntryResult::Retained((inserted, gone)) => {
                self.0.bytes.fetch_sub(gone, Relaxed);
                inserted
            }
            EntryResult::Vacant(guard) => {
                if let Some(entry) = entry {
                    let _ = guard.insert(entry);
                }
                true
            }
            // Neither is asked for.
            EntryResult::Removed(..) | EntryResult::Replaced(..) | EntryResult::Timeout => false,
        }
    }

    /// Changes an entry that is there and not expired.
    fn change<T>(&self, key: &str, change: impl FnOnce(&mut Entry) -> T) -> Option<T> {
        let outcome = self
            .0
            .entries
            .entry(key, None, |_, entry| EntryAction::Retain((!entry.is_expired()).then(|| change(entry))));
        match outcome {
            EntryResult::Retained(outcome) => outcome,
            _ => None,
        }
    }

    fn sweep_if_due(&self) {
        let (now, swept) = (now(), self.0.swept.load(Relaxed));
        let is_due = now.saturating_sub(swept) >= SWEEP;
        if is_due && self.0.swept.compare_exchange(swept, now, Relaxed, Relaxed).is_ok() {
            self.sweep();
        }
    }
}

/// How many locks there are for so many entries.
fn shards(entries: usize) -> usize {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    (entries / 64).clamp(1, 4 * threads)
}

impl Default for LocMemCache {
    fn default() -> Self {
        Self::with_options(LocMemOptions::default())
    }
}

impl std::fmt::Debug for LocMemCache {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LocMemCache").field("options", &self.0.options).field("len", &self.len()).finish()
    }
}

impl CacheBackend for LocMemCache {
    async fn get(&self, key: &str) -> Result<Option<Value>, CacheError> {
        Ok(self.find(key))
    }

    async fn set(&self, key: &str, value: Value, ttl: Ttl) -> Result<(), CacheError> {
        self.put(key, value, ttl);
        Ok(())
    }

    async fn add(&self, key: &str, value: Value, ttl: Ttl) -> Result<bool, CacheError> {
        let Some(expires) = self.expiry(ttl) else {
            return Ok(!self.has(key).await?);
        };
        let added = self.insert(key, Entry { value, expires }, Entry::is_expired);
        if added {
            self.0.counters.count(Count::Set);
        }
        Ok(added)
    }

    async fn delete(&self, key: &str) -> Result<bool, CacheError> {
        Ok(self.take(key))
    }

    async fn clear(&self) -> Result<(), CacheError> {
        self.0.entries.retain(|key, entry| {
            self.0.bytes.fetch_sub(bytes_of(key, entry), Relaxed);
            false
        });
        Ok(())
    }

    async fn has(&self, key: &str) -> Result<bool, CacheError> {
        Ok(self.0.entries.peek(key).is_some_and(|entry| !entry.is_expired()))
    }

    async fn incr(&self, key: &str, by: i64) -> Result<Option<i64>, CacheError> {
        let sum = self.change(key, |entry| {
            let Content::Integer(number) = entry.value.content() else { return None };
            let sum = number.checked_add(by)?;
            entry.value = Value::new(Content::Integer(sum));
            Some(sum)
        });
        match sum {
            None => Ok(None),
            Some(Some(sum)) => Ok(Some(sum)),
            Some(None) => Err(CacheError::not_a_number(key)),
        }
    }

    async fn touch(&self, key: &str, ttl: Ttl) -> Result<bool, CacheError> {
        match self.expiry(ttl) {
            None => Ok(self.take(key)),
            Some(expires) => Ok(self.change(key, |entry| entry.expires = expires).is_some()),
        }
    }

    fn peek(&self, key: &str) -> Result<Option<Value>, Ask> {
        Ok(self.find(key))
    }

    fn stats(&self) -> Vec<LayerStats> {
        let mut stats = self.0.counters.stats();
        (stats.entries, stats.bytes) = (Some(self.len() as u64), Some(self.bytes()));
        vec![LayerStats::new("loc_mem", stats)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Value {
        Value::encode(text).unwrap()
    }

    async fn on_time(cache: &LocMemCache, key: &str, is: Option<&str>) {
        let started = Instant::now();
        while cache.get(key).await.unwrap() != is.map(text) {
            assert!(started.elapsed() < Duration::from_secs(5), "{key} is not {is:?}");
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    #[tokio::test]
    async fn values_are_kept_as_long_as_said() {
        let cache = LocMemCache::new(100);
        cache.put("short", text("a"), Duration::from_millis(20).into());
        cache.put("long", text("b"), 60.into());
        cache.put("ever", text("c"), Ttl::FOREVER);
        cache.put("long", text("d"), Ttl::AT_ONCE);
        assert_eq!(cache.find("long"), None);
        on_time(&cache, "short", None).await;
        assert_eq!(cache.find("ever"), Some(text("c")));
        assert_eq!(cache.len(), 1);
        assert!(!cache.touch("short", 60.into()).await.unwrap());
        assert!(cache.touch("ever", Duration::from_millis(1).into()).await.unwrap());
        on_time(&cache, "ever", None).await;
        assert_eq!(cache.bytes(), 0);
        assert!(cache.stats()[0].stats.expired >= 2);
    }

    #[tokio::test]
    async fn one_of_many_adds_and_all_are_counted() {
        let cache = LocMemCache::new(100);
        let added = AtomicU64::new(0);
        std::thread::scope(|scope| {
            for n in 0..8 {
                let (cache, added) = (&cache, &added);
                scope.spawn(move || {
                    futures_util::future::FutureExt::now_or_never(async {
                        for key in 0..200 {
                            let value = Value::encode(&n).unwrap();
                            let new = cache.add(&format!("{key}"), value, 60.into()).await.unwrap();
                            added.fetch_add(new.into(), Relaxed);
                        }
                        cache.add("sum", Value::encode(&0).unwrap(), Ttl::FOREVER).await.unwrap();
                        for _ in 0..1000 {
                            cache.incr("sum", 1).await.unwrap();
                        }
                    })
                    .unwrap();
                });
            }
        });
        // There is room for 100, and each of those was added once at least.
        assert!((200..=1600).contains(&added.load(Relaxed)), "{added:?}");
        assert!(cache.len() <= 101);
    }

    #[tokio::test]
    async fn numbers_are_counted_and_nothing_else() {
        let cache = LocMemCache::new(100);
        cache.put("n", Value::encode(&i64::MAX).unwrap(), 60.into());
        cache.put("text", text("7"), 60.into());
        assert_eq!(cache.incr("none", 1).await.unwrap(), None);
        for key in ["n", "text"] {
            let error = cache.incr(key, 1).await.unwrap_err();
            assert_eq!(error.kind(), super::super::CacheErrorKind::NotANumber);
        }
        assert_eq!(cache.incr("n", -1).await.unwrap(), Some(i64::MAX - 1));
        assert_eq!(cache.len(), 2, "what was not there is not there now");
    }

    #[test]
    fn neither_bound_is_passed() {
        let options = LocMemOptions { max_entries: 1_000, max_bytes: 1_000_000, ttl: None };
        let (many, large) = (LocMemCache::with_options(options.clone()), LocMemCache::with_options(options));
        for n in 0..20_000 {
            many.put(&n.to_string(), text("x"), Ttl::DEFAULT);
            large.put(&n.to_string(), text(&"x".repeat(fastrand::usize(..50_000))), Ttl::DEFAULT);
        }
        assert!((900..=1_000).contains(&many.len()), "{}", many.len());
        assert!(large.bytes() <= 1_000_000 && large.bytes() > 500_000, "{}", large.bytes());
        for cache in [many, large] {
            let sum: u64 = cache.0.entries.iter().map(|(key, entry)| bytes_of(&key, &entry)).sum();
            assert_eq!(cache.bytes(), sum);
            let stats = cache.stats().remove(0).stats;
            assert_eq!(stats.evictions + cache.len() as u64, stats.sets);
        }
    }

    #[test]
    fn without_room_nothing_is_kept() {
        let cache = LocMemCache::new(0);
        cache.put("a", text("a"), 60.into());
        assert_eq!(cache.find("a"), None);
    }
}
