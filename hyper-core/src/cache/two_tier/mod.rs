//! Two caches as one: a near one before a far one.

mod backend;
mod generations;
mod layer;
mod near;
mod recovery;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use self::generations::Generations;
use self::layer::{Layer, Voice};
use self::near::Near;
use super::backend::CacheBackend;
use super::bus::{CacheBus, Said, Subscription};
use super::stats::Counters;
use super::ttl::Ttl;

/// What instances talk about: keys that were changed.
const TOPIC: &str = "two_tier";

/// Two caches as one: what is read is looked for in the near one, `L1`, as a rule memory, and then in the far one, `L2`, as a rule
/// one that instances share. What is found there is kept near for [`l1_ttl`](Self::l1_ttl).
///
/// ```
/// use hyper_core::cache::{Cache, LocMemCache, TwoTierCache};
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// // In life a `DatabaseCache` or a cache of another machine.
/// let far = LocMemCache::default();
/// let cache = Cache::new(TwoTierCache::new(LocMemCache::new(1_000), far.clone()));
/// cache.set("answer", &42, 60).await?;
/// far.take("answer");
/// assert_eq!(cache.get::<i32>("answer").await?, Some(42));
/// # Ok::<_, hyper_core::cache::CacheError>(()) }).unwrap();
/// ```
///
/// # Between instances
///
/// Where instances share `L2`, each has its own `L1`. Of what one changes the others hear at once
/// [through a `CacheBus`](Self::shared_through). Without one they read what was there before for `l1_ttl` at most.
/// While nothing is heard on the bus, values are read from `L2`.
///
/// # When L2 is not there
///
/// `L2` has a second for an answer, and ten for many values ([`l2_timeout`](Self::l2_timeout)). Once it has failed, it is not asked
/// until it was seen to be there, which somebody looks at in the background after 0.1 s at first and 2 s at most: so nobody waits
/// for what is not there. Meanwhile what is in `L1` is read, and what is not is a miss; what is written is in `L1` alone. Each
/// time that `L2` could not be asked counts among `l2_errors`, and the log says so every ten seconds at most. With
/// [`fail_silently(false)`](Self::fail_silently) it is an error each time.
///
/// What `L2` was not told of, it is told when it is there again, before anybody reads from it: the keys that were changed
/// meanwhile are taken out of it (all of them, if they are more than 100,000). Should the program end before, `L2` has what was
/// there before, as long as its time to live.
///
/// # More than two
///
/// It is a backend itself, so `L2` can be one, too, and each layer has its own time to live:
///
/// ```
/// use std::time::Duration;
///
/// use hyper_core::cache::{Cache, LocMemCache, TwoTierCache};
///
/// # let (redis, database) = (LocMemCache::default(), LocMemCache::default());
/// let shared = TwoTierCache::new(redis, database).l1_ttl(Duration::from_secs(300));
/// let cache = Cache::new(
///     TwoTierCache::new(LocMemCache::new(1_000), shared)
///         .l1_ttl(Duration::from_secs(60))
///         .ttl(Duration::from_secs(3600)),
/// );
/// ```
pub struct TwoTierCache<L1, L2> {
    near: Arc<Near<L1>>,
    far: Arc<Layer<L2>>,
    l1_ttl: Duration,
    ttl: Ttl,
    fail_silently: bool,
    bus: Option<(CacheBus, Subscription)>,
    l1: Counters,
    l2: Counters,
    /// Whether `L1` can say at once that it has no value.
    l1_knows: AtomicBool,
}

impl<L1: CacheBackend, L2: CacheBackend> TwoTierCache<L1, L2> {
    /// A near cache before a far one.
    #[must_use]
    pub fn new(l1: L1, l2: L2) -> Self {
        Self {
            near: Arc::new(Near {
                layer: Arc::new(Layer::new(l1, "first")),
                generations: Generations::default(),
            }),
            far: Arc::new(Layer::new(l2, "second")),
            l1_ttl: Duration::from_secs(10),
            ttl: Ttl::Default,
            fail_silently: true,
            bus: None,
            l1: Counters::default(),
            l2: Counters::default(),
            l1_knows: AtomicBool::new(false),
        }
    }

    /// Sets how long values stay in `L1` at most, never longer than they were put in for, by whichever instance. Default: 10 s.
    ///
    /// `L2` says for how much longer it has what is read from it, all backends of the framework do; memcached in whole seconds, so
    /// that its last second is not kept near. One that does not say so, as it has no
    /// [`get_with_ttl`](CacheBackend::get_with_ttl), may be outlived by this time.
    #[must_use]
    pub fn l1_ttl(mut self, time: Duration) -> Self {
        self.l1_ttl = time;
        self
    }

    /// Sets how long values are kept that are put in without saying. Default: as long as `L2` does.
    #[must_use]
    pub fn ttl(mut self, ttl: impl Into<Ttl>) -> Self {
        self.ttl = ttl.into();
        self
    }

    /// Sets whether one layer does when the other fails. Default: yes. Otherwise what is asked fails as well.
    #[must_use]
    pub fn fail_silently(mut self, silently: bool) -> Self {
        self.fail_silently = silently;
        self
    }

    /// Sets how long `L2` may take to answer; ten times as long for many values. Default: 1 s.
    ///
    /// # Panics
    /// After [`shared_through`](Self::shared_through).
    #[must_use]
    pub fn l2_timeout(mut self, limit: Duration) -> Self {
        Arc::get_mut(&mut self.far).expect("nobody else has it yet").limit(limit);
        self
    }

    /// Has instances tell each other what they change, so that no other one reads what was there before: as a rule within
    /// milliseconds. Each has to have a cache of this sort with the same `L2`, and the bus of the same database.
    #[must_use]
    pub fn shared_through(mut self, bus: &CacheBus) -> Self {
        let near = Arc::downgrade(&self.near);
        let subscription = bus.on(TOPIC, move |said| {
            let Some(near) = near.upgrade() else { return };
            match said {
                Said::This(key) => near.heard(Some(key)),
                Said::Everything => near.heard(None),
            }
        });
        let voice: Voice = Box::new({
            let bus = bus.clone();
            move |key| match key {
                Some(key) => bus.say(TOPIC, key),
                None => bus.say_everything(TOPIC),
            }
        });
        let _ = self.far.voice.set(voice);
        self.bus = Some((bus.clone(), subscription));
        self
    }
}

impl<L1: CacheBackend, L2: CacheBackend> fmt::Debug for TwoTierCache<L1, L2> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TwoTierCache")
            .field("l1_ttl", &self.l1_ttl)
            .field("fail_silently", &self.fail_silently)
            .field("bus", &self.bus.as_ref().map(|(bus, _)| bus))
            .finish_non_exhaustive()
    }
}
