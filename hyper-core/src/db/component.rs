//! A database as a part of an application.

use std::time::Duration;

use super::in_test;
use super::pool::{Db, DbOptions};
use super::url::DatabaseUrl;
use crate::embedded::{Options, Postgres};
use crate::settings::SettingsError;
use crate::{Component, Error, Result, Settings};

/// The database `DATABASE_URL` names. Without it PostgreSQL is started for the project, as
/// [`embedded`](crate::embedded) says, with a database named as the program. `POOL_SIZE` is how many connections it has
/// at most: one for each thread, and the others for writes and transactions.
impl Component for Db {
    async fn start(settings: &Settings) -> Result<Self> {
        let pinned = settings.threads();
        let size = settings.parse("POOL_SIZE", "a number of connections")?.unwrap_or((pinned + 8).max(32));
        let milliseconds = |key: &str, range, default| -> Result<Duration> {
            Ok(Duration::from_millis(settings.number(key, range, default)? as u64))
        };
        let has = |key: &str| settings.get(key).is_some();
        let options = DbOptions {
            pinned,
            exclusive: size.saturating_sub(pinned).max(1),
            connect_timeout: milliseconds("CONNECT_TIMEOUT", 1..=3_600_000, 10_000)?,
            query_timeout: milliseconds("QUERY_TIMEOUT", 0..=i32::MAX as usize, 0)?,
            statement_cache_size: settings.number("STATEMENT_CACHE_SIZE", 1..=65_536, 256)?,
            prepared_statements: if has("PREPARED_STATEMENTS") {
                Some(settings.flag("PREPARED_STATEMENTS", true)?)
            } else {
                None
            },
            ..DbOptions::default()
        };
        if let Some(text) = settings.get("DATABASE_URL") {
            let url = text.parse::<DatabaseUrl>();
            let url = url.map_err(|problem| {
                // The value is not repeated: it may have a password in it.
                Error::internal(SettingsError::new("DATABASE_URL", format!("cannot be read: {problem}")))
            })?;
            return Ok(Self::with_options(url, options));
        }
        // It waits for processes and files, which a runtime's thread must not do.
        if let Some(create) = in_test::create() {
            let url = tokio::task::spawn_blocking(create).await.map_err(Error::internal)?;
            let url = url.and_then(|url| url.parse::<DatabaseUrl>()).map_err(Error::internal)?;
            return Ok(Self::with_options(url, options));
        }
        let place = Options::project(settings.project()).database_url(None).database(program());
        let started = tokio::task::spawn_blocking(move || Postgres::start(place));
        let server = started.await.map_err(Error::internal)?.map_err(Error::internal)?;
        let url = server.url().parse::<DatabaseUrl>().map_err(Error::internal)?;
        tracing::info!("{}", server.source());
        Ok(Self::on(url, options, Some(server)))
    }
}

/// The name of the running program, as far as a database can have it.
fn program() -> String {
    let path = std::env::current_exe().unwrap_or_default();
    let name = path.file_stem().unwrap_or_default().to_string_lossy().to_lowercase();
    let name: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).take(60).collect();
    if name.is_empty() { "hyper".to_owned() } else { name }
}
