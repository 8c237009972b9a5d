//! What is wrong with somebody's input, by field.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

/// The key under which errors stand that belong to no single field, as in Django.
pub const NON_FIELD_ERRORS: &str = "__all__";

/// All that is wrong with an input, by field.
///
/// A field can have several messages; fields are kept in alphabetical order, so that bodies and
/// tests are stable. It serializes as `{"title": ["This field cannot be blank."]}`.
///
/// ```
/// use hyper_core::ValidationErrors;
///
/// let mut errors = ValidationErrors::new();
/// errors.add("title", "This field cannot be blank.");
/// assert_eq!(errors.to_string(), "title: This field cannot be blank.");
/// assert!(errors.into_result().is_err());
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct ValidationErrors {
    fields: BTreeMap<Cow<'static, str>, Vec<Cow<'static, str>>>,
}

impl ValidationErrors {
    /// Starts with nothing wrong.
    #[must_use]
    pub const fn new() -> Self {
        Self { fields: BTreeMap::new() }
    }

    /// Adds a message to a field; [`NON_FIELD_ERRORS`] names no field in particular.
    pub fn add(&mut self, field: impl Into<Cow<'static, str>>, message: impl Into<Cow<'static, str>>) {
        self.fields.entry(field.into()).or_default().push(message.into());
    }

    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// The messages of one field, in the order they were found.
    #[must_use]
    pub fn field(&self, name: &str) -> &[Cow<'static, str>] {
        self.fields.get(name).map_or(&[], Vec::as_slice)
    }

    /// All fields with their messages.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[Cow<'static, str>])> {
        self.fields.iter().map(|(field, messages)| (field.as_ref(), messages.as_slice()))
    }

    /// `Ok` when nothing is wrong.
    ///
    /// # Errors
    /// Itself, when something is.
    pub fn into_result(self) -> Result<(), Self> {
        if self.is_empty() { Ok(()) } else { Err(self) }
    }
}

impl fmt::Display for ValidationErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut first = true;
        for (field, messages) in self.iter() {
            for message in messages {
                if !std::mem::take(&mut first) {
                    f.write_str("; ")?;
                }
                write!(f, "{field}: {message}")?;
            }
        }
        Ok(())
    }
}

impl std::error::Error for ValidationErrors {}
