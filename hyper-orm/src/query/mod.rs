//! Django's QuerySet, as a type that carries its SQL.
//!
//! A [`QuerySet`] is built by value, each method returning one of another type, and says nothing to the database
//! until a method that takes one: `all`, `first`, `get`, `one`, `count`, `exists`, `json`, `create`, `update`,
//! `delete`.

mod fetch;
mod filter;
mod query_set;
mod select;
mod statements;
mod values;
mod window;

pub use filter::{AllRows, Chain, Everything, Filter, Filtered, Maybe};
pub use query_set::{Plain, QuerySet, Unordered};
pub use select::{Related, Relations, Selection, Whole};
pub use values::{Values, ValuesOf};
pub use window::Window;
