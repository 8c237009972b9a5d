//! Models and queries against a real PostgreSQL.

mod functions;
mod models;
mod reading;
mod sql;
mod transactions;
mod writing;
