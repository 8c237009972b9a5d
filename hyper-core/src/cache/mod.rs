//! Caches: values that are expensive to compute, kept by their keys for a while.
//!
//! Programs ask a [`Cache`], which knows types, prefixes and versions. Behind it is a [`CacheBackend`]: what keeps values
//! ([`LocMemCache`], [`NullCache`]), or wraps others that do ([`StampedeProtection`]). All of them compose, one's own included.

mod arg;
mod backend;
mod bus;
#[expect(clippy::module_inception, reason = "the type that the room is named after")]
mod cache;
mod cached;
mod component;
mod erased;
mod error;
mod key;
mod loc_mem;
mod null;
mod query;
mod stampede;
mod stats;
mod ttl;
mod value;
mod warmer;

pub use arg::{ArgKey, CacheArg};
#[doc(hidden)]
pub use backend::Ask;
pub use backend::CacheBackend;
pub use bus::{CacheBus, Said, Subscription};
pub use cache::{AnyBackend, Cache};
#[doc(hidden)]
pub use cached::{CachedOptions, cached, cached_plain};
pub use error::{CacheError, CacheErrorKind};
pub use key::Key;
pub use loc_mem::{LocMemCache, LocMemOptions};
pub use null::NullCache;
pub(crate) use query::Note;
pub use query::{QueryCache, QueryCacheOptions};
#[doc(hidden)]
pub use stampede::Protection;
pub use stampede::{Protected, StampedeProtection};
pub use stats::{CacheStats, Count, Counters, LayerStats};
pub use ttl::Ttl;
pub use value::{Content, Value};
pub use warmer::{CacheWarmer, WarmReport, Warmed, Warming};
