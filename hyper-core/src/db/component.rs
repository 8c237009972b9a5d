//! A database as a part of an application.

use std::time::Duration;

use super::in_test;
use super::pool::Db;
use super::pool_options::DbOptions;
use super::replicas::routing;
use super::url::DatabaseUrl;
use crate::cache::{CacheReport, QueryCache, QueryCacheOptions};
use crate::embedded::{Options, Postgres};
use crate::settings::SettingsError;
use crate::{Component, Error, Result, Settings};

/// The database `DATABASE_URL` names. Without it PostgreSQL is started for the project, as
/// [`embedded`](crate::embedded) says, with a database named as the program. `POOL_SIZE` is how many connections it has
/// at most: one for each thread, and the others for writes and transactions. `DATABASE_REPLICAS` names
/// [replicas](super::PrimaryReplica) to read from.
impl Component for Db {
    async fn start(settings: &Settings) -> Result<Self> {
        start(settings, "").await
    }

    /// Waits for the statements that are under way, as long as `DRAIN_TIMEOUT` at most, and ends what goes on beside them.
    async fn stop(&self) {
        self.stop_background().await;
    }
}

/// Starts the database of a name; of none, the one of `DATABASE_URL`. It is the same one for all parts of an application.
pub(super) async fn start(settings: &Settings, name: &str) -> Result<Db> {
    settings
        .share(name, async {
            let db = open(settings, name).await?;
            if !in_test::is_for_tests() {
                db.start_background(settings)?;
                keep_results(&db, settings).await?;
                let reported = db.clone();
                let report = move || reported.query_cache().map(QueryCache::stats).into_iter().collect();
                CacheReport::of(settings).await?.add(report);
            }
            Ok(db)
        })
        .await
}

/// Starts the query cache, where `QUERY_CACHE` says so.
async fn keep_results(db: &Db, settings: &Settings) -> Result<()> {
    if settings.flag("QUERY_CACHE", false)? {
        let defaults = QueryCacheOptions::default();
        let number = |setting, default| settings.number(setting, 1..=usize::MAX, default);
        let options = QueryCacheOptions {
            max_entries: number("QUERY_CACHE_MAX_ENTRIES", defaults.max_entries)?,
            max_bytes: number("QUERY_CACHE_MAX_BYTES", defaults.max_bytes as usize)? as u64,
        };
        QueryCache::configure(db, options).await?;
    }
    Ok(())
}

async fn open(settings: &Settings, name: &str) -> Result<Db> {
    let options = options(settings, name)?;
    // Before anything is started: all databases can be opened, or none is.
    let routing = routing(settings, name)?;
    if let Some(url) = url(settings, &key("DATABASE_URL", name))? {
        let db = Db::with_options(url, options);
        return Ok(match routing {
            Some(routing) => db.with_replicas(routing),
            None => db,
        });
    }
    if routing.is_some() {
        let problem = format!("is missing, and {} names replicas of it", key("DATABASE_REPLICAS", name));
        return Err(SettingsError::new(key("DATABASE_URL", name), problem).into());
    }
    // It waits for processes and files, which a runtime's thread must not do.
    if let Some(create) = in_test::create() {
        let url = tokio::task::spawn_blocking(create).await.map_err(Error::internal)?;
        let url = url.and_then(|url| url.parse::<DatabaseUrl>()).map_err(Error::internal)?;
        return Ok(Db::with_options(url, options));
    }
    let database = if name.is_empty() { program() } else { format!("{}_{name}", program()) };
    let place = Options::project(settings.project()).database_url(None).database(database);
    let started = tokio::task::spawn_blocking(move || Postgres::start(place));
    let server = started.await.map_err(Error::internal)?.map_err(Error::internal)?;
    let url = server.url().parse::<DatabaseUrl>().map_err(Error::internal)?;
    tracing::info!("{}", server.source());
    Ok(Db::on(url, options, Some(server)))
}

/// The setting of a database that has a name: `DATABASE_URL_EAST`.
pub(super) fn key(setting: &str, name: &str) -> String {
    if name.is_empty() { setting.to_owned() } else { format!("{setting}_{}", name.to_ascii_uppercase()) }
}

/// The setting of a database: with its name if there is such a one, else the one of all.
fn own(settings: &Settings, setting: &str, name: &str) -> String {
    Some(key(setting, name)).filter(|own| settings.get(own).is_some()).unwrap_or_else(|| setting.to_owned())
}

/// How a database keeps its connections: as `POOL_SIZE_EAST` and the like say, or else those without its name.
pub(super) fn options(settings: &Settings, name: &str) -> Result<DbOptions> {
    const MOST: usize = u32::MAX as usize;
    let own = |setting| own(settings, setting, name);
    let number = |setting, range, default| settings.number(&own(setting), range, default);
    let seconds = |setting, default| {
        number(setting, 0..=MOST, default).map(|seconds| Duration::from_secs(seconds as u64))
    };
    let milliseconds = |setting, range, default| {
        number(setting, range, default).map(|milliseconds| Duration::from_millis(milliseconds as u64))
    };
    let pinned = settings.threads();
    let size = number("POOL_SIZE", 0..=MOST, (pinned + 8).max(32))?;
    let (prepares, mode) = (own("PREPARED_STATEMENTS"), own("POOLER_MODE"));
    Ok(DbOptions {
        pinned,
        exclusive: size.saturating_sub(pinned).max(1),
        max_lifetime: seconds("POOL_MAX_LIFETIME", 3600)?,
        max_queries: number("POOL_MAX_QUERIES", 0..=MOST, 10_000)? as u32,
        min_idle: number("POOL_MIN_SIZE", 0..=size, 0)?,
        idle_timeout: seconds("POOL_IDLE_TIMEOUT", 600)?,
        connect_timeout: milliseconds("CONNECT_TIMEOUT", 1..=3_600_000, 10_000)?,
        query_timeout: milliseconds("QUERY_TIMEOUT", 0..=i32::MAX as usize, 0)?,
        statement_cache_size: number("STATEMENT_CACHE_SIZE", 1..=65_536, 256)?,
        prepared_statements: match settings.get(&prepares) {
            Some(_) => Some(settings.flag(&prepares, true)?),
            None => None,
        },
        pooler_mode: match settings.get(&mode).map(str::parse) {
            Some(parsed) => Some(parsed.map_err(|problem: String| SettingsError::new(mode, problem))?),
            None => None,
        },
        ..DbOptions::default()
    })
}

pub(super) fn url(settings: &Settings, key: &str) -> Result<Option<DatabaseUrl>> {
    let Some(text) = settings.get(key) else { return Ok(None) };
    let url = text.parse::<DatabaseUrl>();
    // The value is not repeated: it may have a password in it.
    url.map(Some)
        .map_err(|problem| Error::internal(SettingsError::new(key, format!("cannot be read: {problem}"))))
}

/// The name of the running program, as far as a database can have it.
fn program() -> String {
    let path = std::env::current_exe().unwrap_or_default();
    let name = path.file_stem().unwrap_or_default().to_string_lossy().to_lowercase();
    let name: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).take(60).collect();
    if name.is_empty() { "hyper".to_owned() } else { name }
}
