//! What can go wrong between a statement and its rows.

use std::error::Error as StdError;
use std::fmt;

use tokio_postgres::error::SqlState;

use crate::Error;

/// The sort of a [`DatabaseError`], in Django's families.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// PostgreSQL cannot be reached, is starting up or shutting down, only reads, or has no connection, memory or
    /// disk left. 503.
    Unavailable,
    /// The connection broke while the statement was under way: whether it took effect is unknown. 503.
    Interrupted,
    /// A value stands already where it must be unique. 409.
    Unique,
    /// A row refers to one that does not exist, or is referred to and cannot go. 409.
    ForeignKey,
    /// A column that must have a value was given none. 422.
    NotNull,
    /// A check or exclusion constraint refused the row. 422.
    Check,
    /// A value PostgreSQL cannot take: too long, out of range, a NUL in text. 422.
    Data,
    /// Two transactions got in each other's way: a deadlock or a serialization failure. 503, try again.
    Conflict,
    /// The statement was stopped by a time limit or by somebody. 503.
    Canceled,
    /// The database does not look as the models say. 500.
    SchemaMismatch,
    /// A value from the database cannot be read as the field's type. 500.
    Decode,
    /// Anything else; a mistake of the program's most likely. 500.
    Other,
}

/// A failure of PostgreSQL, of the way to it, or of reading what it sent.
pub struct DatabaseError(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    message: String,
    sqlstate: Option<SqlState>,
    table: Option<String>,
    column: Option<String>,
    constraint: Option<String>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl DatabaseError {
    /// An error of this kind that PostgreSQL itself did not report.
    #[must_use]
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            message: message.into(),
            sqlstate: None,
            table: None,
            column: None,
            constraint: None,
            source: None,
        }))
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

    /// The table concerned, where PostgreSQL named it.
    #[must_use]
    pub fn table(&self) -> Option<&str> {
        self.0.table.as_deref()
    }

    /// The column concerned, where PostgreSQL named it.
    #[must_use]
    pub fn column(&self) -> Option<&str> {
        self.0.column.as_deref()
    }

    /// The constraint that refused, where PostgreSQL named it.
    #[must_use]
    pub fn constraint(&self) -> Option<&str> {
        self.0.constraint.as_deref()
    }
}

impl From<tokio_postgres::Error> for DatabaseError {
    fn from(error: tokio_postgres::Error) -> Self {
        let Some(db) = error.as_db_error() else {
            let kind = if error.is_closed() {
                ErrorKind::Interrupted
            } else if StdError::source(&error).is_some_and(|source| source.is::<std::io::Error>()) {
                ErrorKind::Unavailable
            } else {
                ErrorKind::Other
            };
            // Which parameter could not be written is of use only with the reason.
            let message = match StdError::source(&error) {
                Some(reason) if kind == ErrorKind::Other => format!("{error}: {reason}"),
                _ => error.to_string(),
            };
            return Self::new(kind, message).with_source(error);
        };
        let mut this = Self::new(kind_of(db.code()), db.message());
        this.0.sqlstate = Some(db.code().clone());
        this.0.table = db.table().map(str::to_owned);
        this.0.column = db.column().map(str::to_owned);
        this.0.constraint = db.constraint().map(str::to_owned);
        this.with_source(error)
    }
}

/// By the classes of appendix A of PostgreSQL's manual.
fn kind_of(state: &SqlState) -> ErrorKind {
    match state.code() {
        "23505" => ErrorKind::Unique,
        "23503" | "23001" => ErrorKind::ForeignKey,
        "23502" => ErrorKind::NotNull,
        "23514" | "23P01" => ErrorKind::Check,
        "40001" | "40P01" => ErrorKind::Conflict,
        "57014" | "55P03" | "25P03" | "57P05" => ErrorKind::Canceled,
        "57P01" | "57P02" => ErrorKind::Interrupted,
        // A replica, or a primary that became one, refuses to write.
        "57P03" | "57P04" | "25006" => ErrorKind::Unavailable,
        code if code.starts_with("08") || code.starts_with("53") || code.starts_with("58") => {
            ErrorKind::Unavailable
        }
        code if code.starts_with("22") => ErrorKind::Data,
        _ => ErrorKind::Other,
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

impl From<DatabaseError> for Error {
    fn from(error: DatabaseError) -> Self {
        use http::StatusCode;
        let answer = match error.kind() {
            ErrorKind::Unavailable | ErrorKind::Interrupted | ErrorKind::Canceled => {
                Self::unavailable("The database cannot be reached at the moment.", 1)
            }
            ErrorKind::Conflict => Self::unavailable("Somebody else changed the same rows. Try again.", 1),
            ErrorKind::Unique => Self::conflict("This exists already."),
            ErrorKind::ForeignKey => {
                Self::conflict("This refers to something that does not exist, or is still referred to.")
            }
            ErrorKind::NotNull | ErrorKind::Check | ErrorKind::Data => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                format!("The database cannot take this value: {error}."),
            ),
            ErrorKind::SchemaMismatch | ErrorKind::Decode | ErrorKind::Other => return Self::internal(error),
        };
        answer.with_source(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_has_its_status() {
        let status = |kind| Error::from(DatabaseError::new(kind, "x")).status().as_u16();
        assert_eq!(status(ErrorKind::Unavailable), 503);
        assert_eq!(status(ErrorKind::Unique), 409);
        assert_eq!(status(ErrorKind::Data), 422);
        assert_eq!(status(ErrorKind::Other), 500);
    }

    #[test]
    fn codes_fall_into_families() {
        assert_eq!(kind_of(&SqlState::UNIQUE_VIOLATION), ErrorKind::Unique);
        assert_eq!(kind_of(&SqlState::CHARACTER_NOT_IN_REPERTOIRE), ErrorKind::Data);
        assert_eq!(kind_of(&SqlState::NUMERIC_VALUE_OUT_OF_RANGE), ErrorKind::Data);
        assert_eq!(kind_of(&SqlState::CANNOT_CONNECT_NOW), ErrorKind::Unavailable);
        assert_eq!(kind_of(&SqlState::DISK_FULL), ErrorKind::Unavailable);
        assert_eq!(kind_of(&SqlState::READ_ONLY_SQL_TRANSACTION), ErrorKind::Unavailable);
        assert_eq!(kind_of(&SqlState::T_R_DEADLOCK_DETECTED), ErrorKind::Conflict);
        assert_eq!(kind_of(&SqlState::UNDEFINED_TABLE), ErrorKind::Other);
    }
}
