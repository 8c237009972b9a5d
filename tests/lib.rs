//! What the tests share: a PostgreSQL of their own, and which suites need more than that.

mod authority;
pub mod caches;
mod cluster;
mod pgbouncer;
mod proxies;
pub mod standbys;
pub mod suites;

pub use authority::Authority;
pub use cluster::{Database, postgres};
pub use pgbouncer::PgBouncer;
pub use proxies::Proxy;
pub use suites::{Suite, require};
