//! The pool: a pinned connection for each worker, and others for whoever needs one alone.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tokio::sync::{Notify, Semaphore};

use crate::cache::{CacheBus, QueryCache};
use crate::clock;
use crate::embedded::Postgres;

use super::attempt::Attempt;
use super::background::Background;
use super::connection::Connection;
use super::copies::Copies;
use super::cursor::{Cursor, Held};
use super::error::DatabaseError;
use super::error_kind::ErrorKind;
use super::in_test;
use super::lane::Lane;
use super::listen::Hub;
use super::options::{Options, TransactionBuilder};
use super::pace::Paces;
use super::pool_options::DbOptions;
use super::probe::Probe;
use super::pulse::Pulses;
use super::replicas::Replicas;
use super::sql::{Param, Sql};
use super::statement_stats::StatementStats;
use super::stats::{Counters, PoolStats};
use super::target::Target;
use super::timer::QueryTimer;
use super::transaction::Transaction;
use super::url::DatabaseUrl;
use super::watch;

/// After a failed attempt to connect, others fail at once for so long instead of trying too.
pub(super) const RETRY_AFTER: Duration = Duration::from_millis(200);

/// PostgreSQL's code for "no connection left".
pub(super) const FULL: &str = "53300";

/// A database: what handlers take as `db: &Db`, and queries are run on. Cloning it is cheap.
///
/// It connects when first needed, and again when PostgreSQL has been away: meanwhile statements fail
/// with [`ErrorKind::Unavailable`], which answers 503.
#[derive(Clone)]
pub struct Db(pub(super) Arc<Pool>);

pub(super) struct Pool {
    pub(super) url: DatabaseUrl,
    pub(super) target: Arc<Target>,
    pub(super) options: DbOptions,
    pub(super) pinned: Box<[Slot]>,
    /// In boxes, as they go from hand to hand.
    #[expect(clippy::vec_box, reason = "it moves through futures, which copy what they hold")]
    pub(super) idle: Mutex<Vec<Box<Connection>>>,
    /// Tells who waits because PostgreSQL gives no more connections that one has become idle.
    pub(super) returned: Notify,
    pub(super) permits: Arc<Semaphore>,
    /// How many connections for one user there may be: what `permits` began with, and what was changed since.
    pub(super) exclusive: AtomicUsize,
    /// How many of those that are in use are too many.
    pub(super) surplus: AtomicUsize,
    pub(super) timer: QueryTimer,
    pub(super) probe: Probe,
    pub(super) background: OnceLock<Background>,
    started: Instant,
    /// Milliseconds since `started` before which nobody tries to connect; 0 when the last attempt succeeded.
    pub(super) closed_until: AtomicU64,
    /// The same since PostgreSQL had no connection left.
    pub(super) full_until: AtomicU64,
    /// The server that was started for it, which stops with its last user.
    server: Option<Postgres>,
    pub(super) paces: Paces,
    pub(super) counters: Counters,
    /// Where connections live; new ones that take the place of old ones are opened there.
    pub(super) runtime: Mutex<Option<Handle>>,
    /// A new connection is on its way for an old one.
    pub(super) renewing: AtomicBool,
    /// Attempts to connect that have failed one after the other.
    pub(super) failures: AtomicU32,
    /// Those who listen.
    pub(super) hub: Hub,
    /// What instances of the site tell each other through it.
    pub(super) bus: tokio::sync::OnceCell<CacheBus>,
    /// Results of its queries.
    pub(super) query_cache: OnceLock<QueryCache>,
    /// Where its statements may belong to tests.
    pub(super) copies: Option<Box<Copies>>,
    /// Where reads may go as well.
    pub(super) replicas: OnceLock<Arc<Replicas>>,
    /// Of the connections that it has opened.
    pub(super) pulses: Pulses,
}

