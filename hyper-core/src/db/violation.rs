//! A row that a constraint refused, in the words of the model.

use std::borrow::Cow;

use super::error_kind::ErrorKind;
use crate::validation::{NON_FIELD_ERRORS, ValidationErrors};

/// Which constraint refused a row, and which fields of the model it is about.
///
/// What `create`, `save`, `update` and their kin return has one whenever PostgreSQL refused a row for a constraint:
/// [`DatabaseError::violation`](super::DatabaseError::violation).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    kind: ErrorKind,
    constraint: Option<String>,
    fields: Vec<&'static str>,
    message: Cow<'static, str>,
}

impl Violation {
    /// A violation of a constraint of this kind, which is about these fields, in a sentence for whoever gave the values.
    #[must_use]
    pub fn new(
        kind: ErrorKind,
        constraint: Option<String>,
        fields: Vec<&'static str>,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self { kind, constraint, fields, message: message.into() }
    }

    /// [`Unique`](ErrorKind::Unique), [`ForeignKey`](ErrorKind::ForeignKey), [`NotNull`](ErrorKind::NotNull),
    /// [`Check`](ErrorKind::Check) or [`Exclusion`](ErrorKind::Exclusion).
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The constraint's name in the database; of a column that cannot be NULL there is none before PostgreSQL 18.
    #[must_use]
    pub fn constraint(&self) -> Option<&str> {
        self.constraint.as_deref()
    }

    /// The fields of the model it is about; empty where that is not known, as for a check of the whole table.
    #[must_use]
    pub fn fields(&self) -> &[&'static str] {
        &self.fields
    }

    /// What is wrong, as Django says it: `Post with this Title already exists.`
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The same as a form shows it: at its field where it is about one, else under
    /// [`NON_FIELD_ERRORS`](crate::NON_FIELD_ERRORS).
    ///
    /// ```
    /// use hyper_core::db::{ErrorKind, Violation};
    ///
    /// let taken = Violation::new(ErrorKind::Unique, None, vec!["email"], "User with this Email already exists.");
    /// assert_eq!(taken.errors().field("email"), ["User with this Email already exists."]);
    /// ```
    #[must_use]
    pub fn errors(&self) -> ValidationErrors {
        let mut errors = ValidationErrors::new();
        let field = if let [field] = self.fields[..] { field } else { NON_FIELD_ERRORS };
        errors.add(field, self.message.clone());
        errors
    }
}
