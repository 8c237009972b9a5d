//! A web framework with Django's batteries, compiled.

mod blog;

pub use hyper_core::{Error, Result, ValidationErrors, db};
pub use hyper_macros::Model;
pub use serde;

/// Models and queries.
pub mod orm {
    pub use hyper_orm::*;
}

/// What applications use.
pub mod prelude {
    pub use crate::db::{Db, Executor};
    pub use crate::orm::expr::row;
    pub use crate::orm::model::{ForeignKey, Model};
    pub use crate::{Error, Model, Result, ValidationErrors};
    pub use jiff::Timestamp;
    pub use jiff::civil::Date;
    pub use uuid::Uuid;
}

/// The guide's snippets, compiled and run with the other examples.
#[cfg(doctest)]
mod guide {
    #[doc = include_str!("../docs/models.md")]
    struct Models;
    #[doc = include_str!("../docs/queries.md")]
    struct Queries;
}
