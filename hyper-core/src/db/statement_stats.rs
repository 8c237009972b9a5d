//! How well prepared statements are used.
//!
//! Each connection counts for itself, under the lock it takes anyway; what is asked for is the sum. So a look-up costs
//! nothing for it, and threads do not write to the same place.

use std::sync::{Arc, Mutex, Weak};

use tokio_postgres::Statement;

use super::statements::Table;

/// How prepared statements were used, by all connections of a [`Db`](super::Db) since it was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct StatementStats {
    /// Statements that were prepared already.
    pub hits: u64,
    /// Statements that had to be prepared first, which takes a round trip.
    pub misses: u64,
    /// Statements that made room for others: many of them say that `STATEMENT_CACHE_SIZE` is too small, or that values
    /// stand in texts.
    pub evictions: u64,
    /// Statements that are prepared now, on all connections.
    pub entries: u64,
}

impl StatementStats {
    pub(super) fn add(&mut self, other: Self) {
        self.hits += other.hits;
        self.misses += other.misses;
        self.evictions += other.evictions;
        self.entries += other.entries;
    }
}

type Shared = Mutex<Table<Statement>>;

/// The tables of all connections.
#[derive(Default)]
pub(super) struct Counted(Mutex<Tables>);

#[derive(Default)]
struct Tables {
    open: Vec<Weak<Shared>>,
    /// Of connections that are closed.
    closed: StatementStats,
}

impl Counted {
    /// The table of a new connection.
    pub(super) fn table(&self, size: usize) -> Arc<Shared> {
        let table = Arc::new(Mutex::new(Table::of_size(size)));
        self.0.lock().expect("no panic while held").open.push(Arc::downgrade(&table));
        table
    }

    /// A connection is closed.
    pub(super) fn closed(&self, table: &Arc<Shared>) {
        let stats = table.lock().expect("no panic while held").stats();
        let mut tables = self.0.lock().expect("no panic while held");
        tables.open.retain(|open| open.as_ptr() != Arc::as_ptr(table));
        tables.closed.add(StatementStats { entries: 0, ..stats });
    }

    pub(super) fn stats(&self) -> StatementStats {
        let tables = self.0.lock().expect("no panic while held");
        let mut stats = tables.closed;
        for table in tables.open.iter().filter_map(Weak::upgrade) {
            stats.add(table.lock().expect("no panic while held").stats());
        }
        stats
    }
}
