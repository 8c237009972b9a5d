//! Models and queries against a real PostgreSQL.

mod callbacks;
mod cutting;
mod locks;
mod models;
mod numbers;
mod proxy;
mod reading;
mod retries;
mod savepoints;
mod sql;
mod statements;
mod streams;
mod transactions;
mod writing;
