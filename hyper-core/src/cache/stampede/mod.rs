//! A cache whose values are computed by one reader, and before they expire.

mod across;
mod changes;
mod compute;
mod envelope;
mod flight;
mod protected;
mod replace;
#[cfg(test)]
mod tests;
mod xfetch;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::backend::{Ask, CacheBackend};
use super::erased::AnyBackend;
use super::error::CacheError;
use super::stats::LayerStats;
use super::ttl::Ttl;
use super::value::Value;

pub(super) use changes::Computation;
pub(super) use compute::{Options, Shared};
use envelope::Envelope;
pub(super) use envelope::{is_stale, payload};
pub use protected::Protected;

/// How long is waited for another one who computes, by default.
const PATIENCE: Duration = Duration::from_secs(10);

/// How much longer a backend keeps a value than it is given out: for those who would have to wait, or would get an error.
const GRACE: Duration = Duration::from_secs(60);

/// Any backend, with values that are computed by one of their readers and before they expire, so that a thousand who ask at
/// once for what has just expired do not compute a thousand times.
///
/// - **One in the process.** Of several who ask for what is not there, one computes and the others wait for it. If that one
///   gets an error, it is his; the next one tries. If he goes away half-way, the next one takes over; and if he has not come
///   to an end within [`patience`](Self::patience).
/// - **Before it expires.** A reader of a value that will expire soon computes it anew, with a probability that grows
///   ([XFetch](https://cseweb.ucsd.edu/~avattani/papers/cache_stampede.pdf)); all others get the one that is there. How soon
///   depends on how long it took to compute, which is measured.
/// - **One of all instances**, by choice: [`across_instances`](Self::across_instances).
/// - **Never as it was before.** What is computed while its key is set, deleted or cleared goes to those who had asked before
///   that, and is not kept; who asks after it has it computed anew. So it is in one process: what another instance deletes may
///   be put in as it was by one that is just computing it, and stays for its time to live.
///
/// Each [`Cache`](super::Cache) has it already, as [`Cache::get_or_compute`](super::Cache::get_or_compute); a backend of this type is for
/// another [`beta`](Self::beta) or a lock for all of its values. What is put in by `set` and the like is kept as the backend
/// does.
///
/// ```
/// use hyper_core::cache::{Cache, CacheError, LocMemCache, StampedeProtection};
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let cache = Cache::new(StampedeProtection::new(LocMemCache::default()).beta(2.0));
/// let report = cache.get_or_compute("report", 60, async || Ok::<_, CacheError>("expensive".to_owned())).await?;
/// assert_eq!(report, "expensive");
/// assert_eq!(cache.get::<String>("report").await?, Some(report));
/// # Ok::<_, CacheError>(()) }).unwrap();
/// ```
#[derive(Clone)]
pub struct StampedeProtection<B> {
    backend: Arc<B>,
    options: Options,
    shared: Arc<Shared>,
}

/// What a [`Cache`](super::Cache) computes values with.
#[doc(hidden)]
#[derive(Clone)]
pub struct Protection {
    pub(super) options: Options,
    pub(super) shared: Arc<Shared>,
    /// Where values and what is known of them are kept.
    pub(super) backend: AnyBackend,
}

impl Protection {
    pub(super) async fn get_or_compute<T: Serialize + DeserializeOwned, E>(
        &self,
        key: &str,
        ttl: Ttl,
        compute: impl AsyncFnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        self.shared.get_or_compute(&self.options, &self.backend, key, ttl, compute).await
    }
}

impl Protection {
    /// A value that took so long to compute, and how long a backend keeps it; none where it is not to be kept.
    pub(super) fn sealed<T: Serialize>(
        &self,
        value: &T,
        ttl: Ttl,
        took: Duration,
    ) -> Result<Option<(Value, Ttl)>, CacheError> {
        let ttl = ttl.or(self.options.ttl);
        let seal = || Ok((Envelope::new(ttl, took).seal(&Value::encode(value)?), kept(ttl)));
        (ttl != Some(Duration::ZERO)).then(seal).transpose()
    }
}

