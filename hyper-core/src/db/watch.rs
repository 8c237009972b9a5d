//! The thread that looks at lanes: which of them are held by a statement that takes long.
//!
//! It sleeps while nothing is under way on any of them, so that an idle process does nothing.

use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{LazyLock, Mutex, Weak};
use std::thread::{self, Thread};
use std::time::Duration;

use super::pool::Pool;

/// Between two looks.
const INTERVAL: Duration = Duration::from_millis(5);
/// So many looks without a statement, and it sleeps.
const PATIENCE: u32 = 20;

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
    let mut quiet = 0;
    loop {
        if look() {
            quiet = 0;
        } else {
            quiet += 1;
        }
        if quiet < PATIENCE {
            thread::sleep(INTERVAL);
            continue;
        }
        quiet = 0;
        ASLEEP.store(true, SeqCst);
        // One that was sent before it could know whom to wake.
        if look() {
            ASLEEP.store(false, SeqCst);
            continue;
        }
        while ASLEEP.load(SeqCst) {
            thread::park();
        }
    }
}

/// Whether a statement is under way on any lane.
fn look() -> bool {
    // Not under the lock: the last handle of a pool may go here.
    let pools: Vec<_> = POOLS.lock().expect("no panic while held").iter().filter_map(Weak::upgrade).collect();
    pools.iter().fold(false, |busy, pool| pool.look_at_lanes() | busy)
}
