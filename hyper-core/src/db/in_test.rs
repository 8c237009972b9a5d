//! Tests that leave nothing behind: every statement of a test goes into one transaction, which is rolled back at its end.
//!
//! A [`Db`] that was made inside [`for_tests`] asks, for each statement, whether its task belongs to a [`TestScope`]. If
//! so, the statement runs in the transaction the test has on that `Db`, which begins when it is first needed; what the
//! application takes for a transaction of its own is a part of it. Other databases do not know of this.
//!
//! Tests that run at the same time are on copies of the database, so that none waits for a row, a unique
//! value or a table that another one has written.
//!
//! One connection does one thing at a time, so the callers of a test take turns: a statement waits for the one before it,
//! and a transaction for the one of another request. A request that begins a transaction while it has one open, begins
//! it inside that.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::{Notify, OnceCell, OwnedMutexGuard};
use tokio_postgres::Row;

use super::error::DatabaseError;
use super::error_kind::ErrorKind;
use super::executor::Reader;
use super::options::Options;
use super::pool::Db;
use super::sql::{Param, Sql};
use super::transaction::Transaction;

/// How long a transaction waits for that of another request of its test.
const PATIENCE: Duration = Duration::from_secs(5);

/// What a statement is told that comes too late.
const ENDED: &str = "the test that this statement belongs to has ended";

/// The caller that is no request: the test itself.
const TEST: u64 = 0;

tokio::task_local! {
    static MAKING: Databases;
    /// None inside of a test, too, where an application starts: that is no part of it.
    static CURRENT: Option<Caller>;
}

/// Where an application that is started for tests has its database.
#[derive(Debug, Clone, Copy)]
pub struct Databases {
    /// Makes a fresh, empty one and returns its URL, or what is in the way. It may block.
    pub create: fn() -> Result<String, String>,
    /// Whether tests use it together, so that each is rolled back.
    pub rolled_back: bool,
}

/// Runs what starts an application for tests: a [`Db`] among its parts, where `DATABASE_URL` is not set, gets a database
/// of its own.
pub async fn for_tests<T>(databases: Databases, work: impl Future<Output = T>) -> T {
    MAKING.scope(databases, CURRENT.scope(None, work)).await
}

/// Whether what is done on a database that is made now is rolled back by each test.
pub(crate) fn is_for_tests() -> bool {
    MAKING.try_with(|databases| databases.rolled_back).unwrap_or(false)
}

/// What makes the database, where it is for tests.
pub(super) fn create() -> Option<fn() -> Result<String, String>> {
    MAKING.try_with(|databases| databases.create).ok()
}

/// One test: what runs in it leaves nothing in the databases that are [for tests](for_tests).
#[derive(Clone, Default)]
pub struct TestScope(Arc<Scope>);

#[derive(Default)]
struct Scope {
    /// By the address of their pools, which live as long as this.
    roots: Mutex<HashMap<usize, Arc<OnceCell<Root>>>>,
    requests: AtomicU64,
    ended: AtomicBool,
}

/// Who runs a statement: the test itself, or one of its requests.
#[derive(Clone)]
struct Caller {
    scope: Arc<Scope>,
    request: u64,
}

/// The transaction of a test on one database.
struct Root {
    transaction: Mutex<Option<Transaction>>,
    turns: Arc<Turns>,
    /// The database of the application.
    db: Db,
    /// That of the transaction.
    copy: Db,
}

/// Whose turn it is.
#[derive(Default)]
struct Turns {
    statement: Arc<tokio::sync::Mutex<()>>,
    /// The transactions that callers have open, each by its savepoint, from the outermost.
    open: Mutex<Vec<(u32, u64)>>,
    ended: Notify,
    /// Whether something was committed after all, so that nobody else can use the copy.
    spoilt: AtomicBool,
}

/// The turn of a part of the test's transaction that a [`Db`] began; over when dropped.
pub(super) struct Turn {
    turns: Arc<Turns>,
    savepoint: u32,
    /// A statement keeps everybody else waiting, a transaction only while it begins and ends.
    statement: Option<OwnedMutexGuard<()>>,
}

impl TestScope {
    /// A test that has not begun.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Runs `work`, then rolls back what it wrote. Where it panics that is done, too, and the panic goes on.
    ///
    /// # Panics
    /// What `work` does.
    pub async fn run<T>(&self, work: impl Future<Output = T>) -> T {
        use futures_util::FutureExt;

        let caller = Caller { scope: self.0.clone(), request: TEST };
        let outcome = std::panic::AssertUnwindSafe(CURRENT.scope(Some(caller), work)).catch_unwind().await;
        self.0.end().await;
        outcome.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    }
}

fn current() -> Option<Caller> {
    CURRENT.try_with(Option::clone).ok().flatten()
}

/// Runs `work` as one request of the test that runs, if there is one: it takes turns with others.
pub async fn as_request<T>(work: impl Future<Output = T>) -> T {
    let Some(caller) = current() else { return work.await };
    let request = caller.scope.requests.fetch_add(1, Ordering::Relaxed) + 1;
    CURRENT.scope(Some(Caller { request, ..caller }), work).await
}

/// Work that is spawned, as a part of the test that runs, if there is one.
pub(super) fn inherit<F: Future>(work: F) -> impl Future<Output = F::Output> {
    let caller = current();
    async move {
        match caller {
            Some(caller) => CURRENT.scope(Some(caller), work).await,
            None => work.await,
        }
    }
}

