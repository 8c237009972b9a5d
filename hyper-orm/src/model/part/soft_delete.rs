//! Rows that are deleted and still there.

use hyper_macros::Part;
use jiff::Timestamp;

/// When a row was deleted; NULL while it is not. `delete` on a query that began with `objects()` sets it, and such queries
/// leave the row out from then on; those that begin with `all_objects()` are about all rows, and delete them for good.
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
/// let note = Note::objects().filter(Note.id.eq(7));
/// assert_eq!(
///     note.delete_sql(),
///     r#"UPDATE "notes" SET "deleted" = now() WHERE "notes"."deleted" IS NULL AND "notes"."id" = $1"#
/// );
/// let note = Note::all_objects().filter(Note.id.eq(7));
/// assert_eq!(note.delete_sql(), r#"DELETE FROM "notes" WHERE "notes"."id" = $1"#);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Part)]
pub struct SoftDelete {
    /// When it was deleted.
    #[field(soft_delete)]
    pub deleted: Option<Timestamp>,
}
