//! When a value is computed before it expires: XFetch, of "Optimal Probabilistic Cache Stampede Prevention" by Vattani,
//! Chierichetti and Lowenstein (VLDB 2015).

/// The largest that `-ln(1 - random)` becomes, for a random number of 53 bits.
const FURTHEST: f64 = 36.75;

/// Whether a reader computes now what expires after `left` seconds and takes `took` seconds. Of readers with a `random`
/// number of `0.0..1.0` each, the share that does is `e^(-left / (took * beta))`.
#[inline]
pub(super) fn is_early(left: f64, took: f64, beta: f64, random: impl FnOnce() -> f64) -> bool {
    let scale = took * beta;
    // Most of the time it is too far away for any number, and no logarithm is needed.
    if scale <= 0.0 || left > scale * FURTHEST {
        return false;
    }
    // The paper's `now - took * beta * ln(rand) >= expiry`, with a number that is never 0.
    -scale * (1.0 - random()).ln() >= left
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many of so many readers compute.
    fn early(rng: &mut fastrand::Rng, readers: u32, left: f64, took: f64, beta: f64) -> f64 {
        (0..readers).filter(|_| is_early(left, took, beta, || rng.f64())).count() as f64
    }

    #[test]
    fn the_share_of_readers_is_the_formulas() {
        const READERS: u32 = 100_000;
        let mut rng = fastrand::Rng::with_seed(2015);
        for (took, beta) in [(0.05, 1.0), (0.05, 2.0), (3.0, 0.5)] {
            // How far away, in units of `took * beta`: twenty classes of one binomial each.
            let chi_square: f64 = (1..=20)
                .map(|step| {
                    let far = f64::from(step) * 0.25;
                    let share = (-far).exp();
                    let (expected, n) = (share * f64::from(READERS), f64::from(READERS));
                    let found = early(&mut rng, READERS, far * took * beta, took, beta);
                    (found - expected).powi(2) / (n * share * (1.0 - share))
                })
                .sum();
            // Of 20 degrees of freedom: 99.99 % are below 52.4, and 0.01 % are below 3.6.
            assert!((3.6..52.4).contains(&chi_square), "{chi_square} for {took} s and beta {beta}");
        }
    }

    #[test]
    fn how_early_the_first_of_several_is_follows_from_it() {
        // Readers come at random times. One that comes `left` before the end computes with e^(-left / took), so nobody has
        // until then with e^(-rate * took * e^(-left / took)): Gumbel's distribution, whose mean is
        // took * (ln(rate * took) + Euler's constant).
        let (rate, took) = (1_000.0, 0.1);
        let mut rng = fastrand::Rng::with_seed(7);
        let mut gaps = Vec::new();
        for _ in 0..4_000 {
            let mut left = 3.0;
            while left > 0.0 {
                if is_early(left, took, 1.0, || rng.f64()) {
                    break;
                }
                left -= -(1.0 - rng.f64()).ln() / rate;
            }
            gaps.push(left.max(0.0));
        }
        let mean = gaps.iter().sum::<f64>() / gaps.len() as f64;
        let expected = took * (f64::ln(rate * took) + 0.577_215_664_9);
        // Its deviation is took * pi / sqrt(6): four of those of the mean of 4,000.
        let bound = 4.0 * took * 1.2825 / f64::from(4_000).sqrt();
        assert!((mean - expected).abs() < bound, "{mean}, and {expected} is expected");
    }

    #[test]
    fn the_ends() {
        assert!(!is_early(0.001, 0.0, 1.0, || unreachable!()), "it takes no time");
        assert!(!is_early(0.001, 1.0, 0.0, || unreachable!()), "never, by choice");
        assert!(!is_early(37.0, 1.0, 1.0, || unreachable!()), "too far away for any number");
        let most = f64::from_bits(1.0_f64.to_bits() - 1);
        assert!(is_early(36.7, 1.0, 1.0, || most));
        assert!(!is_early(0.1, 1.0, 1.0, || 0.0));
        assert!(is_early(0.0, 1.0, 1.0, || 0.0), "it expires now");
        assert!(!is_early(0.1, f64::NAN, 1.0, || 0.5));
    }
}
