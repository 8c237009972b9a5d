//! The pool: a pinned connection for each worker, and others for whoever needs one alone.

use std::cell::Cell;
use std::fmt;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

use crate::embedded::Postgres;

use super::attempt::Attempt;
use super::connection::{Connection, DatabaseUrl};
use super::copies::Copies;
use super::cursor::{Cursor, Held};
use super::error::DatabaseError;
use super::error_kind::ErrorKind;
use super::exclusive::Exclusive;
use super::in_test;
use super::listen::Hub;
use super::options::{Options, TransactionBuilder};
use super::sql::{Param, Sql};
use super::transaction::Transaction;

/// After a failed attempt to connect, others fail at once for so long instead of trying too.
pub(super) const RETRY_AFTER: Duration = Duration::from_millis(200);

/// PostgreSQL's code for "no connection left".
pub(super) const FULL: &str = "53300";

/// Sizes and limits of a [`Db`].
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct DbOptions {
    /// Connections pinned to workers, on which reads are pipelined. Default: one for each core.
    pub pinned: usize,
    /// Connections for writes and transactions, at most. Default: 16.
    pub exclusive: usize,
    /// How long to wait for one of those. Default: 5 s.
    pub acquire_timeout: Duration,
}

impl Default for DbOptions {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self { pinned: cores, exclusive: 16, acquire_timeout: Duration::from_secs(5) }
    }
}

/// A database: what handlers take as `db: &Db`, and queries are run on. Cloning it is cheap.
///
/// It connects when first needed, and again when PostgreSQL has been away: meanwhile statements fail
/// with [`ErrorKind::Unavailable`], which answers 503.
#[derive(Clone)]
pub struct Db(pub(super) Arc<Pool>);

pub(super) struct Pool {
    pub(super) url: DatabaseUrl,
    options: DbOptions,
    pub(super) pinned: Box<[Slot]>,
    /// In boxes, as they go from hand to hand.
    #[expect(clippy::vec_box, reason = "it moves through futures, which copy what they hold")]
    idle: Mutex<Vec<Box<Connection>>>,
    /// Tells who waits because PostgreSQL gives no more connections that one has become idle.
    returned: Notify,
    permits: Arc<Semaphore>,
    started: Instant,
    /// Milliseconds since `started` before which nobody tries to connect; 0 when the last attempt succeeded.
    pub(super) closed_until: AtomicU64,
    /// The same since PostgreSQL had no connection left.
    pub(super) full_until: AtomicU64,
    /// The server that was started for it, which stops with its last user.
    server: Option<Postgres>,
    /// Those who listen.
    pub(super) hub: Hub,
    /// Where its statements may belong to tests.
    pub(super) copies: Option<Box<Copies>>,
}

#[derive(Default)]
pub(super) struct Slot {
    current: Mutex<Option<Arc<Connection>>>,
    connecting: tokio::sync::Mutex<()>,
}

thread_local! {
    static WORKER: Cell<usize> = const { Cell::new(0) };
}

/// Gives the calling thread its number among the workers, by which it finds its pinned connection.
/// The server calls it on each worker thread it starts; other threads share the first connection.
pub fn register_worker() {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    WORKER.set(NEXT.fetch_add(1, Ordering::Relaxed));
}

impl Db {
    /// A handle with the default sizes. Nothing is connected yet.
    #[must_use]
    pub fn new(url: DatabaseUrl) -> Self {
        Self::with_options(url, DbOptions::default())
    }

    /// A handle with these sizes; zeros count as one.
    #[must_use]
    pub fn with_options(url: DatabaseUrl, options: DbOptions) -> Self {
        Self::on(url, options, None)
    }

    pub(super) fn on(url: DatabaseUrl, options: DbOptions, server: Option<Postgres>) -> Self {
        Self(Arc::new(Pool {
            url,
            pinned: (0..options.pinned.max(1)).map(|_| Slot::default()).collect(),
            idle: Mutex::default(),
            returned: Notify::new(),
            permits: Arc::new(Semaphore::new(options.exclusive.max(1))),
            started: Instant::now(),
            closed_until: AtomicU64::new(0),
            full_until: AtomicU64::new(0),
            server,
            options,
            hub: Hub::default(),
            copies: in_test::is_for_tests().then(Box::default),
        }))
    }

