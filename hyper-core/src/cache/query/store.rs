//! Results, bounded by their number and by bytes.

use std::any::{Any, TypeId};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use quick_cache::sync::Cache as Entries;
use quick_cache::{DefaultHashBuilder, Lifecycle, OptionsBuilder, Weighter};
use tokio_postgres::Row;

use super::QueryCacheOptions;
use super::key::QueryKey;
use super::tables::Seen;

/// What an entry takes beside its rows.
const OVERHEAD: u64 = 400;

/// What each row takes beside its bytes.
const OVERHEAD_OF_ROW: u64 = 120;

/// A result.
pub(crate) struct Entry {
    pub(crate) rows: Vec<Row>,
    seen: Seen,
    until: Instant,
    weight: u64,
    /// What it was made into, by those who share it.
    made: Mutex<Vec<(TypeId, Arc<dyn Any + Send + Sync>)>>,
}

impl Entry {
    pub(super) fn new(rows: Vec<Row>, seen: Seen, ttl: Duration) -> Self {
        let bytes: u64 = rows.iter().map(|row| row.raw_size_bytes() as u64 + OVERHEAD_OF_ROW).sum();
        // Rows keep the block they were read into, with others.
        let weight = OVERHEAD + bytes * 2;
        Self { rows, seen, until: Instant::now() + ttl, weight, made: Mutex::default() }
    }

    /// Whether it is what the database has, as far as this instance knows, and not too old.
    pub(super) fn is_fresh(&self) -> bool {
        self.seen.is_current() && Instant::now() < self.until
    }

    /// What its rows are made into, once for all who share it.
    pub(super) fn shared<T: Any + Send + Sync, E>(
        &self,
        make: impl FnOnce(&[Row]) -> Result<T, E>,
    ) -> Result<Arc<T>, E> {
        let find = |made: &[(TypeId, Arc<dyn Any + Send + Sync>)]| {
            let (_, made) = made.iter().find(|(ty, _)| *ty == TypeId::of::<T>())?;
            Arc::downcast::<T>(Arc::clone(made)).ok()
        };
        if let Some(made) = find(&self.made.lock().expect("no panic while held")) {
            return Ok(made);
        }
        let new = Arc::new(make(&self.rows)?);
        let mut made = self.made.lock().expect("no panic while held");
        // Another may have been first.
        Ok(find(&made).unwrap_or_else(|| {
            made.push((TypeId::of::<T>(), Arc::clone(&new) as Arc<dyn Any + Send + Sync>));
            new
        }))
    }
}

#[derive(Clone)]
struct Weight {
    least: u64,
}

impl Weighter<QueryKey, Arc<Entry>> for Weight {
    fn weight(&self, key: &QueryKey, entry: &Arc<Entry>) -> u64 {
        (key.weight() + entry.weight).max(self.least)
    }
}

#[derive(Clone, Default)]
struct Evictions(Arc<AtomicU64>);

impl Lifecycle<QueryKey, Arc<Entry>> for Evictions {
    type RequestState = ();

    fn on_evict(&self, (): &mut (), _: QueryKey, _: Arc<Entry>) {
        self.0.fetch_add(1, Relaxed);
    }
}

pub(super) struct Store {
    entries: Entries<QueryKey, Arc<Entry>, Weight, DefaultHashBuilder, Evictions>,
    evictions: Evictions,
}

impl Store {
    pub(super) fn new(options: &QueryCacheOptions) -> Self {
        let entries = options.max_entries.max(1);
        let built = OptionsBuilder::new()
            .estimated_items_capacity(entries)
            .weight_capacity(options.max_bytes)
            .shards((entries / 64).clamp(1, 64))
            .build()
            .expect("all that is needed is set");
        let weight = Weight { least: (options.max_bytes / entries as u64).max(1) };
        let evictions = Evictions::default();
        let entries = Entries::with_options(built, weight, DefaultHashBuilder::default(), evictions.clone());
        Self { entries, evictions }
    }

    pub(super) fn get(&self, key: &QueryKey) -> Option<Arc<Entry>> {
        let entry = self.entries.get(key)?;
        if entry.is_fresh() {
            return Some(entry);
        }
        self.entries.remove_if(key, |entry| !entry.is_fresh());
        None
    }

    pub(super) fn put(&self, key: QueryKey, entry: &Arc<Entry>) {
        self.entries.insert(key, entry.clone());
    }

    pub(super) fn clear(&self) {
        self.entries.clear();
    }

    /// How many there are, their bytes, and how many made room.
    pub(super) fn figures(&self) -> (u64, u64, u64) {
        let bytes = self.entries.iter().map(|(key, entry)| key.weight() + entry.weight).sum();
        (self.entries.len() as u64, bytes, self.evictions.0.load(Relaxed))
    }
}
