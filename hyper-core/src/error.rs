//! The one error a handler returns: a status, a sentence for the client, and the cause for the log.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::panic::Location;

use http::StatusCode;

use crate::validation::ValidationErrors;

/// What handlers return.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A failure with the answer it deserves.
///
/// The `detail` is for the client, the source for the operator's log: the source is never sent.
/// As a body it is `{"detail": .., "status": ..}`, with `"errors"` by field where there are some,
/// or a small HTML page for those who prefer one.
///
/// Errors of the framework's own parts turn into it by `?`, each with its status: a row that does
/// not exist is a 404, invalid fields are a 422, a database that cannot be reached is a 503.
///
/// ```
/// use hyper_core::{Error, Result};
///
/// fn half(n: i64) -> Result<i64> {
///     if n % 2 == 0 { Ok(n / 2) } else { Err(Error::bad_request(format!("{n} is odd"))) }
/// }
/// assert_eq!(half(3).unwrap_err().status(), 400);
/// ```
pub struct Error(Box<Inner>);

type BoxError = Box<dyn StdError + Send + Sync>;

struct Inner {
    status: StatusCode,
    detail: Cow<'static, str>,
    code: Option<Cow<'static, str>>,
    errors: Option<ValidationErrors>,
    cause: Option<Reason>,
    retry_after: Option<u32>,
    location: &'static Location<'static>,
}

/// Where an error comes from.
enum Reason {
    /// From another error, the first of its chain.
    Source(BoxError),
    /// It is this one, of a user's own enum, and says the same; the chain begins behind it.
    Itself(BoxError),
}

impl Error {
    /// An error with a status and a sentence for the client.
    #[must_use]
    #[track_caller]
    pub fn new(status: StatusCode, detail: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Inner {
            status,
            detail: detail.into(),
            code: None,
            errors: None,
            cause: None,
            retry_after: None,
            location: Location::caller(),
        }))
    }

    /// What a variant with `#[status(..)]` becomes.
    #[doc(hidden)]
    #[must_use]
    #[track_caller]
    pub fn of(status: u16, code: &'static str, error: impl StdError + Send + Sync + 'static) -> Self {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut made = Self::new(status, error.to_string());
        made.0.code = Some(Cow::Borrowed(code));
        made.0.cause = Some(Reason::Itself(Box::new(error)));
        made
    }

    /// Says that the sentence is about this field.
    #[doc(hidden)]
    #[must_use]
    pub fn about(mut self, field: &'static str) -> Self {
        let detail = self.0.detail.clone();
        self.0.errors.get_or_insert_default().add(field, detail);
        self
    }

    /// 400: the request cannot be understood.
    #[must_use]
    #[track_caller]
    pub fn bad_request(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    /// 401: who you are is not known.
    #[must_use]
    #[track_caller]
    pub fn unauthorized(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, detail)
    }

    /// 403: you may not.
    #[must_use]
    #[track_caller]
    pub fn forbidden(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::FORBIDDEN, detail)
    }

    /// 404: there is no such thing.
    #[must_use]
    #[track_caller]
    pub fn not_found(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::NOT_FOUND, detail)
    }

    /// 409: it contradicts what is there.
    #[must_use]
    #[track_caller]
    pub fn conflict(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::CONFLICT, detail)
    }

    /// 500 for a cause that is nobody's input. The client reads a general sentence, the log the cause.
    #[must_use]
    #[track_caller]
    pub fn internal(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong on our side.").with_source(source)
    }

    /// 503: a part this needs cannot be reached at the moment; try again after `seconds`.
    #[must_use]
    #[track_caller]
    pub fn unavailable(detail: impl Into<Cow<'static, str>>, seconds: u32) -> Self {
        let mut error = Self::new(StatusCode::SERVICE_UNAVAILABLE, detail);
        error.0.retry_after = Some(seconds);
        error
    }

    /// 422: the request was understood, and these fields are not right.
    #[must_use]
    #[track_caller]
    pub fn invalid(errors: ValidationErrors) -> Self {
        let mut error = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "The input is not valid.");
        error.0.errors = Some(errors);
        error
    }

    /// Adds what is wrong by field.
    #[must_use]
    pub fn with_errors(mut self, errors: ValidationErrors) -> Self {
        self.0.errors = Some(errors);
        self
    }

    /// Adds the cause, for the log.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.cause = Some(Reason::Source(source.into()));
        self
    }

    /// Adds a name by which programs tell this failure from others, such as `slug_taken`: the sentence may be
    /// reworded and translated, the name stays.
    ///
    /// ```
    /// use hyper_core::Error;
    ///
    /// let error = Error::conflict("`rust` is taken.").with_code("slug_taken");
    /// assert_eq!(error.code(), Some("slug_taken"));
    /// ```
    #[must_use]
    pub fn with_code(mut self, code: impl Into<Cow<'static, str>>) -> Self {
        self.0.code = Some(code.into());
        self
    }

    /// Says after how many seconds a client may try again: `Retry-After`.
    #[must_use]
    pub fn with_retry_after(mut self, seconds: u32) -> Self {
        self.0.retry_after = Some(seconds);
        self
    }

    /// The status it answers with.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// The sentence the client reads.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.0.detail
    }

    /// What is wrong by field, where it is about fields.
    #[must_use]
    pub fn errors(&self) -> Option<&ValidationErrors> {
        self.0.errors.as_ref()
    }

    /// The name by which programs tell this failure from others.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// After how many seconds a client may try again.
    #[must_use]
    pub fn retry_after(&self) -> Option<u32> {
        self.0.retry_after
    }

    /// Where in the program it was made, or became an `Error` by `?`. For the log and for developers.
    #[must_use]
    pub fn location(&self) -> &'static Location<'static> {
        self.0.location
    }

    /// The error of this type that it was made from, or that is among its causes.
    ///
    /// ```
    /// use hyper_core::Error;
    ///
    /// let error = Error::internal(std::io::Error::from_raw_os_error(28));
    /// assert_eq!(error.downcast_ref::<std::io::Error>().unwrap().raw_os_error(), Some(28));
    /// assert!(error.downcast_ref::<std::fmt::Error>().is_none());
    /// ```
    #[must_use]
    pub fn downcast_ref<E: StdError + 'static>(&self) -> Option<&E> {
        let mut cause: Option<&(dyn StdError + 'static)> = match &self.0.cause {
            Some(Reason::Source(error) | Reason::Itself(error)) => Some(&**error),
            None => None,
        };
        while let Some(error) = cause {
            if let Some(found) = error.downcast_ref() {
                return Some(found);
            }
            cause = error.source();
        }
        None
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("status", &self.0.status)
            .field("detail", &self.0.detail)
            .field("errors", &self.0.errors)
            .field("code", &self.0.code)
            .field("source", &self.source())
            .finish()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.detail)?;
        match &self.0.errors {
            Some(errors) => write!(f, " {errors}"),
            None => Ok(()),
        }
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self.0.cause.as_ref()? {
            Reason::Source(error) => Some(&**error),
            Reason::Itself(error) => error.source(),
        }
    }
}

#[diagnostic::do_not_recommend]
impl From<ValidationErrors> for Error {
    #[track_caller]
    fn from(errors: ValidationErrors) -> Self {
        Self::invalid(errors)
    }
}
