//! What became of what a cache was asked.

use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed};
use std::sync::atomic::{AtomicU32, AtomicU64};

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

/// How many threads count each for itself. What others count they share.
const OWN: usize = 32;

/// Counts what a backend is asked; cheap, however many threads do.
#[derive(Debug)]
pub struct Counters(Box<[Stripe]>);

#[derive(Debug, Default)]
#[repr(align(128))]
struct Stripe([AtomicU64; 7]);

impl Default for Counters {
    fn default() -> Self {
        Self((0..=OWN).map(|_| Stripe::default()).collect())
    }
}

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

/// Which of the stripes threads have as their own, a bit each.
static TAKEN: AtomicU32 = AtomicU32::new(0);

/// The stripe of a thread, which is another's when it ends.
struct Own(usize);

impl Own {
    fn take() -> Self {
        let free = |taken: u32| (taken != u32::MAX).then(|| taken | (taken + 1));
        match TAKEN.fetch_update(AcqRel, Acquire, free) {
            Ok(taken) => Self(taken.trailing_ones() as usize),
            Err(_) => Self(OWN),
        }
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        if self.0 < OWN {
            TAKEN.fetch_and(!(1 << self.0), AcqRel);
        }
    }
}

thread_local! {
    static STRIPE: Own = Own::take();
}

impl Counters {
    /// Counts one.
    pub fn count(&self, what: Count) {
        self.add(what, 1);
    }

    /// Counts several.
    pub fn add(&self, what: Count, times: u64) {
        let own = STRIPE.try_with(|own| own.0).unwrap_or(OWN);
        let counter = &self.0[own].0[what as usize];
        if own < OWN {
            // Nobody else writes it, so that nothing is lost, in a fifth of the time.
            counter.store(counter.load(Relaxed).wrapping_add(times), Relaxed);
        } else {
            counter.fetch_add(times, Relaxed);
        }
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

#[cfg(test)]
mod tests {
    use std::sync::Barrier;
    use std::thread;

    use super::*;

    /// More threads at once than have a stripe of their own, and then others that take over theirs.
    #[test]
    fn nothing_is_lost() {
        const TIMES: u64 = 100_000;
        let counters = Counters::default();
        for _ in 0..3 {
            let barrier = Barrier::new(OWN + 8);
            thread::scope(|scope| {
                for _ in 0..OWN + 8 {
                    scope.spawn(|| {
                        barrier.wait();
                        (0..TIMES).for_each(|_| counters.asked(true));
                        counters.add(Count::Miss, 7);
                    });
                }
            });
        }
        let stats = counters.stats();
        assert_eq!((stats.hits, stats.misses), (3 * TIMES * (OWN as u64 + 8), 3 * 7 * (OWN as u64 + 8)));
    }
}
