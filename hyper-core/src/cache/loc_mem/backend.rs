//! What a cache is asked, of memory.

use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use super::{Entry, LocMemCache, bytes_of, now};
use crate::cache::backend::{Ask, CacheBackend};
use crate::cache::error::CacheError;
use crate::cache::stats::{Count, LayerStats};
use crate::cache::ttl::Ttl;
use crate::cache::value::{Content, Value};

/// With how long it will be there.
fn lasting(entry: Entry) -> (Value, Ttl) {
    let left = match entry.expires {
        u64::MAX => Ttl::Forever,
        expires => Ttl::For(Duration::from_millis(expires.saturating_sub(now()))),
    };
    (entry.value, left)
}

impl CacheBackend for LocMemCache {
    async fn get(&self, key: &str) -> Result<Option<Value>, CacheError> {
        Ok(self.find(key))
    }

    async fn set(&self, key: &str, value: Value, ttl: Ttl) -> Result<(), CacheError> {
        self.put(key, value, ttl);
        Ok(())
    }

    async fn add(&self, key: &str, value: Value, ttl: Ttl) -> Result<bool, CacheError> {
        let Some(expires) = self.expiry(ttl) else {
            return Ok(!self.has(key).await?);
        };
        let added = self.insert(key, Entry::new(value, expires), Entry::is_expired);
        if added {
            self.0.counters.count(Count::Set);
        }
        Ok(added)
    }

    async fn delete(&self, key: &str) -> Result<bool, CacheError> {
        Ok(self.take(key))
    }

    async fn clear(&self) -> Result<(), CacheError> {
        self.0.entries.retain(|key, entry| {
            self.0.bytes.fetch_sub(bytes_of(key, entry), Relaxed);
            false
        });
        Ok(())
    }

    async fn has(&self, key: &str) -> Result<bool, CacheError> {
        Ok(self.0.entries.peek(key).is_some_and(|entry| !entry.is_expired()))
    }

    async fn incr(&self, key: &str, by: i64) -> Result<Option<i64>, CacheError> {
        let sum = self.change(key, |entry| {
            let Content::Integer(number) = entry.value.content() else { return None };
            let sum = number.checked_add(by)?;
            entry.value = Value::new(Content::Integer(sum));
            Some(sum)
        });
        match sum {
            None => Ok(None),
            Some(Some(sum)) => Ok(Some(sum)),
            Some(None) => Err(CacheError::not_a_number(key)),
        }
    }

    async fn touch(&self, key: &str, ttl: Ttl) -> Result<bool, CacheError> {
        match self.expiry(ttl) {
            None => Ok(self.take(key)),
            Some(expires) => Ok(self.change(key, |entry| entry.expires = expires).is_some()),
        }
    }

    async fn get_with_ttl(&self, key: &str) -> Result<Option<(Value, Ttl)>, CacheError> {
        Ok(self.look(key).map(lasting))
    }

    async fn get_many_with_ttl(&self, keys: &[&str]) -> Result<Vec<Option<(Value, Ttl)>>, CacheError> {
        Ok(keys.iter().map(|key| self.look(key).map(lasting)).collect())
    }

    fn peek(&self, key: &str) -> Result<Option<Value>, Ask> {
        Ok(self.find(key))
    }

    fn decoded(&self, key: &str, value: &Value) {
        self.count_decoded(key, value);
    }

    fn stats(&self) -> Vec<LayerStats> {
        let mut stats = self.0.counters.stats();
        (stats.entries, stats.bytes) = (Some(self.len() as u64), Some(self.bytes()));
        vec![LayerStats::new("loc_mem", stats)]
    }
}
