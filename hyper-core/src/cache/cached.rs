//! What `#[cached]` functions do.

use std::convert::Infallible;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::arg::ArgKey;
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
}

/// For a function that returns a `Result`.
///
/// # Errors
/// What it returns.
#[doc(hidden)]
pub async fn cached<T: Kept, E>(
    cache: &Cache,
    key: ArgKey,
    options: CachedOptions,
    compute: impl AsyncFnOnce() -> Result<T, E>,
) -> Result<T, E> {
    let CachedOptions { ttl, beta, across_instances } = options;
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
    key: ArgKey,
    options: CachedOptions,
    compute: impl AsyncFnOnce() -> T,
) -> T {
    match cached(cache, key, options, async || Ok::<_, Infallible>(compute().await)).await {
        Ok(value) => value,
        Err(never) => match never {},
    }
}
