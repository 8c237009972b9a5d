//! Which models can refer to each other.

use super::Model;

/// That two models are in one database: `D` is that of who refers.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "a foreign key of a model in `{D}` leads to a model in `{Self}`",
    label = "this model has its table in another database, which PostgreSQL cannot refer to",
    note = "give both the same `#[model(database = ..)]`, or keep the key in an `i64` field"
)]
pub trait Is<D> {}

impl<D> Is<D> for D {}

/// Compiles where both models are in one database.
#[doc(hidden)]
pub const fn same_database<M: Model, T: Model>()
where
    T::Database: Is<M::Database>,
{
}
