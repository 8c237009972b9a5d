//! Tasks that ask a cache all the time, and what became of their questions.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use hyper_core::cache::{CacheBackend, CacheError, CacheErrorKind, Content, Ttl, Value};
use tokio::task::JoinHandle;

/// No question may take longer, whatever happens: to connect and to answer twice each, and what a busy machine adds.
pub(crate) const BOUND: Duration = Duration::from_millis(3_000);

/// Until when what failed has to be there again.
const PATIENCE: Duration = Duration::from_secs(20);

/// What became of questions, since the last look.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Seen {
    pub(crate) answered: u64,
    pub(crate) failed: u64,
    /// Those of the failed that took less than 20 ms.
    pub(crate) at_once: u64,
    pub(crate) slowest: Duration,
}

pub(crate) struct Load {
    seen: Arc<Mutex<Seen>>,
    stop: Arc<AtomicBool>,
    tasks: Vec<JoinHandle<()>>,
}

impl Load {
    /// Eight tasks that write, read and count keys that begin so. What they read is what they wrote, or is not there.
    pub(crate) fn on<B: CacheBackend + Clone>(backend: &B) -> Self {
        let (seen, stop) = (Arc::<Mutex<Seen>>::default(), Arc::<AtomicBool>::default());
        let tasks = (0..8).map(|task| {
            let (backend, seen, stop) = (backend.clone(), Arc::clone(&seen), Arc::clone(&stop));
            tokio::spawn(async move {
                for round in 0_u64.. {
                    if stop.load(Relaxed) {
                        return;
                    }
                    let key = format!("load:{task}:{}", round % 50);
                    let value = Value::new(Content::Bytes(key.repeat(1 + round as usize % 400).into()));
                    let since = Instant::now();
                    let answer = match round % 5 {
                        0 => backend.set(&key, value, Ttl::FOREVER).await,
                        1 | 2 => backend.get(&key).await.map(|found| {
                            let Some(value) = found else { return };
                            let Content::Bytes(bytes) = value.content() else { panic!("{value:?}") };
                            assert!(bytes.starts_with(key.as_bytes()), "another's value");
                        }),
                        3 => backend.incr(&format!("load:{task}"), 1).await.map(|_| ()),
                        _ => backend
                            .get_many(&[&key, "load:none"])
                            .await
                            .map(|found| assert_eq!(found[1], None)),
                    };
                    let took = since.elapsed();
                    note(&seen, took, answer);
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
            })
        });
        let tasks = tasks.collect();
        Self { seen, stop, tasks }
    }

    /// What was seen since the last look.
    pub(crate) fn look(&self) -> Seen {
        std::mem::take(&mut *self.seen.lock().unwrap())
    }

    /// Waits for a condition of what was seen in the last 100 ms; all that was seen while waiting is returned.
    pub(crate) async fn until(&self, what: &str, condition: impl Fn(&Seen) -> bool) -> Seen {
        let since = Instant::now();
        let mut all = self.look();
        loop {
            tokio::time::sleep(Duration::from_millis(100)).await;
            let now = self.look();
            all.answered += now.answered;
            all.failed += now.failed;
            all.at_once += now.at_once;
            all.slowest = all.slowest.max(now.slowest);
            assert!(all.slowest < BOUND, "{what}: a question took {:?}", all.slowest);
            if condition(&now) {
                return all;
            }
            assert!(since.elapsed() < PATIENCE, "never {what}: {now:?}, in all {all:?}");
        }
    }

    /// Waits until everything is answered, and nothing fails.
    pub(crate) async fn until_well(&self) -> Seen {
        self.until("well", |seen| seen.answered > 20 && seen.failed == 0).await
    }

    /// Waits until everything fails, and nearly all at once.
    pub(crate) async fn until_skipped(&self) -> Seen {
        self.until("skipped", |seen| {
            seen.answered == 0 && seen.failed > 50 && seen.at_once * 10 > seen.failed * 7
        })
        .await
    }

    /// Ends it, and hands on what its tasks found wrong.
    pub(crate) async fn end(self) {
        self.stop.store(true, Relaxed);
        for task in self.tasks {
            task.await.unwrap();
        }
    }
}

fn note(seen: &Mutex<Seen>, took: Duration, answer: Result<(), CacheError>) {
    let mut seen = seen.lock().unwrap();
    seen.slowest = seen.slowest.max(took);
    match answer {
        Ok(()) => seen.answered += 1,
        Err(error) => {
            let source = std::error::Error::source(&error);
            assert_eq!(error.kind(), CacheErrorKind::Unavailable, "{error}: {source:?}");
            seen.failed += 1;
            seen.at_once += u64::from(took < Duration::from_millis(20));
        }
    }
}

/// A figure of a backend's first layer.
pub(crate) fn figure(backend: &impl CacheBackend, name: &str) -> u64 {
    let stats = &backend.stats()[0];
    match name {
        "errors" => stats.stats.errors,
        name => stats.more.iter().find(|(is, _)| *is == name).unwrap().1,
    }
}
