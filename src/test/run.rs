//! One test: its runtime, its transaction, its log.

use std::sync::LazyLock;

use hyper_core::db::in_test::TestScope;
use hyper_core::{App, db};
use tokio::runtime::{Builder, Runtime};

use super::{Client, LiveServer};
use crate::manage::log;

/// What all tests of a process run on: connections to the database go on when a test has ended.
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    Builder::new_multi_thread()
        .on_thread_start(db::register_worker)
        .enable_all()
        .build()
        .unwrap_or_else(|error| panic!("no runtime can be started: {error}"))
});

/// What a function under `#[hyperdjango::test]` can take: [`Client`] and [`LiveServer`].
///
/// ```
/// # extern crate hyperdjango as _; mod hyperdjango { pub use ::hyperdjango::{*, __test_in_docs as test}; }
/// # use hyperdjango::prelude::*;
/// # #[get("/")] async fn index() -> &'static str { "Hi" }
/// # routes! { pub Urls: index }
/// # #[derive(App)] #[app(routes = Urls)] pub struct Site;
/// use hyperdjango::test::{Client, TestArgument};
///
/// /// Two visitors.
/// struct Two(Client<Site>, Client<Site>);
///
/// impl TestArgument for Two {
///     async fn make() -> Self {
///         let first = Client::make().await;
///         let second = first.another();
///         Self(first, second)
///     }
/// }
///
/// #[hyperdjango::test]
/// async fn both_are_greeted(two: Two) {
///     two.0.get("/").await.expect(200);
///     two.1.get("/").await.expect(200);
/// }
/// # fn main() { both_are_greeted(); }
/// ```
#[diagnostic::on_unimplemented(
    message = "a test cannot be given a `{Self}`",
    label = "expected `Client<Site>`, `LiveServer<Site>` or a type of your own",
    note = "the database of the application is `client.db()`, one without an application is a `TestDatabase`",
    note = "implement `hyperdjango::test::TestArgument` for a type of your own"
)]
pub trait TestArgument {
    /// Makes it, when the test begins.
    fn make() -> impl Future<Output = Self>;
}

impl<A: App> TestArgument for Client<A> {
    async fn make() -> Self {
        Self::start(&[]).await
    }
}

impl<A: App> TestArgument for LiveServer<A> {
    async fn make() -> Self {
        Self::start().await
    }
}

/// Runs a test as `#[hyperdjango::test]` does, which is for tests that are written by a macro of one's own: `work` in a
/// transaction that is rolled back.
///
/// ```
/// use hyperdjango::test;
///
/// assert_eq!(test::run(async { 1 + 1 }), 2);
/// ```
///
/// # Panics
/// When `work` does, after the roll-back; or when it is called from inside a runtime.
pub fn run<T>(work: impl Future<Output = T>) -> T {
    log::install_for_tests();
    RUNTIME.block_on(TestScope::new().run(work))
}
