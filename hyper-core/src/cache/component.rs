//! The cache of an application, as the settings say.

use std::time::Duration;

use super::bus::CacheBus;
use super::cache::Cache;
use super::database::DatabaseCache;
use super::erased::AnyBackend;
use super::error::CacheErrorKind;
use super::loc_mem::{LocMemCache, LocMemOptions};
use super::null::NullCache;
use super::report::CacheReport;
use super::two_tier::TwoTierCache;
use crate::db::{Db, ErrorKind};
use crate::settings::SettingsError;
use crate::{Component, Result, Settings};

/// The cache that `CACHE_BACKEND` names, the same for all parts of an application:
///
/// | | |
/// |---|---|
/// | `memory`, the default | [`LocMemCache`], with `CACHE_MAX_ENTRIES` (10,000) and `CACHE_MAX_BYTES` (67,108,864) |
/// | `null` | [`NullCache`] |
/// | `database` | [`DatabaseCache`] in the table `CACHE_TABLE` (`hyper_cache`) of the application's database, with `CACHE_MAX_ENTRIES` (100,000) |
/// | `two_tier` | [`TwoTierCache`]: memory as above, for `CACHE_L1_TTL` (10) seconds, before such a table with ten times as many entries; instances [tell each other](CacheBus) what they change |
/// | `redis`, with the feature `redis` | `RedisCache` at `CACHE_URL`; a cluster with several URLs |
/// | `memcached`, with the feature `memcached` | `MemcachedCache` at `CACHE_URL`; a [`ConsistentHashRing`](super::ConsistentHashRing) of them with several addresses |
///
/// `CACHE_TTL` is how long values are kept that are put in without saying, in seconds (300; 0 is for ever).
/// `CACHE_KEY_PREFIX` and `CACHE_VERSION` are before all keys: another version forgets all values at once.
#[diagnostic::do_not_recommend]
impl Component for Cache {
    async fn start(settings: &Settings) -> Result<Self> {
        settings
            .share("", async {
                let cache = start(settings).await?;
                let reported = cache.clone();
                CacheReport::of(settings).await?.add(move || reported.stats());
                Ok(cache)
            })
            .await
    }
}

const MOST: usize = u32::MAX as usize;

/// How many values memory has at most, and a table alone.
const IN_MEMORY: usize = 10_000;
const IN_TABLE: usize = 100_000;

async fn start(settings: &Settings) -> Result<Cache> {
    let ttl = settings.seconds("CACHE_TTL", 300)?;
    let ttl = Some(ttl).filter(|ttl| *ttl != Duration::ZERO);
    let backend = match settings.get("CACHE_BACKEND").unwrap_or("memory") {
        "memory" => AnyBackend::new(memory(settings, ttl)?),
        "null" => AnyBackend::new(NullCache),
        "database" => {
            let most = settings.number("CACHE_MAX_ENTRIES", 0..=MOST, IN_TABLE)?;
            let db = <Db as Component>::start(settings).await?;
            AnyBackend::new(database(settings, db, ttl, most).await?)
        }
        "two_tier" => AnyBackend::new(two_tier(settings, ttl).await?),
        #[cfg(feature = "redis")]
        "redis" => super::remote::redis(settings, ttl)?,
        #[cfg(feature = "memcached")]
        "memcached" => super::remote::memcached(settings, ttl)?,
        #[cfg(not(feature = "redis"))]
        "redis" => return Err(missing("redis").into()),
        #[cfg(not(feature = "memcached"))]
        "memcached" => return Err(missing("memcached").into()),
        other => {
            let problem = format!(
                "should be `memory`, `null`, `database`, `two_tier`, `redis` or `memcached`, and is `{other}`"
            );
            return Err(SettingsError::new("CACHE_BACKEND", problem).into());
        }
    };
    let version = settings.number("CACHE_VERSION", 0..=MOST, 1)? as u32;
    let cache = Cache::new(backend).with_default_ttl(ttl);
    Ok(cache.prefix(settings.get("CACHE_KEY_PREFIX").unwrap_or("")).version(version))
}

fn memory(settings: &Settings, ttl: Option<Duration>) -> Result<LocMemCache> {
    Ok(LocMemCache::with_options(LocMemOptions {
        max_entries: settings.number("CACHE_MAX_ENTRIES", 0..=MOST, IN_MEMORY)?,
        max_bytes: settings.number("CACHE_MAX_BYTES", 0..=usize::MAX, 64 * 1024 * 1024)? as u64,
        ttl,
    }))
}

