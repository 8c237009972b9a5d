//! The thread that looks at lanes: which of them are held by a statement that takes long; and at all connections: on which
//! of them PostgreSQL owes an answer and says nothing.
//!
//! While nothing is under way on any of them it sleeps, but for a look once a second at those that are old or not used.

use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, LazyLock, Mutex, Weak};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use super::pool::Pool;
use crate::clock;

/// Between two looks.
const INTERVAL: Duration = Duration::from_millis(5);
/// So many looks without a statement, and it sleeps.
const PATIENCE: u32 = 20;
/// How long it sleeps at most.
const REST: Duration = Duration::from_secs(1);

/// Between two looks at whether PostgreSQL says something.
const LISTENS: Duration = Duration::from_millis(50);
/// How long it sleeps where something is under way that may not take for ever; and where a pool has a limit for all.
const NAP: Duration = Duration::from_millis(100);
const LIGHT_REST: Duration = Duration::from_millis(250);

static ASLEEP: AtomicBool = AtomicBool::new(false);
static POOLS: Mutex<Vec<Weak<Pool>>> = Mutex::new(Vec::new());
static THREAD: LazyLock<Option<Thread>> = LazyLock::new(|| {
    let thread = thread::Builder::new().name("db-watch".to_owned()).spawn(watch);
    thread
        .inspect_err(|error| tracing::error!(%error, "nobody watches for long statements"))
        .ok()
        .map(|thread| thread.thread().clone())
});

/// Has the lanes of a pool looked at for as long as it is there.
pub(super) fn look_at(pool: Weak<Pool>) {
    let mut pools = POOLS.lock().expect("no panic while held");
    pools.retain(|pool| pool.strong_count() > 0);
    pools.push(pool);
    LazyLock::force(&THREAD);
}

/// A statement is under way.
#[inline]
pub(super) fn wake() {
    if ASLEEP.load(SeqCst) {
        rouse();
    }
}

#[cold]
fn rouse() {
    ASLEEP.store(false, SeqCst);
    if let Some(thread) = &*THREAD {
        thread.unpark();
    }
}

fn watch() {
    let (mut quiet, mut second) = (0, 0);
    let (mut listened, mut rest) = (Instant::now(), REST);
    loop {
        let now = clock::advance();
        if now != second {
            second = now;
            pools().iter().for_each(|pool| pool.look_after(now));
        }
        let passed = listened.elapsed();
        if passed >= LISTENS {
            listened = Instant::now();
            rest = listen(passed);
        }
        quiet = if look() { 0 } else { quiet + 1 };
        if quiet < PATIENCE {
            thread::sleep(INTERVAL);
            continue;
        }
        ASLEEP.store(true, SeqCst);
        // One that was sent before it could know that there is somebody to wake.
        if !look() {
            thread::park_timeout(rest);
        }
        ASLEEP.store(false, SeqCst);
    }
}

/// Whether a statement is under way on any lane.
fn look() -> bool {
    pools().iter().fold(false, |busy, pool| pool.look_at_lanes() | busy)
}

/// Looks at which connections PostgreSQL says nothing, so much time after the last look. How long until the next.
fn listen(passed: Duration) -> Duration {
    let rest = |pool: &Arc<Pool>| match pool.pulses.look(passed) {
        true => NAP,
        false if pool.options.query_timeout.is_zero() => REST,
        false => LIGHT_REST,
    };
    pools().iter().map(rest).min().unwrap_or(REST)
}

/// Those that are there. Not under the lock: the last handle of one may go here.
fn pools() -> Vec<Arc<Pool>> {
    POOLS.lock().expect("no panic while held").iter().filter_map(Weak::upgrade).collect()
}
