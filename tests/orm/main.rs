//! Models and queries against a real PostgreSQL.

mod bulk;
mod callbacks;
mod cutting;
mod fields;
mod fields_read_back;
mod functions;
mod locks;
mod marks;
mod models;
mod numbers;
mod options;
mod parts;
mod proxy;
mod queries;
mod reading;
mod relations;
mod retries;
mod savepoints;
mod schema;
mod sql;
mod statements;
mod streams;
mod transactions;
mod writing;
