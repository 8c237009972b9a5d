//! What keeps values.

use super::error::CacheError;
use super::stampede::Protection;
use super::stats::LayerStats;
use super::ttl::Ttl;
use super::value::{Content, Value};

/// Keeps values by their keys: memory, a database, Redis, or one's own. What [wraps](super) others is one as well, so all
/// of them compose.
///
/// Programs ask a [`Cache`](super::Cache), which knows types and prefixes; this is below it.
///
/// ```
/// use std::collections::HashMap;
/// use std::sync::Mutex;
///
/// use hyper_core::cache::{Cache, CacheBackend, CacheError, Ttl, Value};
///
/// /// For ever and without bounds: a bad cache.
/// #[derive(Default)]
/// struct Hoard(Mutex<HashMap<String, Value>>);
///
/// impl CacheBackend for Hoard {
///     async fn get(&self, key: &str) -> Result<Option<Value>, CacheError> {
///         Ok(self.0.lock().unwrap().get(key).cloned())
///     }
///
///     async fn set(&self, key: &str, value: Value, _: Ttl) -> Result<(), CacheError> {
///         self.0.lock().unwrap().insert(key.to_owned(), value);
///         Ok(())
///     }
///
///     async fn add(&self, key: &str, value: Value, _: Ttl) -> Result<bool, CacheError> {
///         let mut all = self.0.lock().unwrap();
///         let is_new = !all.contains_key(key);
///         if is_new {
///             all.insert(key.to_owned(), value);
///         }
///         Ok(is_new)
///     }
///
///     async fn delete(&self, key: &str) -> Result<bool, CacheError> {
///         Ok(self.0.lock().unwrap().remove(key).is_some())
///     }
///
///     async fn clear(&self) -> Result<(), CacheError> {
///         self.0.lock().unwrap().clear();
///         Ok(())
///     }
/// }
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let cache = Cache::new(Hoard::default());
/// cache.set("answer", &42, 60).await?;
/// assert_eq!(cache.get::<i32>("answer").await?, Some(42));
/// # Ok::<_, CacheError>(()) }).unwrap();
/// ```
#[diagnostic::on_unimplemented(message = "`{Self}` keeps no values: it is no `CacheBackend`")]
pub trait CacheBackend: Send + Sync + 'static {
    /// The value of a key, if it is there.
    ///
    /// # Errors
    /// That the cache cannot be reached; so with all that follow.
    fn get(&self, key: &str) -> impl Future<Output = Result<Option<Value>, CacheError>> + Send;

    /// Puts a value in, whatever was there.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    fn set(&self, key: &str, value: Value, ttl: Ttl) -> impl Future<Output = Result<(), CacheError>> + Send;

    /// Puts a value in where there is none; true if it did. Of several who do it at once one does.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    fn add(&self, key: &str, value: Value, ttl: Ttl)
    -> impl Future<Output = Result<bool, CacheError>> + Send;

    /// Takes a value out; true if there was one.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    fn delete(&self, key: &str) -> impl Future<Output = Result<bool, CacheError>> + Send;

    /// Takes all values out that were put in with this backend's part of the keys, or all that it has.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    fn clear(&self) -> impl Future<Output = Result<(), CacheError>> + Send;

    /// Whether there is a value.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    fn has(&self, key: &str) -> impl Future<Output = Result<bool, CacheError>> + Send {
        async move { Ok(self.get(key).await?.is_some()) }
    }

    /// Adds to a whole number, which keeps its time to live, and returns the sum; none if there is no value. By default
    /// it is a `get` and a `set`, so that of two at once one is lost: backends that can do better do.
    ///
    /// # Errors
    /// As [`get`](Self::get), and [`NotANumber`](super::CacheErrorKind::NotANumber).
    fn incr(&self, key: &str, by: i64) -> impl Future<Output = Result<Option<i64>, CacheError>> + Send {
        async move {
            let Some(value) = self.get(key).await? else { return Ok(None) };
            let Content::Integer(number) = value.content() else { return Err(CacheError::not_a_number(key)) };
            let sum = number.checked_add(by).ok_or_else(|| CacheError::not_a_number(key))?;
            self.set(key, Value::new(Content::Integer(sum)), Ttl::Default).await?;
            Ok(Some(sum))
        }
    }

    /// Gives a value a new time to live; false if there is none.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    fn touch(&self, key: &str, ttl: Ttl) -> impl Future<Output = Result<bool, CacheError>> + Send {
        async move {
            let Some(value) = self.get(key).await? else { return Ok(false) };
            self.set(key, value, ttl).await?;
            Ok(true)
        }
    }

    /// Several values at once, in the order of their keys.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    fn get_many(&self, keys: &[&str]) -> impl Future<Output = Result<Vec<Option<Value>>, CacheError>> + Send {
        async move {
            let mut values = Vec::with_capacity(keys.len());
            for key in keys {
                values.push(self.get(key).await?);
            }
            Ok(values)
        }
    }

    /// Puts several values in.
    ///
    /// # Errors
    /// As [`get`](Self::get); some may be in then.
    fn set_many(
        &self,
        entries: &[(&str, Value)],
        ttl: Ttl,
    ) -> impl Future<Output = Result<(), CacheError>> + Send {
        async move {
            for (key, value) in entries {
                self.set(key, value.clone(), ttl).await?;
            }
            Ok(())
        }
    }

    /// Takes several values out. Returns how many there were.
    ///
    /// # Errors
    /// As [`get`](Self::get); some may be out then.
    fn delete_many(&self, keys: &[&str]) -> impl Future<Output = Result<u64, CacheError>> + Send {
        async move {
            let mut deleted = 0;
            for key in keys {
                deleted += u64::from(self.delete(key).await?);
            }
            Ok(deleted)
        }
    }

    /// As [`get`](Self::get), with how long the value will be there: [`Ttl::Default`] is that it is not known, as it is by
    /// default. [`TwoTierCache`](super::TwoTierCache) asks so what is behind it, and keeps no value for longer than that.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    fn get_with_ttl(
        &self,
        key: &str,
    ) -> impl Future<Output = Result<Option<(Value, Ttl)>, CacheError>> + Send {
        async move { Ok(self.get(key).await?.map(|value| (value, Ttl::Default))) }
    }

    /// The same for several, as [`get_many`](Self::get_many). By default it says of none how long it will be there; who
    /// knows that has both.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    fn get_many_with_ttl(
        &self,
        keys: &[&str],
    ) -> impl Future<Output = Result<Vec<Option<(Value, Ttl)>>, CacheError>> + Send {
        async move {
            let values = self.get_many(keys).await?.into_iter();
            Ok(values.map(|value| value.map(|value| (value, Ttl::Default))).collect())
        }
    }

    /// The value of a key where that takes no waiting: memory has it, or knows that there is none. `Err` says to ask with
    /// [`get`](Self::get).
    #[doc(hidden)]
    fn peek(&self, _: &str) -> Result<Option<Value>, Ask> {
        Err(Ask)
    }

    /// As [`get`](Self::get), by who has just heard from [`peek`](Self::peek) that he has to ask.
    #[doc(hidden)]
    fn get_unseen(&self, key: &str) -> impl Future<Output = Result<Option<Value>, CacheError>> + Send {
        self.get(key)
    }

    /// A value that it gave out was decoded by who shares it with others, so that it is in memory twice.
    #[doc(hidden)]
    fn decoded(&self, _key: &str, _value: &Value) {}

    /// How values are computed for it; none if it leaves that to the [`Cache`](super::Cache).
    #[doc(hidden)]
    fn protection(&self) -> Option<Protection> {
        None
    }

    /// What became of what it was asked, for each layer it has.
    fn stats(&self) -> Vec<LayerStats> {
        Vec::new()
    }

    /// Whether it can be reached.
    ///
    /// # Errors
    /// Why it cannot.
    fn check(&self) -> impl Future<Output = Result<(), CacheError>> + Send {
        async { Ok(()) }
    }
}

/// That memory does not know.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct Ask;
