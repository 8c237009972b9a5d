//! The lock by which one of all instances computes.

use std::time::{Duration, Instant};

use super::flight::Seat;
use crate::alarm::Alarm;
use crate::cache::backend::CacheBackend;
use crate::cache::ttl::Ttl;
use crate::cache::value::{Content, Value};

/// How long is waited until it is looked whether another instance is done: twice as long each time, up to the second.
const LOOKS: (Duration, Duration) = (Duration::from_millis(5), Duration::from_millis(200));

/// Whether this instance may compute.
pub(super) enum Lock {
    Ours,
    /// The cache cannot be reached, so there is nothing to lock with.
    None,
    /// Another instance computes.
    Theirs,
}

/// The key of the lock. No key of a [`Cache`](super::super::Cache) has a `%` at this place.
fn of(key: &str) -> String {
    format!("{key}%lock")
}

/// Locks a key, if nobody has.
pub(super) async fn take(backend: &impl CacheBackend, seat: &Seat<'_>, key: &str, longest: Duration) -> Lock {
    if seat.lock().is_some() {
        // From one of this process who has not come to an end.
        return Lock::Ours;
    }
    let token = fastrand::u64(..);
    let value = Value::new(Content::Bytes(token.to_be_bytes().to_vec().into()));
    // Before it is known: who is dropped while this waits leaves it to the next.
    seat.set_lock(Some(token));
    match backend.add(&of(key), value, Ttl::For(longest.max(Duration::from_millis(1)))).await {
        Ok(true) => Lock::Ours,
        Ok(false) => {
            seat.set_lock(None);
            Lock::Theirs
        }
        Err(_) => {
            seat.set_lock(None);
            Lock::None
        }
    }
}

/// Unlocks it, if it is still this instance's: it may have taken too long.
pub(super) async fn release(backend: &impl CacheBackend, seat: &Seat<'_>, key: &str) {
    let Some(token) = seat.lock() else { return };
    let key = of(key);
    let is_ours =
        |value: &Value| matches!(value.content(), Content::Bytes(bytes) if **bytes == token.to_be_bytes());
    if backend.get(&key).await.ok().flatten().is_some_and(|value| is_ours(&value)) {
        let _ = backend.delete(&key).await;
    }
    seat.set_lock(None);
}

/// Waits for another instance.
pub(super) struct Patience {
    until: Instant,
    next: Duration,
}

impl Patience {
    pub(super) fn new(longest: Duration) -> Self {
        Self { until: Instant::now() + longest, next: LOOKS.0 }
    }

    /// Waits a little; false if it has been long enough.
    pub(super) async fn wait(&mut self) -> bool {
        let now = Instant::now();
        if now >= self.until {
            return false;
        }
        Alarm::at((now + self.next).min(self.until)).await;
        self.next = (self.next * 2).min(LOOKS.1);
        true
    }
}
