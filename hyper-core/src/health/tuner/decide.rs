//! What is best for a pool, from what was seen of it. Nothing here has a clock or does anything.

/// A pool at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sample {
    /// Connections it may have.
    pub(super) size: usize,
    /// Those in use.
    pub(super) in_use: usize,
    /// Who waits for one.
    pub(super) waiters: usize,
    /// Whether somebody has waited in vain since the sample before.
    pub(super) timed_out: bool,
}

/// Between which sizes it stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bounds {
    pub(super) min: usize,
    pub(super) max: usize,
}

/// What a [`PoolTuner`](super::PoolTuner) found best at a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Advice {
    /// It stays as it is.
    Stay,
    /// It stays as it is, since it is as large as it may be; more would be used.
    Full,
    /// It grows to this size.
    Grow(usize),
    /// It shrinks to this size.
    Shrink(usize),
}

/// So many samples decide whether it grows: the majority of them.
const VOTES: usize = 3;

/// So many in a row must have little in use before it shrinks.
pub(super) const QUIET: usize = 6;

impl Sample {
    /// The part of the connections that is in use, from 0 to 1.
    pub(super) fn utilisation(&self) -> f64 {
        self.in_use as f64 / self.size.max(1) as f64
    }

    fn wants_more(&self) -> bool {
        self.utilisation() > 0.8 || self.waiters > 0 && self.in_use >= self.size || self.timed_out
    }

    fn wants_fewer(&self) -> bool {
        self.utilisation() < 0.3 && !self.wants_more()
    }
}

/// From the samples since it last changed its size, the latest last.
pub(super) fn decide(samples: &[Sample], bounds: Bounds) -> Advice {
    let Some(last) = samples.last() else { return Advice::Stay };
    let size = last.size;
    if size < bounds.min {
        return Advice::Grow(bounds.min);
    }
    if size > bounds.max {
        return Advice::Shrink(bounds.max);
    }
    let latest = &samples[samples.len().saturating_sub(VOTES)..];
    let more = latest.iter().filter(|sample| sample.wants_more()).count();
    if 2 * more > VOTES {
        // A quarter more.
        let larger = (size + size.div_ceil(4)).min(bounds.max);
        return if larger > size { Advice::Grow(larger) } else { Advice::Full };
    }
    let quiet = samples.len() >= QUIET && samples[samples.len() - QUIET..].iter().all(Sample::wants_fewer);
    if quiet && size > bounds.min {
        // A fifth less. What is in use is less than 3 parts of 8 of that, far from growing again.
        return Advice::Shrink((size - (size / 5).max(1)).max(bounds.min));
    }
    Advice::Stay
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const BOUNDS: Bounds = Bounds { min: 4, max: 40 };

    fn sample(size: usize, in_use: usize, waiters: usize) -> Sample {
        Sample { size, in_use, waiters, timed_out: false }
    }

    #[test]
    fn what_each_load_leads_to() {
        let late = Sample { timed_out: true, ..sample(10, 5, 0) };
        let (calm, busy, waited) = (sample(10, 5, 0), sample(10, 9, 0), sample(10, 10, 3));
        let (quiet, edge) = (sample(10, 2, 0), sample(10, 3, 0));
        let full = sample(40, 40, 9);
        for (name, samples, expected) in [
            ("nothing is known", vec![], Advice::Stay),
            ("one busy moment", vec![busy], Advice::Stay),
            ("two", vec![busy; 2], Advice::Grow(13)),
            ("two of three", vec![busy, calm, waited], Advice::Grow(13)),
            ("one of three", vec![busy, calm, calm], Advice::Stay),
            ("two of the last three only", vec![busy, busy, calm, calm], Advice::Stay),
            ("exactly 0.8", vec![sample(10, 8, 0); 6], Advice::Stay),
            ("all taken, nobody waits", vec![sample(10, 10, 0); 3], Advice::Grow(13)),
            ("one is only just being opened for who waits", vec![sample(10, 6, 1); 3], Advice::Stay),
            ("waited in vain", vec![late, calm, late], Advice::Grow(13)),
            ("as large as it may be", vec![full; 3], Advice::Full),
            ("a last step", vec![sample(38, 38, 1); 3], Advice::Grow(40)),
            ("five quiet moments", vec![quiet; 5], Advice::Stay),
            ("six", vec![quiet; 6], Advice::Shrink(8)),
            ("six, not in a row", [vec![quiet; 5], vec![calm], vec![quiet; 5]].concat(), Advice::Stay),
            ("exactly 0.3", vec![edge; 9], Advice::Stay),
            ("as small as it may be", vec![sample(4, 0, 0); 9], Advice::Stay),
            ("a last step down", vec![sample(5, 0, 0); 6], Advice::Shrink(4)),
            ("too small from the start", vec![sample(2, 0, 0)], Advice::Grow(4)),
            ("too large from the start", vec![sample(99, 90, 9)], Advice::Shrink(40)),
        ] {
            assert_eq!(decide(&samples, BOUNDS), expected, "{name}");
        }
    }

    proptest! {
        /// With a load that does not change, the size goes in one direction, stops, and stays within its bounds.
        #[test]
        fn it_comes_to_rest(min in 1..50_usize, more in 0..100_usize, start in 0..200_usize, demand in 0..300_usize) {
            let bounds = Bounds { min, max: min + more };
            let (mut size, mut samples) = (start, Vec::new());
            let (mut grown, mut shrunk, mut last_change) = (0, 0, 0);
            for check in 0..1000 {
                let in_use = demand.min(size);
                samples.push(sample(size, in_use, demand - in_use));
                match decide(&samples, bounds) {
                    Advice::Grow(to) => {
                        prop_assert!(to > size);
                        (size, grown) = (to, grown + 1);
                    }
                    Advice::Shrink(to) => {
                        prop_assert!(to < size);
                        (size, shrunk) = (to, shrunk + 1);
                    }
                    Advice::Stay | Advice::Full => continue,
                }
                prop_assert!((bounds.min..=bounds.max).contains(&size), "{size}");
                last_change = check;
                samples.clear();
            }
            // The very first step may be one into the bounds.
            let into = usize::from(!(bounds.min..=bounds.max).contains(&start));
            prop_assert!(grown <= into || shrunk <= into, "{grown} times larger, {shrunk} times smaller");
            prop_assert!(last_change < 500, "it still changes at {last_change}");
            // Enough for what is wanted, where it may be.
            prop_assert!(demand as f64 <= size as f64 * 0.8 || size == bounds.max);
        }

        /// Whatever is seen, no advice leads out of the bounds.
        #[test]
        fn it_stays_within_its_bounds(
            min in 1..50_usize,
            more in 0..100_usize,
            seen in proptest::collection::vec((1..200_usize, 0..200_usize, 0..9_usize, any::<bool>()), 1..12)
        ) {
            let bounds = Bounds { min, max: min + more };
            let samples: Vec<Sample> = seen
                .into_iter()
                .map(|(size, in_use, waiters, timed_out)| Sample { size, in_use, waiters, timed_out })
                .collect();
            match decide(&samples, bounds) {
                Advice::Grow(to) | Advice::Shrink(to) => prop_assert!((bounds.min..=bounds.max).contains(&to)),
                Advice::Full => prop_assert_eq!(samples.last().unwrap().size, bounds.max),
                Advice::Stay => {}
            }
        }
    }
}
