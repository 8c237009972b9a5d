//! Models and queries against a real PostgreSQL.

mod fields;
mod fields_read_back;
mod functions;
mod models;
mod reading;
mod sql;
mod transactions;
mod writing;
