//! What goes on beside the statements of a database that is a part of an application.

use std::sync::Weak;
use std::time::Duration;

use futures_util::future::join_all;

use super::pool::{Db, Pool};
use super::slow::{SlowQueryLog, SlowQueryOptions};
use super::timer::QueryTimer;
use crate::Settings;
use crate::health::{HeartbeatOptions, PoolHealthChecker, PoolHeartbeat, PoolTuner, TunerOptions};
use crate::settings::SettingsError;

/// What an application's database has running.
#[derive(Default)]
pub(super) struct Background {
    heartbeat: Option<PoolHeartbeat>,
    checker: Option<PoolHealthChecker>,
    slow: Option<SlowQueryLog>,
    tuner: Option<PoolTuner>,
    /// How long statements may take to end when it stops.
    drain: Duration,
}

/// A database that this does not keep open.
#[derive(Clone)]
pub(crate) struct WeakDb(Weak<Pool>);

impl WeakDb {
    pub(crate) fn upgrade(&self) -> Option<Db> {
        self.0.upgrade().map(Db)
    }
}

impl Db {
    /// Counts and times its statements: those on replicas are counted by [`replica_stats`](Self::replica_stats).
    #[must_use]
    pub fn timer(&self) -> &QueryTimer {
        &self.0.timer
    }

    /// Its heartbeat, where it is a part of an application and `POOL_HEARTBEAT_INTERVAL` is not 0.
    #[must_use]
    pub fn heartbeat(&self) -> Option<&PoolHeartbeat> {
        self.0.background.get()?.heartbeat.as_ref()
    }

    /// Its health checker, where it is a part of an application and `POOL_HEALTH_INTERVAL` is not 0.
    #[must_use]
    pub fn health_checker(&self) -> Option<&PoolHealthChecker> {
        self.0.background.get()?.checker.as_ref()
    }

    /// Its log of slow statements, where it is a part of an application with `SLOW_QUERY_LOG`.
    #[must_use]
    pub fn slow_query_log(&self) -> Option<&SlowQueryLog> {
        self.0.background.get()?.slow.as_ref()
    }

    /// What changes its size, where it is a part of an application with `POOL_TUNER`.
    #[must_use]
    pub fn tuner(&self) -> Option<&PoolTuner> {
        self.0.background.get()?.tuner.as_ref()
    }

    pub(crate) fn downgrade(&self) -> WeakDb {
        WeakDb(std::sync::Arc::downgrade(&self.0))
    }

    fn replicas(&self) -> impl Iterator<Item = &Self> {
        self.0.replicas.get().into_iter().flat_map(|replicas| replicas.databases())
    }

    /// Starts what the settings say.
    pub(super) fn start_background(&self, settings: &Settings) -> Result<(), SettingsError> {
        let beat = settings.seconds("POOL_HEARTBEAT_INTERVAL", 15)?;
        let check = settings.seconds("POOL_HEALTH_INTERVAL", 30)?;
        let slow = settings.flag("SLOW_QUERY_LOG", false)?.then(|| SlowQueryOptions::from_settings(settings));
        let (size, _) = self.places();
        let tuner = settings.flag("POOL_TUNER", false)?.then(|| TunerOptions::from_settings(settings, size));
        let (slow, tuner) = (slow.transpose()?, tuner.transpose()?);
        let slow = slow.map(|options| SlowQueryLog::start(self, options));
        if let Some(slow) = &slow {
            self.replicas().for_each(|replica| slow.watch(replica));
        }
        let _ = self.0.background.set(Background {
            heartbeat: (!beat.is_zero()).then(|| PoolHeartbeat::start(self, HeartbeatOptions::every(beat))),
            checker: (!check.is_zero()).then(|| PoolHealthChecker::start(self, check)),
            slow,
            tuner: tuner.map(|options| PoolTuner::start(self, options)),
            drain: settings.limits().drain,
        });
        Ok(())
    }

    /// Waits for the statements that are under way, then ends what goes on beside them.
    pub(super) async fn stop_background(&self) {
        let drain = self.0.background.get().map_or(Duration::ZERO, |background| background.drain);
        let ended = std::iter::once(self).chain(self.replicas()).map(|db| db.timer().drain(drain));
        let is_drained = join_all(ended).await.into_iter().all(|ended| ended);
        if !is_drained {
            let left: usize =
                std::iter::once(self).chain(self.replicas()).map(|db| db.timer().in_flight()).sum();
            tracing::warn!(left, database = self.url().name(), "statements took longer than DRAIN_TIMEOUT");
        }
        if let Some(bus) = self.0.bus.get() {
            // Behind the last write, so that the others hear of it. With one under way it goes without saying so: then
            // they notice that it is gone, and forget everything.
            if is_drained {
                bus.end().await;
            }
        }
        let Some(background) = self.0.background.get() else { return };
        if let Some(heartbeat) = &background.heartbeat {
            heartbeat.stop();
        }
        if let Some(checker) = &background.checker {
            checker.stop();
        }
        if let Some(tuner) = &background.tuner {
            tuner.stop();
        }
        if let Some(slow) = &background.slow {
            std::iter::once(self).chain(self.replicas()).for_each(|db| db.timer().tell(None));
            slow.stop().await;
        }
    }
}
