//! What caches on other machines have in common: connections that are made again, bounded waits, compressed values.

mod lines;
mod options;
mod settings;
mod wire;

pub(super) use lines::{Again, Dial, Failure, Lines};
pub use options::RemoteOptions;
#[cfg(feature = "memcached")]
pub(super) use settings::memcached;
#[cfg(feature = "redis")]
pub(super) use settings::redis;
pub(super) use wire::Wire;

use super::error::{CacheError, CacheErrorKind};

/// Seconds or milliseconds of a number of a unit, rounded up and at least one, so that nothing is kept for ever by being rounded to 0.
pub(super) fn rounded_up(time: std::time::Duration, unit: std::time::Duration) -> u64 {
    u64::try_from(time.as_nanos().div_ceil(unit.as_nanos()).max(1)).unwrap_or(u64::MAX)
}

/// That a server cannot be reached, with why.
fn unavailable(server: &str, why: impl std::fmt::Display) -> CacheError {
    CacheError::new(CacheErrorKind::Unavailable, format!("the cache at {server} {why}"))
}
