//! What is to happen once a transaction has ended.

use std::fmt;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::task::{Context, Waker};

use futures_util::FutureExt;

use super::in_test;

/// What [`Executor::on_commit`](super::Executor::on_commit) takes: a closure without arguments, `async` or not, that
/// returns nothing or a `Result<(), E>`.
///
/// ```
/// use hyper_core::db::Callback;
///
/// fn takes<K>(_: impl Callback<K>) {}
/// takes(|| println!("done"));
/// takes(|| std::fs::write("done", "done"));
/// takes(async || println!("done"));
/// takes(async || std::fs::write("done", "done"));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be called when a transaction ends",
    label = "expected a `Send + 'static` closure without arguments that returns nothing or a `Result<(), E>`",
    note = "write `move || ..` or `async move || ..`: it owns what it uses, as it runs later and in a task"
)]
pub trait Callback<Kind>: Send + 'static {
    /// The closure as connections keep it.
    #[doc(hidden)]
    fn boxed(self) -> Boxed;
}

/// A callback that has not been called.
#[doc(hidden)]
pub struct Boxed(Pin<Box<dyn Future<Output = Result<(), String>> + Send>>);

/// What a callback returns.
#[diagnostic::on_unimplemented(
    message = "a callback cannot return `{Self}`",
    label = "expected nothing or a `Result<(), E>` whose error can be displayed",
    note = "nobody is there to take a value when a transaction has ended"
)]
pub trait Outcome {
    /// What went wrong.
    #[doc(hidden)]
    fn told(self) -> Result<(), String>;
}

impl Outcome for () {
    fn told(self) -> Result<(), String> {
        Ok(())
    }
}

impl<E: fmt::Display> Outcome for Result<(), E> {
    fn told(self) -> Result<(), String> {
        self.map_err(|error| error.to_string())
    }
}

/// The mark of a callback that does not wait.
#[doc(hidden)]
pub struct Direct;

/// The mark of an `async` one.
#[doc(hidden)]
pub struct Waiting;

#[diagnostic::do_not_recommend]
impl<F, T> Callback<(Direct, T)> for F
where
    F: FnOnce() -> T + Send + 'static,
    T: Outcome,
{
    fn boxed(self) -> Boxed {
        Boxed(Box::pin(async move { self().told() }))
    }
}

#[diagnostic::do_not_recommend]
impl<F, T> Callback<(Waiting, T)> for F
where
    F: FnOnce() -> T + Send + 'static,
    T: Future<Output: Outcome> + Send + 'static,
{
    fn boxed(self) -> Boxed {
        Boxed(Box::pin(async move { self().await.told() }))
    }
}

impl Boxed {
    /// Calls it; what goes wrong is logged, and nothing else becomes of it.
    pub(super) async fn call(self) {
        match AssertUnwindSafe(self.0).catch_unwind().await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!(%error, "a callback of a transaction failed"),
            Err(panic) => {
                let said = panic.downcast_ref::<&str>().copied();
                let panic =
                    said.or(panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message");
                tracing::error!(panic, "a callback of a transaction panicked");
            }
        }
    }

    /// Calls it at once, and lets a task finish what has to wait.
    pub(super) fn call_now(self) {
        let mut call = Box::pin(self.call());
        if call.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready() {
            return;
        }
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => drop(runtime.spawn(in_test::inherit(call))),
            Err(_) => tracing::error!("a callback was not called to its end: there is no runtime"),
        }
    }
}

/// When a callback is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    Commit,
    Rollback,
    /// It was for a rollback, and its savepoint was rolled back: whatever becomes of the rest.
    Always,
}

/// The callbacks of a transaction, in the order they were registered.
#[derive(Default)]
pub(super) struct Hooks(Vec<(When, Boxed)>);

impl Hooks {
    pub(super) fn push(&mut self, when: When, callback: Boxed) {
        self.0.push((when, callback));
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Those from `mark` on belong to a savepoint that is rolled back.
    pub(super) fn roll_back(&mut self, mark: usize) {
        let part = self.0.split_off(mark);
        let due = part.into_iter().filter(|(when, _)| *when != When::Commit);
        self.0.extend(due.map(|(_, callback)| (When::Always, callback)));
    }

    /// Takes those from `mark` on.
    pub(super) fn split_off(&mut self, mark: usize) -> Self {
        Self(self.0.split_off(mark))
    }

    /// Calls those that are due for this end, one after the other.
    pub(super) async fn call(self, end: When) {
        for (when, callback) in self.0 {
            if when == end || when == When::Always {
                callback.call().await;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[test]
    fn each_end_has_its_callbacks_in_their_order() {
        for (end, expected) in [(When::Commit, "adf"), (When::Rollback, "bdf")] {
            let called = Arc::new(Mutex::new(String::new()));
            let note = |letter: char| {
                let called = called.clone();
                Callback::boxed(move || called.lock().unwrap().push(letter))
            };
            let mut hooks = Hooks::default();
            hooks.push(When::Commit, note('a'));
            hooks.push(When::Rollback, note('b'));
            let outer = hooks.len();
            hooks.push(When::Commit, note('c'));
            let inner = hooks.len();
            hooks.push(When::Rollback, note('d'));
            hooks.roll_back(inner);
            hooks.push(When::Commit, note('e'));
            hooks.push(When::Rollback, note('f'));
            hooks.roll_back(outer);
            hooks.call(end).now_or_never().expect("nothing waits");
            assert_eq!(*called.lock().unwrap(), expected);
        }
    }

    #[test]
    fn one_that_panics_or_fails_stops_nobody() {
        let called = Arc::new(Mutex::new(0));
        let mut hooks = Hooks::default();
        hooks.push(When::Commit, Callback::boxed(|| -> () { panic!("on purpose") }));
        hooks.push(When::Commit, Callback::boxed(async || Err::<(), _>("no")));
        let count = called.clone();
        hooks.push(When::Commit, Callback::boxed(async move || *count.lock().unwrap() += 1));
        hooks.call(When::Commit).now_or_never().expect("nothing waits");
        assert_eq!(*called.lock().unwrap(), 1);
    }
}
