//! The tables that the benchmark's own queries read: made in a transaction that is never committed.
//!
//! So nobody else sees them, and whatever becomes of the program, nothing of them stays.

use bytes::BytesMut;
use hyper_core::db::{DatabaseError, Db, Executor, Reader, Sql, Transaction, fnv1a};

use super::progress::Progress;
use super::rows::{Rng, TABLES};

/// Where the tables are.
pub(super) const SCHEMA: &str = "hyper_benchmark";

/// Held while a benchmark runs: two at once would slow each other.
const LOCK: i64 = fnv1a(b"hyperdjango benchmark") as i64;

/// Filled first, so that each index is made at once. `FREEZE`, below, needs them to be new.
const CREATE: &str = "
    SET LOCAL statement_timeout = 0;
    SET LOCAL lock_timeout = 0;
    SET LOCAL idle_in_transaction_session_timeout = 0;
    CREATE SCHEMA hyper_benchmark;
    SET LOCAL search_path = hyper_benchmark;
    CREATE TABLE users (
        id bigint NOT NULL, name text NOT NULL, karma integer NOT NULL, created_at timestamptz NOT NULL
    );
    CREATE TABLE posts (
        id bigint NOT NULL, author_id bigint NOT NULL, title text NOT NULL, url text NOT NULL, body text NOT NULL,
        score integer NOT NULL, comment_count integer NOT NULL, hot float8 NOT NULL, controversy float8 NOT NULL,
        rising float8 NOT NULL, is_deleted boolean NOT NULL, created_at timestamptz NOT NULL
    );
    CREATE TABLE comments (
        id bigint NOT NULL, post_id bigint NOT NULL, author_id bigint NOT NULL, body text NOT NULL,
        score integer NOT NULL, created_at timestamptz NOT NULL
    );
    CREATE TABLE votes (user_id bigint NOT NULL, post_id bigint NOT NULL, value smallint NOT NULL);
";

/// What makes the tables fast to ask, with the words for who waits.
const INDEXES: [(&str, &str); 4] = [
    ("users", "ALTER TABLE users ADD PRIMARY KEY (id)"),
    (
        "posts",
        "ALTER TABLE posts ADD PRIMARY KEY (id);
         CREATE INDEX posts_hot ON posts (hot DESC, id DESC) WHERE NOT is_deleted;
         CREATE INDEX posts_new ON posts (created_at DESC, id DESC) WHERE NOT is_deleted;
         CREATE INDEX posts_top ON posts (score DESC, id DESC) WHERE NOT is_deleted;
         CREATE INDEX posts_controversial ON posts (controversy DESC, id DESC) WHERE NOT is_deleted;
         CREATE INDEX posts_rising ON posts (rising DESC, id DESC) WHERE NOT is_deleted;
         CREATE INDEX posts_author ON posts (author_id, id DESC) INCLUDE (score) WHERE NOT is_deleted;
         CREATE INDEX posts_title ON posts USING gin (to_tsvector('simple', title)) WHERE NOT is_deleted",
    ),
    (
        "comments",
        "ALTER TABLE comments ADD PRIMARY KEY (id);
         CREATE INDEX comments_post ON comments (post_id, id)",
    ),
    ("votes", "ALTER TABLE votes ADD PRIMARY KEY (user_id, post_id)"),
];

/// Makes and fills the tables, in a transaction that has them in its search path. It is for the caller to roll back.
pub(super) async fn load(db: &Db, posts: u32, progress: &Progress) -> Result<Transaction, String> {
    let tx = db.begin().await.map_err(|error| sentence("A transaction cannot begin", &error))?;
    let mut alone = false;
    let locked = tx.read(Sql::new("SELECT pg_try_advisory_xact_lock($1)"), &[&LOCK], |row| {
        alone = row.try_get(0)?;
        Ok(())
    });
    locked.await.map_err(|error| sentence("PostgreSQL gives no lock", &error))?;
    if !alone {
        return Err(
            "Another benchmark runs on this database, or is just being undone: wait until it has ended."
                .to_owned(),
        );
    }
    tx.execute_batch(CREATE).await.map_err(|error| match error.sqlstate() {
        Some("42P06") => {
            format!("There is a schema `{SCHEMA}` in this database, and it is not the benchmark's: rename it.")
        }
        Some("42501") => format!(
            "The benchmark's tables cannot be created: {error}. The user needs CREATE on the database; what it \
             makes is rolled back."
        ),
        _ => sentence("The benchmark's tables cannot be created", &error),
    })?;
    fill(&tx, posts, progress)
        .await
        .map_err(|error| sentence("The benchmark's tables cannot be filled", &error))?;
    Ok(tx)
}

async fn fill(tx: &Transaction, posts: u32, progress: &Progress) -> Result<(), DatabaseError> {
    for (table, (name, indexes)) in TABLES.iter().zip(INDEXES) {
        let (count, mut rng, mut number) = ((table.rows)(posts), Rng::of(table), 0);
        progress.begin(table.name, count);
        // Frozen, its pages are known to be visible to all, as those of a table in use are after a VACUUM.
        let copy = format!("COPY {} ({}) FROM STDIN (FREEZE)", table.name, table.columns);
        tx.copy_in(&copy, |out: &mut BytesMut| {
            while number < count && out.len() < 64 * 1024 {
                (table.row)(&mut rng, posts, number, out);
                number += 1;
            }
            progress.at(number);
            Ok(number < count)
        })
        .await?;
        progress.say(&format!("indexes of {name}"));
        tx.execute_batch(indexes).await?;
    }
    progress.say("statistics");
    // As many rows as it may take for the same plans each time: of 50,000 posts, all.
    tx.execute_batch("SET LOCAL default_statistics_target = 1000; ANALYZE users, posts, comments, votes")
        .await
}

/// Waits until the transaction of a run that was broken off is undone.
pub(super) async fn gone(db: &Db) -> Result<(), DatabaseError> {
    let tx = db.begin().await?;
    tx.read(Sql::new("SELECT pg_advisory_xact_lock($1)"), &[&LOCK], |_| Ok(())).await?;
    tx.rollback().await
}

fn sentence(what: &str, error: &DatabaseError) -> String {
    format!("{what}: {}.", error.to_string().trim_end_matches('.'))
}
