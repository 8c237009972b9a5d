//! Models and queries against a real PostgreSQL.

mod models;
mod reading;
mod relations;
mod schema;
mod sql;
mod transactions;
mod writing;
