//! Warming at intervals.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::CacheWarmer;
use crate::alarm::Alarm;

/// A cache that is warmed at intervals, for as long as this lives: [`CacheWarmer::every`].
#[derive(Debug)]
#[must_use = "it ends when it is dropped"]
pub struct Warming {
    task: JoinHandle<()>,
    rounds: watch::Receiver<u64>,
}

impl CacheWarmer {
    /// Warms now, and then again and again: `time` after it began, or at once if it took longer than that. The closure is
    /// given the warmer. What panics in it is logged, and tried again at the next time.
    ///
    /// It ends when what is returned is dropped or [stopped](Warming::stop). As a part of an application:
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use hyper_core::cache::{Cache, CacheWarmer, Warming};
    /// use hyper_core::{Component, Error, Result, Settings};
    ///
    /// # async fn profile(_: u32) -> Result<String> { Ok(String::new()) }
    /// struct Profiles(Warming);
    ///
    /// impl Component for Profiles {
    ///     async fn start(settings: &Settings) -> Result<Self> {
    ///         let cache = <Cache as Component>::start(settings).await?;
    ///         let warmer = CacheWarmer::new(&cache).ttl(3600).one_instance_per(Duration::from_secs(1500));
    ///         Ok(Self(warmer.every(Duration::from_secs(1800), async move |warmer| {
    ///             let each = async |id| Ok::<_, Error>((("profile", id), profile(id).await?));
    ///             warmer.warm("profiles", 1..=100, each).await;
    ///         })))
    ///     }
    ///
    ///     async fn stop(&self) {
    ///         self.0.stop().await;
    ///     }
    /// }
    /// ```
    pub fn every<F: Future<Output = ()> + Send + 'static>(
        self,
        time: Duration,
        job: impl Fn(Self) -> F + Send + Sync + 'static,
    ) -> Warming {
        let (done, rounds) = watch::channel(0);
        let task = tokio::spawn(async move {
            loop {
                let next = Instant::now().checked_add(time);
                // Not one that has no end, if it is called with no time at all.
                let next = next.map(|next| next.max(Instant::now() + Duration::from_millis(1)));
                let round = AssertUnwindSafe(async { job(self.clone()).await }).catch_unwind().await;
                if let Err(panic) = round {
                    tracing::error!(panic = text(&*panic), "warming the cache has panicked");
                }
                done.send_modify(|rounds| *rounds += 1);
                let Some(next) = next else { return std::future::pending().await };
                Alarm::at(next).await;
            }
        });
        Warming { task, rounds }
    }
}

fn text(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&'static str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message")
}

impl Warming {
    /// Waits until it has warmed for the first time, for sites that take no requests before.
    pub async fn first(&self) {
        let _ = self.rounds.clone().wait_for(|rounds| *rounds > 0).await;
    }

    /// How often it has warmed.
    #[must_use]
    pub fn rounds(&self) -> u64 {
        *self.rounds.borrow()
    }

    /// Ends it, also half-way, and returns when it has ended.
    pub async fn stop(&self) {
        self.task.abort();
        let mut rounds = self.rounds.clone();
        // The task has the other end.
        while rounds.changed().await.is_ok() {}
    }
}

impl Drop for Warming {
    fn drop(&mut self) {
        self.task.abort();
    }
}
