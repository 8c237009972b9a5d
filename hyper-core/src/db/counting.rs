//! How many statements each request runs, and how many of them again and again. It is always counted: a few instructions
//! a statement, by its key, without a look at the text.
//!
//! The tally of a request lies in its own future, and on the thread while that is polled: what is spawned and goes on by
//! itself is not of the request.

use std::cell::RefCell;
use std::sync::atomic::{AtomicU64, Ordering};

/// Statements of requests that have ended, and of what is no request.
static STATEMENTS: AtomicU64 = AtomicU64::new(0);

/// Statements that a request ran so often that its limit was reached.
static PATTERNS: AtomicU64 = AtomicU64::new(0);

/// How many different statements a request can tell apart beside its first one. Of more than that, those that come back
/// seldom make room.
const OTHERS: usize = 15;

thread_local! {
    /// Of the request that is polled at the moment.
    static CURRENT: RefCell<Tally> = const { RefCell::new(Tally::OF_NOBODY) };
}

/// How many statements were run, and how many of them came back as often as `PERFORMANCE_N_PLUS_ONE_THRESHOLD` says: as a
/// rule a query for each row of another one.
///
/// What counts is what [`QueryLog`](super::QueryLog) has: no BEGIN, COMMIT or SAVEPOINT. It costs some ten instructions a
/// statement, so it is always on. A statement is the same one by its key, whatever the values of its parameters;
/// [`execute_batch`](super::Executor::execute_batch) and COPY are counted, and never taken for a pattern.
///
/// ```
/// use hyper_core::db::QueryCounts;
///
/// let QueryCounts { statements, n_plus_one, .. } = QueryCounts::of_process();
/// println!("{statements} statements; {n_plus_one} times one ran for each row of another");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct QueryCounts {
    /// All statements.
    pub statements: u64,
    /// How many different statements were run too often in one request.
    pub n_plus_one: u64,
}

impl QueryCounts {
    /// Those of the request that the calling code belongs to, so far; zeros where it belongs to none, as in what a handler
    /// spawned. A middleware that asks when the answer is there has those of the handler and of what stands inside.
    ///
    /// A request that runs more than 16 different statements may have had one more often than is known.
    #[must_use]
    pub fn of_request() -> Self {
        let counts = CURRENT.try_with(|current| {
            let current = current.borrow();
            Self { statements: current.statements.into(), n_plus_one: current.patterns.into() }
        });
        counts.unwrap_or_default()
    }

    /// Those since the process started; of requests, those that have ended.
    #[must_use]
    pub fn of_process() -> Self {
        Self { statements: STATEMENTS.load(Ordering::Relaxed), n_plus_one: PATTERNS.load(Ordering::Relaxed) }
    }
}

/// What a request has run so far.
struct Tally {
    /// How often is too often; 0 where this is of no request.
    limit: u32,
    statements: u32,
    patterns: u32,
    /// How often the first one ran.
    first_count: u32,
    first: u64,
    others: Option<Box<Others>>,
}

/// Keys with how often each ran.
#[derive(Default)]
struct Others {
    used: usize,
    slots: [(u64, u32); OTHERS],
}

impl Tally {
    const OF_NOBODY: Self =
        Self { limit: 0, statements: 0, patterns: 0, first_count: 0, first: 0, others: None };

    #[inline]
    fn note(&mut self, key: u64) {
        self.statements += 1;
        if key == self.first {
            self.first_count += 1;
            if self.first_count == self.limit && key != 0 {
                self.found();
            }
        } else if self.first == 0 {
            (self.first, self.first_count) = (key, 1);
        } else if key != 0 {
            self.note_other(key);
        }
    }

    fn note_other(&mut self, key: u64) {
        if self.others.get_or_insert_default().count(key, self.limit) == self.limit {
            self.found();
        }
    }

    #[cold]
    fn found(&mut self) {
        self.patterns += 1;
        PATTERNS.fetch_add(1, Ordering::Relaxed);
    }
}

impl Others {
    /// How often it has run, as far as that is known. After Misra and Gries: of `n` statements one that runs more than
    /// `n / 16` times is found.
    fn count(&mut self, key: u64, limit: u32) -> u32 {
        let used = &mut self.slots[..self.used];
        if let Some((_, count)) = used.iter_mut().find(|(other, _)| *other == key) {
            *count = count.saturating_add(1);
            return *count;
        }
        if self.used == OTHERS {
            // Those that were found stay, so that none is found twice.
            used.iter_mut().filter(|(_, count)| *count < limit).for_each(|(_, count)| *count -= 1);
            let mut kept = 0;
            for at in 0..self.used {
                if self.slots[at].1 > 0 {
                    self.slots[kept] = self.slots[at];
                    kept += 1;
                }
            }
            self.used = kept;
            return 0;
        }
        self.slots[self.used] = (key, 1);
        self.used += 1;
        1
    }
}

