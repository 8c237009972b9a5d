//! One of the two layers: asked for so long, and left alone while it is not there.

use std::collections::HashSet;
use std::sync::atomic::{
    AtomicBool, AtomicU64,
    Ordering::{Relaxed, SeqCst},
};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use crate::cache::backend::CacheBackend;
use crate::cache::error::{CacheError, CacheErrorKind};
use crate::cache::within::within;

/// How much longer what is about many values may take.
pub(super) const MANY: u32 = 10;

/// How many keys a layer can owe. With more, it owes all that it has.
const MOST_OWED: usize = 100_000;

/// How often the log says that a layer is not there.
const SAID: Duration = Duration::from_secs(10);

/// What is told of keys: one, or with none all.
pub(super) type Voice = Box<dyn Fn(Option<&str>) + Send + Sync>;

pub(super) struct Layer<B> {
    pub(super) backend: B,
    /// `first` or `second`.
    name: &'static str,
    limit: Duration,
    /// It is not asked until it was seen to be there.
    pub(super) closed: AtomicBool,
    /// Somebody looks whether it is there.
    pub(super) recovering: AtomicBool,
    pub(super) owed: Mutex<Owed>,
    /// Who else has to know what it owed, when it is paid.
    pub(super) voice: OnceLock<Voice>,
    errors: AtomicU64,
    said: Mutex<Option<Instant>>,
}

/// What a layer was not told: these keys were changed, and it may have what they were before.
#[derive(Debug, Default)]
pub(super) struct Owed {
    pub(super) keys: HashSet<String>,
    pub(super) all: bool,
}

impl Owed {
    pub(super) fn is_empty(&self) -> bool {
        self.keys.is_empty() && !self.all
    }

    pub(super) fn add<'k>(&mut self, keys: impl IntoIterator<Item = &'k str>) {
        if !self.all {
            self.keys.extend(keys.into_iter().map(str::to_owned));
        }
        if self.keys.len() > MOST_OWED {
            self.add_all();
        }
    }

    pub(super) fn add_all(&mut self) {
        *self = Self { keys: HashSet::new(), all: true };
    }
}

/// Whether the layer failed. A value that is no number is an answer like others.
pub(super) fn is_failure(error: &CacheError) -> bool {
    error.kind() != CacheErrorKind::NotANumber
}

/// Whether it is not there, or does not work. What is wrong with one value, such as its size, is nothing with the next.
pub(super) fn is_outage(error: &CacheError) -> bool {
    matches!(error.kind(), CacheErrorKind::Unavailable | CacheErrorKind::Other)
}

impl<B: CacheBackend> Layer<B> {
    pub(super) fn new(backend: B, name: &'static str) -> Self {
        Self {
            backend,
            name,
            limit: Duration::from_secs(1),
            closed: AtomicBool::new(false),
            recovering: AtomicBool::new(false),
            owed: Mutex::default(),
            voice: OnceLock::new(),
            errors: AtomicU64::new(0),
            said: Mutex::default(),
        }
    }

    pub(super) fn limit(&mut self, limit: Duration) {
        self.limit = limit;
    }

    /// How often it failed, or was not asked as it had failed just before.
    pub(super) fn errors(&self) -> u64 {
        self.errors.load(Relaxed)
    }

    pub(super) fn is_open(&self) -> bool {
        !self.closed.load(SeqCst)
    }

    /// Asks it, for so many times the usual limit at most.
    pub(super) async fn ask<T>(
        self: &Arc<Self>,
        times: u32,
        question: impl Future<Output = Result<T, CacheError>>,
    ) -> Result<T, CacheError> {
        if !self.is_open() {
            // The runtime of who looked may have ended.
            if !self.recovering.load(SeqCst) {
                self.close();
            }
            self.errors.fetch_add(1, Relaxed);
            let problem = format!("the {} layer of a cache was not there just now", self.name);
            return Err(CacheError::new(CacheErrorKind::Unavailable, problem));
        }
        let outcome = self.in_time(times, question).await;
        if let Err(error) = &outcome
            && is_failure(error)
        {
            self.errors.fetch_add(1, Relaxed);
            self.say(error);
            if is_outage(error) {
                self.close();
            }
        }
        outcome
    }

    /// Waits for an answer for so many times the usual limit at most.
    pub(super) async fn in_time<T>(
        &self,
        times: u32,
        question: impl Future<Output = Result<T, CacheError>>,
    ) -> Result<T, CacheError> {
        let limit = self.limit * times;
        within(limit, question).await.unwrap_or_else(|| {
            let problem = format!("the {} layer of a cache has not answered within {limit:?}", self.name);
            Err(CacheError::new(CacheErrorKind::Unavailable, problem))
        })
    }

    /// It has refused to change these keys, or failed: what they were before is taken out of it, now or before it is asked again.
    pub(super) async fn make_good(self: &Arc<Self>, keys: &[&str], error: &CacheError) {
        if !is_failure(error) {
            return;
        }
        let is_owed = is_outage(error) || self.ask(MANY, self.backend.delete_many(keys)).await.is_err();
        if is_owed {
            self.owe(keys.iter().copied());
        }
    }

    /// It may have what these keys were before, or has not heard of what they are: they are taken out of it before it is asked
    /// again.
    pub(super) fn owe<'k>(self: &Arc<Self>, keys: impl IntoIterator<Item = &'k str>) {
        self.owed.lock().expect("no panic while held").add(keys);
        self.close();
    }

    /// The same with all of them.
    pub(super) fn owe_all(self: &Arc<Self>) {
        self.owed.lock().expect("no panic while held").add_all();
        self.close();
    }

    fn say(&self, error: &CacheError) {
        let mut said = self.said.lock().expect("no panic while held");
        if said.is_none_or(|said| said.elapsed() >= SAID) {
            *said = Some(Instant::now());
            drop(said);
            let error = error as &dyn std::error::Error;
            tracing::warn!(error, errors = self.errors(), "the {} layer of a cache fails", self.name);
        }
    }
}
