//! What is changed while it is computed: who computes it has it as it was before, and must not keep it.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::time::Duration;

use parking_lot::Mutex;

use crate::cache::within::within;

/// How long who changes a key waits for one who is just putting in what it was before. Who takes longer takes it out himself.
const LANDING: Duration = Duration::from_secs(1);

/// The keys whose values are computed now by somebody in this process who is going to keep them.
#[derive(Debug, Default)]
pub(super) struct Computations(Mutex<HashMap<String, Entry>>);

#[derive(Debug, Default)]
struct Entry {
    mark: Arc<Mark>,
    /// How many compute it.
    number: usize,
}

#[derive(Debug, Default)]
struct Mark {
    is_outdated: AtomicBool,
    /// Held by who puts a value in.
    landing: tokio::sync::Mutex<()>,
}

/// What somebody has begun to compute.
#[derive(Debug)]
pub(in crate::cache) struct Computation<'a> {
    all: &'a Computations,
    key: &'a str,
    mark: Arc<Mark>,
}

impl Computations {
    /// Before anything is read that the value depends on.
    pub(super) fn begin<'a>(&'a self, key: &'a str) -> Computation<'a> {
        let mut all = self.0.lock();
        let entry = match all.get_mut(key) {
            Some(entry) => entry,
            None => all.entry(key.to_owned()).or_default(),
        };
        entry.number += 1;
        Computation { all: self, key, mark: Arc::clone(&entry.mark) }
    }

    /// Has what was begun for these keys not be kept, with none for all keys. When this is over, nobody puts it in any more.
    pub(super) async fn outdate(&self, keys: Option<&[&str]>) {
        let outdated: Vec<Entry> = {
            let mut all = self.0.lock();
            match keys {
                Some(keys) => keys.iter().filter_map(|key| all.remove(*key)).collect(),
                None => all.drain().map(|(_, entry)| entry).collect(),
            }
        };
        if outdated.is_empty() {
            return;
        }
        outdated.iter().for_each(|entry| entry.mark.is_outdated.store(true, SeqCst));
        let landed = async {
            for entry in &outdated {
                drop(entry.mark.landing.lock().await);
            }
        };
        let _ = within(LANDING, landed).await;
    }

    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        self.0.lock().is_empty()
    }
}

impl Computation<'_> {
    /// Whether the key was changed since it was begun.
    pub(in crate::cache) fn is_outdated(&self) -> bool {
        self.mark.is_outdated.load(SeqCst)
    }

    /// Puts the value in, if the key was not changed since it was begun; none is that it was. Should that be while it is put in,
    /// and take too long, it is taken out again.
    pub(in crate::cache) async fn keep<T, U>(
        &self,
        put_in: impl Future<Output = T>,
        take_out: impl Future<Output = U>,
    ) -> Option<T> {
        // One who is never heard of again is in nobody's way for long.
        let _landing = within(LANDING, self.mark.landing.lock()).await;
        if self.is_outdated() {
            return None;
        }
        let done = put_in.await;
        if self.is_outdated() {
            take_out.await;
        }
        Some(done)
    }
}

impl Drop for Computation<'_> {
    fn drop(&mut self) {
        let mut all = self.all.0.lock();
        let Some(entry) = all.get_mut(self.key).filter(|entry| Arc::ptr_eq(&entry.mark, &self.mark)) else {
            return;
        };
        entry.number -= 1;
        if entry.number == 0 {
            all.remove(self.key);
        }
    }
}
