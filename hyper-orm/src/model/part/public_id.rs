//! What a row is called outside.

use hyper_macros::Part;
use uuid::Uuid;

/// A random name for a row, for URLs and the like: unlike the primary key it says neither how many rows there are nor
/// which came first. 122 random bits, from the database.
///
/// ```
/// use hyperdjango::orm::model::part::PublicId;
/// use hyperdjango::prelude::*;
///
/// #[derive(Model)]
/// #[model(table = "invoices")]
/// pub struct Invoice {
///     #[field(primary_key)]
///     pub id: i64,
///     #[field(part)]
///     pub public: PublicId,
/// }
///
/// let invoice = Invoice::objects().filter(Invoice.public.public_id.eq(Uuid::nil()));
/// assert!(invoice.sql().ends_with(r#" WHERE "invoices"."public_id" = $1"#));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Part)]
pub struct PublicId {
    /// The name.
    #[field(unique, default = uuid_v4)]
    pub public_id: Uuid,
}
