//! The statements that took long, in a table that anybody can query.

mod cut;
mod queue;
mod writer;

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::task::JoinHandle;

use self::cut::Cut;
use self::queue::{Counters, Queue, Slow};
use super::pool::Db;
use super::sql::Param;
use crate::Settings;
use crate::settings::SettingsError;

/// What a [`SlowQueryLog`] keeps, and for how long.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct SlowQueryOptions {
    /// Statements that take so long or longer are logged. Default: 100 ms.
    pub threshold: Duration,
    /// Characters of a statement's text that are kept. Default: 2,000.
    pub sql_length: usize,
    /// Characters of its parameters, all together, that are kept; with 0 none are. Default: 500.
    pub params_length: usize,
    /// How long a statement stays in the table. Default: 7 days.
    pub retention: Duration,
    /// Statements that may wait to be written; more are dropped and counted. Default: 1,024.
    pub queue: usize,
}

impl Default for SlowQueryOptions {
    fn default() -> Self {
        Self {
            threshold: Duration::from_millis(100),
            sql_length: 2000,
            params_length: 500,
            retention: Duration::from_secs(7 * 24 * 60 * 60),
            queue: 1024,
        }
    }
}

impl SlowQueryOptions {
    /// As the settings say: `SLOW_QUERY_THRESHOLD` (milliseconds), `SLOW_QUERY_SQL_LENGTH`, `SLOW_QUERY_PARAMS_LENGTH`
    /// (characters) and `SLOW_QUERY_RETENTION_DAYS`.
    ///
    /// # Errors
    /// The first setting that is malformed.
    pub fn from_settings(settings: &Settings) -> Result<Self, SettingsError> {
        let of = Self::default();
        let threshold = settings.number("SLOW_QUERY_THRESHOLD", 0..=u32::MAX as usize, 100)?;
        let days = settings.number("SLOW_QUERY_RETENTION_DAYS", 1..=36500, 7)?;
        Ok(Self {
            threshold: Duration::from_millis(threshold as u64),
            sql_length: settings.number("SLOW_QUERY_SQL_LENGTH", 1..=1_000_000, of.sql_length)?,
            params_length: settings.number("SLOW_QUERY_PARAMS_LENGTH", 0..=1_000_000, of.params_length)?,
            retention: Duration::from_secs(days as u64 * 24 * 60 * 60),
            ..of
        })
    }
}

/// Writes the statements that took long into the table `hyper_slow_queries`.
///
/// A slow statement is put into a queue, which waits for nobody: where the queue is full, the statement is dropped and
/// counted. A task of its own writes what is in it, many in one `INSERT`, on a connection of its own, which nobody times.
/// So it never logs itself, and it does not slow what it times. A statement that is fast costs a comparison of two numbers.
///
/// The table is made when it is first needed. It is `UNLOGGED`: cheap to write, empty after a crash of PostgreSQL, and not
/// on replicas. What a replica runs is logged with [`watch`](Self::watch), and written to the primary like the rest.
/// Statements stay for [`retention`](SlowQueryOptions::retention).
///
/// With the setting `SLOW_QUERY_LOG` the [`Db`] of an application has one, and [`Db::slow_query_log`] is it. Parameters
/// are what users sent: where they must not be in a table, `SLOW_QUERY_PARAMS_LENGTH=0` leaves them out.
///
/// ```no_run
/// # use hyper_core::db::{Db, SlowQueryLog, SlowQueryOptions};
/// # async fn f(db: &Db, replica: &Db) {
/// let log = SlowQueryLog::start(db, SlowQueryOptions::default());
/// log.watch(replica);
/// # }
/// ```
#[derive(Clone)]
pub struct SlowQueryLog(Arc<Inner>);

struct Inner {
    options: SlowQueryOptions,
    queue: Queue,
    writer: tokio::sync::Mutex<Option<JoinHandle<()>>>,
}

/// What became of the slow statements so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct SlowQueryStats {
    /// Rows that were written.
    pub written: u64,
    /// Statements that are in no table: the queue was full, or PostgreSQL did not take them.
    pub dropped: u64,
    /// Statements that wait to be written.
    pub queued: usize,
}

impl SlowQueryLog {
    /// Begins to log the slow statements of a database into a table of its own. A log that it had is not told any more.
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    #[must_use]
    pub fn start(db: &Db, options: SlowQueryOptions) -> Self {
        let (queue, entries) = Queue::new(options.queue.max(1));
        let counters = queue.counters.clone();
        let writer = tokio::spawn(writer::write(db.0.target.clone(), options.retention, entries, counters));
        let log = Self(Arc::new(Inner { options, queue, writer: Some(writer).into() }));
        log.watch(db);
        log
    }

    /// Logs those of another database, too, such as a replica, into the same table.
    pub fn watch(&self, db: &Db) {
        db.timer().tell(Some(self.clone()));
    }

    /// From how long on a statement is logged.
    #[must_use]
    pub fn threshold(&self) -> Duration {
        self.0.options.threshold
    }

    /// What became of the statements so far.
    #[must_use]
    pub fn stats(&self) -> SlowQueryStats {
        self.0.queue.stats()
    }

    /// Waits until all that were slow so far are written or dropped.
    pub async fn flush(&self) {
        self.0.queue.flush().await;
    }

    /// Writes what it has, 5 s at most, and takes nothing more.
    pub async fn stop(&self) {
        self.0.queue.close();
        let writer = self.0.writer.lock().await.take();
        if let Some(mut writer) = writer
            && tokio::time::timeout(Duration::from_secs(5), &mut writer).await.is_err()
        {
            writer.abort();
        }
    }

    /// Takes one; it never waits.
    pub(super) fn note(&self, sql: &str, params: &[Param<'_>], took: Duration) {
        let options = &self.0.options;
        self.0.queue.put(|| Slow {
            sql: Cut::at(options.sql_length).text(sql),
            millis: took.as_secs_f32() * 1000.0,
            params: Cut::at(options.params_length).list(params),
            at: SystemTime::now(),
        });
    }
}

impl fmt::Debug for SlowQueryLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SlowQueryLog")
            .field("options", &self.0.options)
            .field("stats", &self.stats())
            .finish()
    }
}

impl Counters {
    fn stats(&self, queued: usize) -> SlowQueryStats {
        SlowQueryStats { written: self.written(), dropped: self.dropped(), queued }
    }
}