    /// The server that was started for it; none where `DATABASE_URL` says which to use.
    #[must_use]
    pub fn server(&self) -> Option<&Postgres> {
        self.0.server.as_ref()
    }

    /// Where it connects to.
    #[must_use]
    pub fn url(&self) -> &DatabaseUrl {
        &self.0.url
    }

    /// Begins a transaction that is to have options.
    pub fn transaction(&self) -> TransactionBuilder<'_> {
        TransactionBuilder::new(self)
    }

    /// Runs `work` in a transaction: committed when it returns `Ok`, rolled back when it returns `Err`,
    /// panics, or is dropped half-way.
    ///
    /// ```no_run
    /// # use hyper_core::db::{Db, DatabaseError, Executor};
    /// # async fn f(db: Db) -> Result<(), DatabaseError> {
    /// db.atomic(async |tx| {
    ///     tx.execute_batch("UPDATE accounts SET balance = balance - 1 WHERE id = 1").await?;
    ///     tx.execute_batch("UPDATE accounts SET balance = balance + 1 WHERE id = 2").await
    /// })
    /// .await
    /// # }
    /// ```
    ///
    /// # Errors
    /// What `work` returns, or the failure to begin or to commit.
    pub async fn atomic<T, E: From<DatabaseError>>(
        &self,
        work: impl AsyncFnOnce(&Transaction) -> Result<T, E>,
    ) -> Result<T, E> {
        self.transaction().atomic(work).await
    }

    /// Starts a transaction that ends with [`Transaction::commit`], or is rolled back when dropped.
    ///
    /// # Errors
    /// PostgreSQL cannot be reached, or all connections are busy for too long.
    pub async fn begin(&self) -> Result<Transaction, DatabaseError> {
        self.begin_as(&Options::default()).await
    }

    pub(super) async fn begin_as(&self, options: &Options) -> Result<Transaction, DatabaseError> {
        if self.is_in_test() {
            return Box::pin(self.begin_in_test(options)).await;
        }
        self.begin_outside_of_tests(options).await
    }

    pub(super) async fn begin_outside_of_tests(
        &self,
        options: &Options,
    ) -> Result<Transaction, DatabaseError> {
        loop {
            let connection = self.exclusive().await?;
            let was_idle = connection.was_idle();
            match Transaction::begin(connection, options).await {
                // It had ended while it was idle. A transaction that has not begun can begin elsewhere.
                Err(error) if error.kind() == ErrorKind::Interrupted && was_idle => {}
                outcome => return outcome,
            }
        }
    }

    /// Opens a cursor on a `SELECT`, as [`Executor::cursor`](super::Executor::cursor) says. It lives on its own, for
    /// example as the body of an answer.
    ///
    /// # Errors
    /// PostgreSQL cannot be reached, all connections are busy for too long, or what PostgreSQL reports.
    pub async fn cursor(
        &self,
        sql: Sql<'_>,
        params: &[Param<'_>],
        chunk_size: u32,
    ) -> Result<Cursor<'static>, DatabaseError> {
        if self.is_in_test() {
            let part = Box::pin(self.statement_in_test()).await?;
            let rows = Box::pin(Cursor::read_whole(&part, sql, params, chunk_size)).await;
            return Box::pin(part.end_with(rows)).await;
        }
        let tx = self.begin_as(&Options::read_only()).await?;
        Cursor::open(Held::Own(Some(tx)), sql, params, chunk_size).await
    }

    pub(super) async fn pinned(&self) -> Result<Arc<Connection>, DatabaseError> {
        let slots = &self.0.pinned;
        let slot = &slots[WORKER.get() % slots.len()];
        match slot.open() {
            Some(connection) => Ok(connection),
            // In a box, as what it takes to connect would make the future of each statement several times larger.
            None => Box::pin(self.pin(slot)).await,
        }
    }

    async fn pin(&self, slot: &Slot) -> Result<Arc<Connection>, DatabaseError> {
        let _one_at_a_time = slot.connecting.lock().await;
        if let Some(connection) = slot.open() {
            return Ok(connection);
        }
        let connection = Arc::new(self.0.connect().await?);
        *slot.current.lock().expect("no panic while held") = Some(connection.clone());
        Ok(connection)
    }

    pub(super) async fn exclusive(&self) -> Result<Exclusive, DatabaseError> {
        let pool = &self.0;
        // As a rule there is an idle one, and neither a timer nor a place in a queue is needed.
        let permit = pool.permits.clone().try_acquire_owned().ok();
        match permit {
            Some(permit) => match pool.idle() {
                Some(connection) => Ok(Exclusive::new(connection, true, pool.clone(), permit)),
                None => Box::pin(self.wait_for_exclusive(Some(permit))).await,
            },
            None => Box::pin(self.wait_for_exclusive(None)).await,
        }
    }

    async fn wait_for_exclusive(
        &self,
        permit: Option<OwnedSemaphorePermit>,
    ) -> Result<Exclusive, DatabaseError> {
        let pool = &self.0;
        let deadline = tokio::time::Instant::now() + pool.options.acquire_timeout;
        let permit = match permit {
            Some(permit) => permit,
            None => {
                let permit = pool.permits.clone().acquire_owned();
                let Ok(permit) = tokio::time::timeout_at(deadline, permit).await else {
                    return Err(DatabaseError::new(
                        ErrorKind::Unavailable,
                        format!(
                            "all {} connections for writes and transactions were busy for {:?}",
                            pool.options.exclusive, pool.options.acquire_timeout
                        ),
                    ));
                };
                permit.expect("the semaphore is never closed")
            }
        };
        let exclusive = |connection, was_idle| Exclusive::new(connection, was_idle, pool.clone(), permit);
        loop {
            if let Some(connection) = pool.idle() {
                return Ok(exclusive(connection, true));
            }
            match pool.connect().await {
                Ok(connection) => return Ok(exclusive(Box::new(connection), false)),
                // As when this pool's own are busy: one may become free, here or in PostgreSQL.
                Err(error) if error.sqlstate() == Some(FULL) && tokio::time::Instant::now() < deadline => {
                    let next = deadline.min(tokio::time::Instant::now() + RETRY_AFTER);
                    let _ = tokio::time::timeout_at(next, pool.returned.notified()).await;
                }
                Err(error) => return Err(error),
            }
        }
    }
}

