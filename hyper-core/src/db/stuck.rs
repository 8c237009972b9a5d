//! Whether a lane is held up by a statement that takes long, or by a process that has too much to do.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use tokio::task::yield_now;

use super::lane::{HELD, Lane, now};

/// How long it may take from when those who wait have their turn. Less than what is between two looks.
const SOON: Duration = Duration::from_millis(4);

impl Lane {
    /// Whether the oldest statement has been under way for so long that the others should not wait for it.
    ///
    /// That the answer was not noticed is not enough: a busy process notices late, and would have more to do still if it
    /// asked again. So something is put into the same queue first; the answer is missing if it has not come [`SOON`]
    /// after that has had its turn.
    pub(super) fn is_stuck(self: &Arc<Self>) -> bool {
        if self.waiting() == 0 {
            return false;
        }
        let since = self.since.load(Relaxed);
        if since == 0 {
            // From now on it is measured.
            let _ = self.since.compare_exchange(0, now(), Relaxed, Relaxed);
            return false;
        }
        if now().saturating_sub(since) <= HELD.as_micros() as u64 {
            return false;
        }
        let Some(runtime) = &self.runtime else { return true };
        if self.asked_at.load(Relaxed) != since {
            self.turn.store(0, Relaxed);
            self.asked_at.store(since, Relaxed);
            let lane = Arc::downgrade(self);
            runtime.spawn(async move {
                // Sockets are looked at in between, and whoever is woken by that has the turn before.
                yield_now().await;
                yield_now().await;
                if let Some(lane) = lane.upgrade().filter(|lane| lane.asked_at.load(Relaxed) == since) {
                    lane.turn.store(now(), Relaxed);
                }
            });
        }
        let turn = self.turn.load(Relaxed);
        turn != 0 && now().saturating_sub(turn) >= SOON.as_micros() as u64
    }
}
