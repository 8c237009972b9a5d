//! Where the rows of a `COPY` come from: an iterator or a stream, of rows or of `Result`s.

use std::error::Error as StdError;

use futures_util::stream::{self, Stream};
use hyper_core::ValidationErrors;
use hyper_core::db::DatabaseError;

use crate::error::{Error, Result};

/// What [`copy_in`](crate::query::QuerySet::copy_in) and [`copy_into`](crate::query::RawSql::copy_into) take rows from: an
/// iterator or a `futures::Stream`. `Kind` says which, and is found by the compiler.
#[diagnostic::on_unimplemented(
    message = "`{Self}` gives no rows",
    label = "expected an iterator or a `futures::Stream` that is `Send`"
)]
pub trait CopyRows<Kind> {
    /// What it gives: a row, or a `Result` of one.
    type Item;

    #[doc(hidden)]
    fn into_stream(self) -> impl Stream<Item = Self::Item> + Send;
}

/// An iterator.
#[derive(Debug)]
pub struct OfIterator;

/// A stream.
#[derive(Debug)]
pub struct OfStream;

#[diagnostic::do_not_recommend]
impl<I: IntoIterator<IntoIter: Send>> CopyRows<OfIterator> for I {
    type Item = I::Item;

    fn into_stream(self) -> impl Stream<Item = I::Item> + Send {
        stream::iter(self)
    }
}

#[diagnostic::do_not_recommend]
impl<S: Stream + Send> CopyRows<OfStream> for S {
    type Item = S::Item;

    fn into_stream(self) -> impl Stream<Item = S::Item> + Send {
        self
    }
}

/// A row `R` for [`copy_in`](crate::query::QuerySet::copy_in), or a `Result<R, E>` of one.
///
/// An `E` that is [`Error`] or [`DatabaseError`] stays what it is, [`ValidationErrors`] become [`Error::Invalid`], and
/// others [`Error::Source`].
#[diagnostic::on_unimplemented(
    message = "these columns take rows of `{R}`, not of `{Self}`",
    label = "expected rows of `{R}`, or `Result`s of such",
    note = "a row has a value for each column in their order, of exactly the field's type; the key for a foreign key"
)]
pub trait CopyRow<R> {
    #[doc(hidden)]
    fn row(self) -> Result<R>;
}

impl<R> CopyRow<R> for R {
    fn row(self) -> Result<R> {
        Ok(self)
    }
}

#[diagnostic::do_not_recommend]
impl<R, E: Into<Box<dyn StdError + Send + Sync>>> CopyRow<R> for std::result::Result<R, E> {
    fn row(self) -> Result<R> {
        self.map_err(told)
    }
}

/// The error of a query that ends because its rows did.
pub(super) fn told(error: impl Into<Box<dyn StdError + Send + Sync>>) -> Error {
    let mut error = error.into();
    error = match error.downcast::<Error>() {
        Ok(known) => return *known,
        Err(other) => other,
    };
    error = match error.downcast::<DatabaseError>() {
        Ok(known) => return Error::Database(*known),
        Err(other) => other,
    };
    match error.downcast::<ValidationErrors>() {
        Ok(known) => Error::Invalid(*known),
        Err(other) => Error::Source(other),
    }
}
