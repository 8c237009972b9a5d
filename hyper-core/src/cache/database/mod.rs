//! A cache in a table of PostgreSQL, for all instances of a site.

mod backend;
mod rows;
mod statements;
mod table;
mod upkeep;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use self::statements::Statements;
use self::upkeep::Shared;
use super::error::{CacheError, CacheErrorKind};
use crate::db::{DatabaseError, Db, ErrorKind};

/// A cache in a table of PostgreSQL, which all instances of a site share. Its clones are one cache.
///
/// The table, `hyper_cache` by default, is made when it is first needed, and again if somebody drops it. It is `UNLOGGED`:
/// cheap to write, empty after a crash of PostgreSQL, and not on replicas, so the primary is asked always. PostgreSQL's clock
/// says what is expired, whatever the clocks of the instances say.
///
/// What is expired goes every minute, in parts, from whichever instance finds it first. Where there are more than
/// [`max_entries`](Self::max_entries), those that would expire first make room.
///
/// ```no_run
/// use hyper_core::cache::{Cache, CacheError, DatabaseCache, Ttl};
/// use hyper_core::db::Db;
///
/// # async fn f(db: Db) -> Result<(), CacheError> {
/// let cache = Cache::new(DatabaseCache::new(db).max_entries(50_000));
/// cache.add("views", &0, Ttl::FOREVER).await?;
/// assert_eq!(cache.incr("views", 1).await?, Some(1));
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct DatabaseCache {
    db: Db,
    statements: &'static Statements,
    ttl: Option<Duration>,
    max_entries: Option<u64>,
    sweep: Duration,
    shared: Arc<Shared>,
}

impl DatabaseCache {
    /// The table it has if none is named.
    pub const TABLE: &str = "hyper_cache";

    /// In the table `hyper_cache` of a database.
    #[must_use]
    pub fn new(db: Db) -> Self {
        Self {
            db,
            statements: Statements::of(Self::TABLE),
            ttl: Some(Duration::from_secs(300)),
            max_entries: None,
            sweep: Duration::from_secs(60),
            shared: Arc::default(),
        }
    }

    /// In another table, which may be in a schema: `cache.pages`. The name is taken as it is, `Pages` is not `pages`.
    #[must_use]
    pub fn table(mut self, name: &str) -> Self {
        self.statements = Statements::of(name);
        self
    }

    /// Sets how long values are kept that are put in without saying; none is for ever. Default: 300 s.
    #[must_use]
    pub fn ttl(mut self, ttl: impl Into<Option<Duration>>) -> Self {
        self.ttl = ttl.into();
        self
    }

    /// Sets how many values there are at most. Default: any number.
    ///
    /// It is looked at every minute, and after each sixteenth of it that this instance puts in, so there may be somewhat more
    /// for a while. Then those that would expire first go, an eighth of the bound more than has to.
    #[must_use]
    pub fn max_entries(mut self, most: u64) -> Self {
        self.max_entries = Some(most);
        self
    }

    /// Sets how often what is expired is taken out, as long as something is put in. Default: 60 s.
    #[must_use]
    pub fn sweep_every(mut self, interval: Duration) -> Self {
        self.sweep = interval.max(Duration::from_millis(10));
        self
    }

    /// Its database.
    #[must_use]
    pub fn db(&self) -> &Db {
        &self.db
    }

    fn failed(&self, error: DatabaseError) -> CacheError {
        let kind = match error.kind() {
            ErrorKind::Unavailable
            | ErrorKind::Interrupted
            | ErrorKind::Canceled
            | ErrorKind::Timeout
            | ErrorKind::Locked
            | ErrorKind::Conflict => CacheErrorKind::Unavailable,
            _ => CacheErrorKind::Other,
        };
        let table = &self.statements.table;
        CacheError::new(kind, format!("the cache in the table {table} cannot be used: {error}"))
            .with_source(error)
    }
}

impl fmt::Debug for DatabaseCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DatabaseCache")
            .field("table", &self.statements.table)
            .field("ttl", &self.ttl)
            .field("max_entries", &self.max_entries)
            .field("db", &self.db)
            .finish()
    }
}
