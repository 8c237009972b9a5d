//! Which statements a piece of work runs: for tests that count them, and for who looks why a page is slow.
//!
//! A [`QueryLog`] is of the task it is used in. While there is none in the process, a statement reads one number for it.

use std::fmt::{self, Write as _};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::sql::Param;

/// How many pieces of work are being logged.
static LOGGED: AtomicUsize = AtomicUsize::new(0);

/// The longest text of a parameter that is kept, in characters.
const LONGEST: usize = 200;

tokio::task_local! {
    /// The logs of the work that runs, the innermost last.
    static CURRENT: Arc<[QueryLog]>;
}

/// The statements that [`scope`](Self::scope) saw, in the order they began.
///
/// It has what the application runs: queries, [`execute_batch`](super::Executor::execute_batch), cursors and COPY, also
/// those that failed. What begins and ends a transaction or a part of one is not among them.
///
/// It sees the statements of its own task. What is spawned there and goes on by itself is not seen.
///
/// ```no_run
/// # use hyper_core::db::{Db, DatabaseError, Executor, QueryLog};
/// # async fn f(db: Db) -> Result<(), DatabaseError> {
/// let log = QueryLog::new();
/// log.scope(db.execute_batch("SELECT 1")).await?;
/// assert_eq!(log.len(), 1);
/// println!("{log}");
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct QueryLog {
    queries: Arc<Mutex<Vec<LoggedQuery>>>,
    limit: usize,
}

impl Default for QueryLog {
    fn default() -> Self {
        Self::at_most(usize::MAX)
    }
}

/// A statement that was run.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct LoggedQuery {
    /// Its text.
    pub sql: String,
    /// Its parameters as Rust shows them, 200 characters of each at most.
    pub params: Vec<String>,
    /// When it was sent.
    pub started: Instant,
    /// How long it took, from when it was sent until the last row came.
    pub duration: Duration,
    /// Why it failed, or that nobody waited for its end.
    pub failure: Option<String>,
}

impl QueryLog {
    /// A log with nothing in it.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A log that keeps no more than the first so many.
    #[must_use]
    pub fn at_most(limit: usize) -> Self {
        Self { queries: Arc::default(), limit }
    }

    /// Whether it has as many as it keeps; there may have been more.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.len() >= self.limit
    }

    /// Logs what `work` runs. Logs may be inside each other: all of them see it.
    pub async fn scope<T>(&self, work: impl Future<Output = T>) -> T {
        let _counted = Counted::new();
        let around = CURRENT.try_with(Arc::clone).ok();
        let all: Arc<[Self]> =
            around.iter().flat_map(|around| around.iter()).chain([self]).cloned().collect();
        CURRENT.scope(all, work).await
    }

    /// The statements so far.
    ///
    /// # Panics
    /// Never.
    #[must_use]
    pub fn queries(&self) -> Vec<LoggedQuery> {
        let mut queries = self.queries.lock().expect("no panic while held").clone();
        queries.sort_by_key(|query| query.started);
        queries
    }

    /// How many there are so far.
    ///
    /// # Panics
    /// Never.
    #[must_use]
    pub fn len(&self) -> usize {
        self.queries.lock().expect("no panic while held").len()
    }

    /// Whether there is none so far.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The texts that were run more than once, with how often, in the order of their first time: as a rule a query for
    /// each row of another one, which a single query with the related rows replaces.
    #[must_use]
    pub fn repeated(&self) -> Vec<(String, usize)> {
        let mut counts: Vec<(String, usize)> = Vec::new();
        for query in self.queries() {
            match counts.iter_mut().find(|(sql, _)| *sql == query.sql) {
                Some((_, count)) => *count += 1,
                None => counts.push((query.sql, 1)),
            }
        }
        counts.retain(|(_, count)| *count > 1);
        counts
    }
}

