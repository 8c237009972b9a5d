//! The pool: a pinned connection for each worker, and others for whoever needs one alone.

use std::cell::Cell;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::BytesMut;
use futures_util::SinkExt;
use tokio::sync::Semaphore;
use tokio_postgres::Row;

use crate::embedded::Postgres;

use super::connection::{Connection, DatabaseUrl};
use super::error::{DatabaseError, ErrorKind};
use super::executor::Executor;
use super::sql::{Param, Sql};
use super::transaction::Transaction;

/// After a failed attempt to connect, others fail at once for so long instead of trying too.
const RETRY_AFTER: Duration = Duration::from_millis(200);

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

struct Pool {
    url: DatabaseUrl,
    options: DbOptions,
    pinned: Box<[Slot]>,
    idle: Mutex<Vec<Connection>>,
    permits: Arc<Semaphore>,
    started: Instant,
    /// Milliseconds since `started` before which nobody tries to connect.
    closed_until: AtomicU64,
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
            permits: Arc::new(Semaphore::new(options.exclusive.max(1))),
            started: Instant::now(),
            closed_until: AtomicU64::new(0),
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
        Transaction::begin(self.exclusive().await?).await
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
        let permit = self.0.permits.clone().acquire_owned();
        let Ok(permit) = tokio::time::timeout(self.0.options.acquire_timeout, permit).await else {
            return Err(DatabaseError::new(
                ErrorKind::Unavailable,
                format!(
                    "all {} connections for writes and transactions were busy for {:?}",
                    self.0.options.exclusive, self.0.options.acquire_timeout
                ),
            ));
        };
        let permit = permit.expect("the semaphore is never closed");
        let connection = loop {
            let idle = self.0.idle.lock().expect("no panic while held").pop();
            match idle {
                Some(connection) if connection.is_closed() => {}
                Some(connection) => break connection,
                None => break self.0.connect().await?,
            }
        };
        Ok(Exclusive { connection: Some(connection), pool: self.0.clone(), _permit: permit })
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
        let now = self.started.elapsed();
        if (now.as_millis() as u64) < self.closed_until.load(Ordering::Relaxed) {
            return Err(DatabaseError::new(
                ErrorKind::Unavailable,
                "PostgreSQL could not be reached just now",
            ));
        }
        let outcome = Connection::open(&self.url).await;
        let until = match &outcome {
            Ok(_) => 0,
            Err(_) => (self.started.elapsed() + RETRY_AFTER).as_millis() as u64,
        };
        let before = self.closed_until.swap(until, Ordering::Relaxed);
        match &outcome {
            Err(error) if before == 0 => {
                tracing::error!(%error, database = self.url.name(), "PostgreSQL cannot be reached");
            }
            Ok(_) if before != 0 => tracing::info!(database = self.url.name(), "PostgreSQL is back"),
            _ => {}
        }
        outcome
    }
}

/// A connection nobody else uses, given back when dropped.
pub(super) struct Exclusive {
    connection: Option<Connection>,
    pool: Arc<Pool>,
    _permit: tokio::sync::OwnedSemaphorePermit,
}

impl Exclusive {
    /// Closes the connection instead of giving it back, as its state is not known.
    pub(super) fn discard(mut self) {
        self.connection = None;
    }
}

impl std::ops::Deref for Exclusive {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.connection.as_ref().expect("present until dropped or discarded")
    }
}

impl Drop for Exclusive {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take()
            && !connection.is_closed()
        {
            self.pool.idle.lock().expect("no panic while held").push(connection);
        }
    }
}

impl Executor for Db {
    async fn read(
        &self,
        sql: Sql,
        params: &[Param<'_>],
        mut each: impl FnMut(&Row) -> Result<(), DatabaseError> + Send,
    ) -> Result<u64, DatabaseError> {
        let seen = AtomicBool::new(false);
        let mut each = |row: &Row| {
            seen.store(true, Ordering::Relaxed);
            each(row)
        };
        let connection = self.pinned().await?;
        match connection.run(sql, params, &mut each).await {
            // The connection was gone already or went before the first row: a read can be tried again.
            Err(error) if error.kind() == ErrorKind::Interrupted && !seen.load(Ordering::Relaxed) => {
                self.pinned().await?.run(sql, params, &mut each).await
            }
            Err(error) if error.sqlstate() == Some("0A000") && !seen.load(Ordering::Relaxed) => {
                connection.run(sql, params, &mut each).await
            }
            outcome => outcome,
        }
    }

    async fn write(
        &self,
        sql: Sql,
        params: &[Param<'_>],
        mut each: impl FnMut(&Row) -> Result<(), DatabaseError> + Send,
    ) -> Result<u64, DatabaseError> {
        self.exclusive().await?.run(sql, params, &mut each).await
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
        self.exclusive().await?.batch(text).await
    }
}

pub(super) async fn copy_in(
    connection: &Connection,
    text: &str,
    mut fill: impl FnMut(&mut BytesMut) -> Result<bool, DatabaseError> + Send,
) -> Result<u64, DatabaseError> {
    let sink = connection.client().copy_in::<_, bytes::Bytes>(text).await?;
    let mut sink = std::pin::pin!(sink);
    let mut buffer = BytesMut::new();
    loop {
        let more = fill(&mut buffer)?;
        if !buffer.is_empty() {
            sink.send(buffer.split().freeze()).await?;
        }
        if !more {
            return Ok(sink.finish().await?);
        }
    }
}

impl fmt::Debug for Db {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Db").field("url", &self.0.url).field("options", &self.0.options).finish()
    }
}
