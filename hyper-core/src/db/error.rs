//! What can go wrong between a statement and its rows.

use std::error::Error as StdError;
use std::fmt;

use tokio_postgres::error::{DbError, ErrorPosition, Severity, SqlState};
use tokio_postgres::types::WrongType;

use super::error_kind::{ErrorKind, kind_of};
use super::violation::Violation;
use crate::Error;

/// A failure of PostgreSQL, of the way to it, or of reading what it sent.
pub struct DatabaseError(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    message: String,
    sqlstate: Option<SqlState>,
    violation: Option<Violation>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl DatabaseError {
    /// An error of this kind that PostgreSQL itself did not report.
    #[must_use]
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner { kind, message: message.into(), sqlstate: None, violation: None, source: None }))
    }

    /// PostgreSQL has no connection left.
    pub(super) fn full() -> Self {
        let mut this = Self::new(ErrorKind::Unavailable, "PostgreSQL has no connection left");
        this.0.sqlstate = Some(SqlState::TOO_MANY_CONNECTIONS);
        this
    }

    pub(crate) fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// Which sort of failure it is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// PostgreSQL's five-character code, where it reported the failure.
    #[must_use]
    pub fn sqlstate(&self) -> Option<&str> {
        self.0.sqlstate.as_ref().map(SqlState::code)
    }

    /// The same as another kind, with a sentence of its own; the cause stays.
    pub(super) fn meaning(mut self, kind: ErrorKind, message: &str) -> Self {
        self.0.kind = kind;
        self.0.message = format!("{message}: {}", self.0.message);
        self
    }

    /// The same as another kind.
    pub(super) fn into_kind(mut self, kind: ErrorKind) -> Self {
        self.0.kind = kind;
        self
    }

    /// What PostgreSQL says of a statement that it stopped.
    #[cfg(test)]
    pub(super) fn stopped(message: &str) -> Self {
        let mut this = Self::new(kind_of("57014", message), message);
        this.0.sqlstate = Some(SqlState::QUERY_CANCELED);
        this
    }

    /// What PostgreSQL reported, where it was PostgreSQL.
    fn reported(&self) -> Option<&DbError> {
        self.0.source.as_ref()?.downcast_ref::<tokio_postgres::Error>()?.as_db_error()
    }

    /// The schema of the table concerned, where PostgreSQL named it.
    #[must_use]
    pub fn schema(&self) -> Option<&str> {
        self.reported()?.schema()
    }

    /// The table concerned, where PostgreSQL named it.
    #[must_use]
    pub fn table(&self) -> Option<&str> {
        self.reported()?.table()
    }

    /// The column concerned, where PostgreSQL named it: for [`NotNull`](ErrorKind::NotNull), but for no other constraint.
    #[must_use]
    pub fn column(&self) -> Option<&str> {
        self.reported()?.column()
    }

    /// The constraint that refused, where PostgreSQL named it. A unique index counts as one.
    #[must_use]
    pub fn constraint(&self) -> Option<&str> {
        self.reported()?.constraint()
    }

    /// A second sentence of PostgreSQL's, such as `Key (email)=(a@example.org) already exists.` It holds values: it is
    /// not for everybody's eyes.
    #[must_use]
    pub fn detail(&self) -> Option<&str> {
        self.reported()?.detail()
    }

    /// The constraint that refused a row, with the fields of the model it is about: where the query knew the model.
    /// What a transaction's commit finds has none.
    #[must_use]
    pub fn violation(&self) -> Option<&Violation> {
        self.0.violation.as_ref()
    }

    /// The same, with what it means for the model.
    #[must_use]
    pub fn with_violation(mut self, violation: Violation) -> Self {
        self.0.violation = Some(violation);
        self
    }

    /// What PostgreSQL suggests.
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        self.reported()?.hint()
    }

    /// Where in the statement's text the mistake is: the number of the character, from 1.
    #[must_use]
    pub fn position(&self) -> Option<u32> {
        match self.reported()?.position()? {
            ErrorPosition::Original(position) => Some(*position),
            ErrorPosition::Internal { .. } => None,
        }
    }

    /// Whether transactions waited for each other in a circle, and this one was chosen to be undone.
    #[must_use]
    pub fn is_deadlock(&self) -> bool {
        self.sqlstate() == Some("40P01")
    }

    /// Whether a [`RepeatableRead`](super::Isolation::RepeatableRead) or
    /// [`Serializable`](super::Isolation::Serializable) transaction could not be as if it were alone.
    #[must_use]
    pub fn is_serialization_failure(&self) -> bool {
        self.sqlstate() == Some("40001")
    }

    /// Whether the table was altered since the statement was prepared: prepared anew it succeeds.
    pub(super) fn is_stale(&self) -> bool {
        // The code is that of all that PostgreSQL cannot do, and the message is in the server's language.
        self.sqlstate() == Some("0A000")
            && self.reported().and_then(DbError::routine) == Some("RevalidateCachedQuery")
    }

    /// Whether the statement's text means nothing to PostgreSQL: prepared when a table was another one, it may mean
    /// something when it is prepared anew.
    pub(super) fn is_of_text(&self) -> bool {
        self.is_stale() || self.sqlstate().is_some_and(|code| code.starts_with("42"))
    }

    /// Whether it is about the connection that it was told on, and not about the statement.
    pub(super) fn is_of_connection(&self) -> bool {
        self.kind() == ErrorKind::Interrupted || self.is_stale()
    }
}

