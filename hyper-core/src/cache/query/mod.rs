//! The query cache: results of queries, kept until a table they were read from is written.
//!
//! Each name in a statement's text has a version, and a result is kept with those it was read under. A write moves the versions
//! of its tables on, once it has taken effect: here at once, and in the other instances by what the [`CacheBus`] says. So nothing
//! has to be looked for to be forgotten, and a result that was read before a write and comes after it is stale from the start.

mod followers;
mod key;
mod note;
mod scan;
mod store;
mod tables;

use std::any::Any;
use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, LazyLock, RwLock};
use std::time::Duration;

use tokio_postgres::Row;
use uuid::Uuid;

use super::bus::{CacheBus, Said, Subscription};
use super::stats::{Count, Counters, LayerStats};
use crate::db::{DatabaseError, Db, Param, Reader, Sql};

use key::QueryKey;
pub(crate) use note::Note;
pub(super) use scan::Written;
pub(crate) use store::Entry;
use store::Store;
use tables::{Seen, Tables, Version};

/// The topic of tables that have changed.
const CHANGED: &str = "tables";

/// The topic of tables of which rows have gone.
const REMOVED: &str = "tables-removed";

/// How many texts of statements are known at once; should there be more, they are learned anew.
const MOST_TEXTS: usize = 10_000;

/// Longer ones, such as those with a thousand values in them, are not: they would not come again.
const LONGEST_TEXT: usize = 4096;

/// Bounds of a [`QueryCache`].
#[derive(Debug, Clone)]
pub struct QueryCacheOptions {
    /// How many results there are at most; default 5,000.
    pub max_entries: usize,
    /// How many bytes their rows have at most, as they came; default 64 MiB. What `shared` made of them comes on top.
    pub max_bytes: u64,
}

impl Default for QueryCacheOptions {
    fn default() -> Self {
        Self { max_entries: 5_000, max_bytes: 64 * 1024 * 1024 }
    }
}

/// Results of queries of one database, kept until a table they were read from is written, by any instance of the site.
///
/// A query is kept where it says so (`.cache(60)`) or its model does (`cache_ttl = 60`); in transactions, in tests that are
/// rolled back, and through `db.replica()` nothing is. With replicas, what is kept is read from the primary.
///
/// What is written is seen in the text of each statement that writes through this program, `COPY` and SQL of one's own included.
/// What changes along with it is asked of the database: by foreign keys that cascade, views, rules, and what the texts of
/// functions and triggers in SQL and PL/pgSQL name. What is not seen: other programs that write, a function that writes and is
/// called by a query, and what functions in other languages, or those that put their SQL together, read; after those, say
/// [`wrote`](Self::wrote).
#[derive(Clone)]
pub struct QueryCache(Arc<Inner>);

struct Inner {
    store: Store,
    tables: Arc<Tables>,
    bus: CacheBus,
    texts: RwLock<HashMap<u64, Arc<Text>>>,
    writes: RwLock<HashMap<u64, Arc<(Box<str>, Written)>>>,
    counters: Counters,
    /// Tables that were written, each time.
    invalidations: AtomicU64,
    /// Queries that were not kept, though they were to be.
    bypassed: AtomicU64,
    /// For as long as it is to be told.
    _subscriptions: [Subscription; 2],
}

/// The text of a statement, and what it reads.
struct Text {
    text: Arc<str>,
    names: Arc<[Version]>,
}

