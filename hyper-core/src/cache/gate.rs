//! Whether something remote is asked at all: not for a moment after it failed.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

/// The first pause after a failure; each further one is twice as long.
const SHORTEST: u64 = 50;

/// Lets everything through until it is told of a failure; then nothing for a while, and after that one, to see.
#[derive(Debug)]
pub(super) struct Gate {
    /// Failures since it last went well.
    row: AtomicU32,
    /// Until when nothing is let through, in milliseconds of this module's clock, if there were failures.
    until: AtomicU64,
    /// The longest pause, in milliseconds.
    longest: u64,
    /// How often it was shut.
    shut: AtomicU64,
}

/// That something was let through: what became of it is to be told to the gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub(super) struct Pass {
    /// It goes to see whether what failed is there again.
    pub(super) is_probe: bool,
}

fn now() -> u64 {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    u64::try_from(START.elapsed().as_millis()).unwrap_or(u64::MAX)
}

impl Gate {
    /// An open one. After failures in a row it is shut for 50 ms, 100 ms, and so on up to `longest`.
    pub(super) fn new(longest: Duration) -> Self {
        let longest = u64::try_from(longest.as_millis()).unwrap_or(u64::MAX);
        Self { row: AtomicU32::new(0), until: AtomicU64::new(0), longest, shut: AtomicU64::new(0) }
    }

    /// Whether to ask: none is not to.
    pub(super) fn enter(&self) -> Option<Pass> {
        let row = self.row.load(Relaxed);
        if row == 0 {
            return Some(Pass { is_probe: false });
        }
        let (now, until) = (now(), self.until.load(Relaxed));
        // Who is never heard of again is followed by another after as long a pause.
        let next = now.saturating_add(self.pause(row));
        let is_next = now >= until && self.until.compare_exchange(until, next, Relaxed, Relaxed).is_ok();
        is_next.then_some(Pass { is_probe: true })
    }

    /// Whether everything is let through.
    pub(super) fn is_open(&self) -> bool {
        self.row.load(Relaxed) == 0
    }

    /// How often it was shut.
    pub(super) fn times_shut(&self) -> u64 {
        self.shut.load(Relaxed)
    }

    /// It went well. Who went through before a failure says nothing of now.
    pub(super) fn succeeded(&self, pass: Pass) {
        if pass.is_probe {
            self.row.store(0, Relaxed);
        }
    }

    /// It went wrong. Of many that went through together the first counts.
    pub(super) fn failed(&self, pass: Pass) {
        let row = self.row.load(Relaxed);
        if row != 0 && !pass.is_probe {
            return;
        }
        // Before the row: who sees a failure has to see until when.
        self.until.store(now().saturating_add(self.pause(row + 1)), Relaxed);
        if self.row.compare_exchange(row, row.saturating_add(1), Relaxed, Relaxed).is_ok() && row == 0 {
            self.shut.fetch_add(1, Relaxed);
        }
    }

    fn pause(&self, row: u32) -> u64 {
        (SHORTEST << (row - 1).min(16)).min(self.longest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_goes_to_see_and_the_pauses_grow() {
        let gate = Gate::new(Duration::from_millis(120));
        let passes: Vec<_> = (0..20).map(|_| gate.enter().unwrap()).collect();
        for pass in passes {
            gate.failed(pass);
        }
        assert_eq!(gate.times_shut(), 1);
        let mut waited = Vec::new();
        for _ in 0..3 {
            let since = Instant::now();
            assert!(gate.enter().is_none());
            let pass = loop {
                if let Some(pass) = gate.enter() {
                    break pass;
                }
                std::thread::sleep(Duration::from_millis(1));
            };
            assert!(pass.is_probe);
            assert!(gate.enter().is_none(), "one at a time");
            gate.failed(pass);
            waited.push(since.elapsed().as_millis());
        }
        assert!(waited[0] >= 45 && waited[1] >= 95 && waited[2] >= 115, "{waited:?}");
        assert!(!gate.is_open());
        gate.succeeded(Pass { is_probe: true });
        assert!(gate.is_open() && gate.enter().is_some_and(|pass| !pass.is_probe));
        // The next failure begins with the shortest pause again.
        gate.failed(Pass { is_probe: false });
        let since = Instant::now();
        while gate.enter().is_none() {
            std::thread::sleep(Duration::from_millis(1));
        }
        assert!(since.elapsed() >= Duration::from_millis(45));
    }
}
