//! How long statements take, as far as is known.
//!
//! A statement that is known to be short may share its connection with others, which wait for it. The estimate hangs
//! on the statement's key alone, so it is there for every connection as soon as one has run it.
//!
//! The first times say the least: the statement is prepared and planned, first on one connection and then on another,
//! nothing is in a cache, and as a rule the process has just begun. So of the first [`TRIALS`] the least counts, and up
//! to then a statement is long only if it would hold up a lane: see [`UNSURE`].

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::Duration;

/// Up to so many microseconds a statement is short: what waits behind it hardly notices.
const SHORT: u32 = 2_000;
/// The same while it has been measured fewer times than [`TRIALS`]. It is less than what lanes are
/// [held](super::lane::HELD) for, so that one that is taken for short by mistake holds none.
const UNSURE: u32 = 8_000;
const _: () = assert!((UNSURE as u128) < super::lane::HELD.as_micros());
/// So many measurements make an estimate: one alone, one where it is prepared on a shared connection, one without either.
const TRIALS: u32 = 3;
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

/// Running estimates: microseconds, and above them how often it was measured, up to [`TRIALS`]. 0 is none.
pub(super) struct Paces(Box<[AtomicU32]>);

/// Somebody tries the statement out.
const TRIED_OUT: u32 = 1;
const MICROS: u32 = (1 << 30) - 1;
const ONE_TRIAL: u32 = MICROS + 1;
const SETTLED: u32 = TRIALS * ONE_TRIAL;
const KNOWN_SHORT: u32 = SETTLED + SHORT;

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
            SETTLED..=KNOWN_SHORT => Pace::Short,
            0 if entry.compare_exchange(0, TRIED_OUT, Relaxed, Relaxed).is_ok() => Pace::Unknown,
            unsure if unsure < SETTLED && unsure & MICROS <= UNSURE => Pace::Short,
            _ => Pace::Long,
        }
    }

    /// Whether it has been measured often enough.
    #[inline]
    pub(super) fn is_sure(&self, key: u64) -> bool {
        self.entry(key).load(Relaxed) >= SETTLED
    }

    /// A statement took so long by itself, that is, without those before it on its connection.
    ///
    /// What is measured has the waiting of a busy process in it, which is never less than nothing. So of the first times
    /// the least counts. Then the estimate falls half of the way at once, and rises by no more than a quarter of itself a
    /// time: a statement that has become long is known as such after a dozen times, and one that was held up once is not
    /// taken for it.
    pub(super) fn note(&self, key: u64, took: Duration) {
        self.note_micros(key, u64::try_from(took.as_micros()).unwrap_or(u64::MAX));
    }

    /// The same in microseconds.
    #[inline]
    pub(super) fn note_micros(&self, key: u64, took: u64) {
        let took = took.min(u64::from(MICROS)) as u32;
        let entry = self.entry(key);
        let known = entry.load(Relaxed);
        let micros = known & MICROS;
        let estimate = match known {
            0 | TRIED_OUT => ONE_TRIAL + took,
            ..SETTLED => known - micros + ONE_TRIAL + took.min(micros),
            _ if took < micros => known - (micros - took).div_ceil(2),
            _ => SETTLED + took.min(micros + micros / 4 + 1),
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
    fn the_first_times_do_not_make_it_long_and_the_next_ones_do() {
        // Slow to begin with, in any order.
        for cold in [[5_000, 6_000, 90], [7_999, 90, 60_000_000], [9_000_000, 200, 8_000]] {
            let paces = Paces::default();
            paces.note(1, micros(cold[0]));
            assert_eq!(paces.of(1), if cold[0] > u64::from(UNSURE) { Pace::Long } else { Pace::Short });
            for took in &cold[1..] {
                paces.note(1, micros(*took));
                assert_eq!(paces.of(1), Pace::Short, "{cold:?}");
            }
        }
        // It does take so long: until that is known it is short, as it holds no lane.
        let paces = Paces::default();
        for trial in 1..=TRIALS {
            paces.note(1, micros(3_000));
            assert_eq!(paces.of(1), if trial == TRIALS { Pace::Long } else { Pace::Short });
        }
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
        for took in [Duration::MAX, Duration::ZERO] {
            for _ in 0..200 {
                paces.note(1, took);
            }
            assert_eq!(paces.entry(1).load(Relaxed), SETTLED + if took.is_zero() { 0 } else { MICROS });
        }
    }

    proptest::proptest! {
        /// Whatever is measured: the estimate is never above the longest nor below the least of it, and never none.
        #[test]
        fn estimates_are_between_what_was_measured(all in proptest::collection::vec(0..u64::MAX, 1..40)) {
            let paces = Paces::default();
            for took in &all {
                paces.note(1, micros(*took));
            }
            let micros = |took: &u64| u32::try_from(*took).unwrap_or(MICROS).min(MICROS);
            let (least, most) = (all.iter().map(micros).min().unwrap(), all.iter().map(micros).max().unwrap());
            let entry = paces.entry(1).load(Relaxed);
            proptest::prop_assert!((least..=most).contains(&(entry & MICROS)));
            proptest::prop_assert_eq!(entry / ONE_TRIAL, TRIALS.min(all.len() as u32));
        }
    }
}
