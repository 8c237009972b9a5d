//! How long statements take, as far as is known.
//!
//! A statement that is known to be short may share its connection with others, which wait for it. The estimate hangs
//! on the statement's key alone, so it is there for every connection as soon as one has run it.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::Duration;

/// Up to so many microseconds a statement is short: what waits behind it hardly notices.
const SHORT: u32 = 2_000;
/// Estimates that are kept, a power of two. Statements whose keys meet share one, and are short if both are.
const ENTRIES: usize = 1024;
const _: () = assert!(ENTRIES.is_power_of_two());

/// What is known of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pace {
    /// It has not been run yet.
    Unknown,
    Short,
    Long,
}

/// Running estimates in microseconds; 0 is none.
pub(super) struct Paces(Box<[AtomicU32]>);

impl Default for Paces {
    fn default() -> Self {
        Self((0..ENTRIES).map(|_| AtomicU32::new(0)).collect())
    }
}

impl Paces {
    /// A statement is unknown to the first who asks. The others, until it has ended, hear that it is short: most are,
    /// and what is asked ten times at once shall not take ten connections.
    #[inline]
    pub(super) fn of(&self, key: u64) -> Pace {
        let entry = self.entry(key);
        match entry.load(Relaxed) {
            0 if entry.compare_exchange(0, 1, Relaxed, Relaxed).is_ok() => Pace::Unknown,
            0..=SHORT => Pace::Short,
            _ => Pace::Long,
        }
    }

    /// A statement took so long by itself, that is, without those before it on its connection.
    ///
    /// What is measured has the waiting of a busy process in it, which is never less than nothing. So the estimate falls
    /// half of the way at once, and rises by no more than a quarter of itself a time: a statement that has become long
    /// is known as such after a dozen times, and one that was held up once is not taken for it.
    #[inline]
    pub(super) fn note(&self, key: u64, took: Duration) {
        let took = u32::try_from(took.as_micros()).unwrap_or(u32::MAX).max(1);
        let entry = self.entry(key);
        let known = entry.load(Relaxed);
        let estimate = match known {
            // Nothing else takes a microsecond.
            0 | 1 => took.max(2),
            _ if took < known => (known - (known - took).div_ceil(2)).max(2),
            _ => took.min(known.saturating_add(known / 4 + 1)),
        };
        if estimate != known {
            // Of two at once one is lost, and the next one tells.
            entry.store(estimate, Relaxed);
        }
    }

    #[inline]
    fn entry(&self, key: u64) -> &AtomicU32 {
        // The lower bits of FNV-1a hang on every byte.
        &self.0[key as usize & (ENTRIES - 1)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn micros(count: u64) -> Duration {
        Duration::from_micros(count)
    }

    #[test]
    fn a_statement_is_known_once_it_has_run() {
        let paces = Paces::default();
        assert_eq!((paces.of(7), paces.of(7)), (Pace::Unknown, Pace::Short));
        paces.note(7, micros(0));
        assert_eq!((paces.of(7), paces.of(8)), (Pace::Short, Pace::Unknown));
        paces.note(8, Duration::from_secs(10));
        assert_eq!(paces.of(8), Pace::Long);
        assert_eq!(paces.of(8 + ENTRIES as u64), Pace::Long);
    }

    #[test]
    fn one_that_was_held_up_once_stays_short_and_one_that_has_become_long_does_not() {
        let paces = Paces::default();
        for _ in 0..100 {
            paces.note(1, micros(80));
        }
        paces.note(1, Duration::from_secs(60));
        assert_eq!(paces.of(1), Pace::Short);
        let times = (0..).take_while(|_| {
            paces.note(1, micros(10_000));
            paces.of(1) == Pace::Short
        });
        assert!((10..30).contains(&times.count()));
        let times = (0..).take_while(|_| {
            paces.note(1, micros(80));
            paces.of(1) == Pace::Long
        });
        assert!(times.count() < 4);
    }

    #[test]
    fn every_estimate_can_be_reached_and_left() {
        let paces = Paces::default();
        paces.note(1, Duration::MAX);
        paces.note(1, Duration::MAX);
        assert_eq!(paces.of(1), Pace::Long);
        for _ in 0..64 {
            paces.note(1, Duration::ZERO);
        }
        assert_eq!(paces.of(1), Pace::Short);
    }
}
