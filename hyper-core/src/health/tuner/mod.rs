//! A pool that has as many connections as its load needs, within bounds.

mod decide;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use self::decide::{Bounds, QUIET, Sample, decide};
use super::task::{Task, ticks};
use crate::Settings;
use crate::db::{Db, PoolStats, WeakDb};
use crate::settings::SettingsError;

pub use decide::Advice;

/// Between which sizes a [`PoolTuner`] stays, and how often it looks.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct TunerOptions {
    /// From one check to the next. Default: 10 s.
    pub interval: Duration,
    /// As many connections for writes and transactions at least.
    pub min_size: usize,
    /// As many at most.
    pub max_size: usize,
}

impl TunerOptions {
    /// Between two sizes; a `max_size` below `min_size` counts as that.
    #[must_use]
    pub fn between(min_size: usize, max_size: usize) -> Self {
        Self { interval: Duration::from_secs(10), min_size, max_size: max_size.max(min_size) }
    }

    /// As `POOL_TUNER_MIN` and `POOL_TUNER_MAX` say: half of `size` and twice as much where they do not.
    ///
    /// # Errors
    /// One of them is no number, or the least is more than the most.
    pub fn from_settings(settings: &Settings, size: usize) -> Result<Self, SettingsError> {
        let min = settings.number("POOL_TUNER_MIN", 1..=100_000, (size / 2).max(1))?;
        let max = settings.number("POOL_TUNER_MAX", 1..=100_000, (2 * size).max(min))?;
        if min > max {
            let problem = format!("should be {min} (POOL_TUNER_MIN) at least, and is `{max}`");
            return Err(SettingsError::new("POOL_TUNER_MAX", problem));
        }
        Ok(Self::between(min, max))
    }
}

/// Changes how many connections for writes and transactions a database may have at most: looks every 10 s, and
///
/// - makes it a quarter more when, in two of the last three looks, more than 80 % were in use, or all were and somebody
///   waited, or somebody had waited in vain;
/// - makes it a fifth less when, in six looks in a row, less than 30 % were in use;
/// - never leaves its bounds, and does nothing else.
///
/// What it did, and why, is in the log. With the setting `POOL_TUNER` the [`Db`] of an application has one, and
/// [`Db::tuner`] is it. By default there is none: more connections than PostgreSQL has cores for make everything slower,
/// so a size that was measured is better than one that was found.
///
/// ```no_run
/// # use hyper_core::db::Db;
/// use hyper_core::health::{PoolTuner, TunerOptions};
///
/// # async fn f(db: &Db) {
/// let tuner = PoolTuner::start(db, TunerOptions::between(8, 64));
/// println!("{:?}", tuner.stats());
/// # }
/// ```
#[derive(Debug)]
pub struct PoolTuner {
    task: Task,
    stats: Arc<Mutex<TunerStats>>,
}

/// What a [`PoolTuner`] has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct TunerStats {
    /// Looks so far.
    pub checks: u64,
    /// How many connections there may be since then.
    pub size: usize,
    /// How often it made the pool larger.
    pub grown: u64,
    /// How often it made it smaller.
    pub shrunk: u64,
    /// What it found best at the last look.
    pub last: Option<Advice>,
}

impl PoolTuner {
    /// Starts to look.
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    #[must_use]
    pub fn start(db: &Db, options: TunerOptions) -> Self {
        let stats = Arc::default();
        let bounds = Bounds { min: options.min_size.max(1), max: options.max_size.max(1) };
        let task = tokio::spawn(tune(db.downgrade(), options.interval, bounds, Arc::clone(&stats)));
        Self { task: Task::new(task), stats }
    }

    /// What it has done.
    ///
    /// # Panics
    /// Never.
    #[must_use]
    pub fn stats(&self) -> TunerStats {
        *self.stats.lock().expect("no panic while held")
    }

    /// Ends it. The pool stays as large as it is.
    pub fn stop(&self) {
        self.task.stop();
    }
}

/// Looks as long as anybody has the database.
async fn tune(db: WeakDb, interval: Duration, bounds: Bounds, done: Arc<Mutex<TunerStats>>) {
    let mut ticks = ticks(interval);
    let mut samples: Vec<Sample> = Vec::with_capacity(QUIET);
    let mut timeouts = db.upgrade().map_or(0, |db| db.stats().timeouts);
    let mut told = false;
    loop {
        ticks.tick().await;
        let Some(db) = db.upgrade() else { return };
        let stats = db.stats();
        let (size, in_use) = db.places();
        let sample = Sample { size, in_use, waiters: stats.waiters, timed_out: stats.timeouts > timeouts };
        timeouts = stats.timeouts;
        if samples.len() == QUIET {
            samples.remove(0);
        }
        samples.push(sample);
        let advice = decide(&samples, bounds);
        let changed = match advice {
            Advice::Grow(to) | Advice::Shrink(to) => {
                db.resize(to);
                let changed = db.places().0 != sample.size;
                if changed {
                    say(&db, sample, stats, advice);
                    samples.clear();
                }
                changed
            }
            Advice::Full if !told => {
                let (database, waiters) = (db.url().name(), stats.waiters);
                tracing::warn!(
                    database,
                    size = sample.size,
                    waiters,
                    "the pool is as large as POOL_TUNER_MAX says, and would be larger"
                );
                false
            }
            _ => false,
        };
        told = advice == Advice::Full;
        let mut done = done.lock().expect("no panic while held");
        done.checks += 1;
        done.size = db.places().0;
        done.grown += u64::from(changed && matches!(advice, Advice::Grow(_)));
        done.shrunk += u64::from(changed && matches!(advice, Advice::Shrink(_)));
        done.last = Some(advice);
    }
}

fn say(db: &Db, sample: Sample, stats: PoolStats, advice: Advice) {
    let PoolStats { available, waiters, timeouts, .. } = stats;
    let in_use = sample.in_use;
    let utilisation = (sample.utilisation() * 100.0).round() / 100.0;
    let (from, to, database) = (sample.size, db.places().0, db.url().name());
    match advice {
        Advice::Shrink(_) => tracing::info!(
            database,
            from,
            to,
            utilisation,
            in_use,
            available,
            "the pool shrinks: little of it was in use for long"
        ),
        _ => tracing::info!(
            database,
            from,
            to,
            utilisation,
            in_use,
            available,
            waiters,
            timeouts,
            "the pool grows: nearly all of it was in use, or somebody waited"
        ),
    }
}