/// The cache in the database of the application.
async fn database(
    settings: &Settings,
    db: Db,
    ttl: Option<Duration>,
    max_entries: usize,
) -> Result<DatabaseCache> {
    let table = settings.get("CACHE_TABLE").unwrap_or(DatabaseCache::TABLE);
    let cache = DatabaseCache::new(db).table(table).ttl(ttl).max_entries(max_entries as u64);
    match cache.ensure_table().await {
        Err(error) if error.kind() == CacheErrorKind::Unavailable => {
            tracing::warn!(%error, "the table of a cache will be made when it is needed");
        }
        outcome => outcome?,
    }
    Ok(cache)
}

/// Memory before that, with the bus of the database.
async fn two_tier(
    settings: &Settings,
    ttl: Option<Duration>,
) -> Result<TwoTierCache<LocMemCache, DatabaseCache>> {
    let memory = memory(settings, ttl)?;
    let most = settings.number("CACHE_MAX_ENTRIES", 0..=MOST, IN_MEMORY)?;
    let l1_ttl = settings.seconds("CACHE_L1_TTL", 10)?;
    let db = <Db as Component>::start(settings).await?;
    let database = database(settings, db.clone(), ttl, most.saturating_mul(10)).await?;
    let cache = TwoTierCache::new(memory, database).l1_ttl(l1_ttl).ttl(ttl);
    match CacheBus::of(&db).await {
        Ok(bus) => Ok(cache.shared_through(&bus)),
        Err(error) if error.kind() == ErrorKind::Unavailable => Err(error.into()),
        // As behind PgBouncer in transaction mode.
        Err(error) => {
            tracing::warn!(
                %error,
                "instances do not hear from each other what is changed in the cache: they see it after CACHE_L1_TTL"
            );
            Ok(cache)
        }
    }
}

#[cfg(any(not(feature = "redis"), not(feature = "memcached")))]
fn missing(feature: &str) -> SettingsError {
    let problem = format!(
        "is `{feature}`, and the program was built without it: add the feature to Cargo.toml, \
         `hyperdjango = {{ .., features = [\"{feature}\"] }}`"
    );
    SettingsError::new("CACHE_BACKEND", problem)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn started(pairs: &[(&str, &str)]) -> Result<Cache> {
        let debug =
            [("DEBUG", "true"), ("SECRET_KEY", "a key of a test, long enough to be one, and no other")];
        let settings = Settings::from_pairs(debug.iter().chain(pairs).copied()).unwrap();
        start(&settings).await
    }

    #[tokio::test]
    async fn mistakes_are_named() {
        #[cfg(not(feature = "redis"))]
        let cases = [(&[("CACHE_BACKEND", "redis")][..], "built without it: add the feature")];
        #[cfg(feature = "redis")]
        let cases = [
            (&[("CACHE_BACKEND", "redis")][..], "is missing: it says where"),
            (
                &[("CACHE_BACKEND", "redis"), ("CACHE_URL", "http://:secret@a")],
                "cannot be used: an address of Redis is no URL",
            ),
            (
                &[("CACHE_BACKEND", "redis"), ("CACHE_URL", "redis://a"), ("CACHE_TIMEOUT", "0")],
                "CACHE_TIMEOUT",
            ),
        ];
        #[cfg(not(feature = "memcached"))]
        let more = [(&[("CACHE_BACKEND", "memcached")][..], "built without it: add the feature")];
        #[cfg(feature = "memcached")]
        let more = [(&[("CACHE_BACKEND", "memcached"), ("CACHE_URL", "a,b c:x")][..], "`c:x` is no address")];
        let unknown = [(&[("CACHE_BACKEND", "postgres")][..], "and is `postgres`")];
        for (pairs, expected) in cases.into_iter().chain(more).chain(unknown) {
            let error = format!("{:?}", started(pairs).await.unwrap_err());
            assert!(error.contains(expected), "{error}");
            assert!(!error.contains("secret"), "{error}");
        }
    }

    #[cfg(all(feature = "redis", feature = "memcached"))]
    #[tokio::test]
    async fn addresses_make_clusters_and_rings() {
        let layers = async |backend: &str, url: &str| -> Vec<String> {
            let cache = started(&[("CACHE_BACKEND", backend), ("CACHE_URL", url)]).await.unwrap();
            cache.stats().into_iter().map(|layer| layer.name).collect()
        };
        assert_eq!(layers("redis", "redis://a").await, ["redis"]);
        assert_eq!(layers("redis", "redis://a, redis://b").await, ["redis_cluster"]);
        assert_eq!(layers("memcached", "unix:///a").await, ["memcached"]);
        assert_eq!(layers("memcached", "a,b:1").await, ["ring/a:11211/memcached", "ring/b:1/memcached"]);
    }
}
