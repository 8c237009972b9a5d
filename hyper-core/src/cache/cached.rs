//! What `#[cached]` functions do.

use std::convert::Infallible;
use std::time::{Duration, Instant};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::cache::Cache;
use super::ttl::Ttl;

/// What a `#[cached]` function may return.
#[diagnostic::on_unimplemented(
    message = "a `{Self}` cannot be kept in a cache",
    label = "what `#[cached]` keeps is written and read by serde",
    note = "add `#[derive(Serialize, Deserialize)]` to `{Self}`, and own all that is in it"
)]
#[doc(hidden)]
pub trait Kept: Serialize + DeserializeOwned {}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned> Kept for T {}

/// The options of a function.
#[doc(hidden)]
#[derive(Debug, Clone, Copy, Default)]
pub struct CachedOptions {
    pub ttl: Ttl,
    pub beta: Option<f64>,
    pub across_instances: Option<Duration>,
    /// Whether it is computed also where something is kept.
    pub anew: bool,
}

impl CachedOptions {
    #[must_use]
    pub fn anew(self, anew: bool) -> Self {
        Self { anew, ..self }
    }
}

/// For a function that returns a `Result`.
///
/// # Errors
/// What it returns.
#[doc(hidden)]
pub async fn cached<T: Kept, E>(
    cache: &Cache,
    key: String,
    options: CachedOptions,
    compute: impl AsyncFnOnce() -> Result<T, E>,
) -> Result<T, E> {
    let CachedOptions { ttl, beta, across_instances, anew } = options;
    if anew {
        return refresh(cache, &key, ttl, compute).await;
    }
    if beta.is_none() && across_instances.is_none() {
        return cache.get_or_compute(key, ttl, compute).await;
    }
    let mut protected = cache.protected();
    if let Some(beta) = beta {
        protected = protected.beta(beta);
    }
    if let Some(longest) = across_instances {
        protected = protected.across_instances(longest);
    }
    protected.get_or_compute(key, ttl, compute).await
}

/// For one that returns anything else.
#[doc(hidden)]
pub async fn cached_plain<T: Kept>(
    cache: &Cache,
    key: String,
    options: CachedOptions,
    compute: impl AsyncFnOnce() -> T,
) -> T {
    match cached(cache, key, options, async || Ok::<_, Infallible>(compute().await)).await {
        Ok(value) => value,
        Err(never) => match never {},
    }
}

/// Computes a value whatever is there, and puts it in its place.
async fn refresh<T: Kept, E>(
    cache: &Cache,
    key: &str,
    ttl: Ttl,
    compute: impl AsyncFnOnce() -> Result<T, E>,
) -> Result<T, E> {
    let started = Instant::now();
    let value = compute().await?;
    if let Err(error) = cache.put_computed(key, &value, ttl, started.elapsed()).await {
        tracing::warn!(key, error = &error as &dyn std::error::Error, "a cache cannot be written");
    }
    Ok(value)
}
