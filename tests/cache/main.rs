//! Caches against the real components.

mod bus;
mod history;
mod pages;
mod queries;
