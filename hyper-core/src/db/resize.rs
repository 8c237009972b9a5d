//! How many connections a pool may have, and how many of them are in use.

use std::sync::atomic::Ordering::SeqCst;

use super::pool::Db;
use super::stats::PoolStats;

impl Db {
    /// What it has, and what was asked of it.
    #[must_use]
    pub fn stats(&self) -> PoolStats {
        let pool = &self.0;
        let pinned = pool.pinned.iter().filter_map(super::pool::Slot::open);
        let (busy, resting): (Vec<_>, Vec<_>) = pinned.partition(|connection| connection.is_unsettled());
        let taken = pool.granted.load(SeqCst).saturating_sub(pool.permits.available_permits());
        pool.counters.stats(resting.len() + pool.idle_count(), busy.len() + taken)
    }

    /// How many connections it may have at most.
    #[must_use]
    pub fn size(&self) -> usize {
        self.0.pinned.len() + self.0.granted.load(SeqCst)
    }

    /// Changes how many connections it may have at most, to at least one more than it has threads. Connections above that
    /// are closed once they are idle.
    pub fn resize(&self, size: usize) {
        let pool = &self.0;
        let wanted = size.saturating_sub(pool.pinned.len()).max(1);
        let now = pool.granted.load(SeqCst);
        if wanted > now {
            pool.permits.add_permits(wanted - now);
            pool.granted.fetch_add(wanted - now, SeqCst);
        } else {
            // Those in use stay; whoever asks again gets the rest.
            let fewer = pool.permits.forget_permits(now - wanted);
            pool.granted.fetch_sub(fewer, SeqCst);
            pool.keep_idle(wanted);
        }
    }
}
