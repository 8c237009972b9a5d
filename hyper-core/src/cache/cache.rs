//! What programs ask: typed values by keys.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::backend::{Ask, CacheBackend};
use super::erased::{AnyBackend, Erased};
use super::error::{CacheError, CacheErrorKind};
use super::key::{Key, before, full};
use super::stampede::{Computation, Options, Protected, Protection, Shared, is_stale};
use super::stats::LayerStats;
use super::ttl::Ttl;
use super::value::{Content, Value};

/// The cache of an application: values of any type that serde knows, by their keys. Its clones are one cache.
///
/// As a field of an application it is what the settings say, `CACHE_BACKEND` above all; [`new`](Self::new) puts one together.
///
/// ```
/// use hyper_core::cache::{Cache, LocMemCache};
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let cache = Cache::new(LocMemCache::default());
/// cache.set("names", &["Ana", "Bob"], 60).await?;
/// assert_eq!(cache.get::<Vec<String>>("names").await?, Some(vec!["Ana".to_owned(), "Bob".to_owned()]));
///
/// // Nothing is a value, too: not there is `None`, there and nothing `Some(None)`.
/// cache.set(("nickname", 7), &None::<String>, 60).await?;
/// assert_eq!(cache.get::<Option<String>>(("nickname", 7)).await?, Some(None));
/// assert_eq!(cache.get::<Option<String>>(("nickname", 8)).await?, None);
/// # Ok::<_, hyper_core::cache::CacheError>(()) }).unwrap();
/// ```
///
/// What is in the cache and cannot be read as the type that is asked for, as another version of the program put it there, is
/// not there.
#[derive(Clone)]
pub struct Cache {
    backend: Arc<dyn Erased>,
    /// The backend's, or one's own.
    protection: Arc<Protection>,
    /// What is before each key.
    before: Arc<str>,
    prefix: Arc<str>,
    version: u32,
}

impl Cache {
    /// Asks a backend, with keys that have nothing before them.
    #[must_use]
    pub fn new(backend: impl CacheBackend) -> Self {
        let backend: Arc<dyn Erased> = Arc::new(backend);
        let protection = backend.protection().unwrap_or_else(|| Protection {
            options: Options::default(),
            shared: Arc::<Shared>::default(),
            backend: AnyBackend::of(Arc::clone(&backend)),
        });
        let protection = Arc::new(protection);
        Self { backend, protection, before: "".into(), prefix: "".into(), version: 1 }
    }

    /// With how long values are kept by default, for those whose expiry is known here.
    pub(super) fn with_default_ttl(mut self, ttl: Option<Duration>) -> Self {
        Arc::make_mut(&mut self.protection).options.ttl = ttl;
        self
    }

    /// With a prefix of all keys, for sites that share a backend: `{prefix}:v{version}:{key}`. No key of one prefix is one of
    /// another: `:` and `%` in it, and what cannot be seen in ASCII, are written as `%3a` and so on.
    #[must_use]
    pub fn prefix(mut self, prefix: &str) -> Self {
        self.prefix = prefix.into();
        self.with_before()
    }

    /// With another version of all keys: what was there before is not any more, all at once.
    #[must_use]
    pub fn version(mut self, version: u32) -> Self {
        self.version = version;
        self.with_before()
    }

    fn with_before(mut self) -> Self {
        self.before = before(&self.prefix, self.version).into();
        self
    }

    pub(super) fn full(&self, key: &impl Key) -> String {
        full(&self.before, key)
    }

    async fn value(&self, key: &str) -> Result<Option<Value>, CacheError> {
        let found = match self.backend.peek(key) {
            Ok(found) => found,
            Err(Ask) => self.backend.get_unseen(key).await?,
        };
        Ok(found.filter(|value| !is_stale(value)))
    }

    /// That a value is made which is to be kept unless it is changed meanwhile.
    pub(super) fn computation<'a>(&'a self, key: &'a str) -> Computation<'a> {
        self.protection.shared.begin(key)
    }

    /// What is computed for these keys now is not kept, as they are changed.
    async fn outdate(&self, keys: &[&str]) {
        self.protection.shared.outdate(keys).await;
    }

    /// The value of a key, if it is there.
    ///
    /// # Errors
    /// That the cache cannot be reached.
    pub async fn get<T: DeserializeOwned>(&self, key: impl Key) -> Result<Option<T>, CacheError> {
        let key = self.full(&key);
        Ok(self.value(&key).await?.and_then(|value| read(&key, &value, Value::decode)))
    }

