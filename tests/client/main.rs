//! The client for tests, on an application with a real PostgreSQL.

mod answers;
mod benchmark;
mod databases;
mod health;
mod live;
mod n_plus_one;
mod queries;
mod site;
mod transactions;
