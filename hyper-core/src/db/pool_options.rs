//! How many connections a database has, and for how long.

use std::time::Duration;

use super::pooler_mode::PoolerMode;

/// Sizes and limits of a [`Db`](super::Db).
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct DbOptions {
    /// Connections pinned to workers, on which reads are pipelined. Default: one for each core.
    pub pinned: usize,
    /// Connections for writes and transactions, at most. Default: 16.
    pub exclusive: usize,
    /// How long to wait for one of those. Default: 5 s.
    pub acquire_timeout: Duration,
    /// How long a connection may be open before another one takes its place. Up to a tenth earlier, so that those that
    /// were opened together do not all go together. Zero is for ever. Default: 3600 s.
    pub max_lifetime: Duration,
    /// After how many statements another one takes its place. 0 is never. Default: 10,000.
    pub max_queries: u32,
    /// Connections of those for one user that stay open when nobody needs them for [`idle_timeout`](Self::idle_timeout).
    /// Default: 0.
    pub min_idle: usize,
    /// How long a connection may be open without being used. Zero is for ever. Default: 600 s.
    pub idle_timeout: Duration,
    /// How long it may take to connect, where the URL does not say. Default: 10 s.
    pub connect_timeout: Duration,
    /// How long PostgreSQL may take for a statement, up to the next millisecond; zero is no limit. Default: zero.
    ///
    /// PostgreSQL itself is told, and ends what takes longer; behind a pooler it is asked to. When it has said nothing for
    /// that long and one second more, the connection is given up: what only reads or begins a transaction is then
    /// [`Timeout`](super::ErrorKind::Timeout), all else [`Interrupted`](super::ErrorKind::Interrupted).
    pub query_timeout: Duration,
    /// How many prepared statements a connection keeps, at least 1. Default: 256.
    pub statement_cache_size: usize,
    /// Whether statements are prepared. Default, `None`: unless a pooler is in between that cannot have it.
    pub prepared_statements: Option<bool>,
    /// What a pooler in between does with connections. Default, `None`: [`Transaction`](PoolerMode::Transaction), where one
    /// is found.
    pub pooler_mode: Option<PoolerMode>,
}

impl Default for DbOptions {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            pinned: cores,
            exclusive: 16,
            acquire_timeout: Duration::from_secs(5),
            max_lifetime: Duration::from_secs(3600),
            max_queries: 10_000,
            min_idle: 0,
            idle_timeout: Duration::from_secs(600),
            connect_timeout: Duration::from_secs(10),
            query_timeout: Duration::ZERO,
            statement_cache_size: 256,
            prepared_statements: None,
            pooler_mode: None,
        }
    }
}
