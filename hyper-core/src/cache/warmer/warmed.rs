//! What is made of an item.

use serde::Serialize;

use crate::cache::cache::Cache;
use crate::cache::error::CacheError;
use crate::cache::key::Key;
use crate::cache::ttl::Ttl;

/// What a [`CacheWarmer`](super::CacheWarmer)'s closure makes of an item: `(key, value)`, an `Option` of it, or nothing, where it has filled the
/// cache itself.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is nothing that a cache could be warmed with",
    label = "expected a key and a value",
    note = "return `Ok((key, value))`, an `Option` of it, or `Ok(())` after a call of a `#[cached]` function"
)]
pub trait Warmed: Send {
    /// Puts it in; false if there is nothing to put in.
    ///
    /// # Errors
    /// As [`Cache::set`].
    fn put(self, cache: &Cache, ttl: Ttl) -> impl Future<Output = Result<bool, CacheError>> + Send;
}

impl Warmed for () {
    async fn put(self, _: &Cache, _: Ttl) -> Result<bool, CacheError> {
        Ok(true)
    }
}

#[diagnostic::do_not_recommend]
impl<K: Key + Send, V: Serialize + Send + Sync> Warmed for (K, V) {
    async fn put(self, cache: &Cache, ttl: Ttl) -> Result<bool, CacheError> {
        let (key, value) = self;
        cache.set(key, &value, ttl).await?;
        Ok(true)
    }
}

#[diagnostic::do_not_recommend]
impl<W: Warmed> Warmed for Option<W> {
    async fn put(self, cache: &Cache, ttl: Ttl) -> Result<bool, CacheError> {
        match self {
            Some(warmed) => warmed.put(cache, ttl).await,
            None => Ok(false),
        }
    }
}
