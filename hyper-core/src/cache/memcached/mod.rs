//! A cache in memcached, by its meta protocol.
//!
//! The client is our own, and small: of async-memcached 0.9, the best kept one, a connection is for one question at a time and for
//! IPv4 only.

mod address;
mod backend;
mod connection;
mod reply;

use std::fmt;
use std::sync::Arc;

use self::address::Address;
use self::connection::Connection;
use super::error::CacheError;
use super::gate::Gate;
use super::remote::{Dial, Lines, RemoteOptions, Wire};
use super::stats::Counters;

pub use self::reply::fuzz;

/// A cache in one memcached, version 1.6 or newer. Its clones are one cache, on the same connections. Of several servers a
/// [`ConsistentHashRing`](super::ConsistentHashRing) makes one cache.
///
/// ```
/// use hyper_core::cache::{Cache, ConsistentHashRing, MemcachedCache};
///
/// // Nothing connects before it is asked.
/// let one = MemcachedCache::new("memcached://127.0.0.1:11211").unwrap();
/// let socket = MemcachedCache::new("unix:///run/memcached/memcached.sock").unwrap();
/// let cache = Cache::new(ConsistentHashRing::new([("one", one), ("socket", socket)]));
/// ```
///
/// # What is different here
///
/// - Times to live are whole seconds, and rounded up. One beyond January 2038 is for ever.
/// - Values are bounded by the server's `-I`, 1 MiB unless said. A larger one is
///   [`TooLarge`](super::CacheErrorKind::TooLarge), and what was there before is gone.
/// - Keys have 1 to 250 bytes that can be seen in ASCII, as those of a [`Cache`](super::Cache) do.
/// - Negative numbers are stored as their two's complement of 64 bits, so that [`incr`](super::CacheBackend::incr) is one question and
///   atomic; programs in other languages see a large number.
/// - [`clear`](super::CacheBackend::clear) is `flush_all`: it empties the server for everybody.
///
/// # When it is down
///
/// A question fails with [`Unavailable`](super::CacheErrorKind::Unavailable) after [`timeout`](RemoteOptions::timeout) at the latest, and
/// those that follow fail at once for 50 ms, 100 ms, and so on up to [`longest_pause`](RemoteOptions::longest_pause); after each pause one
/// goes to see.
#[derive(Clone)]
pub struct MemcachedCache(Arc<Inner>);

struct Inner {
    name: String,
    lines: Lines<Server>,
    gate: Gate,
    options: RemoteOptions,
    wire: Wire,
    counters: Counters,
}

struct Server(Address);

impl Dial for Server {
    type Line = Arc<Connection>;

    async fn dial(&self) -> Result<Self::Line, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Arc::new(Connection::open(&self.0).await?))
    }

    fn is_broken(line: &Self::Line) -> bool {
        line.is_broken()
    }
}

impl MemcachedCache {
    /// The memcached at an address: `memcached://host:port`, `host:port`, `host`, `unix:///path` or `/path`.
    ///
    /// # Errors
    /// It is no address. Whether somebody is there is not looked at.
    pub fn new(address: &str) -> Result<Self, CacheError> {
        Self::with_options(address, RemoteOptions::default())
    }

    /// The same with times, connections and compression.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn with_options(address: &str, options: RemoteOptions) -> Result<Self, CacheError> {
        let address: Address = address.parse()?;
        let name = address.to_string();
        Ok(Self(Arc::new(Inner {
            lines: Lines::new(Server(address), format!("memcached://{name}"), &options),
            name,
            gate: Gate::new(options.longest_pause),
            wire: Wire { compress_from: options.compress_from },
            options,
            counters: Counters::default(),
        })))
    }

    /// Where it is, as `host:port` or `/path`: the name that clients in other languages give it in a ring.
    #[must_use]
    pub fn address(&self) -> String {
        self.0.name.clone()
    }
}

impl fmt::Debug for MemcachedCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemcachedCache").field("lines", &self.0.lines).finish_non_exhaustive()
    }
}
