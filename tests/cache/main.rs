//! Caches against the real components.

mod bus;
mod history;
mod queries;
