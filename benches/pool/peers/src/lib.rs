//! What the pools of others are asked, and the rows.

use serde::Serialize;
use tokio_postgres::Row;

/// One row by its key.
pub const BY_KEY: &str = "SELECT aid, bid, abalance, filler FROM pgbench_accounts WHERE aid = $1";

/// The same row, after so many seconds.
pub const SLOW: &str =
    "SELECT aid, bid, abalance, filler FROM pgbench_accounts WHERE pg_sleep($1) IS NOT NULL AND aid = $2";

/// A row of `pgbench_accounts`.
#[derive(Debug, Serialize)]
#[expect(missing_docs)]
pub struct Account {
    pub aid: i32,
    pub bid: i32,
    pub abalance: i32,
    pub filler: String,
}

impl From<&Row> for Account {
    #[inline]
    fn from(row: &Row) -> Self {
        Self { aid: row.get(0), bid: row.get(1), abalance: row.get(2), filler: row.get(3) }
    }
}
