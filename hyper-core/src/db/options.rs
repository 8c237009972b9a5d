//! How a transaction begins: isolation, what it may do, how long it may take, how often it is tried.

use std::borrow::Cow;
use std::fmt::Write;
use std::time::Duration;

use super::error::DatabaseError;
use super::error_kind::ErrorKind;
use super::pool::Db;
use super::transaction::Transaction;

/// After the first failure a transaction is tried again after half as long to one and a half times as long, and after
/// each further one after twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(4);

/// How often the pause doubles: up to 256 ms.
const MOST_DOUBLINGS: u32 = 6;

/// How much a transaction sees of others that run at the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Isolation {
    /// Each statement sees what was committed before it began. PostgreSQL's default.
    ReadCommitted,
    /// All statements see what was committed before the first one began. A row that others have changed since cannot
    /// be changed: [`ErrorKind::Conflict`].
    RepeatableRead,
    /// As if the transactions ran one after the other. Where that cannot be, one fails with [`ErrorKind::Conflict`].
    Serializable,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Options {
    isolation: Option<Isolation>,
    pub(super) read_only: bool,
    deferrable: bool,
    lock_timeout: Option<Duration>,
    pub(super) statement_timeout: Option<Duration>,
}

impl Options {
    pub(super) fn read_only() -> Self {
        Self { read_only: true, ..Self::default() }
    }

    /// The statements that begin it, for one round trip.
    pub(super) fn begin(&self) -> Cow<'static, str> {
        let mut text = Cow::Borrowed("BEGIN");
        let mut add = |part: &str| text.to_mut().push_str(part);
        match self.isolation {
            Some(Isolation::ReadCommitted) => add(" ISOLATION LEVEL READ COMMITTED"),
            Some(Isolation::RepeatableRead) => add(" ISOLATION LEVEL REPEATABLE READ"),
            Some(Isolation::Serializable) => add(" ISOLATION LEVEL SERIALIZABLE"),
            None => {}
        }
        if self.read_only {
            add(" READ ONLY");
        }
        if self.deferrable {
            add(" DEFERRABLE");
        }
        for (name, limit) in
            [("lock_timeout", self.lock_timeout), ("statement_timeout", self.statement_timeout)]
        {
            if let Some(limit) = limit {
                let _ = write!(text.to_mut(), "; SET LOCAL {name} = {}", milliseconds(limit));
            }
        }
        text
    }

    /// What follows the statement that begins it as a part of a test's transaction: PostgreSQL lets a part be read-only,
    /// the other options are of whole transactions.
    pub(super) fn of_part(&self) -> &'static str {
        if self.read_only { "; SET TRANSACTION READ ONLY" } else { "" }
    }
}

/// Never 0, which PostgreSQL takes as no limit, unless that is meant.
fn milliseconds(limit: Duration) -> i32 {
    i32::try_from(limit.as_micros().div_ceil(1000)).unwrap_or(i32::MAX)
}

/// A transaction to be, from [`Db::transaction`].
///
/// ```no_run
/// # use std::time::Duration;
/// # use hyper_core::db::{Db, DatabaseError, Executor, Isolation};
/// # async fn f(db: Db) -> Result<(), DatabaseError> {
/// // BEGIN ISOLATION LEVEL SERIALIZABLE; SET LOCAL lock_timeout = 500
/// db.transaction()
///     .isolation(Isolation::Serializable)
///     .lock_timeout(Duration::from_millis(500))
///     .retry(3)
///     .atomic(async |tx| tx.execute_batch("UPDATE seats SET taken = taken + 1").await)
///     .await
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "nothing begins before `.atomic(..)` or `.begin()`"]
pub struct TransactionBuilder<'d> {
    db: &'d Db,
    options: Options,
}

impl<'d> TransactionBuilder<'d> {
    pub(super) fn new(db: &'d Db) -> Self {
        Self { db, options: Options::default() }
    }

    /// Sets how much it sees of others. Default: what the database says, [`ReadCommitted`](Isolation::ReadCommitted)
    /// where nobody changed it.
    pub fn isolation(mut self, isolation: Isolation) -> Self {
        self.options.isolation = Some(isolation);
        self
    }

    /// Lets it only read. A statement that writes fails with [`ErrorKind::ReadOnly`].
    pub fn read_only(mut self) -> Self {
        self.options.read_only = true;
        self
    }

    /// Lets a serializable transaction that only reads wait at its beginning, until it can be sure never to fail or to
    /// make others fail. Of others it changes nothing.
    pub fn deferrable(mut self) -> Self {
        self.options.deferrable = true;
        self
    }

    /// Sets how long each of its statements waits for each lock, up to the next millisecond: then it fails with
    /// [`ErrorKind::Locked`]. Zero is no limit. Default: what the database says, no limit where nobody changed it.
    pub fn lock_timeout(mut self, limit: Duration) -> Self {
        self.options.lock_timeout = Some(limit);
        self
    }

