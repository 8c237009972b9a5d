//! How many queries something takes.

use hyper_core::db::QueryLog;

/// Runs `work`, and returns with what it returns the statements it ran, as [`QueryLog`] says.
///
/// ```
/// # extern crate hyperdjango as _; mod hyperdjango { pub use ::hyperdjango::{*, __test_in_docs as test}; }
/// # hyperdjango::__blog!();
/// use hyperdjango::test::{TestDatabase, count_queries};
///
/// #[hyperdjango::test]
/// async fn counting_is_one_query() -> Result<()> {
///     let db = TestDatabase::new(&[User::META]).await;
///     let (count, queries) = count_queries(User::objects().count(&*db)).await;
///     assert_eq!((count?, queries.len()), (0, 1));
///     assert_eq!(queries.queries()[0].sql, r#"SELECT count(*) FROM "users""#);
///     Ok(())
/// }
/// # fn main() {}
/// ```
pub async fn count_queries<T>(work: impl Future<Output = T>) -> (T, QueryLog) {
    let log = QueryLog::new();
    (log.scope(work).await, log)
}

/// Fails where something did not take that many queries.
///
/// # Panics
/// With all statements, when there were more or fewer.
#[doc(hidden)]
#[track_caller]
pub fn __expect_queries(log: &QueryLog, expected: usize) {
    let count = log.len();
    if count == expected {
        return;
    }
    let queries = |number| if number == 1 { "query" } else { "queries" };
    let were = if expected == 1 { "was" } else { "were" };
    let listed = if count == 0 { String::new() } else { format!(":\n{log}") };
    panic!("{count} {} ran where {expected} {were} expected{listed}", queries(count));
}

/// Evaluates an expression, in which there may be `.await`, and fails where that does not take `n` queries: the message has
/// all statements with their durations, and those that were run more than once. Its value is the expression's.
///
/// What counts is what [`QueryLog`](crate::test::QueryLog) has: no BEGIN, COMMIT or SAVEPOINT, and nothing of tasks that are
/// spawned and go on by themselves. Requests of a [`Client`](crate::test::Client) are of the test's own task.
///
/// ```
/// # extern crate hyperdjango as _; mod hyperdjango { pub use ::hyperdjango::{*, __test_in_docs as test}; }
/// # hyperdjango::__blog!();
/// use hyperdjango::test::{TestDatabase, assert_queries};
///
/// #[hyperdjango::test]
/// async fn counting_is_one_query() -> Result<()> {
///     let db = TestDatabase::new(&[User::META]).await;
///     assert_eq!(assert_queries!(1, User::objects().count(&*db).await)?, 0);
///     Ok(())
/// }
/// # fn main() {}
/// ```
#[doc(hidden)]
#[macro_export]
macro_rules! __assert_queries {
    ($n:expr, $work:expr $(,)?) => {{
        let (value, log) = $crate::test::count_queries(async { $work }).await;
        $crate::__private::expect_queries(&log, $n);
        value
    }};
}

/// How often a statement may not run in [`assert_no_n_plus_one!`](crate::test::assert_no_n_plus_one): tests have few rows.
#[doc(hidden)]
pub const __TOO_OFTEN: usize = 3;

/// Fails where something ran a statement again and again.
///
/// # Panics
/// With each such statement.
#[doc(hidden)]
#[track_caller]
pub fn __expect_no_n_plus_one(log: &QueryLog, times: usize) {
    let found = log.n_plus_one(times);
    if !found.is_empty() {
        let found: Vec<String> = found.iter().map(ToString::to_string).collect();
        panic!("this asks for each row (N+1):\n  {}", found.join("\n  "));
    }
}

/// Evaluates an expression, in which there may be `.await`, and fails where that runs the same statement 3 times or more,
/// whatever the values of its parameters: as a rule a query for each row of another one. The message has the statement, the
/// line it is from, and what asks once instead. Its value is the expression's.
///
/// Another number of times stands before it: `assert_no_n_plus_one!(10, ..)`. There must be so many rows in the test that the
/// mistake shows. Requests of a [`Client`](crate::test::Client) are looked at without this, for 5 times and more.
///
/// ```
/// # extern crate hyperdjango as _; mod hyperdjango { pub use ::hyperdjango::{*, __test_in_docs as test}; }
/// # hyperdjango::__blog!();
/// use hyperdjango::test::{TestDatabase, assert_no_n_plus_one};
///
/// #[hyperdjango::test]
/// async fn posts_come_with_their_authors() -> Result<()> {
///     let db = TestDatabase::new(&[User::META, Post::META]).await;
///     let posts = assert_no_n_plus_one!(Post::objects().select_related(Post.author).all(&*db).await)?;
///     assert!(posts.is_empty());
///     Ok(())
/// }
/// # fn main() {}
/// ```
#[doc(hidden)]
#[macro_export]
macro_rules! __assert_no_n_plus_one {
    ($work:expr $(,)?) => {
        $crate::__assert_no_n_plus_one!($crate::__private::TOO_OFTEN, $work)
    };
    ($times:expr, $work:expr $(,)?) => {{
        let (value, log) = $crate::test::count_queries(async { $work }).await;
        $crate::__private::expect_no_n_plus_one(&log, $times);
        value
    }};
}
