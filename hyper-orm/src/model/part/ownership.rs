//! Whose a row is.

use std::fmt;

use hyper_macros::Part;

use crate::model::{ForeignKey, Model};

/// Whose a row is: a foreign key to the model of users. A user's rows go with the user.
///
/// ```
/// use hyperdjango::orm::model::part::Ownership;
/// use hyperdjango::prelude::*;
///
/// #[derive(Model)]
/// #[model(table = "users")]
/// pub struct User {
///     #[field(primary_key)]
///     pub id: i64,
///     pub name: String,
/// }
///
/// #[derive(Model)]
/// #[model(table = "notes")]
/// pub struct Note {
///     #[field(primary_key)]
///     pub id: i64,
///     #[field(part)]
///     pub of: Ownership<User>,
/// }
///
/// let notes = Note::objects().filter(Note.of.owner.name.eq("ana"));
/// assert!(notes.sql().ends_with(
///     r#" JOIN "users" AS "owner" ON "owner"."id" = "notes"."owner_id" WHERE "owner"."name" = $1"#
/// ));
/// ```
#[derive(Part)]
pub struct Ownership<M: Model> {
    /// The user.
    #[field(on_delete = cascade)]
    pub owner: ForeignKey<M>,
}

// By hand, as derives would ask the same of `M`.
impl<M: Model> Clone for Ownership<M> {
    fn clone(&self) -> Self {
        Self { owner: self.owner.clone() }
    }
}

impl<M: Model<Key: PartialEq>> PartialEq for Ownership<M> {
    fn eq(&self, other: &Self) -> bool {
        self.owner == other.owner
    }
}

impl<M: Model<Key: fmt::Debug>> fmt::Debug for Ownership<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ownership").field("owner", &self.owner).finish()
    }
}
