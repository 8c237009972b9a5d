//! `per_core`: a thread with its own runtime for each core, which connections are dealt to.
//!
//! One place accepts and gives each connection to the thread that has the fewest, never to one that a
//! handler is known to hold while there is another. Sockets of their own (`SO_REUSEPORT`) would make the
//! kernel deal by hash, also to a held thread, and lose what waits in the queue of one that closes.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc;

use super::watchdog::Slot;

/// What a worker is given: it starts the connection's task.
type Job = Box<dyn FnOnce() + Send>;

/// The threads. Each ends when this is dropped and its last connection is at its end, and with it all that
/// runs on it.
#[derive(Debug)]
pub(super) struct Workers(Vec<Worker>);

#[derive(Debug)]
struct Worker {
    jobs: mpsc::UnboundedSender<Job>,
    open: Arc<AtomicUsize>,
    slot: &'static Slot,
}

/// One connection in a worker's count.
#[derive(Debug)]
pub(super) struct Place {
    open: Arc<AtomicUsize>,
    /// The worker waits for jobs, and so goes on, as long as somebody could send one.
    _worker: mpsc::UnboundedSender<Job>,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.open.fetch_sub(1, Relaxed);
    }
}

impl Workers {
    pub(super) fn start(threads: usize) -> io::Result<Self> {
        (0..threads.max(1)).map(Worker::start).collect::<io::Result<_>>().map(Self)
    }

    /// Gives a connection to a worker.
    pub(super) fn deal(&self, connection: impl FnOnce(Place) + Send + 'static) {
        let load = |worker: &&Worker| (worker.slot.is_held(), worker.open.load(Relaxed));
        let Some(worker) = self.0.iter().min_by_key(load) else { return };
        worker.open.fetch_add(1, Relaxed);
        let place = Place { open: Arc::clone(&worker.open), _worker: worker.jobs.clone() };
        // A worker that is gone takes the connection with it, as all of its others.
        let _ = worker.jobs.send(Box::new(|| connection(place)));
    }
}

impl Worker {
    fn start(number: usize) -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let (jobs, received) = mpsc::unbounded_channel();
        let (own, slot) = std::sync::mpsc::channel();
        std::thread::Builder::new().name(format!("worker-{number}")).spawn(move || {
            crate::db::register_worker();
            // It is waited for.
            let _ = own.send(Slot::own());
            work(runtime, received);
        })?;
        let slot = slot.recv().map_err(io::Error::other)?;
        Ok(Self { jobs, open: Arc::default(), slot })
    }
}

fn work(runtime: Runtime, mut jobs: mpsc::UnboundedReceiver<Job>) {
    runtime.block_on(async {
        while let Some(job) = jobs.recv().await {
            job();
        }
    });
    runtime.shutdown_background();
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_thread_ends_with_its_last_connection() {
        let workers = Workers::start(1).unwrap();
        let (running, ended) = std::sync::mpsc::channel::<()>();
        let (sender, places) = std::sync::mpsc::channel();
        workers.deal(move |place| {
            sender.send(place).unwrap();
            drop(tokio::spawn(async move {
                let _running = running;
                std::future::pending::<()>().await;
            }));
        });
        let place = places.recv().unwrap();
        drop(workers);
        assert_eq!(ended.try_recv(), Err(std::sync::mpsc::TryRecvError::Empty));
        drop(place);
        let over = ended.recv_timeout(Duration::from_secs(20));
        assert_eq!(over, Err(std::sync::mpsc::RecvTimeoutError::Disconnected));
    }

    #[test]
    fn connections_go_where_the_fewest_are() {
        let workers = Workers::start(3).unwrap();
        let (sender, places) = std::sync::mpsc::channel();
        for _ in 0..9 {
            let sender = sender.clone();
            workers.deal(move |place| {
                sender.send((std::thread::current().id(), place)).unwrap();
            });
        }
        let mut dealt: Vec<_> = (0..9).map(|_| places.recv().unwrap()).collect();
        let mut counts = std::collections::HashMap::new();
        for (thread, _) in &dealt {
            *counts.entry(*thread).or_insert(0) += 1;
        }
        assert_eq!(counts.into_values().collect::<Vec<_>>(), [3, 3, 3]);
        let (emptied, _) = dealt.remove(4);
        dealt.retain(|(thread, _)| *thread != emptied);
        for _ in 0..3 {
            let sender = sender.clone();
            workers.deal(move |place| sender.send((std::thread::current().id(), place)).unwrap());
            let (thread, place) = places.recv().unwrap();
            assert_eq!(thread, emptied);
            dealt.push((thread, place));
        }
    }
}
