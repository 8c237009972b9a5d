//! The way from the statements to the writer: of limited length, and nobody waits at its entry.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use tokio::sync::{mpsc, oneshot};

use super::SlowQueryStats;

/// A statement that took long.
#[derive(Debug)]
pub(super) struct Slow {
    pub(super) sql: String,
    pub(super) millis: f32,
    pub(super) params: String,
    pub(super) at: SystemTime,
}

/// What goes through the queue.
pub(super) enum Entry {
    Slow(Slow),
    /// Tells who waits that all before it is done with.
    Mark(oneshot::Sender<()>),
}

#[derive(Debug, Default)]
pub(super) struct Counters {
    written: AtomicU64,
    dropped: AtomicU64,
}

impl Counters {
    pub(super) fn add_written(&self, rows: u64) {
        self.written.fetch_add(rows, Relaxed);
    }

    pub(super) fn add_dropped(&self, statements: u64) {
        self.dropped.fetch_add(statements, Relaxed);
    }

    pub(super) fn written(&self) -> u64 {
        self.written.load(Relaxed)
    }

    pub(super) fn dropped(&self) -> u64 {
        self.dropped.load(Relaxed)
    }
}

pub(super) struct Queue {
    /// None once it is closed.
    sender: Mutex<Option<mpsc::Sender<Entry>>>,
    pub(super) counters: Arc<Counters>,
}

impl Queue {
    pub(super) fn new(length: usize) -> (Self, mpsc::Receiver<Entry>) {
        let (sender, receiver) = mpsc::channel(length);
        (Self { sender: Some(sender).into(), counters: Arc::default() }, receiver)
    }

    fn sender(&self) -> Option<mpsc::Sender<Entry>> {
        self.sender.lock().expect("no panic while held").clone()
    }

    /// Puts one in, or counts that there was no room. Without room it is not even made.
    pub(super) fn put(&self, slow: impl FnOnce() -> Slow) {
        let sender = self.sender();
        match sender.as_ref().and_then(|sender| sender.try_reserve().ok()) {
            Some(place) => place.send(Entry::Slow(slow())),
            None => self.counters.add_dropped(1),
        }
    }

    pub(super) async fn flush(&self) {
        let Some(sender) = self.sender() else { return };
        let (done, told) = oneshot::channel();
        if sender.send(Entry::Mark(done)).await.is_ok() {
            let _ = told.await;
        }
    }

    pub(super) fn close(&self) {
        *self.sender.lock().expect("no panic while held") = None;
    }

    pub(super) fn stats(&self) -> SlowQueryStats {
        let queued = self.sender().map_or(0, |sender| sender.max_capacity() - sender.capacity());
        self.counters.stats(queued)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_room_is_counted_and_not_kept() {
        let (queue, mut receiver) = Queue::new(10);
        let mut made = 0;
        for _ in 0..100_000 {
            queue.put(|| {
                made += 1;
                Slow { sql: "x".repeat(2000), millis: 1.0, params: String::new(), at: SystemTime::now() }
            });
        }
        assert_eq!(made, 10);
        assert_eq!(queue.stats(), SlowQueryStats { written: 0, dropped: 99_990, queued: 10 });
        queue.close();
        let left = std::iter::from_fn(|| receiver.try_recv().ok()).count();
        assert_eq!(left, 10);
        queue.put(|| panic!("it is closed"));
        assert_eq!(queue.stats(), SlowQueryStats { written: 0, dropped: 99_991, queued: 0 });
    }
}
