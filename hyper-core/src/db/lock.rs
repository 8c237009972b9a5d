//! Advisory locks: of PostgreSQL's, on numbers that mean what the program says.

use super::error::DatabaseError;
use super::exclusive::Exclusive;
use super::executor::Reader;
use super::pool::Db;
use super::sql::{Param, Sql, fnv1a};
use super::transaction::Transaction;

/// What an advisory lock is on: an `i64`, a pair of `i32`, or a name.
///
/// Pairs and single numbers are apart from each other. A name is the number that FNV-1a (64 bits, two's complement)
/// makes of its bytes, today and in any later version, so other programs can compute it.
///
/// ```
/// use hyper_core::db::LockKey;
///
/// assert_eq!(LockKey::from("foobar"), LockKey::from(0x8594_4171_f739_67e8_u64 as i64));
/// assert_ne!(LockKey::from(7), LockKey::from((0, 7)));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LockKey(Key);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Key {
    One(i64),
    Two(i32, i32),
}

impl From<i64> for LockKey {
    fn from(key: i64) -> Self {
        Self(Key::One(key))
    }
}

impl From<(i32, i32)> for LockKey {
    fn from((first, second): (i32, i32)) -> Self {
        Self(Key::Two(first, second))
    }
}

impl From<&str> for LockKey {
    fn from(name: &str) -> Self {
        Self(Key::One(fnv1a(name.as_bytes()).cast_signed()))
    }
}

impl From<&String> for LockKey {
    fn from(name: &String) -> Self {
        name.as_str().into()
    }
}

/// How a lock is asked for.
#[derive(Clone, Copy)]
struct Mode {
    wait: bool,
    shared: bool,
    /// Until the transaction ends, or until it is released.
    transaction: bool,
}

impl LockKey {
    fn text(self, mode: Mode) -> String {
        let verb = if mode.wait { "pg" } else { "pg_try" };
        let scope = if mode.transaction { "_xact" } else { "" };
        let shared = if mode.shared { "_shared" } else { "" };
        let args = if matches!(self.0, Key::One(_)) { "$1" } else { "$1, $2" };
        format!("SELECT {verb}_advisory{scope}_lock{shared}({args})")
    }

    fn params(&self) -> Vec<Param<'_>> {
        match &self.0 {
            Key::One(key) => vec![key],
            Key::Two(first, second) => vec![first, second],
        }
    }
}

impl Transaction {
    /// Takes a lock and keeps it until the transaction ends, or the part of it is rolled back; waits for as long as
    /// others have it. It can be taken more than once.
    ///
    /// ```no_run
    /// # use hyper_core::db::{Db, DatabaseError, Executor};
    /// # async fn f(db: Db) -> Result<(), DatabaseError> {
    /// db.atomic(async |tx| {
    ///     // SELECT pg_advisory_xact_lock($1)
    ///     tx.advisory_lock("the nightly report").await?;
    ///     tx.execute_batch("INSERT INTO reports DEFAULT VALUES").await
    /// })
    /// .await
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Locked`](super::ErrorKind::Locked) after `lock_timeout`, [`Conflict`](super::ErrorKind::Conflict) for a
    /// deadlock, or what else PostgreSQL reports.
    pub async fn advisory_lock(&self, key: impl Into<LockKey>) -> Result<(), DatabaseError> {
        self.lock(key.into(), true, false).await.map(drop)
    }

    /// Takes it if nobody else has it. Returns whether it did.
    ///
    /// # Errors
    /// What PostgreSQL reports.
    pub async fn try_advisory_lock(&self, key: impl Into<LockKey>) -> Result<bool, DatabaseError> {
        self.lock(key.into(), false, false).await
    }

    /// As [`advisory_lock`](Self::advisory_lock), together with others that share it.
    ///
    /// # Errors
    /// As [`advisory_lock`](Self::advisory_lock).
    pub async fn advisory_lock_shared(&self, key: impl Into<LockKey>) -> Result<(), DatabaseError> {
        self.lock(key.into(), true, true).await.map(drop)
    }

    /// As [`try_advisory_lock`](Self::try_advisory_lock), together with others that share it.
    ///
    /// # Errors
    /// What PostgreSQL reports.
    pub async fn try_advisory_lock_shared(&self, key: impl Into<LockKey>) -> Result<bool, DatabaseError> {
        self.lock(key.into(), false, true).await
    }

    async fn lock(&self, key: LockKey, wait: bool, shared: bool) -> Result<bool, DatabaseError> {
        let mode = Mode { wait, shared, transaction: true };
        let mut taken = true;
        self.read(Sql::rendered(&key.text(mode)), &key.params(), |row| {
            if !wait {
                taken = row.try_get(0)?;
            }
            Ok(())
        })
        .await?;
        Ok(taken)
    }
}

impl Db {
    /// Takes a lock and keeps it while the guard lives; waits for as long as others have it. It has a connection for
    /// itself, so the statements run meanwhile go as they would without it.
    ///
    /// ```no_run
    /// # use hyper_core::db::{Db, DatabaseError};
    /// # async fn f(db: Db) -> Result<(), DatabaseError> {
    /// // SELECT pg_advisory_lock($1)
    /// let lock = db.advisory_lock("import").await?;
    /// // .. what only one process may do ..
    /// lock.release().await
    /// # }
    /// ```
    ///
    /// # Errors
    /// PostgreSQL cannot be reached, or is behind a pooler that is not in [session mode](super::PoolerMode::Session); all
    /// connections are busy for too long, or what PostgreSQL reports.
    pub async fn advisory_lock(&self, key: impl Into<LockKey>) -> Result<AdvisoryLock, DatabaseError> {
        Ok(self.lock(key.into(), true, false).await?.expect("what waits for a lock takes it"))
    }