impl Slot {
    fn open(&self) -> Option<Arc<Connection>> {
        let current = self.current.lock().expect("no panic while held");
        current.as_ref().filter(|connection| !connection.is_closed()).cloned()
    }
}

impl Pool {
    async fn connect(&self) -> Result<Connection, DatabaseError> {
        let attempt = Attempt::begin(self)?;
        let outcome = Connection::open(&self.url).await;
        attempt.end(&outcome);
        outcome
    }

    /// Milliseconds since the pool was made; never 0, which says that all is well.
    pub(super) fn now(&self) -> u64 {
        self.started.elapsed().as_millis() as u64 + 1
    }

    /// A connection that nobody uses, if there is one.
    fn idle(&self) -> Option<Box<Connection>> {
        let mut idle = self.idle.lock().expect("no panic while held");
        std::iter::from_fn(|| idle.pop()).find(|connection| !connection.is_closed())
    }

    /// Closes the connections that nobody uses at the moment.
    pub(super) fn disconnect(&self) {
        for slot in &self.pinned {
            *slot.current.lock().expect("no panic while held") = None;
        }
        self.idle.lock().expect("no panic while held").clear();
    }

    /// Takes a connection back.
    pub(super) fn give_back(&self, connection: Box<Connection>) {
        self.idle.lock().expect("no panic while held").push(connection);
        self.returned.notify_one();
    }
}

impl fmt::Debug for Db {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Db").field("url", &self.0.url).field("options", &self.0.options).finish()
    }
}
