//! What only reads, and TechEmpower's workloads.

use std::cell::RefCell;
use std::collections::HashMap;

use bench_orm::{CommentOf, Harness, PostOf, Result, UserOf, pick, unknown};
use sqlx::postgres::{PgPoolOptions, Postgres};
use sqlx::{PgConnection, QueryBuilder, query, query_as, query_scalar};

use crate::connect;
use crate::rows::{Comment, Edited, Fortune, Person, Post, User, Wide, World, columns};

const BY_KEY: &str = concat!("SELECT ", columns!(post), " FROM posts p WHERE p.id = $1");

pub(crate) async fn run(harness: &Harness, connection: PgConnection) -> Result {
    let size = harness.size();
    // The harness runs one operation at a time.
    let connection = RefCell::new(connection);
    macro_rules! drive {
        ($db:ident, $i:pat, $out:ident, $body:block) => {
            harness
                .drive(#[expect(clippy::await_holding_refcell_ref)] async |$i, $out| {
                    let mut guard = connection.borrow_mut();
                    let $db = &mut *guard;
                    $body
                    Ok(())
                })
                .await
        };
    }
    match harness.workload() {
        "w1" => drive!(db, i, out, {
            let post: Post = query_as(BY_KEY).bind(pick(i, 10_000)).fetch_one(db).await?;
            out.value(&post);
        }),
        "w15" => {
            harness
                .drive(async |i, out| {
                    let mut db = connect(harness.url()).await?;
                    let post: Post = query_as(BY_KEY).bind(pick(i, 10_000)).fetch_one(&mut db).await?;
                    out.value(&post);
                    Ok(())
                })
                .await
        }
        "w2-10" | "w2-100" | "w2-1k" | "w2-10k" => drive!(db, _, out, {
            out.value(&people(db, size).await?);
        }),
        "w14-10k" => drive!(db, _, out, {
            out.json(&serde_json::to_vec(&people(db, size).await?)?);
        }),
        "w3" => drive!(db, _, out, {
            let rows: Vec<Wide> =
                query_as(concat!("SELECT ", columns!(wide), " FROM wide ORDER BY id")).fetch_all(db).await?;
            out.value(&rows);
        }),
        "w4" => drive!(db, i, out, {
            let found: Vec<Post> = query_as(concat!(
                "SELECT ",
                columns!(post),
                " FROM posts p JOIN users u ON u.id = p.author_id WHERE u.name = $1 \
                 ORDER BY p.score DESC, p.id DESC LIMIT $2"
            ))
            .bind(format!("user{}", pick(i, 1000)))
            .bind(20_i64)
            .fetch_all(db)
            .await?;
            out.value(&found);
        }),
        "w5" => drive!(db, _, out, {
            let found: Vec<Edited> = query_as(concat!(
                "SELECT ",
                columns!(post),
                ", ",
                columns!(user),
                " FROM posts p LEFT JOIN users u ON u.id = p.editor_id ORDER BY p.id LIMIT $1"
            ))
            .bind(100_i64)
            .fetch_all(db)
            .await?;
            let found: Vec<(Post, Option<User>)> =
                found.into_iter().map(|Edited(post, user)| (post, user)).collect();
            out.value(&found);
        }),
        "w6" => drive!(db, _, out, {
            let (users, posts, mut comments) = tree(db).await?;
            let mut posts_of: HashMap<i64, Vec<(Post, Vec<Comment>)>> = HashMap::with_capacity(users.len());
            for post in posts {
                let with = comments.remove(&post.id).unwrap_or_default();
                posts_of.entry(post.author_id).or_default().push((post, with));
            }
            let users: Vec<(User, Vec<(Post, Vec<Comment>)>)> = users
                .into_iter()
                .map(|user| {
                    let posts = posts_of.remove(&user.id).unwrap_or_default();
                    (user, posts)
                })
                .collect();
            out.value(&users);
        }),
        "w14-tree" => drive!(db, _, out, {
            let (users, posts, comments) = tree(db).await?;
            let mut posts_of: HashMap<i64, Vec<PostOf<'_, _>>> = HashMap::with_capacity(users.len());
            for post in &posts {
                let comments = comments.get(&post.id).map_or(&[][..], Vec::as_slice).iter();
                posts_of.entry(post.author_id).or_default().push(PostOf {
                    id: post.id,
                    title: &post.title,
                    url: post.url.as_deref(),
                    author: post.author_id,
                    editor: post.editor_id,
                    score: post.score,
                    created: post.created,
                    body: &post.body,
                    comments: comments
                        .map(|c| CommentOf { id: c.id, post: c.post_id, score: c.score, body: &c.body })
                        .collect(),
                });
            }
            let users: Vec<UserOf<'_, _>> = users
                .iter()
                .map(|user| UserOf {
                    id: user.id,
                    name: &user.name,
                    karma: user.karma,
                    posts: posts_of.remove(&user.id).unwrap_or_default(),
                })
                .collect();
            out.json(&serde_json::to_vec(&users)?);
        }),
        "w7" | "w16" => drive!(db, i, out, {
            let asked = i % 3;
            let mut sql = QueryBuilder::<Postgres>::new(concat!("SELECT ", columns!(post), " FROM posts p"));
            if asked >= 1 {
                sql.push(" WHERE p.score >= ").push_bind(pick(i, 300) as i32);
            }
            if asked >= 2 {
                sql.push(" AND p.id >= ").push_bind(500_i64);
                sql.push(" AND p.title LIKE ").push_bind("%compiler%");
            }
            sql.push(" ORDER BY p.score DESC, p.id DESC LIMIT ").push_bind(20_i64);
            let found: Vec<Post> = sql.build_query_as().fetch_all(db).await?;
            out.value(&found);
        }),
        "w8-1" | "w8-10" | "w8-1k" => drive!(db, i, out, {
            let ids: Vec<i64> = (0..size).map(|n| pick(i + n, 10_000)).collect();
            let found: Vec<Post> = query_as(concat!(
                "SELECT ",
                columns!(post),
                " FROM posts p WHERE p.id = ANY($1) ORDER BY p.id"
            ))
            .bind(&ids)
            .fetch_all(db)
            .await?;
            out.value(&found);
        }),
        "w9" => drive!(db, i, out, {
            let (least, skip) = (390, (i % 5 * 20).cast_signed());
            let count: i64 = query_scalar("SELECT count(*) FROM posts WHERE score >= $1")
                .bind(least)
                .fetch_one(&mut *db)
                .await?;
            let page: Vec<Post> = query_as(concat!(
                "SELECT ",
                columns!(post),
                " FROM posts p WHERE p.score >= $1 ORDER BY p.score DESC, p.id DESC LIMIT $2 OFFSET $3"
            ))
            .bind(least)
            .bind(20_i64)
            .bind(skip)
            .fetch_all(db)
            .await?;
            out.value(&(count, page));
        }),
        "w17-1" | "w17-16" | "w17-64" | "w17-256" => {
            let connections = harness.connections() as u32;
            let pool = PgPoolOptions::new()
                .max_connections(connections)
                .min_connections(connections)
                .test_before_acquire(false)
                .connect(harness.url())
                .await?;
            harness
                .concurrently(size, move |task, i| {
                    let pool = pool.clone();
                    async move {
                        let post: Post =
                            query_as(BY_KEY).bind(pick(task + i, 10_000)).fetch_one(&pool).await?;
                        std::hint::black_box(post);
                        Ok(())
                    }
                })
                .await
        }
        "w18-db" => drive!(db, i, out, {
            let world: World = query_as(WORLD).bind(pick(i, 10_000) as i32).fetch_one(db).await?;
            out.value(&world);
        }),
        "w18-queries" => drive!(db, i, out, {
            out.value(&twenty(i, db).await?);
        }),
        "w18-updates" => drive!(db, i, out, {
            let mut worlds = twenty(i, db).await?;
            worlds.sort_unstable_by_key(|world| world.id);
            for world in &mut worlds {
                world.random_number = pick(i + u64::from(world.id.cast_unsigned()), 10_000) as i32;
            }
            let ids: Vec<i32> = worlds.iter().map(|world| world.id).collect();
            let numbers: Vec<i32> = worlds.iter().map(|world| world.random_number).collect();
            query(
                "UPDATE world SET random_number = new.n FROM unnest($1::int4[], $2::int4[]) AS new(id, n) \
                 WHERE world.id = new.id",
            )
            .bind(ids)
            .bind(numbers)
            .execute(db)
            .await?;
            out.value(&worlds);
        }),
        "w18-fortunes" => drive!(db, _, out, {
            let mut fortunes: Vec<Fortune> =
                query_as("SELECT id, message FROM fortune").fetch_all(db).await?;
            fortunes.push(Fortune { id: 0, message: "Additional fortune added at request time.".into() });
            fortunes.sort_unstable_by(|a, b| a.message.cmp(&b.message));
            out.value(&fortunes);
        }),
        other => unknown(other),
    }
}

