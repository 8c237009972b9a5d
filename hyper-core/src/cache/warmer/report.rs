//! What came of warming a cache.

use std::time::Duration;

/// What came of warming a cache.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct WarmReport {
    /// What was warmed.
    pub name: String,
    /// Values that are in the cache now.
    pub warmed: u64,
    /// Items that have no value to keep.
    pub skipped: u64,
    /// Items whose value could not be made, or not put in.
    pub failed: u64,
    /// How long it took.
    pub took: Duration,
    /// Whether nothing was done here, as another instance does it.
    pub is_elsewhere: bool,
}

impl WarmReport {
    pub(super) fn new(name: &str, took: Duration) -> Self {
        Self { name: name.to_owned(), took, ..Self::default() }
    }

    /// Writes it to the log.
    pub(super) fn tell(&self) {
        let Self { name, warmed, skipped, failed, took, .. } = self;
        if *failed == 0 {
            tracing::info!(name, warmed, skipped, ?took, "the cache is warm");
        } else {
            tracing::warn!(name, warmed, skipped, failed, ?took, "the cache is warm in part");
        }
    }
}
