//! Caches: values that are expensive to compute, kept by their keys for a while.
//!
//! Programs ask a [`Cache`], which knows types, prefixes and versions. Behind it is a [`CacheBackend`]: what keeps values
//! ([`LocMemCache`], [`NullCache`]), or wraps others that do. All of them compose, one's own included.

mod backend;
mod bus;
#[expect(clippy::module_inception, reason = "the type that the room is named after")]
mod cache;
mod component;
mod erased;
mod error;
mod key;
mod loc_mem;
mod null;
mod query;
mod stats;
mod ttl;
mod value;

#[doc(hidden)]
pub use backend::Ask;
pub use backend::CacheBackend;
pub use bus::{CacheBus, Said, Subscription};
pub use cache::{AnyBackend, Cache};
pub use error::{CacheError, CacheErrorKind};
pub use key::Key;
pub use loc_mem::{LocMemCache, LocMemOptions};
pub use null::NullCache;
pub(crate) use query::Note;
pub use query::{QueryCache, QueryCacheOptions};
pub use stats::{CacheStats, Count, Counters, LayerStats};
pub use ttl::Ttl;
pub use value::{Content, Value};
