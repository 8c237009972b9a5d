//! What stands between the program and PostgreSQL: nothing, or a pooler such as PgBouncer.
//!
//! A pooler that gives a connection of PostgreSQL's to another client after each transaction is no session: what a
//! statement leaves there is somebody else's. One knows it by this: options of the session do not arrive.

use tokio_postgres::{Client, SimpleQueryMessage};

use super::connection::Connection;
use super::error::DatabaseError;
use super::error_kind::ErrorKind;
use super::target::Target;

/// The option that arrives at PostgreSQL, and at no pooler.
pub(super) const MARK: &str = "hyperdjango.direct";

/// Who answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Server {
    PostgreSql,
    Pooler {
        /// Whether what a client prepares is there for that client, on whatever connection.
        keeps_statements: bool,
    },
    /// A pooler that gives each connection a session of its own, as was said.
    Sessions,
}

impl Server {
    pub(super) fn is_pooler(self) -> bool {
        self != Self::PostgreSql
    }

    /// Whether what a statement leaves on a connection stays there, for this program alone.
    pub(super) fn is_session(self) -> bool {
        !matches!(self, Self::Pooler { .. })
    }

    /// By the first connection, which was made with the mark.
    pub(super) async fn told(client: &Client) -> Result<Self, DatabaseError> {
        let marks = first(client, &format!("SELECT current_setting('{MARK}', true)")).await?;
        if marks.iter().any(|mark| mark == "1") { Ok(Self::PostgreSql) } else { Self::pooler(client).await }
    }

    /// A pooler, by what it makes of a prepared statement: one that keeps account of them gives it a name of its own.
    pub(super) async fn pooler(client: &Client) -> Result<Self, DatabaseError> {
        let text = format!("SELECT {} AS hyperdjango", fastrand::u32(..));
        client.batch_execute("BEGIN").await?;
        let names = match client.prepare(&text).await {
            Ok(_statement) => {
                let query = format!("SELECT name FROM pg_prepared_statements WHERE statement = '{text}'");
                first(client, &query).await
            }
            // The name is somebody else's.
            Err(error) if error.code().is_some_and(|code| code.code() == "42P05") => Ok(Vec::new()),
            Err(error) => Err(error.into()),
        };
        client.batch_execute("ROLLBACK").await?;
        let names = names?;
        // tokio-postgres's are `s0`, `s1`, ..
        let is_ours =
            |name: &String| name.strip_prefix('s').is_some_and(|number| number.parse::<u64>().is_ok());
        Ok(Self::Pooler { keeps_statements: !names.is_empty() && !names.iter().any(is_ours) })
    }

    /// Whether the names of prepared statements are shared with other clients.
    pub(super) fn shares_names(self) -> bool {
        self == Self::Pooler { keeps_statements: false }
    }

    /// Whether statements are prepared.
    pub(super) fn prepares(self, asked: Option<bool>) -> bool {
        asked.unwrap_or(match self {
            Self::PostgreSql | Self::Sessions => true,
            Self::Pooler { keeps_statements } => keeps_statements,
        })
    }

    /// Refuses what lasts longer than a transaction, where a pooler gives the connection to others in between.
    pub(super) fn needs_session(self, what: &str, instead: &str) -> Result<(), DatabaseError> {
        if self.is_session() {
            return Ok(());
        }
        let problem = format!(
            "{what} lasts longer than a transaction, and a pooler such as PgBouncer gives the connection to others after \
             each one: {instead}, or use a `Db` that connects to PostgreSQL itself. If the pooler is in session mode, set \
             POOLER_MODE=session"
        );
        Err(DatabaseError::new(ErrorKind::Other, problem))
    }

    /// Says in the log what the operator may want to change.
    pub(super) fn say(self, target: &Target) {
        let database = target.url.name();
        match (self, target.prepared_statements) {
            (Self::PostgreSql, _) | (Self::Pooler { .. }, Some(false)) => {}
            (Self::Sessions, _) => {
                tracing::info!(database, "the database is behind a pooler in session mode")
            }
            (Self::Pooler { keeps_statements: true }, _) => {
                tracing::info!(database, "the database is behind a pooler that keeps prepared statements");
            }
            (Self::Pooler { keeps_statements: false }, Some(true)) => tracing::warn!(
                database,
                "PREPARED_STATEMENTS is on, and the database is behind a pooler that knows nothing of prepared \
                 statements: they will fail. Set POOLER_MODE=session if its pool_mode is `session`, else \
                 PREPARED_STATEMENTS=off, or max_prepared_statements of PgBouncer 1.21 or later"
            ),
            (Self::Pooler { keeps_statements: false }, None) => tracing::warn!(
                database,
                "the database is behind a pooler that knows nothing of prepared statements, so none are used: each \
                 statement is planned anew. PREPARED_STATEMENTS=off says that this is meant; \
                 max_prepared_statements of PgBouncer 1.21 or later lets it keep them; POOLER_MODE=session says \
                 that it is in session mode"
            ),
        }
    }
}

/// The first column of what a query returns.
pub(super) async fn first(client: &Client, query: &str) -> Result<Vec<String>, DatabaseError> {
    let messages = client.simple_query(query).await?;
    let rows = messages.iter().filter_map(|message| match message {
        SimpleQueryMessage::Row(row) => row.try_get(0).ok().flatten().map(str::to_owned),
        _ => None,
    });
    Ok(rows.collect())
}

impl Connection {
    /// Refuses what lasts longer than a transaction, as [`Server::needs_session`] does.
    pub(super) fn needs_session(&self, what: &str, instead: &str) -> Result<(), DatabaseError> {
        self.server().needs_session(what, instead)
    }

    /// The same for what a script leaves behind.
    pub(super) fn needs_session_for(&self, script: &str) -> Result<(), DatabaseError> {
        if self.server().is_session() {
            return Ok(());
        }
        script
            .split(';')
            .find_map(left_behind)
            .map_or(Ok(()), |(what, instead)| self.needs_session(what, instead))
    }
}

/// What a statement leaves in the session, by its first words; and what does not.
fn left_behind(statement: &str) -> Option<(&'static str, &'static str)> {
    let mut words = statement.split_whitespace().map(str::to_ascii_uppercase);
    let (first, second) = (words.next()?, words.next().unwrap_or_default());
    match (first.as_str(), second.as_str()) {
        ("LISTEN" | "UNLISTEN", _) => Some(("LISTEN", "LISTEN elsewhere; NOTIFY works here")),
        ("SET", "LOCAL" | "TRANSACTION" | "CONSTRAINTS") => None,
        ("SET", _) => Some(("SET", "use SET LOCAL in a transaction, or ALTER ROLE .. SET")),
        ("PREPARE", second) if second != "TRANSACTION" => Some(("PREPARE", "run the statement as it is")),
        ("LOAD", _) => Some(("LOAD", "name the library in session_preload_libraries")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_script_leaves_behind_is_named() {
        let named = |script: &str| script.split(';').find_map(left_behind).map(|(what, _)| what);
        assert_eq!(named("SELECT 1;\n listen jobs"), Some("LISTEN"));
        assert_eq!(named("set search_path = x"), Some("SET"));
        assert_eq!(named("PREPARE p AS SELECT 1"), Some("PREPARE"));
        for harmless in [
            "",
            ";;",
            "SET LOCAL statement_timeout = 1; UPDATE t SET a = 1",
            "SET CONSTRAINTS ALL DEFERRED",
            "SET TRANSACTION READ ONLY",
            "PREPARE TRANSACTION 'x'",
            "NOTIFY jobs",
        ] {
            assert_eq!(named(harmless), None, "{harmless}");
        }
    }
}
