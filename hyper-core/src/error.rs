//! The one error a handler returns: a status, a sentence for the client, and the cause for the log.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;

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

struct Inner {
    status: StatusCode,
    detail: Cow<'static, str>,
    errors: Option<ValidationErrors>,
    source: Option<Box<dyn StdError + Send + Sync>>,
    retry_after: Option<u32>,
}

impl Error {
    /// An error with a status and a sentence for the client.
    #[must_use]
    pub fn new(status: StatusCode, detail: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Inner { status, detail: detail.into(), errors: None, source: None, retry_after: None }))
    }

    /// 400: the request cannot be understood.
    #[must_use]
    pub fn bad_request(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    /// 401: who you are is not known.
    #[must_use]
    pub fn unauthorized(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, detail)
    }

    /// 403: you may not.
    #[must_use]
    pub fn forbidden(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::FORBIDDEN, detail)
    }

    /// 404: there is no such thing.
    #[must_use]
    pub fn not_found(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::NOT_FOUND, detail)
    }

    /// 409: it contradicts what is there.
    #[must_use]
    pub fn conflict(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::CONFLICT, detail)
    }

    /// 500 for a cause that is nobody's input. The client reads a general sentence, the log the cause.
    #[must_use]
    pub fn internal(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong on our side.").with_source(source)
    }

    /// 503: a part this needs cannot be reached at the moment; try again after `seconds`.
    #[must_use]
    pub fn unavailable(detail: impl Into<Cow<'static, str>>, seconds: u32) -> Self {
        let mut error = Self::new(StatusCode::SERVICE_UNAVAILABLE, detail);
        error.0.retry_after = Some(seconds);
        error
    }

    /// 422: the request was understood, and these fields are not right.
    #[must_use]
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
        self.0.source = Some(source.into());
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

    /// After how many seconds a client may try again.
    #[must_use]
    pub fn retry_after(&self) -> Option<u32> {
        self.0.retry_after
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("status", &self.0.status)
            .field("detail", &self.0.detail)
            .field("errors", &self.0.errors)
            .field("source", &self.0.source)
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
        self.0.source.as_deref().map(|source| source as _)
    }
}

#[diagnostic::do_not_recommend]
impl From<ValidationErrors> for Error {
    fn from(errors: ValidationErrors) -> Self {
        Self::invalid(errors)
    }
}