impl QueryCache {
    /// Has a database keep results from now on. Others that have the same [`Db`] have the same cache.
    ///
    /// ```no_run
    /// # use hyper_core::cache::{QueryCache, QueryCacheOptions};
    /// # async fn f(db: hyper_core::db::Db) -> Result<(), hyper_core::db::DatabaseError> {
    /// let cache = QueryCache::configure(&db, QueryCacheOptions::default()).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// As [`CacheBus::of`]: where nobody can listen, other instances could not be heard.
    pub async fn configure(db: &Db, options: QueryCacheOptions) -> Result<Self, DatabaseError> {
        let bus = CacheBus::of(db).await?;
        let tables = Arc::<Tables>::default();
        tables.learn(db).await?;
        let subscribe = |topic, removes| {
            let heard = tables.clone();
            bus.on(topic, move |said| match said {
                // With what follows it, as it is known here: the one who wrote may not know yet.
                Said::This(table) => match heard.followed(table, removes) {
                    Some(tables) => tables.iter().for_each(|(table, _)| heard.move_on(table)),
                    None => heard.move_all_on(),
                },
                Said::Everything => heard.move_all_on(),
            })
        };
        let subscriptions = [subscribe(CHANGED, false), subscribe(REMOVED, true)];
        let this = Self(Arc::new(Inner {
            store: Store::new(&options),
            tables,
            bus,
            texts: RwLock::default(),
            writes: RwLock::default(),
            counters: Counters::default(),
            invalidations: AtomicU64::new(0),
            bypassed: AtomicU64::new(0),
            _subscriptions: subscriptions,
        }));
        Ok(db.query_cache_cell().get_or_init(|| this).clone())
    }

