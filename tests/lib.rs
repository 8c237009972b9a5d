//! What the tests share: a PostgreSQL of their own, and which suites need more than that.

mod cluster;
pub mod suites;

pub use cluster::{Database, postgres};
pub use suites::{Suite, require};
