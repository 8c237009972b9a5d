//! A cache that keeps nothing.

use super::backend::{Ask, CacheBackend};
use super::error::CacheError;
use super::stats::{CacheStats, LayerStats};
use super::ttl::Ttl;
use super::value::Value;

/// A cache that keeps nothing, for development and tests: what is put in is not there.
///
/// ```
/// use hyper_core::cache::{Cache, NullCache};
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let cache = Cache::new(NullCache);
/// cache.set("answer", &42, 60).await?;
/// assert_eq!(cache.get::<i32>("answer").await?, None);
/// # Ok::<_, hyper_core::cache::CacheError>(()) }).unwrap();
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct NullCache;

impl CacheBackend for NullCache {
    async fn get(&self, _: &str) -> Result<Option<Value>, CacheError> {
        Ok(None)
    }

    async fn set(&self, _: &str, _: Value, _: Ttl) -> Result<(), CacheError> {
        Ok(())
    }

    async fn add(&self, _: &str, _: Value, _: Ttl) -> Result<bool, CacheError> {
        Ok(true)
    }

    async fn delete(&self, _: &str) -> Result<bool, CacheError> {
        Ok(false)
    }

    async fn clear(&self) -> Result<(), CacheError> {
        Ok(())
    }

    fn peek(&self, _: &str) -> Result<Option<Value>, Ask> {
        Ok(None)
    }

    fn stats(&self) -> Vec<LayerStats> {
        vec![LayerStats::new("null", CacheStats::default())]
    }
}