/// Counts a statement; `key` is that of its text, and 0 where there is none.
#[inline]
pub(super) fn note(key: u64) {
    let of_request = CURRENT.try_with(|current| {
        let mut current = current.borrow_mut();
        let is_of_request = current.limit != 0;
        if is_of_request {
            current.note(key);
        }
        is_of_request
    });
    if !of_request.unwrap_or(false) {
        STATEMENTS.fetch_add(1, Ordering::Relaxed);
    }
}

/// The counts of one request, in what polls it.
pub(crate) struct Counted(Tally);

impl Counted {
    /// Of a request that has not begun. A statement that it runs `limit` times is too often.
    pub(crate) fn new(limit: u32) -> Self {
        Self(Tally { limit, ..Tally::OF_NOBODY })
    }

    /// Does a piece of the work on the request, which must not panic.
    #[inline]
    pub(crate) fn poll<T>(&mut self, work: impl FnOnce() -> T) -> T {
        self.swap();
        let result = work();
        self.swap();
        result
    }

    #[inline]
    fn swap(&mut self) {
        let _ = CURRENT.try_with(|current| std::mem::swap(&mut *current.borrow_mut(), &mut self.0));
    }
}

impl Drop for Counted {
    #[inline]
    fn drop(&mut self) {
        if self.0.statements > 0 {
            STATEMENTS.fetch_add(self.0.statements.into(), Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The counts of a request with these statements, a poll each.
    fn counts(limit: u32, keys: &[u64]) -> QueryCounts {
        let mut counted = Counted::new(limit);
        for key in keys {
            counted.poll(|| note(*key));
        }
        counted.poll(QueryCounts::of_request)
    }

    #[test]
    fn each_statement_that_came_back_too_often_is_one_pattern() {
        assert_eq!(counts(3, &[]), QueryCounts::default());
        assert_eq!(counts(3, &[7, 7]), QueryCounts { statements: 2, n_plus_one: 0 });
        assert_eq!(counts(3, &[7, 7, 7]), QueryCounts { statements: 3, n_plus_one: 1 });
        assert_eq!(counts(3, &[1, 7, 7, 8, 8, 7, 8, 1, 7, 8]), QueryCounts { statements: 10, n_plus_one: 2 });
        assert_eq!(counts(3, &[0; 9]), QueryCounts { statements: 9, n_plus_one: 0 });
        assert_eq!(counts(3, &[0, 0, 0, 5, 5, 5]), QueryCounts { statements: 6, n_plus_one: 1 });
    }

    #[test]
    fn requests_on_one_thread_do_not_mix_and_nobody_elses_count() {
        let (mut one, mut other) = (Counted::new(2), Counted::new(2));
        one.poll(|| note(1));
        other.poll(|| note(1));
        note(1);
        one.poll(|| {
            note(1);
            other.poll(|| note(2));
        });
        let of = |counted: &mut Counted| counted.poll(QueryCounts::of_request);
        assert_eq!(of(&mut one), QueryCounts { statements: 2, n_plus_one: 1 });
        assert_eq!(of(&mut other), QueryCounts { statements: 2, n_plus_one: 0 });
        assert_eq!(QueryCounts::of_request(), QueryCounts::default());
        let before = QueryCounts::of_process();
        drop((one, other));
        note(3);
        // Others may count at the same time.
        assert!(QueryCounts::of_process().statements >= before.statements + 5);
    }

    #[test]
    fn one_that_comes_back_is_found_among_any_number() {
        let keys: Vec<u64> = (0..50).flat_map(|n| [100 + n, 7]).collect();
        assert_eq!(counts(5, &keys), QueryCounts { statements: 100, n_plus_one: 1 });
    }

    proptest! {
        #[test]
        fn none_is_found_that_is_none_and_none_missed_while_there_is_room(
            keys in proptest::collection::vec(1..40_u64, 0..200), limit in 2..9_u32
        ) {
            let found = counts(limit, &keys);
            let often = |key: u64| keys.iter().filter(|other| **other == key).count() as u32;
            let real = (1..40).filter(|key| often(*key) >= limit).count() as u64;
            prop_assert_eq!(found.statements, keys.len() as u64);
            prop_assert!(found.n_plus_one <= real, "{found:?} of {real}");
            let different = (1..40).filter(|key| often(*key) > 0).count();
            if different <= OTHERS + 1 {
                prop_assert_eq!(found.n_plus_one, real);
            }
        }
    }
}
