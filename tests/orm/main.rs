//! Models and queries against a real PostgreSQL.

mod callbacks;
mod models;
mod numbers;
mod reading;
mod savepoints;
mod sql;
mod transactions;
mod writing;
