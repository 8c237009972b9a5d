//! Rows that are deleted and still there.

use hyper_macros::Part;
use jiff::Timestamp;

/// When a row was deleted; NULL while it is not. The model's [`SCOPE`](crate::model::Model::SCOPE) leaves deleted rows out.
///
/// ```
/// use hyperdjango::orm::model::part::SoftDelete;
/// use hyperdjango::prelude::*;
///
/// #[derive(Model)]
/// #[model(table = "notes")]
/// pub struct Note {
///     #[field(primary_key)]
///     pub id: i64,
///     #[field(part)]
///     pub state: SoftDelete,
/// }
///
/// assert_eq!(Note::SOFT_DELETE, Some(1));
/// assert_eq!(Note::META.columns[1].name, "deleted");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Part)]
pub struct SoftDelete {
    /// When it was deleted.
    #[field(soft_delete)]
    pub deleted: Option<Timestamp>,
}
