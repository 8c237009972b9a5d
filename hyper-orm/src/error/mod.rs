//! What a query can fail with.

mod names;
mod violation;

use std::fmt;

use hyper_core::ValidationErrors;
use hyper_core::db::{DatabaseError, ErrorKind, Violation};

use crate::model::Model;

pub(crate) use violation::{refused, refused_in};

/// What queries return.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A query's failure. By `?` in a handler it becomes an answer: 404, 422 with the fields, or what
/// [`DatabaseError`] says.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// `get` or `one` found no row. 404.
    DoesNotExist {
        /// The model's table.
        table: &'static str,
    },
    /// `one` found several rows. 500: the query says there is one.
    MultipleObjectsReturned {
        /// The model's table.
        table: &'static str,
    },
    /// `save` of a row that somebody else has changed since it was read: the model has a `version`. 409.
    Changed {
        /// The model's table.
        table: &'static str,
    },
    /// Values that break the rules of their fields; nothing was sent to the database. 422.
    Invalid(ValidationErrors),
    /// What PostgreSQL reports, or that it cannot be reached. For a constraint that refused a row,
    /// [`violation`](Self::violation) says which fields it is about.
    Database(DatabaseError),
    /// The rows that were to be written could not be had: what the stream or iterator failed with. Nothing was written. 500.
    Source(Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// Whether there was no such row.
    #[must_use]
    pub fn is_does_not_exist(&self) -> bool {
        matches!(self, Self::DoesNotExist { .. })
    }

    /// The sort of failure, where it is PostgreSQL's.
    #[must_use]
    pub fn kind(&self) -> Option<ErrorKind> {
        match self {
            Self::Database(error) => Some(error.kind()),
            _ => None,
        }
    }

    /// The constraint that refused a row, with the fields of the model.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// use hyperdjango::db::ErrorKind;
    /// use hyperdjango::orm;
    ///
    /// # async fn f(db: &Db) -> Result<()> {
    /// match User::objects().create(db, (User.id.set(7), User.name.set("ana"))).await {
    ///     Err(error) if error.violation().is_some_and(|violation| violation.fields() == ["id"]) => {
    ///         // "User with this Id already exists."
    ///         println!("{}", error.violation().unwrap().message());
    ///     }
    ///     outcome => drop(outcome?),
    /// }
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn violation(&self) -> Option<&Violation> {
        match self {
            Self::Database(error) => error.violation(),
            _ => None,
        }
    }

    /// What is wrong by field, as a form shows it: broken rules, or the constraint that refused a row.
    #[must_use]
    pub fn validation_errors(&self) -> Option<ValidationErrors> {
        match self {
            Self::Invalid(errors) => Some(errors.clone()),
            _ => self.violation().map(Violation::errors),
        }
    }

    /// Says which fields of `M` a failure is about that came from no query of that model: from raw SQL, or from the end of
    /// a transaction, which is when foreign keys are checked.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// use hyperdjango::orm;
    ///
    /// # async fn f(db: &Db) -> orm::Result<()> {
    /// let tx = db.begin().await?;
    /// Post::objects().create(&tx, (Post.title.set("Hello"), Post.author.set(99))).await?;
    /// tx.commit().await.map_err(|error| orm::Error::from(error).of_model::<Post>())
    /// # }
    /// ```
    #[must_use]
    pub fn of_model<M: Model>(self) -> Self {
        match self {
            Self::Database(error) if error.violation().is_none() => refused::<M>(error),
            other => other,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DoesNotExist { table } => write!(f, "no row of `{table}` matches the query"),
            Self::MultipleObjectsReturned { table } => {
                write!(f, "several rows of `{table}` match a query that says there is one")
            }
            Self::Changed { table } => {
                write!(
                    f,
                    "the row of `{table}` was changed by somebody else since it was read; read it again"
                )
            }
            Self::Invalid(errors) => write!(f, "invalid values: {errors}"),
            Self::Database(error) => error.fmt(f),
            Self::Source(error) => write!(f, "the rows to be written could not be had: {error}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Invalid(errors) => Some(errors),
            Self::Database(error) => Some(error),
            Self::Source(error) => Some(&**error),
            _ => None,
        }
    }
}

impl From<DatabaseError> for Error {
    fn from(error: DatabaseError) -> Self {
        Self::Database(error)
    }
}

impl From<ValidationErrors> for Error {
    fn from(errors: ValidationErrors) -> Self {
        Self::Invalid(errors)
    }
}

#[diagnostic::do_not_recommend]
impl From<Error> for hyper_core::Error {
    #[track_caller]
    fn from(error: Error) -> Self {
        match error {
            Error::DoesNotExist { .. } => {
                Self::not_found("What was asked for does not exist.").with_source(error)
            }
            Error::MultipleObjectsReturned { .. } | Error::Source(_) => Self::internal(error),
            Error::Changed { .. } => {
                Self::conflict("Somebody else has changed this meanwhile. Look at it again.")
                    .with_source(error)
            }
            Error::Invalid(errors) => Self::invalid(errors),
            Error::Database(error) => error.into(),
        }
    }
}
