//! A question to a database, again and again, and statistics of the answers.

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use super::beats::{Beats, HealthSummary, HeartbeatStats};
use super::task::{Task, ticks};
use crate::db::Db;

/// How a [`PoolHeartbeat`] asks.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct HeartbeatOptions {
    /// From one beat to the next. Default: 15 s.
    pub interval: Duration,
    /// So many failures in a row make it unhealthy. Default: 3.
    pub failure_threshold: u64,
    /// Of so many beats the latencies are kept. Default: 100.
    pub latency_window: usize,
    /// A beat that takes longer has failed. Default: 5 s, or the interval if that is shorter.
    pub timeout: Duration,
}

impl Default for HeartbeatOptions {
    fn default() -> Self {
        Self::every(Duration::from_secs(15))
    }
}

impl HeartbeatOptions {
    /// With another interval.
    #[must_use]
    pub fn every(interval: Duration) -> Self {
        let timeout = interval.min(Duration::from_secs(5));
        Self { interval, failure_threshold: 3, latency_window: 100, timeout }
    }
}

/// Runs `SELECT 1` on a database every 15 s, and keeps statistics: a dead connection, a network that swallows packets and a
/// server that was started again show in them.
///
/// It asks on a connection of its own, as [`Db::ping`] says. The first beat is after one interval. It ends when it is
/// stopped or dropped, and with its database. The [`Db`] of an application has one by itself, which is
/// [`Db::heartbeat`]: `POOL_HEARTBEAT_INTERVAL` is its interval in seconds, 0 for none.
///
/// ```no_run
/// # use std::time::Duration;
/// # use hyper_core::db::Db;
/// use hyper_core::health::{HeartbeatOptions, PoolHeartbeat};
///
/// # async fn f(db: &Db) {
/// let heartbeat = PoolHeartbeat::start(db, HeartbeatOptions::every(Duration::from_secs(5)));
/// let stats = heartbeat.stats();
/// assert!(stats.healthy && stats.uptime_ratio == 1.0);
/// # }
/// ```
#[derive(Debug)]
pub struct PoolHeartbeat {
    task: Task,
    beats: Arc<Mutex<Beats>>,
    interval: Duration,
}

impl PoolHeartbeat {
    /// Starts to ask.
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    #[must_use]
    pub fn start(db: &Db, options: HeartbeatOptions) -> Self {
        let beats = Arc::new(Mutex::new(Beats::new(options.failure_threshold, options.latency_window)));
        let task = tokio::spawn(beat(db.clone(), options.clone(), beats.clone()));
        Self { task: Task::new(task), beats, interval: options.interval }
    }

    /// All that is known.
    #[must_use]
    pub fn stats(&self) -> HeartbeatStats {
        self.beats().stats(self.task.is_running(), self.interval)
    }

    /// The same in short, rounded, for metrics.
    #[must_use]
    pub fn get_stats(&self) -> HealthSummary {
        self.beats().summary()
    }

    /// Ends it. The statistics stay.
    pub fn stop(&self) {
        self.task.stop();
    }

    fn beats(&self) -> MutexGuard<'_, Beats> {
        self.beats.lock().expect("no panic while held")
    }
}

/// Beats as long as anybody else has the database.
async fn beat(db: Db, options: HeartbeatOptions, beats: Arc<Mutex<Beats>>) {
    let weak = db.downgrade();
    drop(db);
    let mut ticks = ticks(options.interval);
    loop {
        ticks.tick().await;
        let Some(db) = weak.upgrade() else { return };
        let begun = Instant::now();
        let outcome = db.ping(options.timeout).await;
        let took = begun.elapsed();
        let (before, now, failures) = {
            let mut beats = beats.lock().expect("no panic while held");
            let before = beats.is_healthy();
            beats.add(took, outcome.is_ok());
            (before, beats.is_healthy(), beats.consecutive_failures())
        };
        let database = db.url().name();
        match outcome {
            Err(error) if before && !now => {
                tracing::error!(%error, database, failures, "the database is not healthy");
            }
            Ok(_) if !before => tracing::info!(database, "the database is healthy again"),
            _ => {}
        }
    }
}