#[derive(Default)]
pub(super) struct Slot {
    pub(super) current: Mutex<Option<Arc<Lane>>>,
    pub(super) connecting: tokio::sync::Mutex<()>,
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
        let target = Arc::new(Target::new(url, &options));
        let pool = Arc::new(Pool {
            url: target.url.clone(),
            target,
            pinned: (0..options.pinned.max(1)).map(|_| Slot::default()).collect(),
            idle: Mutex::default(),
            returned: Notify::new(),
            permits: Arc::new(Semaphore::new(options.exclusive.max(1))),
            exclusive: AtomicUsize::new(options.exclusive.max(1)),
            surplus: AtomicUsize::new(0),
            timer: QueryTimer::new(),
            probe: Probe::default(),
            background: OnceLock::new(),
            started: Instant::now(),
            closed_until: AtomicU64::new(0),
            full_until: AtomicU64::new(0),
            server,
            options,
            hub: Hub::default(),
            bus: tokio::sync::OnceCell::new(),
            query_cache: OnceLock::new(),
            copies: in_test::is_for_tests().then(Box::default),
            paces: Paces::default(),
            counters: Counters::default(),
            runtime: Mutex::default(),
            renewing: AtomicBool::new(false),
            failures: AtomicU32::new(0),
            replicas: OnceLock::new(),
            pulses: Pulses::default(),
        });
        watch::look_at(Arc::downgrade(&pool));
        Self(pool)
    }

    /// The server that was started for it; none where `DATABASE_URL` says which to use.
    #[must_use]
    pub fn server(&self) -> Option<&Postgres> {
        self.0.server.as_ref()
    }

    /// What its connections do at the moment, and what was asked of it so far.
    #[must_use]
    pub fn stats(&self) -> PoolStats {
        let pool = &self.0;
        let (_, mut in_use) = self.places();
        let mut available = pool.idle.lock().expect("no panic while held").len();
        for lane in pool.pinned.iter().filter_map(Slot::lane) {
            *(if lane.waiting() > 0 { &mut in_use } else { &mut available }) += 1;
        }
        pool.counters.stats(in_use, available)
    }

    /// How many connections for one user it may have, and how many are in use.
    pub(crate) fn places(&self) -> (usize, usize) {
        let pool = &self.0;
        let size = pool.exclusive.load(Ordering::Relaxed);
        let places = size + pool.surplus.load(Ordering::Relaxed);
        (size, places.saturating_sub(pool.permits.available_permits()))
    }

    /// Where it connects to.
    #[must_use]
    pub fn url(&self) -> &DatabaseUrl {
        &self.0.url
    }

    /// How prepared statements were used, on all its connections.
    ///
    /// ```no_run
    /// # fn f(db: &hyper_core::db::Db) {
    /// let stats = db.statement_stats();
    /// println!("{} of {} were prepared already", stats.hits, stats.hits + stats.misses);
    /// # }
    /// ```
    #[must_use]
    pub fn statement_stats(&self) -> StatementStats {
        self.0.target.statements.stats()
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

    /// Opens a cursor on a `SELECT`, as [`Reader::cursor`](super::Reader::cursor) says. It lives on its own, for
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
}

impl Slot {
    /// Its connection, if it has one that is alive.
    #[inline]
    pub(super) fn lane(&self) -> Option<Arc<Lane>> {
        let current = self.current.lock().expect("no panic while held");
        current.as_ref().filter(|lane| !lane.connection().is_closed()).cloned()
    }

    /// Has another connection, or none, in place of this one.
    pub(super) fn replace(&self, lane: &Arc<Lane>, other: Option<Arc<Lane>>) {
        let mut current = self.current.lock().expect("no panic while held");
        if current.as_ref().is_some_and(|current| Arc::ptr_eq(current, lane)) {
            *current = other;
        }
    }
}

impl Pool {
    pub(super) async fn connect(&self) -> Result<Connection, DatabaseError> {
        let attempt = Attempt::begin(self)?;
        let outcome = Connection::open(&self.target).await;
        attempt.end(&outcome);
        if outcome.is_ok() {
            self.counters.opened.fetch_add(1, Ordering::SeqCst);
            *self.runtime.lock().expect("no panic while held") = Handle::try_current().ok();
        }
        let connection = outcome?;
        self.pulses.add(connection.pulse());
        Ok(connection.observed_by(self.timer.observed()))
    }

    /// Milliseconds since the pool was made; never 0, which says that all is well.
    pub(super) fn now(&self) -> u64 {
        self.started.elapsed().as_millis() as u64 + 1
    }

    /// A statement has come back. PostgreSQL is there: after a pause more than one may try to connect, as those do that
    /// had failed before there was this one.
    #[inline]
    fn was_answered(&self) {
        let until = self.closed_until.load(Ordering::Relaxed);
        if until != 0 && self.now() >= until {
            let _ = self.closed_until.compare_exchange(until, 0, Ordering::Relaxed, Ordering::Relaxed);
        }
    }

    /// A connection that nobody uses, if there is one.
    pub(super) fn idle(&self) -> Option<Box<Connection>> {
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
    pub(super) fn give_back(self: &Arc<Self>, connection: Box<Connection>) {
        let is_old = connection.age().rests_since(clock::now());
        self.was_answered();
        self.idle.lock().expect("no panic while held").push(connection);
        self.returned.notify_one();
        if is_old {
            self.renew_idle();
        }
    }
}

impl fmt::Debug for Db {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Db").field("url", &self.0.url).field("options", &self.0.options).finish()
    }
}
