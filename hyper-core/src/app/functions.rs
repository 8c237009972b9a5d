//! The functions an application may name: what they have to look like, and the words when they do not.

use std::future::Future;

use crate::http::{Request, Response};
use crate::{Error, Result};

/// What `#[app(setup = ..)]` names: an `async fn` of the application that returns a `Result`.
#[diagnostic::on_unimplemented(
    message = "this function cannot set up `{A}`",
    label = "not an `async fn` that takes `&'static {A}` and returns a `Result`",
    note = "write `async fn start(site: &'static {A}) -> Result<()>`"
)]
pub trait Setup<A: 'static> {
    /// Runs it.
    fn run(self, app: &'static A) -> impl Future<Output = Result<()>> + Send;
}

#[diagnostic::do_not_recommend]
impl<A, F, T> Setup<A> for F
where
    A: Sync + 'static,
    F: FnOnce(&'static A) -> T + Send,
    T: Future<Output: Outcome> + Send,
{
    async fn run(self, app: &'static A) -> Result<()> {
        self(app).await.outcome()
    }
}

/// What a set-up may return: a `Result` whose error is one of the framework or becomes one.
pub trait Outcome {
    /// As the framework's.
    fn outcome(self) -> Result<()>;
}

impl<T, E> Outcome for Result<T, E>
where
    Error: From<E>,
{
    fn outcome(self) -> Result<()> {
        self?;
        Ok(())
    }
}

/// What `#[app(on_error = ..)]` names.
#[diagnostic::on_unimplemented(
    message = "this function cannot answer the errors of an application",
    label = "not a `fn` that takes `&Error` and `&Request` and returns a `Response`",
    note = "write `fn failed(error: &Error, request: &Request) -> Response`, without `async`"
)]
pub trait AnswersErrors {}

#[diagnostic::do_not_recommend]
impl<F: Fn(&Error, &Request) -> Response> AnswersErrors for F {}

/// Stops the compiler, in the words of [`AnswersErrors`], when a function does not.
pub const fn check_on_error<F: AnswersErrors + Copy>(_: F) {}