impl std::fmt::Debug for TestScope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TestScope").field("ended", &self.0.ended).finish()
    }
}

impl Scope {
    async fn end(&self) {
        self.ended.store(true, Ordering::Relaxed);
        let roots = std::mem::take(&mut *self.roots.lock().expect("no panic while held"));
        for root in roots.values().filter_map(|root| root.get()) {
            let transaction = root.transaction.lock().expect("no panic while held").take();
            let Some(transaction) = transaction else { continue };
            match transaction.rollback().await {
                Ok(()) if root.turns.spoilt.load(Ordering::Relaxed) => {}
                Ok(()) => root.db.give_copy_back(&root.copy),
                Err(error) => tracing::warn!(%error, "the transaction of a test could not be rolled back"),
            }
        }
    }
}

impl Caller {
    /// The cell of the test's transaction on a database.
    fn root(&self, db: &Db) -> Result<Arc<OnceCell<Root>>, DatabaseError> {
        if self.scope.ended.load(Ordering::Relaxed) {
            return Err(DatabaseError::new(ErrorKind::Other, ENDED));
        }
        let mut roots = self.scope.roots.lock().expect("no panic while held");
        Ok(roots.entry(Arc::as_ptr(&db.0).addr()).or_default().clone())
    }

    /// Begins a part of the test's transaction: for one statement, or for a transaction of the caller's.
    async fn begin(
        &self,
        db: &Db,
        options: &Options,
        is_statement: bool,
    ) -> Result<Transaction, DatabaseError> {
        let cell = self.root(db)?;
        let root = cell
            .get_or_try_init(|| async {
                let copy = db.take_copy().await?;
                let transaction = copy.begin_outside_of_tests(&Options::default()).await?;
                let (transaction, turns) = (Mutex::new(Some(transaction)), Arc::default());
                Ok::<_, DatabaseError>(Root { transaction, turns, db: db.clone(), copy })
            })
            .await?;
        let statement = root.turns.wait_for(self.request).await?;
        let ended = || DatabaseError::new(ErrorKind::Other, ENDED);
        let part = {
            let transaction = root.transaction.lock().expect("no panic while held");
            transaction.as_ref().ok_or_else(ended)?.next_part(|savepoint| {
                root.turns.open.lock().expect("no panic while held").push((savepoint, self.request));
                Turn { turns: root.turns.clone(), savepoint, statement: Some(statement) }
            })?
        };
        part.begin_in_turn(options, is_statement).await
    }
}

impl Turns {
    /// Waits until no other request has a transaction open, and no statement runs.
    async fn wait_for(&self, request: u64) -> Result<OwnedMutexGuard<()>, DatabaseError> {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            let mut ended = std::pin::pin!(self.ended.notified());
            ended.as_mut().enable();
            let statement = self.statement.clone().lock_owned().await;
            let innermost = self.open.lock().expect("no panic while held").last().map(|(_, owner)| *owner);
            if innermost.is_none_or(|owner| owner == TEST || owner == request) {
                return Ok(statement);
            }
            drop(statement);
            if tokio::time::timeout_at(deadline, ended).await.is_err() {
                return Err(DatabaseError::new(
                    ErrorKind::Unavailable,
                    format!(
                        "another request of this test has had a transaction open for {PATIENCE:?}, and all of them \
                         share the test's connection: wait for that one first, or use a `LiveServer`, whose requests \
                         have connections of their own"
                    ),
                ));
            }
        }
    }
}

impl Turn {
    /// Notes that the test's transaction is no more.
    pub(super) fn spoil(&self) {
        self.turns.spoilt.store(true, Ordering::Relaxed);
    }

    /// Lets statements run inside the part.
    pub(super) fn begun(&mut self) {
        self.statement = None;
    }

    /// Waits until no statement runs, so that the part can end.
    pub(super) async fn ending(&mut self) {
        if self.statement.is_none() {
            self.statement = Some(self.turns.statement.clone().lock_owned().await);
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.turns.open.lock().expect("no panic while held").retain(|(other, _)| *other != self.savepoint);
        self.statement = None;
        self.turns.ended.notify_waiters();
    }
}

impl Db {
    /// Whether its statements may belong to a test.
    #[inline]
    pub(crate) fn is_in_test(&self) -> bool {
        self.0.copies.is_some() && CURRENT.try_with(Option::is_some).unwrap_or(false)
    }

    /// A part of the test's transaction, for one statement.
    #[cold]
    pub(super) async fn statement_in_test(&self) -> Result<Transaction, DatabaseError> {
        self.caller()?.begin(self, &Options::default(), true).await
    }

    /// A part of the test's transaction, for a transaction.
    #[cold]
    pub(super) async fn begin_in_test(&self, options: &Options) -> Result<Transaction, DatabaseError> {
        self.caller()?.begin(self, options, false).await
    }

    /// Runs a statement on its own.
    #[cold]
    pub(super) async fn run_in_test(
        &self,
        sql: Sql<'_>,
        params: &[Param<'_>],
        each: impl FnMut(&Row) -> Result<(), DatabaseError> + Send,
    ) -> Result<u64, DatabaseError> {
        let part = self.statement_in_test().await?;
        let outcome = part.read(sql, params, each).await;
        part.end_with(outcome).await
    }

    fn caller(&self) -> Result<Caller, DatabaseError> {
        current().ok_or_else(|| DatabaseError::new(ErrorKind::Other, ENDED))
    }
}