impl From<tokio_postgres::Error> for DatabaseError {
    fn from(error: tokio_postgres::Error) -> Self {
        let Some(db) = error.as_db_error() else {
            let source = StdError::source(&error);
            let kind = if error.is_closed() {
                ErrorKind::Interrupted
            } else if source.is_some_and(|source| source.is::<std::io::Error>()) {
                ErrorKind::Unavailable
            } else if source.is_some_and(|source| source.is::<WrongType>()) {
                ErrorKind::SchemaMismatch
            } else if error.to_string().starts_with("error serializing parameter") {
                ErrorKind::Data
            } else {
                ErrorKind::Other
            };
            // Which parameter could not be written is of use only with the reason.
            let message = match source {
                Some(reason) if !matches!(kind, ErrorKind::Interrupted | ErrorKind::Unavailable) => {
                    format!("{error}: {reason}")
                }
                _ => error.to_string(),
            };
            return Self::new(kind, message).with_source(error);
        };
        let kind = match db.parsed_severity() {
            // All of PostgreSQL ends with it, whatever the cause: what the statement did may be in its log.
            Some(Severity::Panic) => ErrorKind::Interrupted,
            _ => kind_of(db.code().code(), db.message()),
        };
        let mut this = match kind {
            ErrorKind::SchemaMismatch => {
                let hint = db.hint().map_or(String::new(), |hint| format!(" {hint}"));
                let problem = format!("{}; migrate the table, or change what names it.{hint}", db.message());
                Self::new(kind, problem)
            }
            _ => Self::new(kind, db.message()),
        };
        this.0.sqlstate = Some(db.code().clone());
        this.with_source(error)
    }
}

impl fmt::Debug for DatabaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DatabaseError")
            .field("kind", &self.0.kind)
            .field("message", &self.0.message)
            .field("sqlstate", &self.sqlstate())
            .field("source", &self.0.source)
            .finish()
    }
}

impl fmt::Display for DatabaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)?;
        if let Some(constraint) = self.constraint() {
            write!(f, " (constraint `{constraint}`)")?;
        }
        Ok(())
    }
}

impl StdError for DatabaseError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

