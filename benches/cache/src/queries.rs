//! The query cache: rows by their keys by Zipf's law, from PostgreSQL, by 1 to 16 tasks.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use hyperdjango::cache::{QueryCache, QueryCacheOptions};
use hyperdjango::db::{DbOptions, register_worker};
use hyperdjango::prelude::*;

use crate::arguments::Arguments;
use crate::remote::{Contestant, runtime, tasks};
use crate::workload::ROOM;

/// A row of `schema.sql`.
#[derive(Model, Debug, Clone)]
#[model(table = "users")]
pub(crate) struct User {
    #[field(primary_key)]
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) about: String,
    pub(crate) karma: i64,
    pub(crate) joined: i64,
}

pub(crate) fn measure(arguments: &Arguments) {
    let runtime = runtime(register_worker);
    let all = runtime.block_on(contestants(&arguments.database));
    tasks(&runtime, "queries", all, arguments);
}

async fn contestants(url: &str) -> Vec<Contestant> {
    // A cache each, so that none takes another's room.
    let (db, _) = open(url).await;
    let (rows, of_rows) = open(url).await;
    let (shared_rows, of_shared_rows) = open(url).await;
    let (pages, of_pages) = open(url).await;
    let (shared_pages, of_shared_pages) = open(url).await;
    let hits = |cache: QueryCache| move || cache.stats().stats.hits;
    /// Asks for one after the other, and lets others go on between.
    macro_rules! contestant {
        ($name:literal, $db:ident, $id:ident => $ask:expr, $is:expr) => {{
            let own = $db.clone();
            Contestant::new($name, move |order| {
                let $db = own.clone();
                async move {
                    for ids in order.chunks(100) {
                        for id in ids {
                            // PostgreSQL's begin with 1.
                            let $id = i64::from(*id) + 1;
                            let found = $ask.await.expect("PostgreSQL is there");
                            assert_eq!($is(&found), $id);
                        }
                        tokio::task::yield_now().await;
                    }
                }
            })
        }};
    }
    /// The 30 rows from a key on.
    macro_rules! page {
        ($id:expr) => {
            User::objects().filter(User.id.gte($id)).order_by(User.id).limit(30)
        };
    }
    let (one, first) = (|row: &User| row.id, |rows: &Vec<User>| rows[0].id);
    let shared = |rows: &Arc<Vec<User>>| rows[0].id;
    let near: Near = moka::future::Cache::builder()
        .max_capacity(ROOM as u64)
        .time_to_live(Duration::from_secs(60))
        .build_with_hasher(foldhash::fast::RandomState::default());
    let found = Arc::new(AtomicU64::new(0));
    let both = (db.clone(), near, Arc::clone(&found));
    vec![
        contestant!("a row, not cached", db, id => User::objects().get(&db, id), one),
        contestant!("a row, .cache(60)", rows, id => User::objects().cache(60).get(&rows, id), one)
            .with_hits(hits(of_rows)),
        contestant!("a row, .cache(60).shared()", shared_rows, id => User::objects().filter(User.id.eq(id)).cache(60).shared(&shared_rows), shared)
            .with_hits(hits(of_shared_rows)),
        contestant!("a row, moka by hand, not told of writes", both, id => by_hand(&both, id), |row: &Arc<User>| row.id).with_hits(move || found.load(Relaxed)),
        contestant!("30 rows, not cached", db, id => page!(id).all(&db), first),
        contestant!("30 rows, .cache(60)", pages, id => page!(id).cache(60).all(&pages), first).with_hits(hits(of_pages)),
        contestant!("30 rows, .cache(60).shared()", shared_pages, id => page!(id).cache(60).shared(&shared_pages), shared)
            .with_hits(hits(of_shared_pages)),
    ]
}

type Near = moka::future::Cache<i64, Arc<User>, foldhash::fast::RandomState>;

async fn by_hand((db, near, found): &(Db, Near, Arc<AtomicU64>), id: i64) -> orm::Result<Arc<User>> {
    if let Some(row) = near.get(&id).await {
        found.fetch_add(1, Relaxed);
        return Ok(row);
    }
    let row = Arc::new(User::objects().get(db, id).await?);
    near.insert(id, row.clone()).await;
    Ok(row)
}

/// The database with a query cache of its own.
async fn open(url: &str) -> (Db, QueryCache) {
    let mut options = DbOptions::default();
    options.pinned = 2;
    let db = Db::with_options(url.parse().expect("the URL is one"), options);
    let options = QueryCacheOptions { max_entries: ROOM, max_bytes: 256 * 1024 * 1024 };
    let cache = QueryCache::configure(&db, options).await.expect("PostgreSQL is there");
    (db, cache)
}