    /// Takes it if nobody else has it.
    ///
    /// # Errors
    /// As [`advisory_lock`](Self::advisory_lock).
    pub async fn try_advisory_lock(
        &self,
        key: impl Into<LockKey>,
    ) -> Result<Option<AdvisoryLock>, DatabaseError> {
        self.lock(key.into(), false, false).await
    }

    /// As [`advisory_lock`](Self::advisory_lock), together with others that share it.
    ///
    /// # Errors
    /// As [`advisory_lock`](Self::advisory_lock).
    pub async fn advisory_lock_shared(&self, key: impl Into<LockKey>) -> Result<AdvisoryLock, DatabaseError> {
        Ok(self.lock(key.into(), true, true).await?.expect("what waits for a lock takes it"))
    }

    /// As [`try_advisory_lock`](Self::try_advisory_lock), together with others that share it.
    ///
    /// # Errors
    /// As [`advisory_lock`](Self::advisory_lock).
    pub async fn try_advisory_lock_shared(
        &self,
        key: impl Into<LockKey>,
    ) -> Result<Option<AdvisoryLock>, DatabaseError> {
        self.lock(key.into(), false, true).await
    }

    async fn lock(
        &self,
        key: LockKey,
        wait: bool,
        shared: bool,
    ) -> Result<Option<AdvisoryLock>, DatabaseError> {
        let text = key.text(Mode { wait, shared, transaction: false });
        loop {
            let connection = self.exclusive().await?;
            connection.needs_session(
                "an advisory lock of the session, `db.advisory_lock(..)`,",
                "take it in a transaction, `tx.advisory_lock(..)`",
            )?;
            let was_idle = connection.was_idle();
            // A guard already while this waits: dropped half-way, the lock goes even if it was just taken.
            let mut lock = AdvisoryLock(Some(connection));
            let mut taken = true;
            let mut each = |row: &tokio_postgres::Row| {
                if !wait {
                    taken = row.try_get(0)?;
                }
                Ok(())
            };
            let (text, params) = (Sql::rendered(&text), key.params());
            let outcome = lock.connection().run(&text, &params, &mut each).await;
            // Where PostgreSQL says nothing the next one may not, either.
            match outcome.map_err(|error| lock.connection().without_effect(error)) {
                Ok(_) if taken => return Ok(Some(lock)),
                Ok(_) => {
                    drop(lock.0.take());
                    return Ok(None);
                }
                // It had ended while it was idle, and with it whatever was locked on it.
                Err(error) if was_idle && error.is_of_connection() => {}
                Err(error) => return Err(error),
            }
        }
    }
}

/// An advisory lock that is held, from [`Db::advisory_lock`]. Dropped, it is released by a task.
#[must_use = "it is released when dropped"]
pub struct AdvisoryLock(Option<Exclusive>);

/// All of this session: it has one.
const RELEASE: &str = "SELECT pg_advisory_unlock_all()";

impl AdvisoryLock {
    /// Releases it, and returns when it is released.
    ///
    /// # Errors
    /// The connection was lost, and the lock with it, perhaps before now.
    pub async fn release(self) -> Result<(), DatabaseError> {
        self.connection().batch(RELEASE).await?;
        let mut this = self;
        drop(this.0.take());
        Ok(())
    }

    /// Whether the connection is still there, as far as is known here: without it PostgreSQL gives the lock to the next.
    #[must_use]
    pub fn is_held(&self) -> bool {
        !self.connection().is_closed()
    }

    fn connection(&self) -> &Exclusive {
        self.0.as_ref().expect("present until it is released")
    }
}

impl Drop for AdvisoryLock {
    fn drop(&mut self) {
        if let Some(connection) = self.0.take() {
            connection.clean_up(RELEASE);
        }
    }
}

impl std::fmt::Debug for AdvisoryLock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AdvisoryLock").field("is_held", &self.is_held()).finish()
    }
}
