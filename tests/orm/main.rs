//! Models and queries against a real PostgreSQL.

mod callbacks;
mod models;
mod numbers;
mod reading;
mod relations;
mod savepoints;
mod schema;
mod shapes;
mod sql;
mod transactions;
mod writing;