const WORLD: &str = "SELECT id, random_number FROM world WHERE id = $1";

async fn people(db: &mut PgConnection, size: u64) -> Result<Vec<Person>> {
    let people =
        query_as("SELECT id, name, hair_color FROM people ORDER BY id LIMIT $1").bind(size.cast_signed());
    Ok(people.fetch_all(db).await?)
}

async fn twenty(i: u64, db: &mut PgConnection) -> Result<Vec<World>> {
    let mut worlds = Vec::with_capacity(20);
    for n in 0..20 {
        worlds.push(query_as(WORLD).bind(pick(i * 20 + n, 10_000) as i32).fetch_one(&mut *db).await?);
    }
    Ok(worlds)
}

async fn tree(db: &mut PgConnection) -> Result<(Vec<User>, Vec<Post>, HashMap<i64, Vec<Comment>>)> {
    let users: Vec<User> =
        query_as(concat!("SELECT ", columns!(user), " FROM users u WHERE u.id <= $1 ORDER BY u.id"))
            .bind(100_i64)
            .fetch_all(&mut *db)
            .await?;
    let ids: Vec<i64> = users.iter().map(|user| user.id).collect();
    let posts: Vec<Post> = query_as(concat!(
        "SELECT ",
        columns!(post),
        " FROM posts p WHERE p.author_id = ANY($1) ORDER BY p.id"
    ))
    .bind(ids)
    .fetch_all(&mut *db)
    .await?;
    let ids: Vec<i64> = posts.iter().map(|post| post.id).collect();
    let mut of: HashMap<i64, Vec<Comment>> = HashMap::with_capacity(ids.len());
    let comments: Vec<Comment> =
        query_as("SELECT id, post_id, score, body FROM comments WHERE post_id = ANY($1) ORDER BY id")
            .bind(ids)
            .fetch_all(db)
            .await?;
    for comment in comments {
        of.entry(comment.post_id).or_default().push(comment);
    }
    Ok((users, posts, of))
}