    /// The value of a key, if it is there, shared with all who ask: what is in the memory of this process is decoded once.
    ///
    /// ```
    /// # use hyper_core::cache::{Cache, LocMemCache};
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// # let cache = Cache::new(LocMemCache::default());
    /// cache.set("names", &["Ana"], 60).await?;
    /// let one = cache.get_shared::<Vec<String>>("names").await?.unwrap();
    /// let other = cache.get_shared::<Vec<String>>("names").await?.unwrap();
    /// assert!(std::sync::Arc::ptr_eq(&one, &other));
    /// # Ok::<_, hyper_core::cache::CacheError>(()) }).unwrap();
    /// ```
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub async fn get_shared<T>(&self, key: impl Key) -> Result<Option<Arc<T>>, CacheError>
    where
        T: DeserializeOwned + Send + Sync + 'static,
    {
        let key = self.full(&key);
        let Some(value) = self.value(&key).await? else { return Ok(None) };
        let was_decoded = value.is_decoded();
        let shared = read(&key, &value, Value::shared);
        if !was_decoded && shared.is_some() {
            self.backend.decoded(&key, &value);
        }
        Ok(shared)
    }

    /// Bytes that [`set_bytes`](Self::set_bytes) put in, without a copy where memory has them.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub async fn get_bytes(&self, key: impl Key) -> Result<Option<Bytes>, CacheError> {
        let found = self.value(&self.full(&key)).await?;
        Ok(found.and_then(|value| match value.content() {
            Content::Bytes(bytes) => Some(bytes.clone()),
            Content::Integer(_) => None,
        }))
    }

    /// Puts a value in, whatever was there.
    ///
    /// # Errors
    /// As [`get`](Self::get), and [`Encode`](CacheErrorKind::Encode).
    pub async fn set<T: Serialize + ?Sized>(
        &self,
        key: impl Key,
        value: &T,
        ttl: impl Into<Ttl>,
    ) -> Result<(), CacheError> {
        let (key, value) = (self.full(&key), Value::encode(value)?);
        self.outdate(&[&key]).await;
        self.backend.set(&key, value, ttl.into()).await
    }

    /// Puts bytes in as they are.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub async fn set_bytes(
        &self,
        key: impl Key,
        value: impl Into<Bytes>,
        ttl: impl Into<Ttl>,
    ) -> Result<(), CacheError> {
        let (key, value) = (self.full(&key), Value::new(Content::Bytes(value.into())));
        self.outdate(&[&key]).await;
        self.backend.set(&key, value, ttl.into()).await
    }

    /// Puts a value in where there is none; true if it did. Of several who do it at once, one does.
    ///
    /// # Errors
    /// As [`set`](Self::set).
    pub async fn add<T: Serialize + ?Sized>(
        &self,
        key: impl Key,
        value: &T,
        ttl: impl Into<Ttl>,
    ) -> Result<bool, CacheError> {
        self.backend.add(&self.full(&key), Value::encode(value)?, ttl.into()).await
    }

    /// Takes a value out; true if there was one. What is being computed for the key at this moment in this process goes to
    /// those who wait for it, and is not kept.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub async fn delete(&self, key: impl Key) -> Result<bool, CacheError> {
        let key = self.full(&key);
        self.outdate(&[&key]).await;
        self.backend.delete(&key).await
    }

    /// Whether there is a value.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub async fn has(&self, key: impl Key) -> Result<bool, CacheError> {
        // One that has expired may be there still, for `get_or_compute`.
        Ok(self.value(&self.full(&key)).await?.is_some())
    }

    /// Takes everything out that the backend has, also what was put in with other prefixes; a `RedisCache` has what begins
    /// with its own. Another [`version`](Self::version) forgets only one's own.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub async fn clear(&self) -> Result<(), CacheError> {
        self.protection.shared.outdate_all().await;
        self.backend.clear().await
    }

    /// Adds to a whole number, which keeps its time to live, and returns the sum; none if there is no value. Of several who do
    /// it at once none is lost.
    ///
    /// ```
    /// # use hyper_core::cache::{Cache, LocMemCache, Ttl};
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// # let cache = Cache::new(LocMemCache::default());
    /// cache.add("views", &0, Ttl::FOREVER).await?;
    /// assert_eq!(cache.incr("views", 1).await?, Some(1));
    /// # Ok::<_, hyper_core::cache::CacheError>(()) }).unwrap();
    /// ```
    ///
    /// # Errors
    /// As [`get`](Self::get), and [`NotANumber`](CacheErrorKind::NotANumber).
    pub async fn incr(&self, key: impl Key, by: i64) -> Result<Option<i64>, CacheError> {
        self.backend.incr(&self.full(&key), by).await
    }

    /// Takes from a whole number, as [`incr`](Self::incr) adds to it.
    ///
    /// # Errors
    /// As [`incr`](Self::incr).
    pub async fn decr(&self, key: impl Key, by: i64) -> Result<Option<i64>, CacheError> {
        let key = self.full(&key);
        let by = by.checked_neg().ok_or_else(|| CacheError::not_a_number(&key))?;
        self.backend.incr(&key, by).await
    }

    /// Gives a value a new time to live; false if there is none.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub async fn touch(&self, key: impl Key, ttl: impl Into<Ttl>) -> Result<bool, CacheError> {
        let (key, ttl) = (self.full(&key), ttl.into());
        if ttl == Ttl::AT_ONCE {
            self.outdate(&[&key]).await;
        }
        self.backend.touch(&key, ttl).await
    }

    /// Several values at once, in the order of their keys.
    ///
    /// ```
    /// # use hyper_core::cache::{Cache, LocMemCache};
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// # let cache = Cache::new(LocMemCache::default());
    /// cache.set_many(&[("a", 1), ("b", 2)], 60).await?;
    /// assert_eq!(cache.get_many::<i32>(&["a", "x", "b"]).await?, [Some(1), None, Some(2)]);
    /// # Ok::<_, hyper_core::cache::CacheError>(()) }).unwrap();
    /// ```
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub async fn get_many<T: DeserializeOwned>(
        &self,
        keys: &[impl Key],
    ) -> Result<Vec<Option<T>>, CacheError> {
        let full: Vec<String> = keys.iter().map(|key| self.full(key)).collect();
        let keys: Vec<&str> = full.iter().map(String::as_str).collect();
        let values = self.backend.get_many(&keys).await?;
        let read = |(key, value): (&&str, Option<Value>)| {
            value.filter(|value| !is_stale(value)).and_then(|value| read(key, &value, Value::decode))
        };
        Ok(keys.iter().zip(values).map(read).collect())
    }

    /// Puts several values in.
    ///
    /// # Errors
    /// As [`set`](Self::set); some may be in then.
    pub async fn set_many<T: Serialize>(
        &self,
        entries: &[(impl Key, T)],
        ttl: impl Into<Ttl>,
    ) -> Result<(), CacheError> {
        let encode = |(key, value): &(_, T)| Ok((self.full(key), Value::encode(value)?));
        let entries: Vec<(String, Value)> = entries.iter().map(encode).collect::<Result<_, CacheError>>()?;
        let entries: Vec<(&str, Value)> =
            entries.iter().map(|(key, value)| (key.as_str(), value.clone())).collect();
        self.outdate(&entries.iter().map(|(key, _)| *key).collect::<Vec<_>>()).await;
        self.backend.set_many(&entries, ttl.into()).await
    }

    /// Takes several values out. Returns how many there were.
    ///
    /// # Errors
    /// As [`get`](Self::get); some may be out then.
    pub async fn delete_many(&self, keys: &[impl Key]) -> Result<u64, CacheError> {
        let keys: Vec<String> = keys.iter().map(|key| self.full(key)).collect();
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        self.outdate(&keys).await;
        self.backend.delete_many(&keys).await
    }

    /// The value of a key, or else what is computed now and put in. Of several who compute at once, all get what was put in
    /// first. What is computed while the key is set, deleted or cleared in this process is not put in.
    ///
    /// A cache that cannot be reached is no failure here: the value is computed, and the log says so.
    ///
    /// ```
    /// # use hyper_core::cache::{Cache, CacheError, LocMemCache};
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// # let cache = Cache::new(LocMemCache::default());
    /// let sum = cache.get_or_set("sum", 60, async || Ok::<_, CacheError>(1 + 2)).await?;
    /// assert_eq!(sum, 3);
    /// let again = cache.get_or_set("sum", 60, async || Ok::<i32, CacheError>(unreachable!())).await?;
    /// assert_eq!(again, 3);
    /// # Ok::<_, CacheError>(()) }).unwrap();
    /// ```
    ///
    /// # Errors
    /// What computing it returns.
    pub async fn get_or_set<T: Serialize + DeserializeOwned, E>(
        &self,
        key: impl Key,
        ttl: impl Into<Ttl>,
        compute: impl AsyncFnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        let (key, own) = (self.full(&key), &self.protection);
        match self.value(&key).await {
            Ok(Some(value)) => {
                if let Some(value) = read(&key, &value, Value::decode) {
                    return Ok(value);
                }
                // It would be in the way of what is put in now.
                let _ = CacheBackend::delete(&own.backend, &key).await;
            }
            Ok(None) => {}
            Err(error) => {
                tracing::warn!(key, error = &error as &dyn std::error::Error, "a cache cannot be read");
                return compute().await;
            }
        }
        let computation = own.shared.begin(&key);
        let computed = compute().await?;
        let put = async {
            let value = Value::encode(&computed)?;
            let ttl = ttl.into();
            if self.backend.add(&key, value.clone(), ttl).await? {
                return Ok::<_, CacheError>(None);
            }
            let first = self.value(&key).await?;
            if first.is_none() {
                // It has expired, and is in the way as `get_or_compute` keeps it for a while.
                CacheBackend::set(&own.backend, &key, value, ttl).await?;
            }
            Ok(first)
        };
        let put = match computation.keep(put, CacheBackend::delete(&own.backend, &key)).await {
            Some(put) => put,
            // It was changed meanwhile, so what is there now is newer.
            None => self.value(&key).await,
        };
        match put {
            // Somebody else was first.
            Ok(Some(value)) => Ok(read(&key, &value, Value::decode).unwrap_or(computed)),
            Ok(None) => Ok(computed),
            Err(error) => {
                tracing::warn!(key, error = &error as &dyn std::error::Error, "a cache cannot be written");
                Ok(computed)
            }
        }
    }

    /// The value of a key, or else what is computed now by one of all in this process who ask, while the others wait for it;
    /// and computed anew before it expires, by one while the others get what is there. See [`StampedeProtection`].
    ///
    /// It is for what takes long and many ask for. Its values are read by `get`, `get_shared`, `get_many` and `has` as well, and
    /// removed by `delete`; they are kept 60 seconds longer than they are given out. A cache that cannot be reached is no
    /// failure here: the value is computed, and the log says so.
    ///
    /// ```
    /// # use hyper_core::cache::{Cache, CacheError, LocMemCache};
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// # let cache = Cache::new(LocMemCache::default());
    /// let compute = async || Ok::<_, CacheError>("expensive".to_owned());
    /// assert_eq!(cache.get_or_compute(("report", 7), 60, compute).await?, "expensive");
    /// # Ok::<_, CacheError>(()) }).unwrap();
    /// ```
    ///
    /// [`StampedeProtection`]: super::StampedeProtection
    ///
    /// # Errors
    /// What computing it returns, to the one who does.
    pub async fn get_or_compute<T: Serialize + DeserializeOwned, E>(
        &self,
        key: impl Key,
        ttl: impl Into<Ttl>,
        compute: impl AsyncFnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        self.protection.get_or_compute(&self.full(&key), ttl.into(), compute).await
    }

    /// Puts in what took so long to compute, as [`get_or_compute`](Self::get_or_compute) does.
    pub(super) async fn put_computed<T: Serialize>(
        &self,
        key: &impl Key,
        value: &T,
        ttl: Ttl,
        took: Duration,
    ) -> Result<(), CacheError> {
        let key = self.full(key);
        // What others began to compute before is not put in its place.
        self.outdate(&[&key]).await;
        match self.protection.sealed(value, ttl, took)? {
            Some((value, ttl)) => self.backend.set(&key, value, ttl).await,
            None => self.backend.delete(&key).await.map(drop),
        }
    }

    /// The same with options: how early values are computed anew, and whether one of all instances does.
    #[must_use]
    pub fn protected(&self) -> Protected {
        Protected::new(self.clone(), Protection::clone(&self.protection))
    }

    /// What became of what it was asked, for each layer, the first that is asked first.
    #[must_use]
    pub fn stats(&self) -> Vec<LayerStats> {
        let mut layers = self.backend.stats();
        let own = &self.protection.shared;
        if own.is_used() && self.backend.protection().is_none() {
            layers.insert(0, own.layer());
        }
        layers
    }

    /// Whether it can be reached.
    ///
    /// # Errors
    /// Why it cannot.
    pub async fn ping(&self) -> Result<(), CacheError> {
        self.backend.check().await
    }

    /// Its backend, to build another cache on.
    #[must_use]
    pub fn backend(&self) -> AnyBackend {
        AnyBackend::of(Arc::clone(&self.backend))
    }
}

/// What a value is; none if it is not of the type that is asked for.
fn read<T>(key: &str, value: &Value, read: impl FnOnce(&Value) -> Result<T, CacheError>) -> Option<T> {
    match read(value) {
        Ok(read) => Some(read),
        Err(error) => {
            debug_assert_eq!(error.kind(), CacheErrorKind::Decode);
            tracing::debug!(
                key,
                error = &error as &dyn std::error::Error,
                "a cached value is of another type"
            );
            None
        }
    }
}

impl fmt::Debug for Cache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cache").field("before", &self.before).finish_non_exhaustive()
    }
}
