//! The query cache: what was written is what is read.

use std::sync::Arc;
use std::time::{Duration, Instant};

use hyper_core::cache::{QueryCache, QueryCacheOptions};
use hyper_core::db::{Reader as _, Sql};
use hyperdjango::orm::schema::create_missing_tables;
use hyperdjango::orm::write::Instance as _;
use hyperdjango::prelude::*;

use crate::until;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "cached_users")]
pub struct User {
    #[field(primary_key)]
    pub id: i64,
    pub name: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "cached_posts", cache_ttl = 300, ordering = [id])]
pub struct Post {
    #[field(primary_key)]
    pub id: i64,
    pub title: String,
    pub score: i32,
    #[field(on_delete = cascade)]
    pub author: ForeignKey<User>,
}

/// An instance of a site.
struct Instance {
    db: Db,
    cache: QueryCache,
}

impl Instance {
    async fn new(url: &str) -> Self {
        let db = Db::new(url.parse().unwrap());
        create_missing_tables(&db, &[User::META, Post::META]).await.unwrap();
        let cache = QueryCache::configure(&db, QueryCacheOptions::default()).await.unwrap();
        Self { db, cache }
    }

    /// Runs this twice, and says whether the second time was answered without the database.
    async fn is_kept<T: PartialEq + std::fmt::Debug>(&self, ask: impl AsyncFn() -> T) -> bool {
        let first = ask().await;
        let before = self.cache.stats().stats;
        let statements = self.db.timer().count();
        assert_eq!(ask().await, first);
        let after = self.cache.stats().stats;
        assert_eq!(after.hits > before.hits, self.db.timer().count() == statements);
        after.hits > before.hits && after.misses == before.misses
    }
}

async fn filled(url: &str) -> Instance {
    let instance = Instance::new(url).await;
    let db = &instance.db;
    for id in 1..=3 {
        User::objects().create(db, (User.id.set(id), User.name.set(format!("user {id}")))).await.unwrap();
    }
    for id in 1..=9 {
        post(db, id, &format!("post {id}")).await;
    }
    instance
}

async fn post(db: &impl Executor, id: i64, title: &str) {
    let values = (Post.id.set(id), Post.title.set(title), Post.score.set(1), Post.author.set(id % 3 + 1));
    Post::objects().create(db, values).await.unwrap();
}

#[tokio::test]
async fn every_kind_of_query_is_kept() {
    let database = hyper_tests::postgres();
    let site = filled(database.url()).await;
    let db = &site.db;
    let posts = || Post::objects().filter(Post.score.gte(1));
    assert!(site.is_kept(async || posts().all(db).await.unwrap()).await);
    assert!(site.is_kept(async || posts().count(db).await.unwrap()).await);
    assert!(site.is_kept(async || posts().exists(db).await.unwrap()).await);
    assert!(site.is_kept(async || posts().first(db).await.unwrap()).await);
    assert!(site.is_kept(async || posts().last(db).await.unwrap()).await);
    assert!(site.is_kept(async || Post::objects().get(db, 3).await.unwrap()).await);
    assert!(site.is_kept(async || posts().values((Post.id, Post.title)).all(db).await.unwrap()).await);
    assert!(site.is_kept(async || posts().json(db).await.unwrap().into_bytes()).await);
    assert!(site.is_kept(async || posts().aggregate(db, Post.score.sum()).await.unwrap()).await);
    assert!(site.is_kept(async || posts().select_related(Post.author).all(db).await.unwrap()).await);
    assert!(
        site.is_kept(async || Post::objects().filter(Post.author.name.eq("user 1")).all(db).await.unwrap())
            .await
    );
    assert!(
        site.is_kept(async || Post::objects().filter(Post.title.lower().eq("post 1")).all(db).await.unwrap())
            .await
    );
    assert!(
        site.is_kept(async || Post::objects().filter(Post.id.within(&[1_i64, 2])).all(db).await.unwrap())
            .await
    );
    // Empty results as well.
    assert!(site.is_kept(async || posts().filter(Post.title.eq("none")).first(db).await.unwrap()).await);
    // Those that are not to be.
    assert!(!site.is_kept(async || posts().cache(false).all(db).await.unwrap()).await);
    assert!(!site.is_kept(async || User::objects().all(db).await.unwrap()).await);
    assert!(site.is_kept(async || User::objects().cache(60).all(db).await.unwrap()).await);
    assert!(site.is_kept(async || User::objects().cache(true).count(db).await.unwrap()).await);
    // In a transaction it is asked, and what is asked there is not kept.
    let tx = db.begin().await.unwrap();
    assert!(!site.is_kept(async || posts().all(&tx).await.unwrap()).await);
    tx.rollback().await.unwrap();
    assert!(!site.is_kept(async || posts().all(&db.replica()).await.unwrap()).await);
    // Different values are different queries.
    let titles = |id: i64| async move { Post::objects().filter(Post.id.eq(id)).all(db).await.unwrap().len() };
    assert_eq!((titles(1).await, titles(100).await, titles(1).await), (1, 0, 1));
}