/// A line for each statement with its duration and parameters, then those that were run more than once.
impl fmt::Display for QueryLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, query) in self.queries().iter().enumerate() {
            let LoggedQuery { sql, params, duration, failure, .. } = query;
            write!(f, "{:>4}. {:>8.3} ms  {sql}", number + 1, duration.as_secs_f64() * 1000.0)?;
            if !params.is_empty() {
                write!(f, "  [{}]", params.join(", "))?;
            }
            if let Some(failure) = failure {
                write!(f, "  failed: {failure}")?;
            }
            f.write_char('\n')?;
        }
        let repeated = self.repeated();
        if !repeated.is_empty() {
            f.write_str("Run more than once:\n")?;
            for (sql, count) in repeated {
                writeln!(f, "  {count} times  {sql}")?;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for QueryLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.queries().iter().map(|query| &query.sql)).finish()
    }
}

/// That there is a log, while it lives.
struct Counted;

impl Counted {
    fn new() -> Self {
        LOGGED.fetch_add(1, Ordering::Relaxed);
        Self
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        LOGGED.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A statement that is under way and logged once it ends, however it does.
pub(super) struct Noted {
    logs: Arc<[QueryLog]>,
    sql: String,
    params: Vec<String>,
    started: Instant,
    failure: Option<String>,
}

impl Noted {
    /// None where nobody logs.
    #[inline]
    pub(super) fn begin(sql: &str, params: &[Param<'_>]) -> Option<Box<Self>> {
        if LOGGED.load(Ordering::Relaxed) == 0 { None } else { Self::of_task(sql, params) }
    }

    #[cold]
    fn of_task(sql: &str, params: &[Param<'_>]) -> Option<Box<Self>> {
        let logs = CURRENT.try_with(Arc::clone).ok()?;
        let shown = |param: &Param<'_>| {
            let text = format!("{param:?}");
            match text.char_indices().nth(LONGEST) {
                Some((at, _)) => format!("{}..", &text[..at]),
                None => text,
            }
        };
        Some(Box::new(Self {
            logs,
            sql: sql.to_owned(),
            params: params.iter().map(shown).collect(),
            started: Instant::now(),
            failure: Some("nobody waited for its end".to_owned()),
        }))
    }

    /// Says how it ended, before it goes.
    pub(super) fn ended(&mut self, failure: Option<String>) {
        self.failure = failure;
    }
}

impl Drop for Noted {
    fn drop(&mut self) {
        let query = LoggedQuery {
            sql: std::mem::take(&mut self.sql),
            params: std::mem::take(&mut self.params),
            started: self.started,
            duration: self.started.elapsed(),
            failure: self.failure.take(),
        };
        for log in self.logs.iter() {
            let mut queries = log.queries.lock().expect("no panic while held");
            if queries.len() < log.limit {
                queries.push(query.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    fn run(sql: &str, params: &[Param<'_>], failure: Option<&str>) {
        if let Some(mut noted) = Noted::begin(sql, params) {
            noted.ended(failure.map(str::to_owned));
        }
    }

    #[test]
    fn logs_inside_each_other_see_the_same() {
        run("SELECT 0", &[], None);
        let (outer, inner) = (QueryLog::new(), QueryLog::new());
        outer
            .scope(async {
                run("SELECT $1", &[&7], None);
                inner.scope(async { run("SELECT $1", &[&"ä".repeat(300)], Some("no")) }).await;
                drop(Noted::begin("SELECT 2", &[]));
            })
            .now_or_never()
            .expect("nothing waits");
        run("SELECT 3", &[], None);
        assert_eq!((outer.len(), inner.len()), (3, 1));
        assert_eq!(outer.repeated(), [("SELECT $1".to_owned(), 2)]);
        let text = outer.to_string();
        assert!(text.contains("SELECT $1  [7]\n"), "{text}");
        assert!(text.contains("ä..]  failed: no\n"), "{text}");
        assert!(text.contains("SELECT 2  failed: nobody waited for its end\n"), "{text}");
        assert!(text.ends_with("Run more than once:\n  2 times  SELECT $1\n"), "{text}");
        assert!(inner.repeated().is_empty());
    }
}
