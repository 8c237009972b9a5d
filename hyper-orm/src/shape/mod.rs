//! Structs of the user's own that rows of a model are read into: Django REST framework's serializers, as types.
//!
//! [`Shape`] is what `#[derive(Shape)]` implements. The derive writes no SQL: it names the model's columns, and each of
//! them, at the place the shape is read from, is a [`Plan`]: what is selected, how it is read, how it becomes JSON, and
//! which rows are loaded behind the statement.

mod column;
mod here;
mod object;
mod owners;
mod plan;
mod query;
mod selection;
mod splice;
mod to_many;
mod to_one;

use crate::model::{Model, Path};

pub use column::{Cell, ReadFrom, Source};
pub use here::{About, Here, about};
pub use object::{Hidden, Member, Members, Object, hidden, member, object};
pub use owners::Owners;
pub use plan::{Hole, Plan};
pub use query::ShapedQuery;
pub use selection::Shaped;
pub use to_many::{ManyOf, ToManyField, ordered};
pub use to_one::{Present, ToOneField};

/// A struct that rows of a model are read into, by `#[derive(Shape)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a shape",
    label = "no model belongs to this type",
    note = "add `#[derive(Shape)]` and `#[shape(Post)]`, with the model's name, to `{Self}`"
)]
pub trait Shape: Sized + Send + 'static {
    /// The model.
    type Model: Model;
    /// The members of its JSON object, in order.
    const FIELDS: &'static [&'static str];

    /// How it is read at the end of path `P` in a query on `R`.
    #[doc(hidden)]
    fn plan<R: Model, P: Path>() -> impl Plan<Value = Self>;
}

/// A shape of the model `M`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a shape of `{M}`",
    label = "expected a struct with `#[derive(Shape)]` and `#[shape({M})]`"
)]
pub trait ShapeOf<M>: Shape<Model = M> {}

impl<S: Shape> ShapeOf<S::Model> for S {}
