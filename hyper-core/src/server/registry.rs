//! All connections of a server, for the sweeper and for stopping.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::Notify;

use super::connection::State;
use crate::clock;
use crate::settings::Limits;

/// The connections of a server and what they have in common.
#[derive(Debug)]
pub(super) struct Registry {
    connections: Mutex<HashMap<u64, Arc<State>>>,
    next: AtomicU64,
    stopping: AtomicBool,
    emptied: Notify,
    pub(super) limits: Limits,
    pub(super) max_body_size: usize,
}

impl Registry {
    pub(super) fn new(limits: Limits, max_body_size: usize) -> Arc<Self> {
        Arc::new(Self {
            connections: Mutex::default(),
            next: AtomicU64::new(0),
            stopping: AtomicBool::new(false),
            emptied: Notify::new(),
            limits,
            max_body_size,
        })
    }

    fn with<T>(&self, f: impl FnOnce(&mut HashMap<u64, Arc<State>>) -> T) -> T {
        f(&mut self.connections.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Adds a connection until the entry is dropped.
    pub(super) fn enter(self: &Arc<Self>, state: Arc<State>) -> Entry {
        let id = self.next.fetch_add(1, Relaxed);
        self.with(|connections| connections.insert(id, state));
        Entry { registry: Arc::clone(self), id }
    }

    #[inline]
    pub(super) fn is_stopping(&self) -> bool {
        self.stopping.load(Relaxed)
    }

    pub(super) fn len(&self) -> usize {
        self.with(|connections| connections.len())
    }

    /// From now on connections close after the request they are in, idle ones at once.
    pub(super) fn stop(&self) {
        self.stopping.store(true, Relaxed);
        self.with(|connections| connections.values().for_each(|state| state.wake()));
    }

    /// Waits until there is no connection left.
    pub(super) async fn empty(&self) {
        loop {
            let emptied = self.emptied.notified();
            if self.len() == 0 {
                return;
            }
            emptied.await;
        }
    }

    /// Moves the clock on once a second and wakes the connections that are over their time,
    /// as long as the registry is there.
    pub(super) async fn sweep(registry: Weak<Self>) {
        let mut ticks = tokio::time::interval(std::time::Duration::from_secs(1));
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            let now = clock::advance();
            let Some(registry) = registry.upgrade() else { return };
            registry.with(|connections| connections.values().for_each(|state| state.check(now)));
        }
    }
}

/// A connection's place in the registry.
#[derive(Debug)]
pub(super) struct Entry {
    registry: Arc<Registry>,
    id: u64,
}

impl Drop for Entry {
    fn drop(&mut self) {
        let empty = self.registry.with(|connections| {
            connections.remove(&self.id);
            connections.is_empty()
        });
        if empty {
            self.registry.emptied.notify_waiters();
        }
    }
}
