//! Redis, a cluster of it, and memcached: what they do, and what is done when they do not.

mod cluster;
pub(crate) mod load;
mod memcached;
mod outages;
mod redis;
mod settings;

use std::time::Duration;

use hyper_core::cache::RemoteOptions;

/// With times that a test can wait for.
pub(crate) fn quick() -> RemoteOptions {
    RemoteOptions {
        timeout: Duration::from_millis(300),
        connect_timeout: Duration::from_millis(300),
        longest_pause: Duration::from_millis(200),
        ..RemoteOptions::default()
    }
}
