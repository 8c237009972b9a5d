//! The client for tests, on an application with a real PostgreSQL.

mod answers;
mod benchmark;
mod databases;
mod live;
mod queries;
mod site;
mod transactions;
