//! The run-time part of HyperDjango. It knows no model: server, routing, requests and answers,
//! settings, and the connections to PostgreSQL.

pub mod embedded;
mod error;
mod validation;

pub use error::{Error, Result};
pub use validation::{NON_FIELD_ERRORS, ValidationErrors};
