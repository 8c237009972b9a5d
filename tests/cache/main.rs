//! Caches against the real components.

mod bus;
mod cached;
mod history;
mod queries;
