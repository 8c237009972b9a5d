//! The cache of an application, as the settings say.

use std::time::Duration;

use super::cache::{AnyBackend, Cache};
use super::loc_mem::{LocMemCache, LocMemOptions};
use super::null::NullCache;
use crate::settings::SettingsError;
use crate::{Component, Result, Settings};

/// The cache that `CACHE_BACKEND` names, the same for all parts of an application:
///
/// | | |
/// |---|---|
/// | `memory`, the default | [`LocMemCache`], with `CACHE_MAX_ENTRIES` (10,000) and `CACHE_MAX_BYTES` (67,108,864) |
/// | `null` | [`NullCache`] |
///
/// `CACHE_TTL` is how long values are kept that are put in without saying, in seconds (300; 0 is for ever).
/// `CACHE_KEY_PREFIX` and `CACHE_VERSION` are before all keys: another version forgets all values at once.
impl Component for Cache {
    async fn start(settings: &Settings) -> Result<Self> {
        settings.share("", async { start(settings).await }).await
    }
}

async fn start(settings: &Settings) -> Result<Cache> {
    const MOST: usize = u32::MAX as usize;
    let ttl = settings.seconds("CACHE_TTL", 300)?;
    let ttl = Some(ttl).filter(|ttl| *ttl != Duration::ZERO);
    let backend = match settings.get("CACHE_BACKEND").unwrap_or("memory") {
        "memory" => AnyBackend::new(LocMemCache::with_options(LocMemOptions {
            max_entries: settings.number("CACHE_MAX_ENTRIES", 0..=MOST, 10_000)?,
            max_bytes: settings.number("CACHE_MAX_BYTES", 0..=usize::MAX, 64 * 1024 * 1024)? as u64,
            ttl,
        })),
        "null" => AnyBackend::new(NullCache),
        other => {
            let problem = format!("should be `memory` or `null`, and is `{other}`");
            return Err(SettingsError::new("CACHE_BACKEND", problem).into());
        }
    };
    let version = settings.number("CACHE_VERSION", 0..=MOST, 1)? as u32;
    Ok(Cache::new(backend).prefix(settings.get("CACHE_KEY_PREFIX").unwrap_or("")).version(version))
}
