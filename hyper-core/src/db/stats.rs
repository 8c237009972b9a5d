//! What a pool has, and what was asked of it.

use std::sync::atomic::{
    AtomicU64, AtomicUsize,
    Ordering::{Relaxed, SeqCst},
};

/// A pool at one moment, from [`Db::stats`](super::Db::stats).
///
/// ```no_run
/// # use hyper_core::db::Db;
/// # fn f(db: &Db) {
/// let stats = db.stats();
/// if stats.waiters > 0 {
///     println!("{} wait for a connection, all {} are in use", stats.waiters, stats.in_use);
/// }
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct PoolStats {
    /// Open connections.
    pub total: usize,
    /// Connections that somebody uses.
    pub in_use: usize,
    /// Open connections that nobody uses.
    pub available: usize,
    /// Who waits for a connection at the moment.
    pub waiters: usize,
    /// The most that ever waited at once.
    pub max_waiters: usize,
    /// How often somebody was given a connection alone.
    pub acquires: u64,
    /// How often somebody waited for one in vain.
    pub timeouts: u64,
    /// Connections that were opened.
    pub opened: u64,
    /// Connections that were replaced by new ones, as they had become old.
    pub recycled: u64,
    /// Lanes that were left to a statement that took long, so that others did not have to wait for it.
    pub held: u64,
}

/// What is counted.
#[derive(Default)]
pub(super) struct Counters {
    waiters: AtomicUsize,
    max_waiters: AtomicUsize,
    pub(super) acquires: AtomicU64,
    pub(super) timeouts: AtomicU64,
    pub(super) opened: AtomicU64,
    pub(super) recycled: AtomicU64,
    pub(super) held: AtomicU64,
    /// Connections that somebody has alone.
    pub(super) taken: AtomicUsize,
}

impl Counters {
    /// Somebody waits, until this is dropped.
    pub(super) fn wait(&self) -> Waiting<'_> {
        let now = self.waiters.fetch_add(1, SeqCst) + 1;
        self.max_waiters.fetch_max(now, Relaxed);
        Waiting(self)
    }

    /// With so many connections on which nobody has a statement, and so many shared ones with some.
    pub(super) fn stats(&self, available: usize, shared: usize) -> PoolStats {
        let in_use = self.taken.load(Relaxed) + shared;
        PoolStats {
            total: available + in_use,
            in_use,
            available,
            waiters: self.waiters.load(Relaxed),
            max_waiters: self.max_waiters.load(Relaxed),
            acquires: self.acquires.load(Relaxed),
            timeouts: self.timeouts.load(Relaxed),
            opened: self.opened.load(Relaxed),
            recycled: self.recycled.load(Relaxed),
            held: self.held.load(Relaxed),
        }
    }
}

pub(super) struct Waiting<'c>(&'c Counters);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.waiters.fetch_sub(1, SeqCst);
    }
}
