//! Models and queries against a real PostgreSQL.

mod fields;
mod fields_read_back;
mod models;
mod reading;
mod sql;
mod transactions;
mod writing;
