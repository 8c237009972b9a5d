//! Dividing a fixed number among many, by weight.

use super::rng::Rng;

/// Splits `total` into one whole number for each weight, about in proportion, none above its cap, exactly `total` in all
/// unless the caps are too low for that.
pub(super) fn share(total: usize, weights: &[f64], caps: &[usize], rng: &mut Rng) -> Vec<usize> {
    let sum: f64 = weights.iter().sum();
    let mut shares: Vec<usize> = (weights.iter().zip(caps))
        .map(|(weight, cap)| {
            let exact = weight / sum * total as f64;
            (exact as usize + usize::from(rng.chance(exact - exact.floor()))).min(*cap)
        })
        .collect();
    let mut given: usize = shares.iter().sum();
    // Rounding and caps leave a difference, which goes to, or comes from, somebody who has a share already.
    let room: usize = caps.iter().sum::<usize>().min(total);
    let mut misses = 0;
    while given != room {
        let at = rng.below(shares.len());
        let patient = misses < 8 * shares.len();
        if given > room && shares[at] > usize::from(patient) {
            shares[at] -= 1;
            given -= 1;
        } else if given < room && shares[at] < caps[at] && (!patient || shares[at] > 1) {
            let more = (room - given).min(1 + shares[at] / 16).min(caps[at] - shares[at]);
            shares[at] += more;
            given += more;
        } else {
            misses += 1;
        }
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::{prop_assert, prop_assert_eq, proptest};

    proptest! {
        #[test]
        fn all_is_given_and_no_cap_broken(
            parts in proptest::collection::vec((0.001f64..50.0, 0usize..40), 1..50),
            total in 0usize..500,
        ) {
            let (weights, caps): (Vec<f64>, Vec<usize>) = parts.into_iter().unzip();
            let shares = share(total, &weights, &caps, &mut Rng::new(total as u64));
            prop_assert_eq!(shares.iter().sum::<usize>(), total.min(caps.iter().sum()));
            prop_assert!(shares.iter().zip(&caps).all(|(share, cap)| share <= cap));
        }
    }
}