#[tokio::test]
async fn a_result_is_shared_and_not_copied() {
    let database = hyper_tests::postgres();
    let site = filled(database.url()).await;
    let ask = async || Post::objects().shared(&site.db).await.unwrap();
    let (one, other) = (ask().await, ask().await);
    assert!(Arc::ptr_eq(&one, &other) && one.len() == 9);
    post(&site.db, 10, "new").await;
    let third = ask().await;
    assert_eq!((one.len(), third.len()), (9, 10));
    let uncached = Post::objects().cache(false).shared(&site.db).await.unwrap();
    assert_eq!(*uncached, *third);
}

#[tokio::test]
async fn every_way_to_write_is_seen_at_once() {
    let database = hyper_tests::postgres();
    let site = filled(database.url()).await;
    let db = &site.db;
    let titles = async || Post::objects().values(Post.title).all(db).await.unwrap().join(",");
    let counts = async || (Post::objects().count(db).await.unwrap(), titles().await);
    let mut last = counts().await;
    let mut changed = async |what: &str| {
        let now = counts().await;
        assert_ne!(now, last, "after {what}");
        let asked = (
            Post::objects().cache(false).count(db).await.unwrap(),
            Post::objects().cache(false).values(Post.title).all(db).await.unwrap().join(","),
        );
        assert_eq!(now, asked, "after {what}");
        last = now;
    };
    post(db, 20, "created").await;
    changed("create").await;
    Post::objects().filter(Post.id.eq(20)).update(db, Post.title.set("updated")).await.unwrap();
    changed("update").await;
    Post::objects().filter(Post.id.eq(20)).delete(db).await.unwrap();
    changed("delete").await;
    let rows: Vec<_> = (30..40)
        .map(|id| (Post.id.set(id), Post.title.set("bulk"), Post.score.set(0), Post.author.set(1)))
        .collect();
    Post::objects().bulk_create(db, rows).await.unwrap();
    changed("bulk_create").await;
    let mut one = Post::objects().cache(false).get(db, 30).await.unwrap();
    one.title = "saved".to_owned();
    one.save(db).await.unwrap();
    changed("save").await;
    db.execute_batch("UPDATE cached_posts SET title = title || '!'").await.unwrap();
    changed("SQL of one's own").await;
    db.execute_batch(
        "COPY cached_posts FROM PROGRAM 'true'; DELETE FROM public.\"cached_posts\" WHERE id = 31",
    )
    .await
    .unwrap();
    changed("several statements").await;
    db.copy_in("COPY cached_posts (id, title, score, author_id) FROM STDIN", {
        let mut once = Some("50\tcopied\t1\t1\n");
        move |buffer: &mut bytes::BytesMut| {
            Ok(once.take().is_some_and(|line| {
                buffer.extend_from_slice(line.as_bytes());
                true
            }))
        }
    })
    .await
    .unwrap();
    changed("COPY").await;
    db.atomic(async |tx| {
        post(tx, 60, "in a transaction").await;
        Ok::<_, orm::Error>(())
    })
    .await
    .unwrap();
    changed("a transaction").await;
    let text = "WITH gone AS (DELETE FROM cached_posts WHERE id = 60 RETURNING id) SELECT id FROM gone";
    let gone: Vec<(i64,)> = db.query(text, &[]).await.unwrap();
    assert_eq!(gone, [(60,)]);
    changed("a CTE that writes").await;
    // Rows that go with those they refer to.
    User::objects().filter(User.id.eq(2)).delete(db).await.unwrap();
    changed("what cascades").await;
    db.execute_batch("CREATE FUNCTION rename() RETURNS void LANGUAGE sql AS $$ UPDATE cached_posts SET title = 'by a function' $$")
        .await
        .unwrap();
    titles().await;
    db.query::<(Option<String>,)>("SELECT rename()::text", &[]).await.unwrap();
    changed("a function that writes").await;
    site.cache.wrote(&["cached_posts"]);
    let misses = site.cache.stats().stats.misses;
    titles().await;
    assert_eq!(site.cache.stats().stats.misses, misses + 1, "what is said to be written is read again");
    db.execute_batch("TRUNCATE cached_users CASCADE").await.unwrap();
    changed("TRUNCATE").await;
}

