//! A web framework with Django's batteries, compiled.

pub use hyper_core::{Error, Result, ValidationErrors, db};
pub use hyper_macros::Model;
pub use hyper_orm as orm;
pub use serde;

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
