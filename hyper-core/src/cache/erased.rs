//! Any backend behind one type, so that a site's cache is a setting and not a type parameter.

use futures_util::future::BoxFuture;

use super::backend::{Ask, CacheBackend};
use super::error::CacheError;
use super::stats::LayerStats;
use super::ttl::Ttl;
use super::value::Value;

type Answer<'a, T> = BoxFuture<'a, Result<T, CacheError>>;

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
    fn set_many<'a>(&'a self, entries: &'a [(&'a str, Value)], ttl: Ttl) -> Answer<'a, ()>;
    fn delete_many<'a>(&'a self, keys: &'a [&'a str]) -> Answer<'a, u64>;
    fn peek(&self, key: &str) -> Result<Option<Value>, Ask>;
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

    fn set_many<'a>(&'a self, entries: &'a [(&'a str, Value)], ttl: Ttl) -> Answer<'a, ()> {
        Box::pin(CacheBackend::set_many(self, entries, ttl))
    }

    fn delete_many<'a>(&'a self, keys: &'a [&'a str]) -> Answer<'a, u64> {
        Box::pin(CacheBackend::delete_many(self, keys))
    }

    fn peek(&self, key: &str) -> Result<Option<Value>, Ask> {
        CacheBackend::peek(self, key)
    }

    fn stats(&self) -> Vec<LayerStats> {
        CacheBackend::stats(self)
    }

    fn check(&self) -> Answer<'_, ()> {
        Box::pin(CacheBackend::check(self))
    }
}
