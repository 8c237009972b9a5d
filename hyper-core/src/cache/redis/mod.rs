//! A cache in Redis or a cluster of it, by the crate `redis`.

mod backend;
mod clear;
mod cluster;
mod node;
mod routing;
mod slots;
#[cfg(feature = "tls")]
mod tls;

use std::fmt;
use std::sync::Arc;

use self::cluster::Cluster;
use super::error::CacheError;
use super::remote::{RemoteOptions, Wire};
use super::stats::Counters;

/// A cache in one Redis, version 4 or newer, or in a cluster. Its clones are one cache, on the same connections. Valkey and others that
/// speak Redis's protocol do as well.
///
/// ```
/// use hyper_core::cache::{Cache, RedisCache};
///
/// // Nothing connects before it is asked.
/// let cache = Cache::new(RedisCache::new("redis://127.0.0.1:6379").unwrap().prefix("news:"));
/// ```
///
/// - Keys have a prefix of the cache, `cache:` unless said. [`clear`](super::CacheBackend::clear) deletes what has it, by SCAN and UNLINK,
///   and leaves alone what else is in that Redis.
/// - Times to live are milliseconds, and rounded up.
/// - Give Redis a `maxmemory` and `maxmemory-policy allkeys-lru`: with its default, `noeviction`, it refuses values once it is full.
/// - Numbers are decimal digits, for INCRBY; everything else is MessagePack after a mark, compressed by LZ4 from
///   [`compress_from`](RemoteOptions::compress_from) on.
///
/// # When it is down
///
/// A question fails with [`Unavailable`](super::CacheErrorKind::Unavailable) after [`timeout`](RemoteOptions::timeout) at the latest, and
/// those that follow fail at once for 50 ms, 100 ms, and so on up to [`longest_pause`](RemoteOptions::longest_pause); after each pause one
/// goes to see. In a cluster that is so for each node: what others have is there, if the cluster has
/// `cluster-require-full-coverage no`, and a replica that takes over is found within a second.
#[derive(Clone)]
pub struct RedisCache {
    inner: Arc<Inner>,
    prefix: Arc<str>,
}

struct Inner {
    cluster: Cluster,
    options: RemoteOptions,
    wire: Wire,
    counters: Counters,
}

impl RedisCache {
    /// The Redis at a URL: `redis://user:password@host:port/database`, `rediss://..` for TLS (with the feature `tls`), or
    /// `unix:///path/of/its.sock`. By TLS the server's certificate has to be of the host in the URL, and of an authority of
    /// [`root_cert`](RemoteOptions::root_cert).
    ///
    /// # Errors
    /// It is no such URL. Whether somebody is there is not looked at.
    pub fn new(url: &str) -> Result<Self, CacheError> {
        Self::with_options(&[url], RemoteOptions::default())
    }

    /// The cluster that some nodes belong to; the others are found by them.
    ///
    /// ```
    /// # use hyper_core::cache::RedisCache;
    /// let cluster = RedisCache::cluster(&["redis://10.0.0.1:6379", "redis://10.0.0.2:6379"]).unwrap();
    /// ```
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn cluster(urls: &[&str]) -> Result<Self, CacheError> {
        Self::with_options(urls, RemoteOptions::default())
    }

    /// One Redis or, with several URLs, a cluster, with times, connections and compression.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn with_options(urls: &[&str], options: RemoteOptions) -> Result<Self, CacheError> {
        let inner = Inner {
            cluster: Cluster::at(urls, &options)?,
            wire: Wire { compress_from: options.compress_from },
            options,
            counters: Counters::default(),
        };
        Ok(Self { inner: Arc::new(inner), prefix: "cache:".into() })
    }

    /// With another prefix of all keys, so that several sites share a Redis. With an empty one the whole database is this cache's, and
    /// [`clear`](super::CacheBackend::clear) deletes all of it.
    #[must_use]
    pub fn prefix(mut self, prefix: &str) -> Self {
        self.prefix = prefix.into();
        self
    }

    fn key(&self, key: &str) -> String {
        format!("{}{key}", self.prefix)
    }
}

impl fmt::Debug for RedisCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisCache").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}
