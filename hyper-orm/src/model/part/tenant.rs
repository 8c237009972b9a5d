//! Which tenant's a row is.

use std::fmt;

use hyper_macros::Part;

use crate::model::{ForeignKey, Model};

/// Which tenant's a row is: a foreign key to the model of tenants, with an index. A tenant that has rows cannot be deleted.
/// No query leaves other tenants' rows out by itself: `filter` by it.
///
/// ```
/// use hyperdjango::orm::model::part::Tenant;
/// use hyperdjango::prelude::*;
///
/// #[derive(Model)]
/// #[model(table = "tenants")]
/// pub struct Company {
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
///     pub of: Tenant<Company>,
/// }
///
/// let notes = Note::objects().filter(Note.of.tenant.name.eq("ana"));
/// assert!(notes.sql().ends_with(
///     r#" JOIN "tenants" AS "tenant" ON "tenant"."id" = "notes"."tenant_id" WHERE "tenant"."name" = $1"#
/// ));
/// ```
#[derive(Part)]
pub struct Tenant<M: Model> {
    /// The tenant.
    #[field(on_delete = protect)]
    pub tenant: ForeignKey<M>,
}

// By hand, as derives would ask the same of `M`.
impl<M: Model> Clone for Tenant<M> {
    fn clone(&self) -> Self {
        Self { tenant: self.tenant.clone() }
    }
}

impl<M: Model<Key: PartialEq>> PartialEq for Tenant<M> {
    fn eq(&self, other: &Self) -> bool {
        self.tenant == other.tenant
    }
}

impl<M: Model<Key: fmt::Debug>> fmt::Debug for Tenant<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tenant").field("tenant", &self.tenant).finish()
    }
}
