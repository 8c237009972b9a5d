//! The one thing asked of the server itself: that a database is there.

use std::time::Duration;

use tokio_postgres::error::SqlState;
use tokio_postgres::{Config, NoTls};

use super::error::Error;

/// Makes a database if it is missing; true if it was.
///
/// It runs on a thread of its own, so that it may be called from within a runtime too.
pub(crate) fn ensure(server: &Config, name: &str) -> Result<bool, Error> {
    let failed = |reason: String| Error::Database { name: name.to_owned(), reason };
    if name.is_empty() || name.len() > 63 || name.contains('\0') {
        return Err(failed("a database's name has 1 to 63 bytes, none of them zero".to_owned()));
    }
    let work = || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.map_err(|error| error.to_string())?.block_on(create_if_missing(server, name))
    };
    let done = std::thread::scope(|scope| scope.spawn(work).join());
    done.unwrap_or_else(|_| Err("the thread that asked for it ended".to_owned())).map_err(failed)
}

async fn create_if_missing(server: &Config, name: &str) -> Result<bool, String> {
    let mut config = server.clone();
    config.connect_timeout(Duration::from_secs(10));
    match statement(config.clone().dbname(name), None).await {
        Ok(()) => return Ok(false),
        Err(error) if error.code() == Some(&SqlState::UNDEFINED_DATABASE) => {}
        Err(error) => return Err(describe(&error)),
    }
    let create = format!("CREATE DATABASE \"{}\"", name.replace('"', "\"\""));
    match statement(config.dbname("postgres"), Some(&create)).await {
        Ok(()) => Ok(true),
        // Another process was faster.
        Err(error) if matches!(error.code(), Some(c) if *c == SqlState::DUPLICATE_DATABASE || *c == SqlState::UNIQUE_VIOLATION) => {
            Ok(false)
        }
        Err(error) => Err(describe(&error)),
    }
}

/// Connects, and runs a statement if there is one.
async fn statement(config: &Config, sql: Option<&str>) -> Result<(), tokio_postgres::Error> {
    let (client, connection) = config.connect(NoTls).await?;
    let connection = tokio::spawn(connection);
    let done = match sql {
        Some(sql) => client.batch_execute(sql).await,
        None => Ok(()),
    };
    drop(client);
    let _ = connection.await;
    done
}

/// What the server said, and not only that it said something.
fn describe(error: &tokio_postgres::Error) -> String {
    match (error.as_db_error(), std::error::Error::source(error)) {
        (Some(said), _) => said.message().to_owned(),
        (None, Some(source)) => format!("{error}: {source}"),
        (None, None) => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_cannot_be_one_is_refused_before_anything_is_asked() {
        for name in ["", &"x".repeat(64), "a\0b"] {
            let text = ensure(&Config::new(), name).unwrap_err().to_string();
            assert!(text.contains("1 to 63 bytes"), "{text}");
        }
    }
}