#[tokio::test]
async fn what_is_rolled_back_makes_nothing_stale() {
    let database = hyper_tests::postgres();
    let site = filled(database.url()).await;
    let db = &site.db;
    let all = async || Post::objects().all(db).await.unwrap();
    all().await;
    let tx = db.begin().await.unwrap();
    post(&tx, 100, "not kept").await;
    // Others still read what there is.
    assert!(site.is_kept(all).await && all().await.len() == 9);
    tx.rollback().await.unwrap();
    assert!(site.is_kept(all).await);
    let invalidations = || site.cache.stats().more[0].1;
    let before = invalidations();
    // A part of a transaction.
    db.atomic(async |tx| {
        let part = tx.savepoint().await?;
        post(&part, 101, "not kept").await;
        part.rollback().await?;
        User::objects().filter(User.id.eq(1)).update(tx, User.name.set("renamed")).await?;
        let part = tx.savepoint().await?;
        drop(part);
        Ok::<_, orm::Error>(())
    })
    .await
    .unwrap();
    assert!(invalidations() > before);
    let hits = site.cache.stats().stats.hits;
    all().await;
    assert!(site.cache.stats().stats.hits > hits, "only users were written");
    // One whose writes were made in a part that was kept.
    let in_a_part = async |part: &hyperdjango::db::Transaction| {
        post(part, 102, "kept").await;
        Ok::<_, orm::Error>(())
    };
    db.atomic(async |tx| tx.atomic(in_a_part).await).await.unwrap();
    assert_eq!(all().await.len(), 10);
    // Dropped.
    let tx = db.begin().await.unwrap();
    post(&tx, 103, "not kept").await;
    let before = invalidations();
    drop(tx);
    assert_eq!((all().await.len(), invalidations()), (10, before));
}

#[tokio::test]
async fn joins_subqueries_and_views_are_read_from_their_tables() {
    let database = hyper_tests::postgres();
    let site = filled(database.url()).await;
    let db = &site.db;
    let joined = async || {
        let rows = Post::objects().filter(Post.id.eq(1)).select_related(Post.author).all(db).await.unwrap();
        rows[0].1.name.clone()
    };
    let related = async || Post::objects().filter(Post.author.name.eq("Zoe")).count(db).await.unwrap();
    assert_eq!((joined().await, related().await), ("user 2".to_owned(), 0));
    User::objects().filter(User.id.eq(2)).update(db, User.name.set("Zoe")).await.unwrap();
    assert_eq!((joined().await, related().await), ("Zoe".to_owned(), 3));
    db.execute_batch("CREATE VIEW cached_titles AS SELECT id, title AS name FROM cached_posts")
        .await
        .unwrap();

    #[derive(Model, Debug, Clone, PartialEq)]
    #[model(table = "cached_titles", cache_ttl = 60)]
    pub struct Title {
        #[field(primary_key)]
        pub id: i64,
        pub name: String,
    }

    let viewed = async || Title::objects().get(db, 1).await.unwrap().name;
    assert_eq!(viewed().await, "post 1");
    assert!(site.is_kept(viewed).await);
    Post::objects().filter(Post.id.eq(1)).update(db, Post.title.set("seen through a view")).await.unwrap();
    assert_eq!(viewed().await, "seen through a view");
}

