//! Models, queries and rows of HyperDjango: SQL text the compiler wrote.

pub mod connections;
mod copied;
mod error;
pub mod expr;
pub mod field;
pub mod functions;
pub mod input;
pub mod model;
pub mod query;
pub mod row;
pub mod schema;
pub mod shape;
pub mod sql;
mod tuples;
pub mod validation;
pub mod write;

pub use error::{Error, Result};
pub use query::Query;

// What `#[derive(Part)]` writes for the parts in this crate names `hyperdjango`, which has it as `orm`.
extern crate self as hyperdjango;
mod orm {
    pub(crate) use crate::model;
}
