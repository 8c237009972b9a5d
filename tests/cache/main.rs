//! Caches against the real components.

mod bus;
