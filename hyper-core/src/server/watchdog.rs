//! Names handlers that hold their thread, and sees to it that the others go on.
//!
//! A worker writes into its slot which route it works on, and that it is done with it: two plain
//! stores a poll, and no look at a clock. A thread of the server's looks at the slots every few
//! milliseconds; one that shows the same work all the while is held.

use std::cell::{Cell, OnceCell};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::runtime::Handle;

use super::registry::Counters;
use crate::routing::Tree;

/// Which application a slot speaks of, and which of its routes, with the number of the poll:
/// `poll << 32 | site << 16 | route + 1`. Route 0 is not known yet, site 0 is nobody: the thread is idle.
type Word = u64;

const ROUTE: u64 = 0xffff;

/// Between two looks.
const INTERVAL: Duration = Duration::from_millis(4);

fn site(word: Word) -> u16 {
    ((word >> 16) & 0xffff) as u16
}

/// What one thread works on.
#[derive(Debug, Default)]
pub(super) struct Slot {
    id: usize,
    word: AtomicU64,
    /// The watchdog has found it held.
    held: AtomicBool,
}

/// All slots, and those of them whose threads are gone. They are never freed, but used again, so that a
/// thread reaches its own without asking anybody.
#[derive(Default)]
struct Slots {
    all: Vec<&'static Slot>,
    free: Vec<&'static Slot>,
}

static SLOTS: Mutex<Slots> = Mutex::new(Slots { all: Vec::new(), free: Vec::new() });

thread_local! {
    static OWN: Cell<Option<&'static Slot>> = const { Cell::new(None) };
    /// Gives the slot back when the thread ends.
    static LENT: OnceCell<Lent> = const { OnceCell::new() };
}

struct Lent(&'static Slot);

impl Drop for Lent {
    fn drop(&mut self) {
        OWN.set(None);
        self.0.word.store(0, Relaxed);
        self.0.held.store(false, Relaxed);
        slots().free.push(self.0);
    }
}

fn slots() -> MutexGuard<'static, Slots> {
    SLOTS.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Slot {
    /// That of the calling thread.
    #[inline]
    pub(super) fn own() -> &'static Self {
        OWN.get().unwrap_or_else(Self::lend)
    }

    #[cold]
    fn lend() -> &'static Self {
        let mut slots = slots();
        let slot = slots.free.pop().unwrap_or_else(|| {
            let slot: &Self = Box::leak(Box::new(Self { id: slots.all.len(), ..Self::default() }));
            slots.all.push(slot);
            slot
        });
        // A thread that is at its end has none to keep it, and gives none back.
        let _ = LENT.try_with(|lent| lent.set(Lent(slot)));
        OWN.set(Some(slot));
        slot
    }

    /// Whether its thread is known to be held by a handler.
    pub(super) fn is_held(&self) -> bool {
        self.held.load(Relaxed)
    }
}

/// A number for an application, by which slots name it.
pub(crate) fn new_site() -> u16 {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    (NEXT.fetch_add(1, Relaxed) % 0xffff) as u16 + 1
}

/// One request's view of it.
#[derive(Debug)]
pub(crate) struct Watched {
    site: u16,
    /// The route, as far as it is known after the last poll.
    route: u16,
}

impl Watched {
    pub(crate) fn new(site: u16) -> Self {
        Self { site, route: 0 }
    }

    /// Does a piece of the work on a request.
    #[inline]
    pub(crate) fn poll<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let begun = (u64::from(self.site) << 16) | u64::from(self.route);
        let word = &Slot::own().word;
        word.store((((word.load(Relaxed) >> 32) + 1) << 32) | begun, Relaxed);
        let result = work();
        let done = word.load(Relaxed);
        word.store(done & !0xffff_ffff, Relaxed);
        self.route = (done & ROUTE) as u16;
        result
    }
}

/// The route of the request that this thread works on has been found.
#[inline]
pub(crate) fn found_route(index: usize) {
    // More routes than that share the name of the unknown.
    let route = u64::try_from(index + 1).ok().filter(|route| *route <= ROUTE).unwrap_or_default();
    let word = &Slot::own().word;
    word.store((word.load(Relaxed) & !ROUTE) | route, Relaxed);
}

/// The one who looks.
pub(super) struct Watchdog {
    site: u16,
    tree: &'static Tree,
    threshold: Duration,
    /// The runtime whose threads take work from each other.
    shared: Option<Handle>,
    seen: HashMap<usize, Seen>,
}

/// What a slot showed, since when, and whether that was reported.
#[derive(Clone, Copy)]
struct Seen {
    word: Word,
    since: Instant,
    reported: bool,
}

impl Watchdog {
    pub(super) fn new(site: u16, tree: &'static Tree, threshold: Duration, shared: Option<Handle>) -> Self {
        Self { site, tree, threshold, shared, seen: HashMap::new() }
    }

    /// How long it sleeps between two looks.
    pub(super) fn interval(&self) -> Duration {
        (self.threshold / 5).clamp(Duration::from_millis(1), INTERVAL)
    }

    /// Looks at all threads.
    pub(super) fn look(&mut self, counters: &Counters) {
        let slots = slots();
        let is_ours = |slot: &&Slot| site(slot.word.load(Relaxed)) == self.site;
        if self.seen.is_empty() && !slots.all.iter().any(is_ours) {
            return;
        }
        let slots = slots.all.clone();
        let now = Instant::now();
        for slot in &slots {
            let word = slot.word.load(Relaxed);
            let before = self.seen.remove(&slot.id);
            // The route may have been found in the meantime; it is the same work all the same.
            let same = before.filter(|before| (before.word ^ word) & !ROUTE == 0);
            if let (Some(Seen { word, since, reported: true }), None) = (before, same) {
                slot.held.store(false, Relaxed);
                self.report("a handler has let go of its thread", word, now - since);
            }
            if site(word) != self.site {
                continue;
            }
            if same.is_some() {
                self.wake_another();
            }
            let Seen { since, mut reported, .. } = same.unwrap_or(Seen { word, since: now, reported: false });
            if !reported && now - since >= self.threshold {
                reported = true;
                slot.held.store(true, Relaxed);
                counters.blocked.fetch_add(1, Relaxed);
                self.report(
                    "a handler holds its thread, and with it other requests; \
                     tokio::task::spawn_blocking is for such work",
                    word,
                    now - since,
                );
            }
            self.seen.insert(slot.id, Seen { word, since, reported });
        }
    }

    /// Gives the threads that sleep something to wake up for.
    ///
    /// tokio's thread that waits for all sockets is the one that runs what comes from them. If that is a
    /// single handler, the others sleep on, and nobody waits for sockets until it lets go. One that wakes up
    /// finds nothing to do, and then waits for sockets itself.
    fn wake_another(&self) {
        if let Some(runtime) = &self.shared {
            drop(runtime.spawn(async {}));
        }
    }

    fn report(&self, what: &str, word: Word, time: Duration) {
        tracing::warn!(route = self.route(word), milliseconds = time.as_millis() as u64, "{what}");
    }

    /// `GET /reports/{year} site::report`.
    fn route(&self, word: Word) -> String {
        let index = (word & ROUTE).checked_sub(1).and_then(|index| usize::try_from(index).ok());
        match index.and_then(|index| self.tree.routes.get(index)) {
            Some(route) => format!("{} {} {}", route.def.verb.as_str(), route.path(), route.def.name),
            None => "middleware, before the route was found".to_owned(),
        }
    }
}
