//! Coarse time: whole seconds since the process first asked, read for the price of a memory load.
//!
//! Each server's sweeper moves it on once a second. It is for limits of seconds, not for measuring; for that there are
//! [`nanos`].

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::Instant;

static START: LazyLock<Instant> = LazyLock::new(Instant::now);
static NOW: AtomicU32 = AtomicU32::new(1);

/// Nanoseconds of a clock that goes on steadily. They are one number, so that what is between two of them is a subtraction:
/// `Instant` takes three times the instructions.
#[inline]
pub(crate) fn nanos() -> u64 {
    #[cfg(unix)]
    {
        let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
        now.tv_sec as u64 * 1_000_000_000 + now.tv_nsec as u64
    }
    #[cfg(not(unix))]
    {
        START.elapsed().as_nanos() as u64
    }
}

/// The same by a clock that is read in a third of the time, and late by some milliseconds.
#[inline]
pub(crate) fn coarse_nanos() -> u64 {
    #[cfg(target_os = "linux")]
    {
        let now = rustix::time::clock_gettime(rustix::time::ClockId::MonotonicCoarse);
        now.tv_sec as u64 * 1_000_000_000 + now.tv_nsec as u64
    }
    #[cfg(not(target_os = "linux"))]
    {
        nanos()
    }
}

/// The second the process is in, at least 1.
#[inline]
pub(crate) fn now() -> u32 {
    NOW.load(Relaxed)
}

/// Moves the clock on, and returns the second the process is in.
pub(crate) fn advance() -> u32 {
    let now = u32::try_from(START.elapsed().as_secs() + 1).unwrap_or(u32::MAX);
    NOW.fetch_max(now, Relaxed).max(now)
}
