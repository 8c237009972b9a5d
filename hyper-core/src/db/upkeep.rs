//! What is done about connections while nobody asks for them: who takes long is left alone, who is old is replaced, who
//! is not needed is closed.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use tokio::sync::OwnedSemaphorePermit;

use super::connection::Connection;
use super::lane::Lane;
use super::pool::{Db, Pool, Slot};

impl Pool {
    /// Sees to it that nothing is sent behind a statement that takes long. Whether one is under way at all.
    pub(super) fn look_at_lanes(self: &Arc<Self>) -> bool {
        let mut busy = false;
        for slot in &self.pinned {
            let Some(lane) = slot.lane() else { continue };
            busy |= lane.waiting() > 0;
            if lane.is_stuck() {
                self.make_way(slot, &lane);
            }
        }
        busy
    }

    /// Gives a slot another connection than the one that is held; where there is no room for one more, the next
    /// statements have to queue with those that want one alone.
    fn make_way(self: &Arc<Self>, slot: &Slot, lane: &Arc<Lane>) {
        lane.hold();
        let Ok(place) = self.permits.clone().try_acquire_owned() else { return };
        let runtime = lane.runtime();
        let other = self.idle().map(|connection| Arc::new(Lane::new(*connection, runtime)));
        slot.replace(lane, other);
        lane.leave(place);
        self.counters.held.fetch_add(1, Relaxed);
    }

    /// Looks after connections that are old or not used, about once a second.
    pub(super) fn look_after(self: &Arc<Self>, second: u32) {
        self.close_unused(second);
        for number in 0..self.pinned.len() {
            if self.pinned[number].lane().is_some_and(|lane| lane.connection().age().is_over()) {
                self.renew(move |pool, connection, place| pool.renew_lane(number, connection, place));
            }
        }
        self.renew_idle();
    }

    fn close_unused(&self, second: u32) {
        let limit = u32::try_from(self.options.idle_timeout.as_secs()).unwrap_or(u32::MAX);
        if limit == 0 {
            return;
        }
        // Closed when the lock is free again.
        let mut closed = Vec::new();
        let mut idle = self.idle.lock().expect("no panic while held");
        // The last that was given back is the first to be taken: those in front have not been used for longest.
        while idle.len() > self.options.min_idle
            && idle.first().is_some_and(|first| second.saturating_sub(first.age().idle_since()) > limit)
        {
            closed.push(idle.remove(0));
        }
        drop(idle);
    }

    /// Opens a connection in place of an old one that nobody uses at the moment.
    pub(super) fn renew_idle(self: &Arc<Self>) {
        let has_old = self.idle.lock().expect("no panic while held").iter().any(|idle| idle.age().is_over());
        if has_old {
            self.renew(|pool, connection, _place| {
                let mut idle = pool.idle.lock().expect("no panic while held");
                let old = idle.iter().position(|idle| idle.age().is_over()).map(|old| idle.remove(old));
                drop(idle);
                // It may have been taken meanwhile: then it goes on, and this one is one too many.
                if old.is_some() {
                    pool.counters.recycled.fetch_add(1, Relaxed);
                    pool.give_back(Box::new(connection));
                }
            });
        }
    }

    fn renew_lane(&self, number: usize, connection: Connection, place: OwnedSemaphorePermit) {
        let slot: &Slot = &self.pinned[number];
        if let Some(old) = slot.lane().filter(|lane| lane.connection().age().is_over()) {
            slot.replace(&old, Some(Arc::new(Lane::new(connection, old.runtime()))));
            self.counters.recycled.fetch_add(1, Relaxed);
            // What is under way on it ends there.
            old.expire(place);
        }
    }

    /// Whether a connection that was in use is one too many now.
    pub(super) fn is_surplus(&self) -> bool {
        self.surplus.load(Relaxed) > 0
            && self.surplus.fetch_update(Relaxed, Relaxed, |surplus| surplus.checked_sub(1)).is_ok()
    }

    /// Opens one connection, for which there has to be room, and hands it on. One at a time.
    fn renew(
        self: &Arc<Self>,
        hand_on: impl FnOnce(&Arc<Self>, Connection, OwnedSemaphorePermit) + Send + 'static,
    ) {
        let runtime = self.runtime.lock().expect("no panic while held").clone();
        let (Some(runtime), Ok(place)) = (runtime, self.permits.clone().try_acquire_owned()) else { return };
        if self.renewing.swap(true, Relaxed) {
            return;
        }
        let renewing = Renewing(Arc::clone(self));
        runtime.spawn(async move {
            let pool = &renewing.0;
            match pool.connect().await {
                Ok(connection) => hand_on(pool, connection, place),
                Err(error) => tracing::debug!(%error, "an old connection stays for now"),
            }
        });
    }

    /// Changes how many connections for one user there may be.
    fn resize(&self, exclusive: usize) {
        let before = self.exclusive.swap(exclusive, Relaxed);
        if exclusive >= before {
            let kept = (before..exclusive).filter(|_| self.is_surplus()).count();
            self.permits.add_permits(exclusive - before - kept);
            return;
        }
        let surplus = before - exclusive;
        let missing = surplus - self.permits.forget_permits(surplus);
        let mut idle = self.idle.lock().expect("no panic while held");
        let closed: Vec<_> = (0..surplus - missing).filter_map(|_| idle.pop()).collect();
        drop(idle);
        drop(closed);
        self.surplus.fetch_add(missing, Relaxed);
    }
}

/// That a connection is being opened in place of an old one.
struct Renewing(Arc<Pool>);

impl Drop for Renewing {
    fn drop(&mut self) {
        self.0.renewing.store(false, Relaxed);
    }
}

impl Db {
    /// Changes how many connections there may be for writes, transactions and long reads, beside those that are pinned
    /// to workers; at least one. Those that are too many and in use are closed when they are given back.
    pub fn resize(&self, exclusive: usize) {
        self.0.resize(exclusive.max(1));
    }
}