impl<B: CacheBackend> StampedeProtection<B> {
    /// Protects what is computed for a backend.
    #[must_use]
    pub fn new(backend: B) -> Self {
        Self { backend: Arc::new(backend), options: Options::default(), shared: Arc::default() }
    }

    /// How eager readers are to compute before it is time; default 1. With 2 they begin twice as early, with 0 never.
    #[must_use]
    pub fn beta(mut self, beta: f64) -> Self {
        self.options.beta = beta.max(0.0);
        self
    }

    /// How long is waited for another one who computes; default 10 s. After that the next one computes as well, and the
    /// others wait for him as long once more. It is for what hangs: computing should take less.
    ///
    /// A future of [`get_or_compute`](Self::get_or_compute) that was begun and is not polled any more, as those beside the
    /// one that `select!` goes on with, holds up others for so long, too.
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> Self {
        self.options.patience = patience;
        self
    }

    /// How long values are kept whose [`Ttl`] is the default; default 300 seconds, `None` is for ever.
    #[must_use]
    pub fn ttl(mut self, ttl: impl Into<Option<Duration>>) -> Self {
        self.options.ttl = ttl.into();
        self
    }

    /// Computes in one of all instances at a time: it puts a lock beside the key, which goes after `longest` whatever becomes
    /// of it. The others give out the value that has expired as long as it is there, 60 seconds; without one they wait for
    /// `longest` at most, and compute themselves then.
    ///
    /// It costs two questions to the backend for each computation. In a cache of one's own memory it has no use.
    ///
    /// ```no_run
    /// # use std::time::Duration;
    /// # use hyper_core::cache::{Cache, CacheBackend, StampedeProtection};
    /// # fn cache(shared: impl CacheBackend) -> Cache {
    /// Cache::new(StampedeProtection::new(shared).across_instances(Duration::from_secs(10)))
    /// # }
    /// ```
    #[must_use]
    pub fn across_instances(mut self, longest: Duration) -> Self {
        self.options.across = Some(longest);
        self
    }

    /// The value of a key as the backend has it, or else what one of all who ask computes now. It is
    /// [`Cache::get_or_compute`](super::Cache::get_or_compute) without a prefix.
    ///
    /// # Errors
    /// What computing it returns.
    pub async fn get_or_compute<T: Serialize + DeserializeOwned, E>(
        &self,
        key: &str,
        ttl: impl Into<Ttl>,
        compute: impl AsyncFnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        self.shared.get_or_compute(&self.options, &*self.backend, key, ttl.into(), compute).await
    }
}

impl<B> fmt::Debug for StampedeProtection<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StampedeProtection").field("options", &self.options).finish_non_exhaustive()
    }
}

/// What others may have.
fn fresh(value: Option<Value>) -> Option<Value> {
    value.filter(|value| !is_stale(value))
}

/// The same with how long it is given out, which is less than it is kept.
fn lasting((value, left): (Value, Ttl)) -> Option<(Value, Ttl)> {
    let Some(fresh) = Envelope::of(&value).and_then(Envelope::left) else { return Some((value, left)) };
    (!fresh.is_zero()).then(|| (value, left.at_most(fresh, None)))
}

impl<B: CacheBackend> CacheBackend for StampedeProtection<B> {
    async fn get(&self, key: &str) -> Result<Option<Value>, CacheError> {
        let found = fresh(self.backend.get(key).await?);
        self.shared.asked(found.is_some());
        Ok(found)
    }

    async fn set(&self, key: &str, value: Value, ttl: Ttl) -> Result<(), CacheError> {
        self.shared.outdate(&[key]).await;
        self.shared.set();
        self.backend.set(key, value, ttl).await
    }