    /// Says that tables have changed in a way that cannot be seen: a function has written to them, or another program. Their
    /// names are as PostgreSQL has them; none is any.
    ///
    /// ```no_run
    /// # async fn f(db: hyper_core::db::Db) -> Result<(), hyper_core::db::DatabaseError> {
    /// use hyper_core::db::Executor;
    ///
    /// db.execute_batch("SELECT recount_scores()").await?;
    /// if let Some(cache) = db.query_cache() {
    ///     cache.wrote(&["posts"]);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn wrote(&self, tables: &[&str]) {
        self.invalidate(&Written {
            tables: tables.iter().flat_map(|table| both(table)).map(str::to_owned).collect(),
            removes: true,
            anything: tables.is_empty(),
            ..Written::default()
        });
    }

    /// Which state of these tables this is: another text as soon as one of them, or something they follow, has been written, by
    /// any instance. It is of this process alone; others have other texts for the same state. None where this instance does not
    /// hear the others: then nothing can be said. `db` is the database that this is the cache of.
    ///
    /// ```no_run
    /// # async fn f(db: hyper_core::db::Db) {
    /// let version = match db.query_cache() {
    ///     Some(cache) => cache.version_of(&db, &["posts", "votes"]).await,
    ///     None => None,
    /// };
    /// # }
    /// ```
    pub async fn version_of(&self, db: &Db, tables: &[&str]) -> Option<String> {
        static PROCESS: LazyLock<Uuid> = LazyLock::new(Uuid::new_v4);
        let is_known = self.0.tables.learn(db).await.ok()?;
        let tables: Vec<&str> = tables.iter().flat_map(|table| both(table)).collect();
        let is_trusted = is_known && self.0.bus.is_trusted();
        is_trusted.then(|| format!("{:x}-{:x}", PROCESS.as_u128(), self.0.tables.of(&tables)))
    }

    /// Forgets all results, in all instances.
    pub fn clear(&self) {
        self.wrote(&[]);
        self.0.store.clear();
    }

    /// What became of queries that are to be kept. `invalidations` are tables that were written, `bypassed` queries that were
    /// not looked for as this instance could not hear the others, or a value in them is of no known type.
    #[must_use]
    pub fn stats(&self) -> LayerStats {
        let mut stats = self.0.counters.stats();
        let (entries, bytes, evictions) = self.0.store.figures();
        (stats.entries, stats.bytes, stats.evictions) = (Some(entries), Some(bytes), evictions);
        LayerStats::new("query_cache", stats)
            .with("invalidations", self.0.invalidations.load(Relaxed))
            .with("bypassed", self.0.bypassed.load(Relaxed))
    }

    /// That these have been written.
    fn invalidate(&self, written: &Written) {
        self.0.invalidations.fetch_add(1, Relaxed);
        let Some(tables) = self.0.tables.followed_by(written) else {
            self.0.tables.move_all_on();
            self.0.bus.say_everything(CHANGED);
            return;
        };
        for (table, removes) in tables {
            self.0.tables.move_on(&table);
            self.0.bus.say(if removes { REMOVED } else { CHANGED }, table);
        }
    }

    /// What a statement that writes is to leave behind on its connection; nothing, if it writes nothing.
    pub(crate) fn note(&self, sql: &Sql<'_>) -> Option<Note> {
        if sql.text.len() > LONGEST_TEXT {
            return self.note_text(sql.text);
        }
        let known = self.0.writes.read().expect("no panic while held").get(&sql.key).cloned();
        let known = known.filter(|known| *known.0 == *sql.text).unwrap_or_else(|| {
            let new = Arc::new((sql.text.into(), scan::written(sql.text)));
            let mut writes = self.0.writes.write().expect("no panic while held");
            if writes.len() >= MOST_TEXTS {
                writes.clear();
            }
            writes.insert(sql.key, Arc::clone(&new));
            new
        });
        self.note_of(known.1.clone())
    }

    /// The same for a text that is sent once.
    pub(crate) fn note_text(&self, text: &str) -> Option<Note> {
        self.note_of(scan::written(text))
    }

    fn note_of(&self, mut written: Written) -> Option<Note> {
        self.0.tables.keep_writers(&mut written.calls);
        (!written.is_nothing()).then(|| Note::new(self.clone(), written))
    }

    fn text(&self, sql: &Sql<'_>) -> Arc<Text> {
        let known = self.0.texts.read().expect("no panic while held").get(&sql.key).cloned();
        if let Some(known) = known.filter(|known| *known.text == *sql.text) {
            return known;
        }
        let new = Arc::new(Text { text: sql.text.into(), names: self.0.tables.read_by(sql.text) });
        if sql.text.len() > LONGEST_TEXT {
            return new;
        }
        let mut texts = self.0.texts.write().expect("no panic while held");
        if texts.len() >= MOST_TEXTS {
            texts.clear();
        }
        texts.insert(sql.key, new.clone());
        new
    }

    /// The rows of a query: those that are kept, or else from the primary. None where it cannot be kept, as a value in it is of
    /// no known type or this instance does not hear the others.
    pub(crate) async fn rows(
        &self,
        db: &Db,
        sql: Sql<'_>,
        params: &[Param<'_>],
    ) -> Result<Option<Arc<Entry>>, DatabaseError> {
        let text = self.text(&sql);
        let key = QueryKey::new(&sql, &text.text, params).filter(|_| self.0.bus.is_trusted());
        let Some(key) = key else {
            self.0.bypassed.fetch_add(1, Relaxed);
            return Ok(None);
        };
        if let Some(entry) = self.0.store.get(&key) {
            self.0.counters.count(Count::Hit);
            return Ok(Some(entry));
        }
        self.0.counters.count(Count::Miss);
        if !self.0.tables.learn(db).await? {
            self.0.bypassed.fetch_add(1, Relaxed);
            return Ok(None);
        }
        // Before it is read: what is written from here on makes it stale.
        let seen = Seen::now(&text.names);
        let mut rows = Vec::new();
        let each = |row: &Row| {
            rows.push(row.clone());
            Ok(())
        };
        db.primary().read(sql, params, each).await?;
        let entry = Arc::new(Entry::new(rows, seen, Duration::from_secs(sql.cached.into())));
        if entry.is_fresh() {
            self.0.counters.count(Count::Set);
            self.0.store.put(key, &entry);
        }
        Ok(Some(entry))
    }

    /// A result as another type, made once for all who share it.
    pub async fn shared<T: Any + Send + Sync, E: From<DatabaseError>>(
        &self,
        db: &Db,
        sql: Sql<'_>,
        params: &[Param<'_>],
        make: impl FnOnce(&[Row]) -> Result<T, E>,
    ) -> Result<Option<Arc<T>>, E> {
        let Some(entry) = self.rows(db, sql, params).await? else { return Ok(None) };
        entry.shared(make).map(Some)
    }
}

/// A table's name as it stands, and without a schema.
fn both(table: &str) -> impl Iterator<Item = &str> {
    let last = table.rsplit_once('.').map(|(_, last)| last);
    std::iter::once(table).chain(last)
}

impl fmt::Debug for QueryCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QueryCache").field("stats", &self.stats()).finish_non_exhaustive()
    }
}
