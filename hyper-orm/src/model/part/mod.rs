//! Fields that several models share: `#[derive(Part)]`, and ready-made ones, a file each.

mod ownership;
mod public_id;
mod soft_delete;
mod tenant;
mod timestamps;
mod version;

use super::Model;

pub use ownership::Ownership;
pub use public_id::PublicId;
pub use soft_delete::SoftDelete;
pub use tenant::Tenant;
pub use timestamps::Timestamps;
pub use version::Version;

/// A struct with `#[derive(Part)]`: fields, with their options, that stand in several models. A model has it as a field
/// marked `#[field(part)]`, and the part's fields are columns of the model's own table.
///
/// ```
/// use hyperdjango::prelude::*;
///
/// /// Where somebody lives.
/// #[derive(Part)]
/// pub struct Address {
///     #[field(max_length = 100)]
///     pub street: String,
///     #[field(max_length = 2, default = "IT")]
///     pub country: String,
/// }
///
/// #[derive(Model)]
/// #[model(table = "customers", index(home.country, home.street))]
/// pub struct Customer {
///     #[field(primary_key)]
///     pub id: i64,
///     #[field(part)]
///     pub home: Address,
///     #[field(part, prefix = "billing_")]
///     pub billing: Address,
/// }
///
/// assert_eq!(Customer::NAMES, ["id", "street", "country", "billing_street", "billing_country"]);
/// let query = Customer::objects().filter(Customer.home.country.eq("IT"));
/// assert!(query.sql().ends_with(r#" WHERE "customers"."country" = $1"#));
/// ```
///
/// In JSON and in errors its fields are the model's, with the prefix where there is one. None of them is a primary key or a
/// part: a model that needs both takes both. It can be generic, as in `Ownership<User>`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a part of models",
    label = "its fields are not known here",
    note = "add `#[derive(Part)]` to `{Self}`"
)]
pub trait Part: Sized {
    /// Its fields' types, in order.
    type Fields;

    /// Puts it together.
    fn from_fields(fields: Self::Fields) -> Self;
}

/// A part's field number `I`.
pub trait PartField<const I: usize>: Part {
    /// Its type.
    type Type;

    /// Its value.
    fn value(&self) -> &Self::Type;
}

/// A part whose field number `I` is a foreign key.
pub trait PartKey<const I: usize>: PartField<I> {
    /// The model it refers to.
    type Target: Model;
}
