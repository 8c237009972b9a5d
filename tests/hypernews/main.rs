//! The flagship example against a real PostgreSQL.

mod api;
mod bad_input;
mod client;
mod connections;
mod data;
mod kept;
mod load;
mod outage;
mod pages;
mod random;
mod served;
mod visits;
