//! The numbers that order posts.
//!
//! Each is computed when a vote arrives and stored in an indexed column, so that a page of any order is one index scan.
//! That asks of each number that it never changes by itself: what depends on time must grow with the time of *submission*
//! (hot) or of *each vote* (rising), never shrink with the time of *reading*.

use jiff::Timestamp;

/// The instant from which [`hot`] counts, 2005-12-08 07:46:43 UTC, in seconds since the Unix epoch.
pub const HOT_EPOCH: i64 = 1_134_028_003;

/// Seconds of later submission that [`hot`] weighs like ten times the votes: twelve and a half hours.
pub const HOT_SCALE: f64 = 45_000.0;

/// Seconds in which a vote loses half its weight in [`rising`](rise): three hours.
pub const RISING_HALF_LIFE: f64 = 10_800.0;

/// Ranks by votes and age: ten times the score is worth twelve and a half hours.
///
/// The formula of Reddit's published source (`r2/lib/db/_sorts.pyx`):
/// `sign(s) * log10(max(|s|, 1)) + seconds / 45000` with `s = ups - downs`.
///
/// ```
/// use hypernews::ranking::hot;
/// let noon = "2026-01-01T12:00:00Z".parse().unwrap();
/// let midnight = "2026-01-02T00:30:00Z".parse().unwrap();
/// assert!((hot(100, noon) - hot(10, midnight)).abs() < 1e-9);
/// ```
#[must_use]
pub fn hot(score: i64, created: Timestamp) -> f64 {
    let order = (score.unsigned_abs().max(1) as f64).log10();
    score.signum() as f64 * order + (created.as_second() - HOT_EPOCH) as f64 / HOT_SCALE
}

/// Ranks by disagreement: many votes, evenly split.
///
/// The formula of Reddit's published source (`r2/lib/db/_sorts.pyx`):
/// `(ups + downs) ^ (min(ups, downs) / max(ups, downs))`, and 0 where one side is empty.
///
/// ```
/// use hypernews::ranking::controversy;
/// assert_eq!(controversy(50, 50), 100.0);
/// assert_eq!(controversy(100, 0), 0.0);
/// ```
#[must_use]
pub fn controversy(ups: u32, downs: u32) -> f64 {
    if ups == 0 || downs == 0 {
        return 0.0;
    }
    let (ups, downs) = (f64::from(ups), f64::from(downs));
    (ups + downs).powf(ups.min(downs) / ups.max(downs))
}

/// The rising number of a post nobody has voted on: its submission counts as one up vote.
///
/// Rising is a forward-decayed sum (Cormode, Shkapenyuk, Srivastava and Xu, "Forward Decay", ICDE 2009):
/// an up vote at time `t` adds `2^(t / half-life)` and never changes again, so a later vote outweighs an earlier one
/// by as much at every later reading. The sum outgrows an `f64` within months, so its `log2` is stored.
/// It is in half-lives: one more means twice the recent attention.
///
/// Only up votes count. A sum of both signs has no logarithm, and clamping it would make the number depend on the order
/// in which votes arrive; who votes down shows in [`hot`] and [`controversy`].
#[must_use]
pub fn rising_start(created: Timestamp) -> f64 {
    half_lives(created)
}

/// The rising number after one more up vote at `voted`.
///
/// The same in SQL, for an update in one statement, with `v` the vote's time in half-lives:
/// `greatest(rising, v) + log(2, 1 + 2 ^ (least(rising, v) - greatest(rising, v)))`.
///
/// ```
/// use hypernews::ranking::{rise, rising_start};
/// let noon = "2026-01-01T12:00:00Z".parse().unwrap();
/// assert_eq!(rise(rising_start(noon), noon), rising_start(noon) + 1.0);
/// ```
#[must_use]
pub fn rise(rising: f64, voted: Timestamp) -> f64 {
    let vote = half_lives(voted);
    let (high, low) = if rising >= vote { (rising, vote) } else { (vote, rising) };
    high + (low - high).exp2().ln_1p() * std::f64::consts::LOG2_E
}

