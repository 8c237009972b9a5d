//! A cache in the memory of this process.

mod backend;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use quick_cache::sync::{Cache as Entries, EntryAction, EntryResult};
use quick_cache::{DefaultHashBuilder, Lifecycle, OptionsBuilder, Weighter};

use crate::cache::clock::{is_past, now};
use crate::cache::stats::{Count, Counters};
use crate::cache::ttl::Ttl;
use crate::cache::value::Value;

/// How often what is expired is looked for, in milliseconds, when something is put in.
const SWEEP: u64 = 30_000;

/// What an entry takes beside its key and value: the table's share, the allocations.
const OVERHEAD: u64 = 120;

/// Bounds and default of a [`LocMemCache`].
#[derive(Debug, Clone)]
pub struct LocMemOptions {
    /// How many entries there are at most; default 10,000.
    pub max_entries: usize,
    /// How many bytes they have at most, keys and overhead included; default 64 MiB. What
    /// [`get_shared`](super::Cache::get_shared) has decoded is there twice and counts twice. The entries are divided among
    /// locks, one for 64 of them and four for each processor at most, and a value that is larger than a lock's part of the
    /// bytes is not kept.
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
    weight: Weight,
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
    /// In milliseconds of the [clock](super::clock); `u64::MAX` is never.
    expires: u64,
    /// Whether the value counts twice, as it was decoded. What an entry weighs changes only while its lock is held.
    is_decoded: bool,
}

impl Entry {
    fn new(value: Value, expires: u64) -> Self {
        let is_decoded = value.is_decoded();
        Self { value, expires, is_decoded }
    }

    fn is_expired(&self) -> bool {
        is_past(self.expires)
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
    OVERHEAD + key.len() as u64 + entry.value.len() as u64 * (1 + u64::from(entry.is_decoded))
}

#[derive(Clone)]
struct Evictions {
    counters: Arc<Counters>,
    bytes: Arc<AtomicU64>,
}

impl Lifecycle<String, Entry> for Evictions {
    /// The key whose entry goes as another is put in its place, and not to make room.
    type RequestState = Option<String>;

    fn on_evict(&self, replaced: &mut Option<String>, key: String, entry: Entry) {
        self.bytes.fetch_sub(bytes_of(&key, &entry), Relaxed);
        if replaced.take_if(|replaced| *replaced == key).is_none() {
            self.counters.count(if entry.is_expired() { Count::Expired } else { Count::Eviction });
        }
    }
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
        let entries = Entries::with_options(built, weight.clone(), DefaultHashBuilder::default(), evictions);
        Self(Arc::new(Inner { entries, weight, options, counters, bytes, swept: AtomicU64::new(0) }))
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
        self.look(key).map(|entry| entry.value)
    }

    #[inline]
    fn look(&self, key: &str) -> Option<Entry> {
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
        Some(entry)
    }

    /// Has a value that was decoded since it was put in count twice. Who asks for it at this very moment may not find it.
    #[cold]
    fn count_decoded(&self, key: &str, value: &Value) {
        let outcome = self.0.entries.entry(key, None, |_, entry| {
            if entry.is_decoded || !entry.value.is_same(value) {
                return EntryAction::Retain(());
            }
            entry.is_decoded = true;
            self.0.bytes.fetch_add(value.len() as u64, Relaxed);
            // Only what is put in has others make room.
            EntryAction::ReplaceWithGuard
        });
        if let EntryResult::Replaced(guard, entry) = outcome {
            self.fill(key, guard.insert(entry));
        }
    }

    /// Puts a value in, whatever was there.
    pub fn put(&self, key: &str, value: Value, ttl: Ttl) {
        let Some(expires) = self.expiry(ttl) else {
            self.take(key);
            return;
        };
        self.0.counters.count(Count::Set);
        self.insert(key, Entry::new(value, expires), |_| true);
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
        let (bytes, weight) = (bytes_of(key, &entry), &self.0.weight);
        self.0.bytes.fetch_add(bytes, Relaxed);
        let mut entry = Some(entry);
        let outcome = self.0.entries.entry(key, None, |key, old| {
            if !may_go(old) {
                return EntryAction::Retain(Place::Taken);
            }
            let was = bytes_of(key, old);
            // What is changed in its place has nobody make room.
            match entry.take_if(|new| weight.weight(key, new) <= weight.weight(key, old)) {
                Some(entry) => {
                    *old = entry;
                    EntryAction::Retain(Place::Changed { was })
                }
                // Nobody finds it anyway.
                None if old.is_expired() => EntryAction::ReplaceWithGuard,
                None => EntryAction::Retain(Place::TooSmall),
            }
        });
        match (outcome, entry) {
            (EntryResult::Retained(Place::Taken), _) => {
                self.0.bytes.fetch_sub(bytes, Relaxed);
                return false;
            }
            (EntryResult::Retained(Place::Changed { was }), _) => {
                self.0.bytes.fetch_sub(was, Relaxed);
            }
            (EntryResult::Retained(Place::TooSmall), Some(entry)) => {
                let mut replaced = Some(key.to_owned());
                self.0.entries.insert_with_lifecycle(key.to_owned(), entry, &mut replaced);
            }
            (EntryResult::Replaced(guard, old), Some(entry)) => {
                self.0.bytes.fetch_sub(bytes_of(key, &old), Relaxed);
                self.fill(key, guard.insert(entry));
            }
            (EntryResult::Vacant(guard), Some(entry)) => self.fill(key, guard.insert(entry)),
            // Nothing is removed, and no time is set; and the entry is there still where it was not put in.
            _ => {
                self.0.bytes.fetch_sub(bytes, Relaxed);
            }
        }
        true
    }

    /// Changes an entry that is there and not expired.
    /// What could not be put into the place that was kept for it is not there: another has taken it out or put something in.
    fn fill(&self, key: &str, filled: Result<(), Entry>) {
        if let Err(entry) = filled {
            self.0.bytes.fetch_sub(bytes_of(key, &entry), Relaxed);
        }
    }

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

/// What becomes of an entry that is there when another is put in.
enum Place {
    /// It stays.
    Taken,
    /// It was changed, and had so many bytes.
    Changed { was: u64 },
    /// The new one weighs more, so others have to make room.
    TooSmall,
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
