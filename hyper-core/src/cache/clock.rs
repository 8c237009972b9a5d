//! The clock that says when values in memory expire.

use crate::clock::{coarse_nanos, nanos};

const MILLISECOND: u64 = 1_000_000;

/// How much later it may be than the coarse clock says, in milliseconds: many of its ticks.
const COARSE: u64 = 100;

/// Milliseconds, since whenever.
pub(super) fn now() -> u64 {
    nanos() / MILLISECOND
}

/// Whether it is later; never later than `u64::MAX`.
#[inline]
pub(super) fn is_past(time: u64) -> bool {
    if time == u64::MAX {
        return false;
    }
    // It is exact enough for what does not expire just now.
    if (coarse_nanos() / MILLISECOND).saturating_add(COARSE) < time {
        return false;
    }
    now() > time
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_past_when_it_is_and_not_before() {
        assert!(!is_past(u64::MAX));
        for ahead in [0, 1, 5, 30, 120, 1_000] {
            let time = now() + ahead;
            let is = is_past(time);
            assert!(!is || now() > time);
            assert!(!is_past(now() + 60_000));
        }
        let time = now() + 120;
        while now() <= time {
            std::thread::yield_now();
        }
        assert!(is_past(time));
    }
}
