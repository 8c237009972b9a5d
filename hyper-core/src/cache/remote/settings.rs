//! Caches on other machines, as the settings say.

use std::time::Duration;

use super::RemoteOptions;
use crate::Settings;
use crate::cache::erased::AnyBackend;
use crate::cache::error::CacheError;
use crate::settings::SettingsError;

fn options(settings: &Settings, ttl: Option<Duration>) -> Result<RemoteOptions, SettingsError> {
    let milliseconds = |key: &str, default: usize| {
        settings.number(key, 1..=600_000, default).map(|time| Duration::from_millis(time as u64))
    };
    let compress_from = settings.number("CACHE_COMPRESS_FROM", 0..=u32::MAX as usize, 1024)?;
    Ok(RemoteOptions {
        timeout: milliseconds("CACHE_TIMEOUT", 500)?,
        connect_timeout: milliseconds("CACHE_CONNECT_TIMEOUT", 1000)?,
        longest_pause: milliseconds("CACHE_LONGEST_PAUSE", 2000)?,
        connections: settings.number("CACHE_CONNECTIONS", 1..=1000, 4)?,
        compress_from: Some(compress_from).filter(|from| *from > 0),
        ttl,
    })
}

fn urls<'a>(settings: &'a Settings, example: &str) -> Result<Vec<&'a str>, SettingsError> {
    let urls: Vec<&str> = settings.list("CACHE_URL").collect();
    if urls.is_empty() {
        return Err(SettingsError::new(
            "CACHE_URL",
            format!("is missing: it says where it is, such as `{example}`"),
        ));
    }
    Ok(urls)
}

fn in_url(error: &CacheError) -> SettingsError {
    let why = std::error::Error::source(error).map(|why| format!(": {why}")).unwrap_or_default();
    SettingsError::new("CACHE_URL", format!("cannot be used: {error}{why}"))
}

/// `CACHE_BACKEND=redis`.
#[cfg(feature = "redis")]
pub(in crate::cache) fn redis(
    settings: &Settings,
    ttl: Option<Duration>,
) -> Result<AnyBackend, SettingsError> {
    let urls = urls(settings, "redis://127.0.0.1:6379")?;
    let redis = crate::cache::RedisCache::with_options(&urls, options(settings, ttl)?);
    // What is deleted by `clear` is this site's.
    let prefix = settings.get("CACHE_KEY_PREFIX").unwrap_or("cache");
    Ok(AnyBackend::new(redis.map_err(|error| in_url(&error))?.prefix(&format!("{prefix}:"))))
}

/// `CACHE_BACKEND=memcached`: one, or a ring of several.
#[cfg(feature = "memcached")]
pub(in crate::cache) fn memcached(
    settings: &Settings,
    ttl: Option<Duration>,
) -> Result<AnyBackend, SettingsError> {
    use crate::cache::{ConsistentHashRing, MemcachedCache};

    let urls = urls(settings, "memcached://127.0.0.1:11211")?;
    let options = options(settings, ttl)?;
    let mut nodes = Vec::new();
    for url in urls {
        let node = MemcachedCache::with_options(url, options.clone()).map_err(|error| in_url(&error))?;
        // As other clients name them, which so find the same keys at the same nodes.
        nodes.push((node.address(), node));
    }
    Ok(match nodes.len() {
        1 => AnyBackend::new(nodes.remove(0).1),
        _ => AnyBackend::new(ConsistentHashRing::new(nodes)),
    })
}
