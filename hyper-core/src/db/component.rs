//! A database as a part of an application.

use super::connection::DatabaseUrl;
use super::in_test;
use super::pool::{Db, DbOptions};
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
        let options =
            DbOptions { pinned, exclusive: size.saturating_sub(pinned).max(1), ..DbOptions::default() };
        if let Some(text) = settings.get("DATABASE_URL") {
            let url = text.parse::<DatabaseUrl>();
            let url = url.map_err(|problem| {
                // The value is not repeated: it may have a password in it.
                Error::internal(SettingsError::new("DATABASE_URL", format!("cannot be read: {problem}")))
            })?;
            let db = Self::with_options(url, options);
            db.start_background(settings)?;
            return Ok(db);
        }
        // It waits for processes and files, which a runtime's thread must not do.
        if let Some(create) = in_test::create() {
            let url = tokio::task::spawn_blocking(create).await.map_err(Error::internal)?;
            let url = url.and_then(|url| url.parse::<DatabaseUrl>()).map_err(Error::internal)?;
            let db = Self::with_options(url, options);
            if !in_test::is_for_tests() {
                db.start_background(settings)?;
            }
            return Ok(db);
        }
        let place = Options::project(settings.project()).database_url(None).database(program());
        let started = tokio::task::spawn_blocking(move || Postgres::start(place));
        let server = started.await.map_err(Error::internal)?.map_err(Error::internal)?;
        let url = server.url().parse::<DatabaseUrl>().map_err(Error::internal)?;
        tracing::info!("{}", server.source());
        let db = Self::on(url, options, Some(server));
        db.start_background(settings)?;
        Ok(db)
    }

    /// Waits for the statements that are under way, as long as `DRAIN_TIMEOUT` at most, and ends what goes on beside them.
    async fn stop(&self) {
        self.stop_background().await;
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
