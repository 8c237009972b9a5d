//! Caches: values that are expensive to compute, kept by their keys for a while.
//!
//! Programs ask a [`Cache`], which knows types, prefixes and versions. Behind it is a [`CacheBackend`]: what keeps values
//! ([`LocMemCache`], [`DatabaseCache`], [`NullCache`]), or wraps others that do ([`TwoTierCache`], [`StampedeProtection`],
//! [`ConsistentHashRing`]). All of them compose, one's own included.

mod arg;
mod backend;
mod bus;
#[expect(clippy::module_inception, reason = "the type that the room is named after")]
mod cache;
mod cached;
mod clock;
mod component;
mod database;
mod erased;
mod error;
mod fragment;
mod gate;
mod key;
mod loc_mem;
#[cfg(feature = "memcached")]
mod memcached;
mod null;
mod query;
#[cfg(feature = "redis")]
mod redis;
#[cfg(any(feature = "memcached", feature = "redis"))]
mod remote;
mod report;
mod ring;
mod stampede;
mod stats;
#[cfg(test)]
mod tests;
mod ttl;
mod two_tier;
mod value;
mod warmer;
mod within;

pub use arg::{ArgKey, CacheArg};
#[doc(hidden)]
pub use backend::Ask;
pub use backend::CacheBackend;
pub use bus::{CacheBus, Said, Subscription};
pub use cache::Cache;
#[doc(hidden)]
pub use cached::{CachedOptions, Returned, ReturnsResult, ReturnsValue, cached, cached_plain};
pub use database::DatabaseCache;
pub use erased::AnyBackend;
pub use error::{CacheError, CacheErrorKind};
pub use fragment::Fragment;
pub use key::Key;
pub(crate) use key::Made;
pub use loc_mem::{LocMemCache, LocMemOptions};
#[cfg(feature = "memcached")]
pub use memcached::MemcachedCache;
#[cfg(feature = "memcached")]
#[doc(hidden)]
pub use memcached::fuzz as fuzz_memcached;
pub use null::NullCache;
pub(crate) use query::Note;
pub use query::{QueryCache, QueryCacheOptions};
#[cfg(feature = "redis")]
pub use redis::RedisCache;
#[cfg(any(feature = "memcached", feature = "redis"))]
pub use remote::RemoteOptions;
pub use report::CacheReport;
pub use ring::ConsistentHashRing;
#[doc(hidden)]
pub use stampede::Protection;
pub use stampede::{Protected, StampedeProtection};
pub use stats::{CacheStats, Count, Counters, LayerStats};
pub use ttl::Ttl;
pub use two_tier::TwoTierCache;
pub use value::{Content, Value};
pub use warmer::{CacheWarmer, WarmReport, Warmed, Warming};
