//! Chance that comes out the same every time, on every machine.

/// A small random number generator (SplitMix64, Steele, Lea and Flood 2014): one seed, one sequence, for ever.
///
/// All it offers is whole numbers, divisions and square roots, which every machine computes alike; logarithms and powers, which
/// they do not, are used nowhere in this folder.
#[derive(Clone, Debug)]
pub(super) struct Rng(u64);

impl Rng {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 up to and without `end`, which must not be 0.
    pub(super) fn below(&mut self, end: usize) -> usize {
        ((u128::from(self.next()) * end as u128) >> 64) as usize
    }

    /// A number above 0 and below 1.
    pub(super) fn unit(&mut self) -> f64 {
        ((self.next() >> 12) as f64 + 0.5) / (1u64 << 52) as f64
    }

    /// Whether something of this probability happened.
    pub(super) fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// One of the items.
    pub(super) fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())]
    }

    /// One of the items, those in front more often.
    pub(super) fn pick_front<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len()).min(self.below(items.len()))]
    }

    /// Seconds from 1 to `most`, half of them under `median`, a few very long.
    pub(super) fn delay(&mut self, median: f64, most: i64) -> i64 {
        for _ in 0..4 {
            let seconds = 1 + (median * (1.0 / self.unit() - 1.0)) as i64;
            if seconds <= most {
                return seconds;
            }
        }
        1 + self.below(most.max(1) as usize) as i64
    }

    /// Puts items in a random order.
    pub(super) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}

/// The weight of a rank in a Zipf-like distribution with exponent 7/8: `(rank + 1 + flat) ^ -0.875`, by square roots alone.
pub(super) fn zipf(rank: usize, flat: f64) -> f64 {
    let place = rank as f64 + 1.0 + flat;
    place.sqrt().sqrt().sqrt() / place
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sequence_is_splitmix64() {
        // The first outputs for seed 1234567, as published with the reference implementation.
        let mut rng = Rng::new(1_234_567);
        assert_eq!(rng.next(), 6_457_827_717_110_365_317);
        assert_eq!(rng.next(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn ranges_hold() {
        let mut rng = Rng::new(1);
        for _ in 0..10_000 {
            assert!(rng.below(7) < 7);
            let unit = rng.unit();
            assert!(unit > 0.0 && unit < 1.0);
            assert!((1..=60).contains(&rng.delay(3600.0, 60)));
        }
    }

    #[test]
    fn zipf_is_the_power() {
        for rank in [0, 1, 10, 1000] {
            assert!((zipf(rank, 2.0) - (rank as f64 + 3.0).powf(-0.875)).abs() < 1e-12);
        }
    }
}