    /// Sets how long each of its statements may take, up to the next millisecond: then it fails with
    /// [`ErrorKind::Timeout`]; or with [`ErrorKind::Interrupted`], when PostgreSQL has said nothing for a second more. Zero is
    /// no limit. Default: what [`query_timeout`](super::DbOptions::query_timeout) or the database says, no limit where
    /// nobody changed it.
    pub fn statement_timeout(mut self, limit: Duration) -> Self {
        self.options.statement_timeout = Some(limit);
        self
    }

    /// Runs all of it again, `times` times at most, when it fails with [`ErrorKind::Conflict`], also at the commit. The
    /// closure is called once more, in a new transaction, after a pause of some milliseconds that doubles each time:
    /// what it does besides the transaction must bear that.
    pub fn retry(self, times: u32) -> RetriedTransaction<'d> {
        RetriedTransaction { builder: self, times }
    }

    /// Runs `work` in it, as [`Db::atomic`] does.
    ///
    /// # Errors
    /// What `work` returns, or the failure to begin or to commit.
    pub async fn atomic<T, E: From<DatabaseError>>(
        self,
        work: impl AsyncFnOnce(&Transaction) -> Result<T, E>,
    ) -> Result<T, E> {
        let tx = self.begin().await?;
        match work(&tx).await {
            Ok(value) => {
                tx.commit().await?;
                Ok(value)
            }
            Err(error) => {
                // A failure to roll back loses nothing: the connection is closed then.
                let _ = tx.rollback().await;
                Err(error)
            }
        }
    }

    /// Begins it, as [`Db::begin`] does.
    ///
    /// # Errors
    /// PostgreSQL cannot be reached, or all connections are busy for too long.
    pub async fn begin(&self) -> Result<Transaction, DatabaseError> {
        self.db.begin_as(&self.options).await
    }
}

/// A transaction that is tried again when another one is in its way, from
/// [`retry`](TransactionBuilder::retry).
#[derive(Debug, Clone)]
#[must_use = "nothing begins before `.atomic(..)`"]
pub struct RetriedTransaction<'d> {
    builder: TransactionBuilder<'d>,
    times: u32,
}

impl RetriedTransaction<'_> {
    /// Runs `work` in it, a copy of it each time: it can use what is outside, but not change it otherwise than through a
    /// lock or an atomic.
    ///
    /// # Errors
    /// What `work` returned the last time, or the failure to begin or to commit.
    pub async fn atomic<T, E: From<DatabaseError>>(
        self,
        work: impl AsyncFnOnce(&Transaction) -> Result<T, E> + Clone,
    ) -> Result<T, E> {
        let mut failures = 0;
        loop {
            let tx = self.builder.begin().await?;
            let error = match work.clone()(&tx).await {
                Ok(value) => match tx.commit().await {
                    Ok(()) => return Ok(value),
                    Err(error) if failures == self.times || error.kind() != ErrorKind::Conflict => {
                        return Err(error.into());
                    }
                    Err(error) => error.to_string(),
                },
                Err(error) => {
                    let again = tx.can_be_tried_again();
                    let _ = tx.rollback().await;
                    if failures == self.times || !again {
                        return Err(error);
                    }
                    "a statement failed".to_owned()
                }
            };
            failures += 1;
            tracing::debug!(error, failures, "a transaction is tried again");
            tokio::time::sleep(pause(failures)).await;
        }
    }
}

/// At random, so that those who were in each other's way are not again.
fn pause(failures: u32) -> Duration {
    FIRST_PAUSE.mul_f64(f64::from(1 << (failures - 1).min(MOST_DOUBLINGS)) * (0.5 + fastrand::f64()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_says_what_was_chosen_and_nothing_else() {
        let mut options = Options::default();
        assert!(matches!(options.begin(), Cow::Borrowed("BEGIN")));
        assert_eq!(Options::read_only().begin(), "BEGIN READ ONLY");
        options.isolation = Some(Isolation::RepeatableRead);
        options.deferrable = true;
        options.lock_timeout = Some(Duration::from_micros(1));
        options.statement_timeout = Some(Duration::MAX);
        assert_eq!(
            options.begin(),
            "BEGIN ISOLATION LEVEL REPEATABLE READ DEFERRABLE; SET LOCAL lock_timeout = 1; \
             SET LOCAL statement_timeout = 2147483647"
        );
        options.lock_timeout = Some(Duration::ZERO);
        assert!(options.begin().contains("lock_timeout = 0"));
    }

    #[test]
    fn pauses_double_and_differ_and_end() {
        for _ in 0..100 {
            assert!((2..=6).contains(&pause(1).as_millis()));
            assert!((4..=12).contains(&pause(2).as_millis()));
            assert!((128..=384).contains(&pause(u32::MAX).as_millis()));
        }
    }
}
