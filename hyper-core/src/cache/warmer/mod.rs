//! Filling a cache before anybody asks.

mod report;
mod schedule;
#[cfg(test)]
mod tests;
mod warmed;

use std::fmt::Display;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use futures_util::{Stream, StreamExt, stream};

use super::cache::Cache;
use super::ttl::Ttl;

pub use report::WarmReport;
pub use schedule::Warming;
pub use warmed::Warmed;

/// How many failures of one warming are told one by one.
const TOLD: u64 = 5;

/// Fills a cache with what will be asked for: when the site starts, and [at intervals](Self::every).
///
/// ```
/// use hyper_core::cache::{Cache, CacheError, CacheWarmer, LocMemCache};
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// # async fn profile(id: u32) -> Result<String, CacheError> { Ok(format!("user {id}")) }
/// let cache = Cache::new(LocMemCache::default());
/// let warmer = CacheWarmer::new(&cache).concurrency(4).ttl(3600);
/// let report = warmer
///     .warm("profiles", 1..=100, async |id| Ok::<_, CacheError>((("profile", id), profile(id).await?)))
///     .await;
/// assert_eq!((report.warmed, report.failed), (100, 0));
/// assert_eq!(cache.get::<String>(("profile", 7)).await?.as_deref(), Some("user 7"));
/// # Ok::<_, CacheError>(()) }).unwrap();
/// ```
///
/// What fails is logged and in nobody's way: the others are warmed, and no error is returned.
#[derive(Debug, Clone)]
pub struct CacheWarmer {
    cache: Cache,
    concurrency: usize,
    ttl: Ttl,
    once_per: Option<Duration>,
}

impl CacheWarmer {
    /// Fills a cache.
    #[must_use]
    pub fn new(cache: &Cache) -> Self {
        Self { cache: cache.clone(), concurrency: 4, ttl: Ttl::Default, once_per: None }
    }

    /// How many values are made at once; default 4, at least 1. Each may need a connection to the database.
    #[must_use]
    pub fn concurrency(mut self, concurrency: usize) -> Self {
        self.concurrency = concurrency.max(1);
        self
    }

    /// How long they are kept; default as long as the cache does by itself.
    #[must_use]
    pub fn ttl(mut self, ttl: impl Into<Ttl>) -> Self {
        self.ttl = ttl.into();
        self
    }

    /// Of all instances that share the cache, one warms under a name in so much time: the first to put a mark beside it. Where
    /// nothing of it comes to an end without a failure, or the cache loses the mark, the next one may.
    #[must_use]
    pub fn one_instance_per(mut self, time: Duration) -> Self {
        self.once_per = Some(time);
        self
    }

    /// Makes and puts in the values of these items. Of each the closure returns one of:
    ///
    /// - `(key, value)`, which is put in;
    /// - an `Option` of that, where `None` has no value to keep: it is counted as skipped;
    /// - `()`, where the closure has filled the cache itself, by calling a `#[cached]` function.
    pub async fn warm<I, W: Warmed, E: Display, F: Future<Output = Result<W, E>>>(
        &self,
        name: &str,
        items: impl IntoIterator<Item = I>,
        each: impl Fn(I) -> F,
    ) -> WarmReport {
        self.warm_stream(name, stream::iter(items.into_iter().map(Ok)), each).await
    }

    /// The same for what a query gives one after another, so that all of it is never in memory at once. A query that fails
    /// ends it, and is counted as one failure.
    pub async fn warm_stream<I, W: Warmed, E: Display, F: Future<Output = Result<W, E>>>(
        &self,
        name: &str,
        items: impl Stream<Item = Result<I, E>>,
        each: impl Fn(I) -> F,
    ) -> WarmReport {
        let started = Instant::now();
        if !self.is_ours(name).await {
            tracing::debug!(name, "another instance warms the cache");
            return WarmReport { is_elsewhere: true, ..WarmReport::new(name, started.elapsed()) };
        }
        let (warmed, skipped, failed) = (AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0));
        let fail = |error: &dyn Display| {
            if failed.fetch_add(1, Relaxed) < TOLD {
                tracing::warn!(name, %error, "a value for the cache could not be made or put in");
            }
        };
        let (each, fail) = (&each, &fail);
        let one = |item: Result<I, E>| {
            let (warmed, skipped) = (&warmed, &skipped);
            async move {
                let value = match item {
                    Ok(item) => each(item).await,
                    Err(error) => Err(error),
                };
                match value {
                    Ok(value) => match value.put(&self.cache, self.ttl).await {
                        Ok(true) => drop(warmed.fetch_add(1, Relaxed)),
                        Ok(false) => drop(skipped.fetch_add(1, Relaxed)),
                        Err(error) => fail(&error),
                    },
                    Err(error) => fail(&error),
                }
            }
        };
        items.for_each_concurrent(self.concurrency, one).await;
        let report = WarmReport {
            warmed: warmed.into_inner(),
            skipped: skipped.into_inner(),
            failed: failed.into_inner(),
            ..WarmReport::new(name, started.elapsed())
        };
        if report.warmed == 0 && report.failed > 0 {
            self.leave(name).await;
        }
        report.tell();
        report
    }

    /// Puts the mark there that this instance does it. Where it cannot be known, it does.
    async fn is_ours(&self, name: &str) -> bool {
        let Some(time) = self.once_per else { return true };
        self.cache.add(mark(name), &1, time).await.unwrap_or(true)
    }

    /// Lets another one try.
    async fn leave(&self, name: &str) {
        if self.once_per.is_some() {
            let _ = self.cache.delete(mark(name)).await;
        }
    }
}

/// The key by which one of all instances warms.
fn mark(name: &str) -> (&'static str, &str) {
    ("hyper.warmer", name)
}
