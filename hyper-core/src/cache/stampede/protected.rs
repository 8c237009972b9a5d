//! A cache's protection, with options for some of its values.

use std::fmt;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Protection;
use crate::cache::cache::Cache;
use crate::cache::key::Key;
use crate::cache::ttl::Ttl;

/// A cache's values that are computed by one reader and before they expire, with options of their own:
/// [`Cache::protected`]. All options of one cache see the same values, and who computes them.
///
/// ```
/// use std::time::Duration;
///
/// use hyper_core::cache::{Cache, CacheError, LocMemCache};
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let cache = Cache::new(LocMemCache::default()).prefix("site");
/// let reports = cache.protected().beta(2.0).across_instances(Duration::from_secs(10));
/// let report = reports.get_or_compute(("report", 7), 60, async || Ok::<_, CacheError>(1 + 2)).await?;
/// assert_eq!(report, 3);
/// # Ok::<_, CacheError>(()) }).unwrap();
/// ```
#[derive(Clone)]
pub struct Protected {
    cache: Cache,
    protection: Protection,
}

impl Protected {
    pub(in crate::cache) fn new(cache: Cache, protection: Protection) -> Self {
        Self { cache, protection }
    }

    /// As [`StampedeProtection::beta`](super::StampedeProtection::beta).
    #[must_use]
    pub fn beta(mut self, beta: f64) -> Self {
        self.protection.options.beta = beta.max(0.0);
        self
    }

    /// As [`StampedeProtection::across_instances`](super::StampedeProtection::across_instances).
    #[must_use]
    pub fn across_instances(mut self, longest: Duration) -> Self {
        self.protection.options.across = Some(longest);
        self
    }

    /// As [`StampedeProtection::patience`](super::StampedeProtection::patience).
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> Self {
        self.protection.options.patience = patience;
        self
    }

    /// As [`Cache::get_or_compute`].
    ///
    /// # Errors
    /// What computing it returns.
    pub async fn get_or_compute<T: Serialize + DeserializeOwned, E>(
        &self,
        key: impl Key,
        ttl: impl Into<Ttl>,
        compute: impl AsyncFnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        self.protection.get_or_compute(&self.cache.full(&key), ttl.into(), compute).await
    }
}

impl fmt::Debug for Protected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Protected")
            .field("cache", &self.cache)
            .field("options", &self.protection.options)
            .finish()
    }
}

#[cfg(test)]
impl Protected {
    /// Whether nobody computes.
    pub(super) fn is_resting(&self) -> bool {
        self.protection.shared.flights.is_empty() && self.protection.shared.computations.is_empty()
    }
}
