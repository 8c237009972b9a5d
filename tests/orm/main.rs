//! Models and queries against a real PostgreSQL.

mod bulk;
mod callbacks;
mod models;
mod numbers;
mod reading;
mod relations;
mod savepoints;
mod schema;
mod sql;
mod transactions;
mod writing;
