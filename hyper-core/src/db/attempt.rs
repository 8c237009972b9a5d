//! Attempts to connect: while PostgreSQL is away one at a time, and not at every moment.

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::connection::Connection;
use super::error::DatabaseError;
use super::error_kind::ErrorKind;
use super::pool::{FULL, Pool, RETRY_AFTER};

const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// An attempt to connect. Once one has failed there is one at a time, and the others fail at once.
pub(super) struct Attempt<'p> {
    pool: &'p Pool,
    /// `closed_until` before this attempt.
    before: u64,
    ended: bool,
}

impl<'p> Attempt<'p> {
    pub(super) fn begin(pool: &'p Pool) -> Result<Self, DatabaseError> {
        let (now, before) = (pool.now(), pool.closed_until.load(Ordering::Relaxed));
        if now < pool.full_until.load(Ordering::Relaxed) {
            return Err(DatabaseError::full());
        }
        let mine = before == 0
            || now >= before && {
                let until = now + (pool.url.connect_timeout() + RETRY_AFTER).as_millis() as u64;
                let closed_until = &pool.closed_until;
                closed_until.compare_exchange(before, until, Ordering::Relaxed, Ordering::Relaxed).is_ok()
            };
        if !mine {
            let problem = "PostgreSQL could not be reached just now";
            return Err(DatabaseError::new(ErrorKind::Unavailable, problem));
        }
        Ok(Self { pool, before, ended: false })
    }

    pub(super) fn end(mut self, outcome: &Result<Connection, DatabaseError>) {
        self.ended = true;
        let closed_until = &self.pool.closed_until;
        match outcome {
            // It was reached, and keeps its connections for others.
            Err(error) if error.sqlstate() == Some(FULL) => {
                closed_until.store(0, Ordering::Relaxed);
                self.pool
                    .full_until
                    .store(self.pool.now() + RETRY_AFTER.as_millis() as u64, Ordering::Relaxed);
                tracing::warn!(
                    database = self.pool.url.name(),
                    "PostgreSQL has no connection left for this program"
                );
            }
            Err(error) => {
                let failures = self.pool.failures.fetch_add(1, Ordering::Relaxed);
                let until = self.pool.now() + pause(failures).as_millis() as u64;
                if closed_until.swap(until, Ordering::Relaxed) == 0 {
                    tracing::error!(%error, database = self.pool.url.name(), "PostgreSQL cannot be reached");
                }
            }
            Ok(_) => {
                self.pool.failures.store(0, Ordering::Relaxed);
                closed_until.store(0, Ordering::Relaxed);
                if self.before != 0 {
                    tracing::info!(database = self.pool.url.name(), "PostgreSQL is back");
                }
            }
        }
    }
}

/// How long nobody tries again after so many failures before this one: twice as long each time, from 0.1 s to 2 s, and of
/// that up to a half less, so that many processes do not come back at one moment.
fn pause(failures: u32) -> Duration {
    let most = FIRST_PAUSE.saturating_mul(1 << failures.min(10)).min(LONGEST_PAUSE);
    most.mul_f64(1.0 - fastrand::f64() / 2.0)
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        // Given up half-way by who wanted the connection: the next one may try at once.
        if !self.ended && self.before != 0 {
            self.pool.closed_until.store(self.pool.now(), Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_up_to_a_limit_and_differ() {
        for failures in [0, 1, 2, 3, 10, u32::MAX] {
            let most = [100, 200, 400, 800].get(failures as usize).copied().unwrap_or(2000);
            let pauses: Vec<_> = (0..100).map(|_| pause(failures)).collect();
            let (shortest, longest) = (pauses.iter().min().unwrap(), pauses.iter().max().unwrap());
            assert!(*shortest >= Duration::from_millis(most / 2) && *longest <= Duration::from_millis(most));
            assert!(*longest - *shortest > Duration::from_millis(most / 5));
        }
    }
}
