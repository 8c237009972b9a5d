//! Models and queries against a real PostgreSQL.

mod models;
mod options;
mod parts;
mod reading;
mod schema;
mod sql;
mod transactions;
mod writing;