#[tokio::test]
async fn nothing_is_kept_longer_than_said() {
    let database = hyper_tests::postgres();
    let site = filled(database.url()).await;
    let outside = Db::new(database.url().parse().unwrap());
    let name = async || User::objects().cache(1).get(&site.db, 1).await.unwrap().name;
    assert_eq!(name().await, "user 1");
    // Another program writes.
    User::objects().filter(User.id.eq(1)).update(&outside, User.name.set("other")).await.unwrap();
    let started = Instant::now();
    while name().await != "other" {
        assert!(started.elapsed() < Duration::from_secs(10));
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(started.elapsed() > Duration::from_millis(500));
}

#[tokio::test]
async fn other_instances_read_what_was_written() {
    let database = hyper_tests::postgres();
    let one = filled(database.url()).await;
    let other = Instance::new(database.url()).await;
    let name = async |site: &Instance| User::objects().cache(600).get(&site.db, 1).await.unwrap().name;
    for round in 0..20 {
        let (writer, reader) = if round % 2 == 0 { (&one, &other) } else { (&other, &one) };
        name(reader).await;
        let new = format!("round {round}");
        User::objects().filter(User.id.eq(1)).update(&writer.db, User.name.set(&new)).await.unwrap();
        assert_eq!(name(writer).await, new, "at once, where it was written");
        let started = Instant::now();
        while name(reader).await != new {
            assert!(started.elapsed() < Duration::from_secs(5), "round {round}");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
    // Tables that change are everything: what cascades is learned anew.
    let age = async || {
        let mut ages = Vec::new();
        let sql = Sql::new("SELECT age::text FROM cached_users WHERE id = 1").cached(600);
        let read = other.db.read(sql, &[], |row| {
            ages.push(row.try_get::<_, Option<String>>(0)?);
            Ok(())
        });
        read.await.map(|_| ages)
    };
    one.db.execute_batch("ALTER TABLE cached_users ADD COLUMN age int DEFAULT 7").await.unwrap();
    assert_eq!(age().await.unwrap(), [Some("7".to_owned())]);
    one.db.execute_batch("ALTER TABLE cached_users ALTER COLUMN age TYPE int USING age + 1").await.unwrap();
    until("the other instance to read what the column was made", async || {
        age().await.unwrap() == [Some("8".to_owned())]
    })
    .await;
    User::objects().filter(User.id.eq(1)).update(&one.db, User.name.set("after")).await.unwrap();
    until("the other instance to read it", async || name(&other).await == "after").await;
}

#[tokio::test]
async fn a_write_that_nobody_waits_for_is_seen() {
    let database = hyper_tests::postgres();
    let site = filled(database.url()).await;
    let db = &site.db;
    let name = async || User::objects().cache(600).get(db, 1).await.unwrap().name;
    // One that was given up may come after the next one.
    let mut left = Vec::new();
    for round in 0..30 {
        name().await;
        let new = format!("round {round}");
        let query = User::objects().filter(User.id.eq(1));
        let write = query.update(db, User.name.set(&new));
        // Sent, and given up before the answer.
        let given_up = tokio::time::timeout(Duration::from_micros(200 + round * 20), write).await;
        let started = Instant::now();
        loop {
            let asked = User::objects().get(&db.primary(), 1).await.unwrap().name;
            let kept = name().await;
            if kept == asked && (given_up.is_err() || asked == new || left.contains(&asked)) {
                break;
            }
            let in_time = started.elapsed() < Duration::from_secs(5);
            assert!(in_time, "round {round}: {kept:?} is kept of {asked:?}, {given_up:?}");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        if given_up.is_err() {
            left.push(new);
        }
    }
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert_eq!(name().await, User::objects().get(&db.primary(), 1).await.unwrap().name);
}
