//! What became of what a cache was asked.

use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

/// What one backend or layer of a cache was asked, since it was made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CacheStats {
    /// Values that were there.
    pub hits: u64,
    /// Values that were not.
    pub misses: u64,
    /// Those of the misses that had been there for too long. Only what keeps the values itself can tell.
    pub expired: u64,
    /// Values that made room for others. Only what keeps the values itself can tell.
    pub evictions: u64,
    /// Values that were put in.
    pub sets: u64,
    /// Values that were taken out.
    pub deletes: u64,
    /// Questions that failed.
    pub errors: u64,
    /// Values that are there now, if that is known at no cost.
    pub entries: Option<u64>,
    /// How many bytes those have, their keys included.
    pub bytes: Option<u64>,
}

impl CacheStats {
    /// The share of what was asked for that was there, from 0 to 1; 0 as long as nothing was.
    ///
    /// ```
    /// # use hyper_core::cache::CacheStats;
    /// assert_eq!(CacheStats::default().hit_rate(), 0.0);
    /// ```
    #[must_use]
    pub fn hit_rate(&self) -> f64 {
        let asked = self.hits + self.misses;
        if asked == 0 { 0.0 } else { self.hits as f64 / asked as f64 }
    }
}

/// A backend or layer with its name, as they are stacked: the first is asked first.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LayerStats {
    /// Its name, with those of what it is a part of: `two_tier/l1`.
    pub name: String,
    /// What it was asked.
    pub stats: CacheStats,
    /// What only this sort of layer counts, such as `l2_errors`.
    pub more: Vec<(&'static str, u64)>,
}

impl LayerStats {
    /// A layer's figures.
    #[must_use]
    pub fn new(name: impl Into<String>, stats: CacheStats) -> Self {
        Self { name: name.into(), stats, more: Vec::new() }
    }

    /// With a figure of its own.
    #[must_use]
    pub fn with(mut self, name: &'static str, figure: u64) -> Self {
        self.more.push((name, figure));
        self
    }

    /// As a part of another layer.
    #[must_use]
    pub fn inside(mut self, name: &str) -> Self {
        self.name = format!("{name}/{}", self.name);
        self
    }
}

/// How many counters there are of each sort, so that threads are seldom in each other's way.
const STRIPES: usize = 8;

/// Counts what a backend is asked; cheap, however many threads do.
#[derive(Debug, Default)]
pub struct Counters([Stripe; STRIPES]);

#[derive(Debug, Default)]
#[repr(align(128))]
struct Stripe([AtomicU64; 7]);

/// What [`Counters`] count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// A value that was there.
    Hit,
    /// A value that was not.
    Miss,
    /// A value that had been there for too long.
    Expired,
    /// A value that made room.
    Eviction,
    /// A value that was put in.
    Set,
    /// A value that was taken out.
    Delete,
    /// A question that failed.
    Error,
}

thread_local! {
    /// Which of them this thread counts with.
    static STRIPE: usize = {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        NEXT.fetch_add(1, Relaxed) as usize % STRIPES
    };
}

impl Counters {
    /// Counts one.
    pub fn count(&self, what: Count) {
        self.add(what, 1);
    }

    /// Counts several.
    pub fn add(&self, what: Count, times: u64) {
        let stripe = STRIPE.with(|stripe| *stripe);
        self.0[stripe].0[what as usize].fetch_add(times, Relaxed);
    }

    /// Counts a value that was asked for.
    pub fn asked(&self, found: bool) {
        self.count(if found { Count::Hit } else { Count::Miss });
    }

    /// What was counted.
    #[must_use]
    pub fn stats(&self) -> CacheStats {
        let sum = |what: Count| self.0.iter().map(|stripe| stripe.0[what as usize].load(Relaxed)).sum();
        CacheStats {
            hits: sum(Count::Hit),
            misses: sum(Count::Miss),
            expired: sum(Count::Expired),
            evictions: sum(Count::Eviction),
            sets: sum(Count::Set),
            deletes: sum(Count::Delete),
            errors: sum(Count::Error),
            entries: None,
            bytes: None,
        }
    }
}
