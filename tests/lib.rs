//! What the tests share: a PostgreSQL of their own, and which suites need more than that.

pub mod caches;
mod cluster;
mod pgbouncer;
pub mod standbys;
pub mod suites;

pub use cluster::{Database, postgres};
pub use pgbouncer::PgBouncer;
pub use suites::{Suite, require};
