//! The clock that says when values in memory expire.

#[cfg(target_os = "linux")]
use rustix::time::{ClockId, clock_gettime};

/// How much later it may be than the kernel's coarse clock says, in milliseconds: many of its ticks.
#[cfg(target_os = "linux")]
const COARSE: u64 = 100;

/// Milliseconds, since whenever.
#[cfg(target_os = "linux")]
pub(super) fn now() -> u64 {
    read(ClockId::Monotonic)
}

/// Milliseconds, since whenever.
#[cfg(not(target_os = "linux"))]
pub(super) fn now() -> u64 {
    use std::sync::LazyLock;
    use std::time::Instant;

    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    u64::try_from(START.elapsed().as_millis()).unwrap_or(u64::MAX - 1)
}

#[cfg(target_os = "linux")]
#[inline]
fn read(clock: ClockId) -> u64 {
    let time = clock_gettime(clock);
    time.tv_sec.unsigned_abs() * 1_000 + time.tv_nsec.unsigned_abs() / 1_000_000
}

/// Whether it is later; never later than `u64::MAX`.
#[inline]
pub(super) fn is_past(time: u64) -> bool {
    if time == u64::MAX {
        return false;
    }
    // The coarse clock is read in a third of the time, and is exact enough for what does not expire just now.
    #[cfg(target_os = "linux")]
    if read(ClockId::MonotonicCoarse).saturating_add(COARSE) < time {
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
