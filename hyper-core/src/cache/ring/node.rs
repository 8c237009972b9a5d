//! A node of a ring: its backend, whether it is asked, and what it has missed.

use std::collections::HashSet;
use std::mem;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use crate::alarm::Alarm;
use crate::cache::backend::CacheBackend;
use crate::cache::error::CacheError;
use crate::cache::gate::{Gate, Pass};
use crate::cache::stats::{CacheStats, LayerStats};

/// How many keys are remembered for a node that is down. Of more it forgets everything.
const MOST: usize = 10_000;

/// How long a node that is there again may take to do what it found waiting.
const LATE: Duration = Duration::from_secs(1);

pub(super) struct Node<B> {
    pub(super) name: Arc<str>,
    pub(super) weight: u32,
    pub(super) backend: Arc<B>,
    pub(super) gate: Arc<Gate>,
    pub(super) missed: Arc<Mutex<Missed>>,
    /// What it was sent and has not answered: it may still do it.
    pub(super) in_doubt: Arc<Mutex<Missed>>,
    /// Keys of its own that another node was asked for.
    pub(super) moved: Arc<AtomicU64>,
}

/// What was written elsewhere while a node was down: what it has of that is out of date.
#[derive(Debug, Default)]
pub(super) enum Missed {
    #[default]
    Nothing,
    Keys(HashSet<Box<str>>),
    TooMuch,
}

impl Missed {
    pub(super) fn add(&mut self, key: &str) {
        match self {
            Self::Nothing => *self = Self::Keys([key.into()].into()),
            Self::Keys(keys) if keys.len() >= MOST => *self = Self::TooMuch,
            Self::Keys(keys) => {
                keys.insert(key.into());
            }
            Self::TooMuch => {}
        }
    }

    /// Puts back what could not be made good.
    fn add_all(&mut self, other: Self) {
        match other {
            Self::Nothing => {}
            Self::Keys(keys) => keys.iter().for_each(|key| self.add(key)),
            Self::TooMuch => *self = Self::TooMuch,
        }
    }
}

/// Another weight, the same node.
impl<B> Clone for Node<B> {
    fn clone(&self) -> Self {
        Self {
            name: Arc::clone(&self.name),
            weight: self.weight,
            backend: Arc::clone(&self.backend),
            gate: Arc::clone(&self.gate),
            missed: Arc::clone(&self.missed),
            in_doubt: Arc::clone(&self.in_doubt),
            moved: Arc::clone(&self.moved),
        }
    }
}

impl<B: CacheBackend> Node<B> {
    /// Has a node that is there again forget what is out of date, as far as is known here. Returns the keys that it missed.
    ///
    /// # Errors
    /// It is not there.
    pub(super) async fn make_good(&self) -> Result<Vec<Box<str>>, CacheError> {
        let missed = mem::take(&mut *self.missed.lock());
        let done = match &missed {
            Missed::Nothing => Ok(()),
            Missed::Keys(keys) => {
                let keys: Vec<&str> = keys.iter().map(|key| &**key).collect();
                self.backend.delete_many(&keys).await.map(|_| ())
            }
            Missed::TooMuch => self.backend.clear().await,
        };
        match (done, missed) {
            (Ok(()), Missed::Keys(keys)) => Ok(keys.into_iter().collect()),
            (Ok(()), _) => Ok(Vec::new()),
            (Err(error), missed) => {
                self.missed.lock().add_all(missed);
                Err(error)
            }
        }
    }

    /// Has it forget once more, a moment later, what it was sent and had not answered: it finds that when it goes on, and may do
    /// it after it was told to forget it.
    pub(super) fn forget_late(&self) {
        let keys = match mem::take(&mut *self.in_doubt.lock()) {
            Missed::Nothing => return,
            Missed::Keys(keys) => Some(keys),
            Missed::TooMuch => None,
        };
        let backend = Arc::clone(&self.backend);
        tokio::spawn(async move {
            Alarm::at(Instant::now() + LATE).await;
            // Nothing is lost if it is down again: then it is all to come once more.
            let _ = match keys {
                Some(keys) => {
                    let keys: Vec<&str> = keys.iter().map(|key| &**key).collect();
                    backend.delete_many(&keys).await.map(drop)
                }
                None => backend.clear().await,
            };
        });
    }

    /// Lets a question through; none is to ask another node.
    pub(super) fn enter(&self) -> Option<Pass> {
        self.gate.enter()
    }

    pub(super) fn stats(&self, points: usize) -> Vec<LayerStats> {
        let mut layers = self.backend.stats();
        if layers.is_empty() {
            layers.push(LayerStats::new("node", CacheStats::default()));
        }
        let first = layers.remove(0);
        let first = first
            .with("points", points as u64)
            .with("is_down", u64::from(!self.gate.is_open()))
            .with("times_down", self.gate.times_shut())
            .with("moved", self.moved.load(Relaxed));
        layers.insert(0, first);
        layers.into_iter().map(|layer| layer.inside(&format!("ring/{}", self.name))).collect()
    }
}
