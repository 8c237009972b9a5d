//! The statements of a request with their times, for developers: kept in `DEBUG` only.

use std::cell::RefCell;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::error::DatabaseError;

/// How many statements of a request are kept.
const KEPT: usize = 200;

/// Whether there has ever been a log in this process: without, statements cost one load more.
static IN_USE: AtomicBool = AtomicBool::new(false);

thread_local! {
    /// The log of the request that is being polled on this thread.
    static CURRENT: RefCell<Option<QueryLog>> = const { RefCell::new(None) };
}

/// The statements of a request.
#[derive(Debug, Clone, Default)]
pub(crate) struct QueryLog(Arc<Mutex<Statements>>);

/// What was run.
#[derive(Debug, Default)]
pub(crate) struct Statements {
    pub(crate) kept: Vec<Logged>,
    /// How many there were.
    pub(crate) count: usize,
    pub(crate) took: Duration,
}

/// One statement that has ended.
#[derive(Debug)]
pub(crate) struct Logged {
    pub(crate) sql: String,
    pub(crate) took: Duration,
    /// The rows it returned or touched, or what became of it.
    pub(crate) outcome: Result<u64, String>,
}

impl QueryLog {
    pub(crate) fn new() -> Self {
        IN_USE.store(true, Relaxed);
        Self::default()
    }

    /// Calls `poll`, and keeps what statements begin in it.
    pub(crate) fn during<T>(&self, poll: impl FnOnce() -> T) -> T {
        /// Puts back what was there, also after a panic.
        struct Before(Option<QueryLog>);
        impl Drop for Before {
            fn drop(&mut self) {
                let before = self.0.take();
                CURRENT.with(|current| current.replace(before));
            }
        }
        let _before = Before(CURRENT.with(|current| current.replace(Some(self.clone()))));
        poll()
    }

    pub(crate) fn statements(&self) -> MutexGuard<'_, Statements> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A statement under way. Dropped before its end it was given up.
pub(super) struct Timed {
    log: QueryLog,
    sql: String,
    start: Instant,
    outcome: Option<Result<u64, String>>,
}

/// Begins to measure a statement, where somebody wants to know.
#[inline]
pub(super) fn begin(sql: &str) -> Option<Box<Timed>> {
    if IN_USE.load(Relaxed) { begin_in_debug(sql) } else { None }
}

#[cold]
fn begin_in_debug(sql: &str) -> Option<Box<Timed>> {
    let log = CURRENT.with(|current| current.borrow().clone())?;
    Some(Box::new(Timed { log, sql: sql.to_owned(), start: Instant::now(), outcome: None }))
}

/// The statement has ended.
#[inline]
pub(super) fn end(timed: Option<Box<Timed>>, outcome: Result<u64, &DatabaseError>) {
    if let Some(mut timed) = timed {
        timed.outcome = Some(outcome.map_err(ToString::to_string));
    }
}

impl Drop for Timed {
    fn drop(&mut self) {
        let took = self.start.elapsed();
        let mut statements = self.log.statements();
        statements.count += 1;
        statements.took += took;
        if statements.kept.len() < KEPT {
            let outcome = self.outcome.take().unwrap_or_else(|| Err("given up".to_owned()));
            statements.kept.push(Logged { sql: std::mem::take(&mut self.sql), took, outcome });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_runs_outside_a_request_is_not_kept() {
        let log = QueryLog::new();
        assert!(begin("SELECT 1").is_none());
        log.during(|| {
            end(begin("SELECT 2"), Ok(1));
            let inner = QueryLog::new();
            inner.during(|| drop(begin("SELECT 3")));
            assert_eq!(inner.statements().kept[0].outcome, Err("given up".to_owned()));
            end(begin("SELECT 4"), Ok(0));
        });
        assert!(begin("SELECT 5").is_none());
        let statements = log.statements();
        let kept: Vec<_> = statements.kept.iter().map(|one| one.sql.as_str()).collect();
        assert_eq!((kept, statements.count), (vec!["SELECT 2", "SELECT 4"], 2));
    }

    #[test]
    fn a_loop_of_queries_does_not_fill_the_memory() {
        let log = QueryLog::new();
        log.during(|| (0..1000).for_each(|_| end(begin("SELECT 1"), Ok(1))));
        let statements = log.statements();
        assert_eq!((statements.kept.len(), statements.count), (KEPT, 1000));
    }
}
