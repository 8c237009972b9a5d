//! What something took: time, CPU, allocations.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use cpu_time::ProcessTime;

/// How often the allocator was asked so far.
pub type Allocations = fn() -> u64;

static ALLOCATIONS: OnceLock<Allocations> = OnceLock::new();

pub(crate) fn count_by(allocations: Option<Allocations>) {
    if let Some(allocations) = allocations {
        let _ = ALLOCATIONS.set(allocations);
    }
}

pub(crate) struct Clock {
    cpu: ProcessTime,
    allocations: Option<u64>,
    started: Instant,
}

pub(crate) struct Took {
    pub(crate) wall: Duration,
    /// Of all threads of the process.
    pub(crate) cpu: Duration,
    pub(crate) allocations: Option<u64>,
}

impl Clock {
    pub(crate) fn start() -> Self {
        let allocations = ALLOCATIONS.get().map(|count| count());
        Self { allocations, cpu: ProcessTime::now(), started: Instant::now() }
    }

    pub(crate) fn stop(self) -> Took {
        let (wall, cpu) = (self.started.elapsed(), self.cpu.elapsed());
        let allocations = ALLOCATIONS.get().map(|count| count());
        Took { wall, cpu, allocations: allocations.zip(self.allocations).map(|(now, then)| now - then) }
    }
}
