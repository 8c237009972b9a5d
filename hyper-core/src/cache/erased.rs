//! Any backend behind one type, so that a site's cache is a setting and not a type parameter.

use std::fmt;
use std::sync::Arc;

use futures_util::future::BoxFuture;

use super::backend::{Ask, CacheBackend};
use super::error::CacheError;
use super::stampede::Protection;
use super::stats::LayerStats;
use super::ttl::Ttl;
use super::value::Value;

type Answer<'a, T> = BoxFuture<'a, Result<T, CacheError>>;

/// A value with how long it will be there.
type Lasting = (Value, Ttl);

/// [`CacheBackend`] as an object.
pub(super) trait Erased: Send + Sync {
    fn get<'a>(&'a self, key: &'a str) -> Answer<'a, Option<Value>>;
    fn set<'a>(&'a self, key: &'a str, value: Value, ttl: Ttl) -> Answer<'a, ()>;
    fn add<'a>(&'a self, key: &'a str, value: Value, ttl: Ttl) -> Answer<'a, bool>;
    fn delete<'a>(&'a self, key: &'a str) -> Answer<'a, bool>;
    fn clear(&self) -> Answer<'_, ()>;
    fn has<'a>(&'a self, key: &'a str) -> Answer<'a, bool>;
    fn incr<'a>(&'a self, key: &'a str, by: i64) -> Answer<'a, Option<i64>>;
    fn touch<'a>(&'a self, key: &'a str, ttl: Ttl) -> Answer<'a, bool>;
    fn get_many<'a>(&'a self, keys: &'a [&'a str]) -> Answer<'a, Vec<Option<Value>>>;
    fn get_with_ttl<'a>(&'a self, key: &'a str) -> Answer<'a, Option<Lasting>>;
    fn get_many_with_ttl<'a>(&'a self, keys: &'a [&'a str]) -> Answer<'a, Vec<Option<Lasting>>>;
    fn set_many<'a>(&'a self, entries: &'a [(&'a str, Value)], ttl: Ttl) -> Answer<'a, ()>;
    fn delete_many<'a>(&'a self, keys: &'a [&'a str]) -> Answer<'a, u64>;
    fn peek(&self, key: &str) -> Result<Option<Value>, Ask>;
    fn get_unseen<'a>(&'a self, key: &'a str) -> Answer<'a, Option<Value>>;
    fn decoded(&self, key: &str, value: &Value);
    fn protection(&self) -> Option<Protection>;
    fn stats(&self) -> Vec<LayerStats>;
    fn check(&self) -> Answer<'_, ()>;
}

impl<B: CacheBackend> Erased for B {
    fn get<'a>(&'a self, key: &'a str) -> Answer<'a, Option<Value>> {
        Box::pin(CacheBackend::get(self, key))
    }

    fn set<'a>(&'a self, key: &'a str, value: Value, ttl: Ttl) -> Answer<'a, ()> {
        Box::pin(CacheBackend::set(self, key, value, ttl))
    }

    fn add<'a>(&'a self, key: &'a str, value: Value, ttl: Ttl) -> Answer<'a, bool> {
        Box::pin(CacheBackend::add(self, key, value, ttl))
    }

    fn delete<'a>(&'a self, key: &'a str) -> Answer<'a, bool> {
        Box::pin(CacheBackend::delete(self, key))
    }

    fn clear(&self) -> Answer<'_, ()> {
        Box::pin(CacheBackend::clear(self))
    }

    fn has<'a>(&'a self, key: &'a str) -> Answer<'a, bool> {
        Box::pin(CacheBackend::has(self, key))
    }

    fn incr<'a>(&'a self, key: &'a str, by: i64) -> Answer<'a, Option<i64>> {
        Box::pin(CacheBackend::incr(self, key, by))
    }

    fn touch<'a>(&'a self, key: &'a str, ttl: Ttl) -> Answer<'a, bool> {
        Box::pin(CacheBackend::touch(self, key, ttl))
    }

    fn get_many<'a>(&'a self, keys: &'a [&'a str]) -> Answer<'a, Vec<Option<Value>>> {
        Box::pin(CacheBackend::get_many(self, keys))
    }

    fn get_with_ttl<'a>(&'a self, key: &'a str) -> Answer<'a, Option<Lasting>> {
        Box::pin(CacheBackend::get_with_ttl(self, key))
    }

    fn get_many_with_ttl<'a>(&'a self, keys: &'a [&'a str]) -> Answer<'a, Vec<Option<Lasting>>> {
        Box::pin(CacheBackend::get_many_with_ttl(self, keys))
    }

    fn set_many<'a>(&'a self, entries: &'a [(&'a str, Value)], ttl: Ttl) -> Answer<'a, ()> {
        Box::pin(CacheBackend::set_many(self, entries, ttl))
    }

    fn delete_many<'a>(&'a self, keys: &'a [&'a str]) -> Answer<'a, u64> {
        Box::pin(CacheBackend::delete_many(self, keys))
    }

    fn peek(&self, key: &str) -> Result<Option<Value>, Ask> {
        CacheBackend::peek(self, key)
    }

    fn get_unseen<'a>(&'a self, key: &'a str) -> Answer<'a, Option<Value>> {
        Box::pin(CacheBackend::get_unseen(self, key))
    }

    fn decoded(&self, key: &str, value: &Value) {
        CacheBackend::decoded(self, key, value);
    }

    fn protection(&self) -> Option<Protection> {
        CacheBackend::protection(self)
    }

    fn stats(&self) -> Vec<LayerStats> {
        CacheBackend::stats(self)
    }

    fn check(&self) -> Answer<'_, ()> {
        Box::pin(CacheBackend::check(self))
    }
}

