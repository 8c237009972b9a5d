//! Where a memcached is.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use crate::cache::error::{CacheError, CacheErrorKind};

/// memcached's own port.
const PORT: u16 = 11211;

/// Where a memcached is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Address {
    /// `host:port`.
    Tcp(String),
    Unix(PathBuf),
}

/// `memcached://host:port`, `host:port`, `host`, `[::1]:11211`, `unix:///path` or `/path`.
impl FromStr for Address {
    type Err = CacheError;

    fn from_str(text: &str) -> Result<Self, CacheError> {
        let bad = |why: &str| {
            let message = format!(
                "`{text}` {why}; a memcached is `memcached://host:11211`, `host:11211`, or `unix:///path/of/its.socket`"
            );
            Err(CacheError::new(CacheErrorKind::Other, message))
        };
        if let Some(path) = text.strip_prefix("unix://").or_else(|| text.starts_with('/').then_some(text)) {
            return if path.starts_with('/') {
                Ok(Self::Unix(path.into()))
            } else {
                bad("has no absolute path")
            };
        }
        let place = text.strip_prefix("memcached://").or_else(|| text.strip_prefix("tcp://")).unwrap_or(text);
        let place = place.strip_suffix('/').unwrap_or(place);
        if place.contains("://") || place.contains(['/', '@', ' ']) || place.is_empty() {
            return bad("is no address");
        }
        // The colons of an IPv6 address are in brackets.
        let (host, port) = match place.rsplit_once(':') {
            Some((host, port)) if !port.contains(']') => (host, Some(port)),
            _ => (place, None),
        };
        let is_host = match host.strip_prefix('[') {
            Some(rest) => rest.ends_with(']'),
            None => !host.is_empty() && !host.contains(':'),
        };
        match port.map_or(Ok(PORT), str::parse::<u16>) {
            Ok(port) if is_host => Ok(Self::Tcp(format!("{host}:{port}"))),
            _ => bad("is no address"),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(address) => f.write_str(address),
            Self::Unix(path) => path.display().fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read() {
        for (text, expected) in [
            ("memcached://cache.example:11212", "cache.example:11212"),
            ("cache-1", "cache-1:11211"),
            ("10.0.0.1:1", "10.0.0.1:1"),
            ("[::1]:11213", "[::1]:11213"),
            ("[::1]", "[::1]:11211"),
            ("memcached://localhost/", "localhost:11211"),
            ("unix:///run/memcached.sock", "/run/memcached.sock"),
            ("/run/memcached.sock", "/run/memcached.sock"),
        ] {
            assert_eq!(text.parse::<Address>().unwrap().to_string(), expected);
        }
        for text in ["", "redis://a", "a:b", "a:99999", "::1", "a/b", "unix://a", ":1", "[::1"] {
            let error = text.parse::<Address>().unwrap_err();
            assert!(error.to_string().contains(&format!("`{text}`")), "{error}");
        }
    }
}