#[diagnostic::do_not_recommend]
impl From<DatabaseError> for Error {
    #[track_caller]
    fn from(error: DatabaseError) -> Self {
        use http::StatusCode;
        let answer = match error.kind() {
            ErrorKind::Check | ErrorKind::NotNull if let Some(violation) = error.violation() => {
                Self::invalid(violation.errors())
            }
            ErrorKind::Unavailable | ErrorKind::Interrupted | ErrorKind::Canceled => {
                Self::unavailable("The database cannot be reached at the moment.", 1)
            }
            ErrorKind::Timeout => Self::unavailable("The database takes too long at the moment.", 1),
            ErrorKind::Locked => Self::unavailable("Somebody else works on the same rows. Try again.", 1),
            ErrorKind::Conflict => Self::unavailable("Somebody else changed the same rows. Try again.", 1),
            ErrorKind::Unique => Self::conflict("This exists already."),
            ErrorKind::ForeignKey => {
                Self::conflict("This refers to something that does not exist, or is still referred to.")
            }
            ErrorKind::Exclusion => Self::conflict("This gets in the way of something that exists already."),
            ErrorKind::NotNull | ErrorKind::Check | ErrorKind::Data => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                format!("The database cannot take this value: {error}."),
            ),
            ErrorKind::ReadOnly | ErrorKind::SchemaMismatch | ErrorKind::Decode | ErrorKind::Other => {
                return Self::internal(error);
            }
        };
        let answer = match error.violation() {
            Some(violation) => answer.with_errors(violation.errors()),
            None => answer,
        };
        answer.with_source(error)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    /// What a program is told by a server that answers its first statement like this.
    async fn told(severity: &str, code: &str) -> DatabaseError {
        let (program, mut server) = tokio::io::duplex(1024);
        let fields = format!("S{severity}\0V{severity}\0C{code}\0MNo space left on device\0\0");
        let length = u32::try_from(fields.len() + 4).unwrap().to_be_bytes();
        let answer = [b"E", &length[..], fields.as_bytes(), b"Z\0\0\0\x05I"].concat();
        let serve = async {
            let mut read = [0; 512];
            // It begins, is let in, and asks.
            for answer in [b"R\0\0\0\x08\0\0\0\0Z\0\0\0\x05I", &answer[..]] {
                assert!(server.read(&mut read).await.unwrap() > 0);
                server.write_all(answer).await.unwrap();
            }
        };
        let ask = async {
            let mut config = tokio_postgres::Config::new();
            config.user("app").ssl_mode(tokio_postgres::config::SslMode::Disable);
            let (client, connection) = config.connect_raw(program, tokio_postgres::NoTls).await.unwrap();
            tokio::spawn(connection);
            client.batch_execute("COMMIT").await.unwrap_err()
        };
        DatabaseError::from(tokio::join!(serve, ask).1)
    }

    #[tokio::test]
    async fn of_what_ends_all_of_postgresql_nobody_knows_what_took_effect() {
        let (error, panic) = (told("ERROR", "53100").await, told("PANIC", "53100").await);
        assert_eq!((error.kind(), error.sqlstate()), (ErrorKind::Unavailable, Some("53100")));
        assert_eq!((panic.kind(), panic.sqlstate()), (ErrorKind::Interrupted, Some("53100")));
        assert_eq!(panic.to_string(), "No space left on device");
    }

    #[test]
    fn each_kind_has_its_status() {
        let status = |kind| Error::from(DatabaseError::new(kind, "x")).status().as_u16();
        assert_eq!(status(ErrorKind::Unavailable), 503);
        assert_eq!(status(ErrorKind::Unique), 409);
        assert_eq!(status(ErrorKind::Data), 422);
        assert_eq!(status(ErrorKind::Exclusion), 409);
        assert_eq!(status(ErrorKind::Other), 500);
    }

    #[test]
    fn an_answer_names_the_fields() {
        for (kind, status) in [(ErrorKind::Unique, 409), (ErrorKind::Check, 422), (ErrorKind::NotNull, 422)] {
            let violation = Violation::new(kind, Some("a".into()), vec!["title"], "No.");
            let error = Error::from(DatabaseError::new(kind, "secret").with_violation(violation));
            assert_eq!(error.status(), status);
            assert_eq!(error.errors().unwrap().field("title"), ["No."]);
            assert!(!error.detail().contains("secret"));
        }
    }
}
