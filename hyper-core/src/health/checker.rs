//! Whether a database answered when it was last asked.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde::Serialize;

use super::beats::rounded;
use super::task::{Task, ticks};
use crate::db::Db;

/// How long an answer may take.
const TIMEOUT: Duration = Duration::from_secs(5);

/// What a [`PoolHealthChecker`] knows.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct CheckerStats {
    /// Whether the last check was answered; true before the first.
    pub healthy: bool,
    /// Checks so far.
    pub checks: u64,
    /// Those that failed.
    pub failures: u64,
    /// Seconds since the last one, to one decimal; none before the first.
    pub last_check_ago_s: Option<f64>,
}

/// Runs `SELECT 1` on a database every 30 s.
///
/// Where [`PoolHeartbeat`](super::PoolHeartbeat) says after how many failures something is wrong and how long answers
/// take, this says what the last answer was. It asks as [`Db::ping`] does, 5 s at most. The first check is after one
/// interval. It ends when it is stopped or dropped, and with its database. The [`Db`] of an application has one by itself,
/// which is [`Db::health_checker`]: `POOL_HEALTH_INTERVAL` is its interval in seconds, 0 for none.
///
/// ```no_run
/// # use std::time::Duration;
/// # use hyper_core::db::Db;
/// use hyper_core::health::PoolHealthChecker;
///
/// # async fn f(db: &Db) {
/// let checker = PoolHealthChecker::start(db, Duration::from_secs(30));
/// assert!(checker.get_stats().healthy);
/// # }
/// ```
#[derive(Debug)]
pub struct PoolHealthChecker {
    task: Task,
    known: Arc<Mutex<Known>>,
}

#[derive(Debug, Default)]
struct Known {
    checks: u64,
    failures: u64,
    failed: bool,
    last: Option<Instant>,
}

impl PoolHealthChecker {
    /// Starts to check.
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    #[must_use]
    pub fn start(db: &Db, interval: Duration) -> Self {
        let known = Arc::default();
        let task = tokio::spawn(check(db.clone(), interval, Arc::clone(&known)));
        Self { task: Task::new(task), known }
    }

    /// What it knows.
    ///
    /// # Panics
    /// Never.
    #[must_use]
    pub fn get_stats(&self) -> CheckerStats {
        let known = self.known.lock().expect("no panic while held");
        CheckerStats {
            healthy: !known.failed,
            checks: known.checks,
            failures: known.failures,
            last_check_ago_s: known.last.map(|last| rounded(last.elapsed().as_secs_f64(), 1)),
        }
    }

    /// Whether it goes on.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.task.is_running()
    }

    /// Ends it. What it knows stays.
    pub fn stop(&self) {
        self.task.stop();
    }
}

/// Checks as long as anybody else has the database.
async fn check(db: Db, interval: Duration, known: Arc<Mutex<Known>>) {
    let weak = db.downgrade();
    drop(db);
    let mut ticks = ticks(interval);
    loop {
        ticks.tick().await;
        let Some(db) = weak.upgrade() else { return };
        let failed = db.ping(TIMEOUT).await.is_err();
        let mut known = known.lock().expect("no panic while held");
        known.checks += 1;
        known.failures += u64::from(failed);
        known.failed = failed;
        known.last = Some(Instant::now());
    }
}
