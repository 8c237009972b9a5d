//! Which statements a piece of work runs: for tests that count them, and for who looks why a page is slow.
//!
//! A [`QueryLog`] is of the task it is used in. While there is none in the process, a statement reads one number for it.

use std::collections::HashMap;
use std::fmt::{self, Write as _};
use std::panic::Location;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use super::asked::{self, Asked};
use super::counting;
use super::repeated::{RepeatedQuery, advice};
use super::sql::{Param, Sql};

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
    seen: Arc<Mutex<Seen>>,
    limit: usize,
}

/// What a log has.
#[derive(Default)]
struct Seen {
    queries: Vec<LoggedQuery>,
    /// Also those that are not kept.
    count: usize,
    took: Duration,
    /// By the key of their texts.
    repeats: HashMap<u64, Repeat>,
}

/// How often a statement ran, and what it was the first time.
struct Repeat {
    count: usize,
    /// How many others came before it.
    order: usize,
    sql: String,
    asked: Option<Asked>,
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
    /// The call of the query's method in the program; known in builds with debug assertions, of the ORM's queries.
    pub place: Option<&'static Location<'static>>,
}

impl QueryLog {
    /// A log with nothing in it.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A log that keeps no more than the first so many. All are [counted](Self::total).
    #[must_use]
    pub fn at_most(limit: usize) -> Self {
        Self { seen: Arc::default(), limit }
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().expect("no panic while held")
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
        let mut queries = self.seen().queries.clone();
        queries.sort_by_key(|query| query.started);
        queries
    }

    /// How many there are so far.
    ///
    /// # Panics
    /// Never.
    #[must_use]
    pub fn len(&self) -> usize {
        self.seen().queries.len()
    }

    /// How many have ended so far, those among them that are not kept.
    ///
    /// # Panics
    /// Never.
    #[must_use]
    pub fn total(&self) -> usize {
        self.seen().count
    }

    /// How long all of them took together, each from when it was sent until its last row came. What ran at the same time
    /// is added up.
    ///
    /// # Panics
    /// Never.
    #[must_use]
    pub fn took(&self) -> Duration {
        self.seen().took
    }

    /// The statements that ran `times` times or more, in the order of their first time, each with what asks once instead:
    /// as a rule a query for each row of another one (N+1). It is the same statement whatever the values of its
    /// parameters; [`execute_batch`](super::Executor::execute_batch) and COPY are not among them.
    ///
    /// ```no_run
    /// # use hyper_core::db::{Db, DatabaseError, QueryLog};
    /// # async fn f(db: Db, work: impl Future<Output = ()>) {
    /// let log = QueryLog::new();
    /// log.scope(work).await;
    /// for repeated in log.n_plus_one(5) {
    ///     eprintln!("{repeated}");
    /// }
    /// # }
    /// ```
    ///
    /// # Panics
    /// Never.
    #[must_use]
    pub fn n_plus_one(&self, times: usize) -> Vec<RepeatedQuery> {
        let seen = self.seen();
        let mut all: Vec<&Repeat> = seen.repeats.values().collect();
        all.sort_by_key(|repeat| repeat.order);
        let model = |repeat: &&Repeat| repeat.asked.and_then(|asked| asked.model);
        let often = all.iter().enumerate().filter(|(_, repeat)| repeat.count >= times.max(2));
        often
            .map(|(at, repeat)| RepeatedQuery {
                sql: repeat.sql.clone(),
                count: repeat.count,
                place: repeat.asked.map(|asked| asked.place),
                advice: advice(
                    &repeat.sql,
                    repeat.asked,
                    &all[..at].iter().filter_map(model).collect::<Vec<_>>(),
                ),
            })
            .collect()
    }

    /// How many different statements ran `times` times or more.
    ///
    /// # Panics
    /// Never.
    #[must_use]
    pub fn patterns(&self, times: usize) -> usize {
        self.seen().repeats.values().filter(|repeat| repeat.count >= times.max(2)).count()
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
    key: u64,
    sql: String,
    params: Vec<String>,
    started: Instant,
    failure: Option<String>,
    asked: Option<Asked>,
}

impl Noted {
    /// Counts a statement. None where nobody logs.
    #[inline]
    pub(super) fn of(sql: &Sql<'_>, params: &[Param<'_>]) -> Option<Box<Self>> {
        Self::keyed(sql.key, sql.text, params)
    }

    /// The same of what has no key: statements in one text, and COPY.
    #[inline]
    pub(super) fn begin(text: &str) -> Option<Box<Self>> {
        Self::keyed(0, text, &[])
    }

    #[inline]
    fn keyed(key: u64, sql: &str, params: &[Param<'_>]) -> Option<Box<Self>> {
        counting::note(key);
        if LOGGED.load(Ordering::Relaxed) == 0 { None } else { Self::of_task(key, sql, params) }
    }

    #[cold]
    fn of_task(key: u64, sql: &str, params: &[Param<'_>]) -> Option<Box<Self>> {
        let logs = CURRENT.try_with(Arc::clone).ok()?;
        let shown = |param: &Param<'_>| {
            let text = format!("{param:?}");
            match text.char_indices().nth(LONGEST) {
                Some((at, _)) => format!("{}..", &text[..at]),
                None => text,
            }
        };
        let is_kept = logs.iter().any(|log| log.limit > 0);
        Some(Box::new(Self {
            logs,
            key,
            sql: if is_kept { sql.to_owned() } else { String::new() },
            params: if is_kept { params.iter().map(shown).collect() } else { Vec::new() },
            started: Instant::now(),
            failure: Some("nobody waited for its end".to_owned()),
            asked: asked::current(),
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
            place: self.asked.map(|asked| asked.place),
        };
        for log in self.logs.iter() {
            let mut seen = log.seen();
            let order = seen.count;
            seen.count += 1;
            seen.took += query.duration;
            if self.key != 0 {
                let first = || Repeat { count: 0, order, sql: query.sql.clone(), asked: self.asked };
                seen.repeats.entry(self.key).or_insert_with(first).count += 1;
            }
            if seen.queries.len() < log.limit {
                seen.queries.push(query.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    fn run(sql: &str, params: &[Param<'_>], failure: Option<&str>) {
        if let Some(mut noted) = Noted::of(&Sql::rendered(sql), params) {
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
                drop(Noted::begin("SELECT 2"));
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

    #[test]
    fn what_is_not_kept_is_counted() {
        let (few, none) = (QueryLog::at_most(1), QueryLog::at_most(0));
        let work = async {
            for n in 0..4 {
                run("SELECT 1", &[], None);
                run("SELECT $1", &[&n], None);
                drop(Noted::begin("COPY t TO STDOUT"));
            }
            run("SELECT 2", &[], None);
        };
        few.scope(none.scope(work)).now_or_never().expect("nothing waits");
        assert_eq!((few.len(), few.total(), none.len(), none.total()), (1, 13, 0, 13));
        assert_eq!((few.patterns(4), few.patterns(5), none.patterns(4), none.patterns(0)), (2, 0, 2, 2));
        let found = few.n_plus_one(4);
        assert_eq!(
            found.iter().map(|found| (&*found.sql, found.count)).collect::<Vec<_>>(),
            [("SELECT 1", 4), ("SELECT $1", 4)]
        );
        assert!(few.took() > Duration::ZERO && few.n_plus_one(5).is_empty());
        assert!(found[0].to_string().starts_with("4 times  SELECT 1\n    one query"), "{}", found[0]);
    }
}
