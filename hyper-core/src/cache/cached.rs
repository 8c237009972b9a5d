//! What `#[cached]` functions do.

use std::convert::Infallible;
use std::fmt;
use std::marker::PhantomData;
use std::time::{Duration, Instant};

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
    key: ArgKey,
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
    key: ArgKey,
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
    key: &ArgKey,
    ttl: Ttl,
    compute: impl AsyncFnOnce() -> Result<T, E>,
) -> Result<T, E> {
    let started = Instant::now();
    let value = compute().await?;
    if let Err(error) = cache.put_computed(key, &value, ttl, started.elapsed()).await {
        tracing::warn!(%key, error = &error as &dyn std::error::Error, "a cache cannot be written");
    }
    Ok(value)
}

/// What a function returns that may be a `Result` by another name: `(&Returned::<T>::new()).kind().cached(..)`, with both
/// traits in scope, of which the first that fits is taken.
#[doc(hidden)]
pub struct Returned<T>(PhantomData<fn() -> T>);

impl<T> Returned<T> {
    #[expect(clippy::new_without_default, reason = "only `#[cached]` writes it")]
    #[must_use]
    pub fn new() -> Self {
        Self(PhantomData)
    }
}

impl<T> fmt::Debug for Returned<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Returned")
    }
}

/// It is a `Result`.
#[doc(hidden)]
pub trait ReturnsResult {
    type Kind;

    fn kind(&self) -> Self::Kind;
}

/// It is none.
#[doc(hidden)]
pub trait ReturnsValue {
    type Kind;

    fn kind(&self) -> Self::Kind;
}

impl<T, E> ReturnsResult for Returned<Result<T, E>> {
    type Kind = OfResult<T, E>;

    fn kind(&self) -> Self::Kind {
        OfResult(PhantomData)
    }
}

impl<T> ReturnsValue for &Returned<T> {
    type Kind = OfValue<T>;

    fn kind(&self) -> Self::Kind {
        OfValue(PhantomData)
    }
}

/// A function that returns a `Result`.
#[doc(hidden)]
#[derive(Debug)]
pub struct OfResult<T, E>(PhantomData<fn() -> (T, E)>);

impl<T, E> OfResult<T, E> {
    pub async fn cached(
        self,
        cache: &Cache,
        key: ArgKey,
        options: CachedOptions,
        compute: impl AsyncFnOnce() -> Result<T, E>,
    ) -> Result<T, E>
    where
        T: Kept,
    {
        cached(cache, key, options, compute).await
    }
}

/// One that returns something else.
#[doc(hidden)]
#[derive(Debug)]
pub struct OfValue<T>(PhantomData<fn() -> T>);

impl<T> OfValue<T> {
    pub async fn cached(
        self,
        cache: &Cache,
        key: ArgKey,
        options: CachedOptions,
        compute: impl AsyncFnOnce() -> T,
    ) -> T
    where
        T: Kept,
    {
        cached_plain(cache, key, options, compute).await
    }
}
