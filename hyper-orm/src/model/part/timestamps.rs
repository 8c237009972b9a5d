//! When a row came, and when it changed.

use hyper_macros::Part;
use jiff::Timestamp;

/// When a row was created and last updated, both by the database's clock.
///
/// ```
/// use hyperdjango::orm::model::part::Timestamps;
/// use hyperdjango::prelude::*;
///
/// #[derive(Model)]
/// #[model(table = "notes", ordering = [-times.created])]
/// pub struct Note {
///     #[field(primary_key)]
///     pub id: i64,
///     #[field(part)]
///     pub times: Timestamps,
/// }
///
/// let fresh = Note::objects().filter(Note.times.updated.eq(Note.times.created));
/// assert!(fresh.sql().ends_with(
///     r#" WHERE "notes"."updated" = "notes"."created" ORDER BY "notes"."created" DESC"#
/// ));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Part)]
pub struct Timestamps {
    /// When it was inserted.
    #[field(auto_now_add)]
    pub created: Timestamp,
    /// When it was last updated; at first, when it was inserted.
    #[field(auto_now)]
    pub updated: Timestamp,
}
