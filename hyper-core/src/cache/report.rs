//! What became of what all caches of an application were asked.

use std::fmt;
use std::sync::{Arc, Mutex};

use super::stats::LayerStats;
use crate::http::{FromRequest, Request};
use crate::{Result, Settings};

type Report = Box<dyn Fn() -> Vec<LayerStats> + Send + Sync>;

/// The figures of every cache and layer of an application: its [`Cache`](super::Cache), its page caches, the query caches of its
/// databases. An argument of handlers; the page of `hyperdjango::cache::Urls` shows it.
///
/// ```
/// use hyper_core::cache::CacheReport;
///
/// async fn hit_rates(report: CacheReport) -> String {
///     report.layers().iter().map(|layer| format!("{} {:.2}\n", layer.name, layer.stats.hit_rate())).collect()
/// }
/// # drop(hit_rates);
/// ```
#[derive(Clone, Default)]
pub struct CacheReport(Arc<Mutex<Vec<Report>>>);

impl CacheReport {
    /// That of the application that starts with these settings.
    pub(crate) async fn of(settings: &Settings) -> Result<Self> {
        settings.share("", async { Ok(Self::default()) }).await
    }

    /// Makes it the one of an application that starts.
    pub(crate) async fn share(&self, settings: &Settings) -> Result<()> {
        settings.share("", async { Ok(self.clone()) }).await.map(drop)
    }

    /// Adds the figures of a cache of one's own.
    pub fn add(&self, report: impl Fn() -> Vec<LayerStats> + Send + Sync + 'static) {
        self.0.lock().expect("no panic while held").push(Box::new(report));
    }

    /// The figures now, of those who were added first first.
    #[must_use]
    pub fn layers(&self) -> Vec<LayerStats> {
        self.0.lock().expect("no panic while held").iter().flat_map(|report| report()).collect()
    }
}

impl FromRequest for CacheReport {
    async fn from_request(request: &mut Request) -> Result<Self> {
        Ok(request.context().caches.clone())
    }
}

impl fmt::Debug for CacheReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.layers()).finish()
    }
}
