//! Models and queries against a real PostgreSQL.

mod bulk;
mod callbacks;
mod cutting;
mod fields;
mod fields_read_back;
mod functions;
mod inputs;
mod locks;
mod marks;
mod models;
mod numbers;
mod options;
mod parts;
mod proxy;
mod reading;
mod relations;
mod retries;
mod savepoints;
mod schema;
mod shapes;
mod signals;
mod sql;
mod statements;
mod streams;
mod transactions;
mod writing;