/// Any backend, for what is put together while the program runs. Its clones are one backend.
///
/// ```
/// use hyper_core::cache::{AnyBackend, LocMemCache, NullCache};
///
/// let development = true;
/// let backend =
///     if development { AnyBackend::new(NullCache) } else { AnyBackend::new(LocMemCache::default()) };
/// ```
#[derive(Clone)]
pub struct AnyBackend(Arc<dyn Erased>);

impl AnyBackend {
    pub(super) fn of(backend: Arc<dyn Erased>) -> Self {
        Self(backend)
    }

    /// A backend whose type does not matter any more.
    #[must_use]
    pub fn new(backend: impl CacheBackend) -> Self {
        Self(Arc::new(backend))
    }

    pub(super) fn shared(backend: Arc<impl CacheBackend>) -> Self {
        Self(backend)
    }
}

impl fmt::Debug for AnyBackend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnyBackend").finish_non_exhaustive()
    }
}

impl CacheBackend for AnyBackend {
    async fn get(&self, key: &str) -> Result<Option<Value>, CacheError> {
        self.0.get(key).await
    }

    async fn set(&self, key: &str, value: Value, ttl: Ttl) -> Result<(), CacheError> {
        self.0.set(key, value, ttl).await
    }

    async fn add(&self, key: &str, value: Value, ttl: Ttl) -> Result<bool, CacheError> {
        self.0.add(key, value, ttl).await
    }

    async fn delete(&self, key: &str) -> Result<bool, CacheError> {
        self.0.delete(key).await
    }

    async fn clear(&self) -> Result<(), CacheError> {
        self.0.clear().await
    }

    async fn has(&self, key: &str) -> Result<bool, CacheError> {
        self.0.has(key).await
    }

    async fn incr(&self, key: &str, by: i64) -> Result<Option<i64>, CacheError> {
        self.0.incr(key, by).await
    }

    async fn touch(&self, key: &str, ttl: Ttl) -> Result<bool, CacheError> {
        self.0.touch(key, ttl).await
    }

    async fn get_many(&self, keys: &[&str]) -> Result<Vec<Option<Value>>, CacheError> {
        self.0.get_many(keys).await
    }

    async fn get_with_ttl(&self, key: &str) -> Result<Option<(Value, Ttl)>, CacheError> {
        self.0.get_with_ttl(key).await
    }

    async fn get_many_with_ttl(&self, keys: &[&str]) -> Result<Vec<Option<(Value, Ttl)>>, CacheError> {
        self.0.get_many_with_ttl(keys).await
    }

    async fn set_many(&self, entries: &[(&str, Value)], ttl: Ttl) -> Result<(), CacheError> {
        self.0.set_many(entries, ttl).await
    }

    async fn delete_many(&self, keys: &[&str]) -> Result<u64, CacheError> {
        self.0.delete_many(keys).await
    }

    fn peek(&self, key: &str) -> Result<Option<Value>, Ask> {
        self.0.peek(key)
    }

    async fn get_unseen(&self, key: &str) -> Result<Option<Value>, CacheError> {
        self.0.get_unseen(key).await
    }

    fn decoded(&self, key: &str, value: &Value) {
        self.0.decoded(key, value);
    }

    fn protection(&self) -> Option<Protection> {
        self.0.protection()
    }

    fn stats(&self) -> Vec<LayerStats> {
        self.0.stats()
    }

    async fn check(&self) -> Result<(), CacheError> {
        self.0.check().await
    }
}