/// The rising number after the up vote made at `voted` was withdrawn, never below [`rising_start`] of the post.
#[must_use]
pub fn unrise(rising: f64, voted: Timestamp, created: Timestamp) -> f64 {
    let start = rising_start(created);
    let left = 1.0 - (half_lives(voted) - rising).exp2();
    if left > 0.0 { (rising + left.log2()).max(start) } else { start }
}

fn half_lives(at: Timestamp) -> f64 {
    at.as_second() as f64 / RISING_HALF_LIFE
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    const T0: i64 = 1_750_000_000;

    #[test]
    fn hot_is_reddits_formula() {
        assert!((hot(0, at(HOT_EPOCH)) - 0.0).abs() < 1e-12);
        assert!((hot(1, at(HOT_EPOCH + 45_000)) - 1.0).abs() < 1e-12);
        assert!((hot(1000, at(HOT_EPOCH)) - 3.0).abs() < 1e-12);
        assert!((hot(-100, at(HOT_EPOCH)) + 2.0).abs() < 1e-12);
    }

    #[test]
    fn controversy_wants_both_many_and_even() {
        assert_eq!(controversy(0, 7), 0.0);
        assert!(controversy(60, 55) > controversy(110, 5));
        assert!(controversy(60, 55) > controversy(6, 5));
    }

    #[test]
    fn rising_prefers_the_newer_burst() {
        let burst = |start: i64, votes: i64| {
            (0..votes).fold(rising_start(at(start)), |rising, n| rise(rising, at(start + 60 * n)))
        };
        assert!(burst(T0, 40) > burst(T0 - 86_400, 200));
        assert!(burst(T0, 40) > burst(T0, 20));
    }

    proptest! {
        #[test]
        fn hot_grows_with_score_and_time(score in -10_000i64..10_000, t in T0..T0 + 100_000_000) {
            prop_assert!(hot(score + 1, at(t)) >= hot(score, at(t)));
            prop_assert!(hot(score, at(t + 1)) > hot(score, at(t)));
        }

        #[test]
        fn controversy_is_symmetric_and_bounded(ups in 0u32..100_000, downs in 0u32..100_000) {
            prop_assert_eq!(controversy(ups, downs), controversy(downs, ups));
            prop_assert!(controversy(ups, downs) <= f64::from(ups + downs) * (1.0 + 1e-12));
        }

        #[test]
        fn rising_is_the_log_of_the_decayed_sum(votes in proptest::collection::vec(0i64..200_000, 0..40)) {
            let stored = votes.iter().fold(rising_start(at(T0)), |rising, v| rise(rising, at(T0 + v)));
            let sum: f64 = 1.0 + votes.iter().map(|v| (*v as f64 / RISING_HALF_LIFE).exp2()).sum::<f64>();
            prop_assert!((stored - (T0 as f64 / RISING_HALF_LIFE + sum.log2())).abs() < 1e-6);
        }

        #[test]
        fn rising_ignores_the_order_of_votes(mut votes in proptest::collection::vec(0i64..200_000, 0..40)) {
            let fold = |votes: &[i64]| votes.iter().fold(rising_start(at(T0)), |r, v| rise(r, at(T0 + v)));
            let forwards = fold(&votes);
            votes.reverse();
            prop_assert!((forwards - fold(&votes)).abs() < 1e-6);
        }

        #[test]
        fn rising_is_time_invariant(a in 0i64..200_000, b in 0i64..200_000, shift in 0i64..50_000_000) {
            let gap = |shift: i64| {
                rise(rising_start(at(T0 + shift)), at(T0 + a + shift))
                    - rise(rising_start(at(T0 + shift)), at(T0 + b + shift))
            };
            prop_assert!((gap(0) - gap(shift)).abs() < 1e-6);
        }

        #[test]
        fn a_withdrawn_vote_leaves_no_trace(others in proptest::collection::vec(0i64..100_000, 0..20), v in 0i64..100_000) {
            let before = others.iter().fold(rising_start(at(T0)), |r, o| rise(r, at(T0 + o)));
            let after = unrise(rise(before, at(T0 + v)), at(T0 + v), at(T0));
            prop_assert!((before - after).abs() < 1e-6);
        }
    }
}
