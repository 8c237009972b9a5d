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
        let (_, taken) = self.places();
        pool.counters.stats(resting.len() + pool.idle_count(), busy.len() + taken)
    }

    /// How many connections for writes and transactions it may have, and how many of them are in use.
    pub(crate) fn places(&self) -> (usize, usize) {
        let size = self.0.granted.load(SeqCst);
        (size, size.saturating_sub(self.0.permits.available_permits()))
    }

    /// Changes how many connections for writes and transactions it may have at most, to at least one. Those above that are
    /// closed once they are idle.
    pub fn resize(&self, exclusive: usize) {
        let pool = &self.0;
        let wanted = exclusive.max(1);
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
