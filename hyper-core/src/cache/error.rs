//! What can go wrong with a cache.

use std::any::type_name;
use std::error::Error as StdError;
use std::fmt;

use crate::Error;

/// A cache could not do what it was asked. As an answer it is a 503 where the cache cannot be reached, and a 500 otherwise.
#[derive(Debug)]
pub struct CacheError {
    kind: CacheErrorKind,
    message: String,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// The sort of a [`CacheError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum CacheErrorKind {
    /// The cache cannot be reached, or has not answered in time.
    Unavailable,
    /// The value cannot be encoded.
    Encode,
    /// What is there is no value of the type that was asked for.
    Decode,
    /// It is no number that could be counted with, or would leave the range of an `i64`.
    NotANumber,
    /// The value is larger than the cache takes.
    TooLarge,
    /// Anything else: a mistake of the program's, most likely.
    Other,
}

impl CacheError {
    /// A failure of a backend of one's own.
    #[must_use]
    pub fn new(kind: CacheErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), source: None }
    }

    /// What it was caused by.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// The sort of failure.
    #[must_use]
    pub fn kind(&self) -> CacheErrorKind {
        self.kind
    }

    pub(super) fn encode<T: ?Sized>(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        let message = format!("a `{}` cannot be put into a cache", type_name::<T>());
        Self::new(CacheErrorKind::Encode, message).with_source(source)
    }

    pub(super) fn decode<T>(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        let message = format!("what is in the cache is no `{}`", type_name::<T>());
        Self::new(CacheErrorKind::Decode, message).with_source(source)
    }

    pub(super) fn foreign() -> Self {
        Self::new(CacheErrorKind::Decode, "what is in the cache was put there by another program")
    }

    /// For a key whose value is none that can be counted with.
    #[must_use]
    pub fn not_a_number(key: &str) -> Self {
        let message = format!("the value of `{key}` is no whole number that this can be added to");
        Self::new(CacheErrorKind::NotANumber, message)
    }
}

impl fmt::Display for CacheError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for CacheError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

#[diagnostic::do_not_recommend]
impl From<CacheError> for Error {
    #[track_caller]
    fn from(error: CacheError) -> Self {
        match error.kind {
            CacheErrorKind::Unavailable => {
                Self::unavailable("The site cannot answer this at the moment.", 1).with_source(error)
            }
            _ => Self::internal(error),
        }
    }
}
