//! Queries of an application that are measured, and the words when a function is none.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use super::functions::Outcome;
use crate::Result;
use crate::db::Measured;

type Running<'m> = Pin<Box<dyn Future<Output = Result<()>> + 'm>>;

/// A function of `#[app(benchmarks = [..])]`, with its name.
pub struct Benchmark {
    name: &'static str,
    work: Box<dyn Benchmarked>,
}

impl Benchmark {
    /// A function that runs what is to be measured.
    ///
    /// ```
    /// use hyper_core::app::Benchmark;
    /// use hyper_core::db::{DatabaseError, Executor, Sql};
    ///
    /// async fn answers(db: &impl Executor) -> Result<u64, DatabaseError> {
    ///     db.read(Sql::new("SELECT 42"), &[], |_| Ok(())).await
    /// }
    ///
    /// assert_eq!(Benchmark::new("answers", answers).name(), "answers");
    /// ```
    #[must_use]
    pub fn new(name: &'static str, work: impl Benchmarked) -> Self {
        Self { name, work: Box::new(work) }
    }

    /// The function's name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Runs it once.
    ///
    /// # Errors
    /// The function's.
    pub async fn run(&self, db: &Measured) -> Result<()> {
        self.work.run(db).await
    }
}

impl fmt::Debug for Benchmark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Benchmark").field(&self.name).finish()
    }
}

/// What `#[app(benchmarks = [..])]` names: an `async fn` that is given a [`Measured`] to run queries on, as this or as any
/// `&impl Executor`, and returns a `Result`.
#[diagnostic::on_unimplemented(
    message = "this function cannot be measured",
    label = "not an `async fn` that takes `&Measured` and returns a `Result`",
    note = "write `async fn front_page(db: &Measured) -> Result<()>` with `use hyperdjango::db::Measured;`, and run its \
            queries on `db`"
)]
pub trait Benchmarked: 'static {
    /// Runs it once.
    fn run<'m>(&'m self, db: &'m Measured) -> Running<'m>;
}

#[diagnostic::do_not_recommend]
impl<F, T> Benchmarked for F
where
    F: AsyncFn(&Measured) -> T + 'static,
    T: Outcome,
{
    fn run<'m>(&'m self, db: &'m Measured) -> Running<'m> {
        Box::pin(async move { self(db).await.outcome() })
    }
}
