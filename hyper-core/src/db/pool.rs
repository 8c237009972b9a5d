//! The pool: a pinned connection for each worker, and others for whoever needs one alone.

use std::cell::Cell;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::BytesMut;
use tokio::sync::{Notify, Semaphore};
use tokio_postgres::Row;

use crate::embedded::Postgres;

use super::attempt::Attempt;
use super::connection::{Connection, DatabaseUrl};
use super::error::{DatabaseError, ErrorKind};
use super::exclusive::Exclusive;
use super::executor::Executor;
use super::sql::{Param, Sql};
use super::transaction::Transaction;

/// After a failed attempt to connect, others fail at once for so long instead of trying too.
pub(super) const RETRY_AFTER: Duration = Duration::from_millis(200);

/// PostgreSQL's code for "no connection left".
pub(super) const FULL: &str = "53300";

/// PostgreSQL's code for "cached plan must not change result type": the table was altered since the statement was
/// prepared.
pub(super) const STALE: &str = "0A000";

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
pub struct Db(Arc<Pool>);

pub(super) struct Pool {
    pub(super) url: DatabaseUrl,
    options: DbOptions,
    pinned: Box<[Slot]>,
    idle: Mutex<Vec<Connection>>,
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
}

#[derive(Default)]
struct Slot {
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
        let tx = self.begin().await?;
        let value = match work(&tx).await {
            Ok(value) => value,
            Err(error) => {
                // A failure to roll back loses nothing: the connection is closed then.
                let _ = tx.rollback().await;
                return Err(error);
            }
        };
        tx.commit().await?;
        Ok(value)
    }

    /// Starts a transaction that ends with [`Transaction::commit`], or is rolled back when dropped.
    ///
    /// # Errors
    /// PostgreSQL cannot be reached, or all connections are busy for too long.
    pub async fn begin(&self) -> Result<Transaction, DatabaseError> {
        loop {
            let connection = self.exclusive().await?;
            let was_idle = connection.was_idle();
            match Transaction::begin(connection).await {
                // It had ended while it was idle. A transaction that has not begun can begin elsewhere.
                Err(error) if error.kind() == ErrorKind::Interrupted && was_idle => {}
                outcome => return outcome,
            }
        }
    }

    async fn pinned(&self) -> Result<Arc<Connection>, DatabaseError> {
        let slots = &self.0.pinned;
        let slot = &slots[WORKER.get() % slots.len()];
        if let Some(connection) = slot.open() {
            return Ok(connection);
        }
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
        let deadline = tokio::time::Instant::now() + pool.options.acquire_timeout;
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
        let permit = permit.expect("the semaphore is never closed");
        let exclusive = |connection, was_idle| Exclusive::new(connection, was_idle, pool.clone(), permit);
        loop {
            let idle = pool.idle.lock().expect("no panic while held").pop();
            match idle {
                Some(connection) if connection.is_closed() => continue,
                Some(connection) => return Ok(exclusive(connection, true)),
                None => {}
            }
            match pool.connect().await {
                Ok(connection) => return Ok(exclusive(connection, false)),
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

    /// Takes a connection back.
    pub(super) fn give_back(&self, connection: Connection) {
        self.idle.lock().expect("no panic while held").push(connection);
        self.returned.notify_one();
    }
}

/// Whether a read that failed so may succeed on another connection, or with the statement prepared anew.
fn is_of_connection(error: &DatabaseError) -> bool {
    error.kind() == ErrorKind::Interrupted || error.sqlstate() == Some(STALE)
}

impl Executor for Db {
    async fn read(
        &self,
        sql: Sql<'_>,
        params: &[Param<'_>],
        mut each: impl FnMut(&Row) -> Result<(), DatabaseError> + Send,
    ) -> Result<u64, DatabaseError> {
        let seen = AtomicBool::new(false);
        let mut each = |row: &Row| {
            seen.store(true, Ordering::Relaxed);
            each(row)
        };
        // Each pinned connection may have ended unnoticed, and this may go on another thread than it began on.
        let mut tries = self.0.pinned.len();
        loop {
            let outcome = match self.pinned().await {
                Ok(connection) => connection.run(sql, params, &mut each).await,
                Err(error) if error.sqlstate() == Some(FULL) => {
                    self.exclusive().await?.run(sql, params, &mut each).await
                }
                Err(error) => return Err(error),
            };
            match outcome {
                // The connection was gone already, or went before the first row: a read can be tried again.
                Err(error) if tries > 0 && !seen.load(Ordering::Relaxed) && is_of_connection(&error) => {
                    tries -= 1
                }
                outcome => return outcome,
            }
        }
    }

    async fn write(
        &self,
        sql: Sql<'_>,
        params: &[Param<'_>],
        mut each: impl FnMut(&Row) -> Result<(), DatabaseError> + Send,
    ) -> Result<u64, DatabaseError> {
        let seen = AtomicBool::new(false);
        let mut each = |row: &Row| {
            seen.store(true, Ordering::Relaxed);
            each(row)
        };
        let connection = self.exclusive().await?;
        match connection.run(sql, params, &mut each).await {
            // A statement on its own that was refused has changed nothing.
            Err(error) if error.sqlstate() == Some(STALE) && !seen.load(Ordering::Relaxed) => {
                connection.run(sql, params, &mut each).await
            }
            outcome => outcome,
        }
    }

    async fn copy_in(
        &self,
        text: &str,
        fill: impl FnMut(&mut BytesMut) -> Result<bool, DatabaseError> + Send,
    ) -> Result<u64, DatabaseError> {
        // A constraint checked at the end fails after PostgreSQL has said how many rows it took: only the answer to
        // a COMMIT is final.
        let tx = self.begin().await?;
        let rows = tx.copy_in(text, fill).await?;
        tx.commit().await?;
        Ok(rows)
    }

    async fn execute_batch(&self, text: &str) -> Result<(), DatabaseError> {
        let connection = self.exclusive().await?;
        let outcome = connection.batch(text).await;
        // Statements may begin a transaction and not end it, or fail in the middle of it: the next one gets none of it.
        let has = |word: &str| {
            text.as_bytes().windows(word.len()).any(|part| part.eq_ignore_ascii_case(word.as_bytes()))
        };
        if has("BEGIN") || has("START") {
            connection.roll_back().await;
        }
        outcome
    }
}

impl fmt::Debug for Db {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Db").field("url", &self.0.url).field("options", &self.0.options).finish()
    }
}
