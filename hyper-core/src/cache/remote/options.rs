//! What can be chosen for a cache on another machine.

use std::time::Duration;

/// Times, connections and compression of a cache on another machine.
///
/// ```
/// use std::time::Duration;
///
/// use hyper_core::cache::RemoteOptions;
///
/// let options = RemoteOptions { timeout: Duration::from_millis(100), ..RemoteOptions::default() };
/// assert_eq!(options.compress_from, Some(1024));
/// ```
#[derive(Debug, Clone)]
pub struct RemoteOptions {
    /// How long an answer may take; default 500 ms. After it the cache is not there, and is not asked for a moment.
    pub timeout: Duration,
    /// How long it may take to connect, where there is no connection; default 1 s.
    pub connect_timeout: Duration,
    /// The longest that a server which failed is not asked, until one question goes to see; default 2 s, from 50 ms on.
    pub longest_pause: Duration,
    /// How many connections there are to each server, each for many questions at once; at least 1, default 4. To a cluster of Redis there
    /// is one to each node.
    pub connections: usize,
    /// From how many bytes on values are compressed, by LZ4, if that makes them smaller; none is never. Default 1 KiB. What is there is
    /// read whatever this says.
    pub compress_from: Option<usize>,
    /// How long values are kept that are put in without saying; none is for ever. Default 300 seconds.
    pub ttl: Option<Duration>,
}

impl Default for RemoteOptions {
    fn default() -> Self {
        Self {
            timeout: Duration::from_millis(500),
            connect_timeout: Duration::from_secs(1),
            longest_pause: Duration::from_secs(2),
            connections: 4,
            compress_from: Some(1024),
            ttl: Some(Duration::from_secs(300)),
        }
    }
}
