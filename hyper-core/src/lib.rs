//! The run-time part of HyperDjango. It knows no model: server, routing, requests and answers,
//! settings, and the connections to PostgreSQL.

mod alarm;
pub mod app;
pub mod cache;
#[doc(hidden)]
pub mod cause;
mod clock;
pub mod db;
pub mod embedded;
mod error;
#[doc(hidden)]
pub mod fuzz;
pub mod health;
pub mod http;
pub mod middleware;
pub mod routing;
mod sentence;
pub mod server;
pub mod settings;
mod validation;

pub use app::{App, Component, Provides};
pub use error::{Error, Result};
pub use settings::Settings;
pub use validation::{NON_FIELD_ERRORS, ValidationErrors};
