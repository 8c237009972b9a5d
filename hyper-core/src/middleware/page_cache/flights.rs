//! One computes a page, and the others wait.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex};

use quick_cache::sync::Cache as Bounded;
use tokio::sync::Semaphore;

/// How many pages are remembered that were not kept, so that nobody waits for them.
const ALONE: usize = 10_000;

/// The pages that are computed now.
#[derive(Debug)]
pub(super) struct Flights {
    now: Arc<Mutex<HashMap<String, Arc<Semaphore>>>>,
    /// Hashes of keys: of two with the same, nobody waits for one that could be waited for.
    alone: Bounded<u64, ()>,
    hasher: RandomState,
}

impl Default for Flights {
    fn default() -> Self {
        Self { now: Arc::default(), alone: Bounded::new(ALONE), hasher: RandomState::new() }
    }
}

/// Whose turn it is.
pub(super) enum Turn<'a> {
    /// The one who asks.
    Lead(Flight<'a>),
    /// Somebody else's.
    Wait(Landing),
}

/// A page that is computed; ends with this, also when the one who computes it goes.
pub(super) struct Flight<'a> {
    of: &'a Flights,
    key: String,
    landed: Arc<Semaphore>,
}

/// The end of somebody else's.
pub(super) struct Landing(Arc<Semaphore>);

impl Flights {
    /// Whether nobody is to wait for this: it was not kept when it was computed last.
    pub(super) fn is_alone(&self, key: &str) -> bool {
        self.alone.get(&self.hasher.hash_one(key)).is_some()
    }

    /// It was kept, by whomever: from now on one computes it, and the others wait.
    pub(super) fn kept(&self, key: &str) {
        self.alone.remove(&self.hasher.hash_one(key));
    }

    /// Takes a turn.
    pub(super) fn join(&self, key: &str) -> Turn<'_> {
        let mut now = self.now.lock().expect("no panic while held");
        if let Some(landed) = now.get(key) {
            return Turn::Wait(Landing(Arc::clone(landed)));
        }
        let landed = Arc::new(Semaphore::new(0));
        now.insert(key.to_owned(), Arc::clone(&landed));
        Turn::Lead(Flight { of: self, key: key.to_owned(), landed })
    }
}

impl Flight<'_> {
    /// It was computed, and not kept.
    pub(super) fn was_for_nothing(&self) {
        self.of.alone.insert(self.of.hasher.hash_one(self.key.as_str()), ());
    }
}

impl Drop for Flight<'_> {
    fn drop(&mut self) {
        self.of.now.lock().expect("no panic while held").remove(&self.key);
        self.landed.close();
    }
}

impl Landing {
    /// Waits for it.
    pub(super) async fn wait(self) {
        // There is never a permit: this is the end.
        drop(self.0.acquire().await);
    }
}
