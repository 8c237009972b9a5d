//! Causes of errors, as `#[derive(HttpError)]` looks at them.

use std::error::Error as StdError;

use crate::Error;

/// What can be the cause of an error.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the cause of an error",
    label = "is no error that can be kept",
    note = "a cause implements `std::error::Error`, owns what it has, and can be sent to other threads"
)]
pub trait Cause: 'static {
    /// Itself.
    fn cause(&self) -> &(dyn StdError + 'static);
    /// Its own cause.
    fn behind(&self) -> Option<&(dyn StdError + 'static)>;
    /// Itself, to be kept.
    fn kept(self) -> Box<dyn StdError + Send + Sync>;
}

#[diagnostic::do_not_recommend]
impl<E: StdError + Send + Sync + 'static> Cause for E {
    fn cause(&self) -> &(dyn StdError + 'static) {
        self
    }

    fn behind(&self) -> Option<&(dyn StdError + 'static)> {
        self.source()
    }

    fn kept(self) -> Box<dyn StdError + Send + Sync> {
        Box::new(self)
    }
}

/// A cause that turns into [`Error`], and so knows its status. Of both traits the compiler takes this one where it
/// can, for the other is only a reference further away.
pub trait ByItself {
    /// It does.
    fn __status(&self) -> Known {
        Known
    }
}

impl<E: Into<Error>> ByItself for E {}

/// Any other cause: 500.
pub trait ByOthers {
    /// It does not.
    fn __status(&self) -> Unknown {
        Unknown
    }
}

impl<E> ByOthers for &E {}

/// That a cause knows its status.
#[derive(Debug)]
pub struct Known;

impl Known {
    /// The error it turns into.
    #[track_caller]
    pub fn of(self, cause: impl Into<Error>) -> Error {
        cause.into()
    }
}

/// That a cause knows no status.
#[derive(Debug)]
pub struct Unknown;

impl Unknown {
    /// A 500.
    #[track_caller]
    pub fn of(self, cause: impl Cause) -> Error {
        Error::internal(cause.kept())
    }
}
