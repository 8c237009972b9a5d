//! All connections of a server, for the sweeper and for stopping.

use std::collections::HashMap;
use std::sync::atomic::Ordering::{Relaxed, SeqCst};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use super::state::State;
use super::stopping::Stopping;
#[cfg(feature = "tls")]
use super::tls::Tls;
use super::watchdog::Watchdog;
use crate::clock;
use crate::settings::{Limits, Settings, SettingsError};

/// How often all connections are looked at.
const SWEEP: Duration = Duration::from_secs(1);
/// How often it is looked whether a connection has woken up.
const DOZE: Duration = Duration::from_millis(50);

/// What a new connection has for its first request when the server stops: it may be on its way.
pub(super) const FIRST_REQUEST: Duration = Duration::from_secs(1);

/// What is counted as long as a server runs.
#[derive(Debug, Default)]
pub(super) struct Counters {
    pub(super) accepted: AtomicU64,
    /// Handlers that held their thread for too long.
    pub(super) blocked: AtomicU64,
}

/// The connections of a server and what they have in common.
#[derive(Debug)]
pub(super) struct Registry {
    connections: Mutex<HashMap<u64, Arc<State>>>,
    next: AtomicU64,
    stopping: AtomicBool,
    /// The same, for who waits for it.
    begun: Stopping,
    emptied: Notify,
    /// Connections that were accepted and have not entered yet.
    coming: AtomicUsize,
    pub(super) limits: Limits,
    pub(super) max_body_size: usize,
    pub(super) counters: Counters,
    /// Connections that hold what a request needs.
    pub(super) awake: AtomicUsize,
    #[cfg(feature = "tls")]
    pub(super) tls: Option<Tls>,
}

impl Registry {
    pub(super) fn new(settings: &Settings) -> Result<Arc<Self>, SettingsError> {
        Ok(Arc::new(Self {
            connections: Mutex::default(),
            next: AtomicU64::new(0),
            stopping: AtomicBool::new(false),
            begun: Stopping::default(),
            emptied: Notify::new(),
            coming: AtomicUsize::new(0),
            limits: settings.limits(),
            max_body_size: settings.max_body_size(),
            counters: Counters::default(),
            awake: AtomicUsize::new(0),
            #[cfg(feature = "tls")]
            tls: settings.server().tls.as_ref().map(Tls::new).transpose()?,
        }))
    }

    fn with<T>(&self, f: impl FnOnce(&mut HashMap<u64, Arc<State>>) -> T) -> T {
        f(&mut self.connections.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Counts a connection that is on its way to a thread, so that stopping waits for it.
    pub(super) fn expect_one(self: &Arc<Self>) -> Coming {
        self.coming.fetch_add(1, SeqCst);
        Coming(Arc::clone(self))
    }

    /// Adds a connection until the entry is dropped.
    pub(super) fn enter(self: &Arc<Self>, state: Arc<State>) -> Entry {
        let id = self.next.fetch_add(1, Relaxed);
        self.with(|connections| connections.insert(id, state));
        Entry { registry: Arc::clone(self), id }
    }

    /// Counts a connection as awake until this is dropped.
    pub(super) fn wake_one(&self) -> Awake<'_> {
        self.awake.fetch_add(1, Relaxed);
        Awake(&self.awake)
    }

    #[inline]
    pub(super) fn is_stopping(&self) -> bool {
        self.stopping.load(Relaxed)
    }

    pub(super) fn len(&self) -> usize {
        self.with(|connections| connections.len())
    }

    /// From now on connections close after the request they are in, idle ones at once.
    pub(super) fn stop(&self) {
        self.stopping.store(true, Relaxed);
        self.begun.begin();
        self.with(|connections| connections.values().for_each(|state| state.wake()));
    }

    /// Waits until a connection that has not asked anything is given up because the server stops.
    #[cfg(feature = "tls")]
    pub(super) async fn first_requests_are_over(&self) {
        self.begun.begun().await;
        tokio::time::sleep(FIRST_REQUEST.min(self.limits.drain)).await;
    }

    /// Ends all connections, whatever they do. Returns how many there were.
    pub(super) fn cut(&self) -> usize {
        self.with(|connections| {
            connections.values().for_each(|state| state.expire());
            connections.len() + self.coming.load(SeqCst)
        })
    }

    /// Waits until there is no connection left.
    pub(super) async fn empty(&self) {
        loop {
            let emptied = self.emptied.notified();
            // In this order: who comes enters first, and has come then.
            if self.coming.load(SeqCst) == 0 && self.len() == 0 {
                return;
            }
            emptied.await;
        }
    }

    /// Moves the clock on once a second and wakes the connections that are over their time, as long
    /// as the registry is there. In between it looks whether a handler holds its thread.
    ///
    /// A thread of its own, for a timer in the runtime would make every turn of its workers look at
    /// the clock.
    pub(super) fn sweep(registry: &Arc<Self>, mut watchdog: Option<Watchdog>) -> std::io::Result<()> {
        clock::advance();
        let registry = Arc::downgrade(registry);
        let sweep = move || {
            let mut swept = None::<Instant>;
            while let Some(registry) = registry.upgrade() {
                if swept.is_none_or(|swept| swept.elapsed() >= SWEEP) {
                    swept = Some(Instant::now());
                    let now = clock::advance();
                    registry.with(|connections| connections.values().for_each(|state| state.check(now)));
                    #[cfg(feature = "tls")]
                    if let Some(tls) = &registry.tls {
                        tls.reload_if_written();
                    }
                }
                let pause = match &mut watchdog {
                    None => SWEEP,
                    Some(watchdog) => {
                        watchdog.look(&registry.counters);
                        // Where all connections rest, no handler runs.
                        if registry.awake.load(Relaxed) == 0 { DOZE } else { watchdog.interval() }
                    }
                };
                drop(registry);
                std::thread::sleep(pause);
            }
        };
        std::thread::Builder::new().name("sweeper".to_owned()).spawn(sweep).map(drop)
    }
}

/// A connection on its way.
#[derive(Debug)]
pub(super) struct Coming(Arc<Registry>);

impl Coming {
    pub(super) fn registry(&self) -> &Arc<Registry> {
        &self.0
    }
}

impl Drop for Coming {
    fn drop(&mut self) {
        self.0.coming.fetch_sub(1, SeqCst);
        self.0.emptied.notify_waiters();
    }
}

/// A connection's place in the registry.
#[derive(Debug)]
pub(super) struct Entry {
    registry: Arc<Registry>,
    id: u64,
}

impl Drop for Entry {
    fn drop(&mut self) {
        let empty = self.registry.with(|connections| {
            connections.remove(&self.id);
            connections.is_empty()
        });
        if empty {
            self.registry.emptied.notify_waiters();
        }
    }
}

/// One of the connections that are awake.
#[derive(Debug)]
pub(super) struct Awake<'a>(&'a AtomicUsize);

impl Drop for Awake<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}
