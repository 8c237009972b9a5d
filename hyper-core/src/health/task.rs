//! Work that is done again and again until it is stopped.

use std::time::{Duration, Instant};

use tokio::task::{AbortHandle, JoinHandle};

use crate::alarm::Alarm;

/// It ends with this, or when it is told to.
#[derive(Debug)]
pub(super) struct Task(AbortHandle);

impl Task {
    pub(super) fn new(running: JoinHandle<()>) -> Self {
        Self(running.abort_handle())
    }

    pub(super) fn is_running(&self) -> bool {
        !self.0.is_finished()
    }

    pub(super) fn stop(&self) {
        self.0.abort();
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Ticks every so often, the first time after one interval. What takes longer than that delays the next.
pub(super) fn ticks(every: Duration) -> Ticks {
    // It is not to be zero.
    let every = every.max(Duration::from_millis(1));
    Ticks { every, next: Instant::now() + every }
}

pub(super) struct Ticks {
    every: Duration,
    next: Instant,
}

impl Ticks {
    pub(super) async fn tick(&mut self) {
        Alarm::at(self.next).await;
        let now = Instant::now();
        self.next += self.every;
        if self.next <= now {
            self.next = now + self.every;
        }
    }
}