    async fn add(&self, key: &str, value: Value, ttl: Ttl) -> Result<bool, CacheError> {
        if self.backend.add(key, value.clone(), ttl).await? {
            return Ok(true);
        }
        // What has expired is not in the way.
        match self.backend.get(key).await? {
            Some(old) if is_stale(&old) => replace::stale(&*self.backend, key, value, ttl).await,
            Some(_) => Ok(false),
            None => self.backend.add(key, value, ttl).await,
        }
    }

    async fn delete(&self, key: &str) -> Result<bool, CacheError> {
        self.shared.outdate(&[key]).await;
        self.backend.delete(key).await
    }

    async fn clear(&self) -> Result<(), CacheError> {
        self.shared.outdate_all().await;
        self.backend.clear().await
    }

    async fn incr(&self, key: &str, by: i64) -> Result<Option<i64>, CacheError> {
        self.backend.incr(key, by).await
    }

    async fn touch(&self, key: &str, ttl: Ttl) -> Result<bool, CacheError> {
        let Some(value) = self.backend.get(key).await? else { return Ok(false) };
        let Some(envelope) = Envelope::of(&value) else { return self.backend.touch(key, ttl).await };
        if !envelope.is_fresh() {
            return Ok(false);
        }
        let time = ttl.or(self.options.ttl);
        if time == Some(Duration::ZERO) {
            return self.delete(key).await;
        }
        let took = Duration::from_micros(envelope.took.into());
        self.backend.set(key, Envelope::new(time, took).seal(&value), kept(time)).await?;
        Ok(true)
    }

    async fn get_many(&self, keys: &[&str]) -> Result<Vec<Option<Value>>, CacheError> {
        let found = self.backend.get_many(keys).await?.into_iter().map(fresh);
        Ok(found.inspect(|found| self.shared.asked(found.is_some())).collect())
    }

    async fn get_with_ttl(&self, key: &str) -> Result<Option<(Value, Ttl)>, CacheError> {
        let found = self.backend.get_with_ttl(key).await?.and_then(lasting);
        self.shared.asked(found.is_some());
        Ok(found)
    }

    async fn get_many_with_ttl(&self, keys: &[&str]) -> Result<Vec<Option<(Value, Ttl)>>, CacheError> {
        let found = self.backend.get_many_with_ttl(keys).await?.into_iter();
        let found = found.map(|found| found.and_then(lasting));
        Ok(found.inspect(|found| self.shared.asked(found.is_some())).collect())
    }

    async fn set_many(&self, entries: &[(&str, Value)], ttl: Ttl) -> Result<(), CacheError> {
        let keys: Vec<&str> = entries.iter().map(|(key, _)| *key).collect();
        self.shared.outdate(&keys).await;
        entries.iter().for_each(|_| self.shared.set());
        self.backend.set_many(entries, ttl).await
    }

    async fn delete_many(&self, keys: &[&str]) -> Result<u64, CacheError> {
        self.shared.outdate(keys).await;
        self.backend.delete_many(keys).await
    }

    fn peek(&self, key: &str) -> Result<Option<Value>, Ask> {
        let found = fresh(self.backend.peek(key)?);
        self.shared.asked(found.is_some());
        Ok(found)
    }

    fn decoded(&self, key: &str, value: &Value) {
        self.backend.decoded(key, value);
    }

    fn stats(&self) -> Vec<LayerStats> {
        let inner = self.backend.stats().into_iter().map(|layer| layer.inside("stampede"));
        std::iter::once(self.shared.layer()).chain(inner).collect()
    }

    async fn check(&self) -> Result<(), CacheError> {
        self.backend.check().await
    }

    fn protection(&self) -> Option<Protection> {
        let backend = AnyBackend::shared(Arc::clone(&self.backend));
        Some(Protection { options: self.options, shared: Arc::clone(&self.shared), backend })
    }
}

/// How long the backend keeps it.
fn kept(ttl: Option<Duration>) -> Ttl {
    ttl.map_or(Ttl::Forever, |ttl| Ttl::For(ttl.saturating_add(GRACE)))
}
