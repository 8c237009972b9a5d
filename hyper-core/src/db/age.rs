//! How old a connection may become.
//!
//! PostgreSQL keeps for each connection what it has seen of the catalogue, and gives little of it back; and behind a name
//! that has moved, old connections stay where it was. So each is replaced in time, by one that is there before it goes.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::{Duration, Instant};

/// What a connection may see before it is replaced.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub(super) lifetime: Duration,
    pub(super) queries: u32,
}

/// How old a connection is.
#[derive(Debug)]
pub(super) struct Age {
    /// Those that were opened together are not all replaced together.
    old_from: Option<Instant>,
    most: u32,
    queries: AtomicU32,
    /// When it was used last, as far as is noted.
    idle_since: AtomicU32,
}

impl Limits {
    /// It stays as long as somebody has it.
    pub(super) const NONE: Self = Self { lifetime: Duration::ZERO, queries: 0 };
}

impl Age {
    pub(super) fn new(limits: Limits) -> Self {
        // Up to a tenth earlier.
        let lifetime = limits.lifetime.mul_f64(1.0 - fastrand::f64() / 10.0);
        Self {
            old_from: Instant::now().checked_add(lifetime).filter(|_| !lifetime.is_zero()),
            most: if limits.queries == 0 { u32::MAX } else { limits.queries },
            queries: AtomicU32::new(0),
            idle_since: AtomicU32::new(0),
        }
    }

    /// A statement is run. Of two at once one may not be counted.
    #[inline]
    pub(super) fn ran(&self) {
        self.queries.store(self.queries.load(Relaxed).wrapping_add(1), Relaxed);
    }

    /// Whether it is to be replaced.
    pub(super) fn is_over(&self) -> bool {
        self.queries.load(Relaxed) >= self.most || self.old_from.is_some_and(|from| Instant::now() >= from)
    }

    /// It is given back. Whether it is to be replaced: the clock is looked at once in a second.
    pub(super) fn rests_since(&self, second: u32) -> bool {
        if self.idle_since.load(Relaxed) == second {
            return self.queries.load(Relaxed) >= self.most;
        }
        self.idle_since.store(second, Relaxed);
        self.is_over()
    }

    pub(super) fn idle_since(&self) -> u32 {
        self.idle_since.load(Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_ends_by_time_and_by_use_and_zero_is_never() {
        let age = |lifetime, queries| Age::new(Limits { lifetime, queries });
        let used = age(Duration::from_secs(3600), 2);
        assert!(!used.is_over());
        used.ran();
        used.ran();
        assert!(used.is_over());
        let old = age(Duration::from_nanos(1), 0);
        assert!(old.is_over());
        let young = age(Duration::ZERO, 0);
        young.ran();
        assert!(!young.is_over());
        assert!(!age(Duration::MAX, 1).is_over());
        assert_eq!((old.rests_since(7), old.rests_since(7), old.rests_since(8)), (true, false, true));
        assert_eq!((used.rests_since(7), used.rests_since(7), young.rests_since(7)), (true, true, false));
    }

    #[test]
    fn not_all_end_at_once() {
        let limits = Limits { lifetime: Duration::from_secs(3600), queries: 0 };
        let ends: Vec<_> = (0..50).map(|_| Age::new(limits).old_from.unwrap()).collect();
        let spread = *ends.iter().max().unwrap() - *ends.iter().min().unwrap();
        assert!(spread > Duration::from_secs(100) && spread < Duration::from_secs(400), "{spread:?}");
    }
}
