//! What only reads, and TechEmpower's workloads.

use std::cell::RefCell;
use std::collections::HashMap;

use bench_orm::{CommentOf, Harness, PostOf, Result, UserOf, pick, unknown};
use diesel::prelude::*;
use diesel_async::pooled_connection::AsyncDieselConnectionManager;
use diesel_async::pooled_connection::deadpool::Pool;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use futures_util::future::{try_join, try_join_all};

use crate::rows::{Comment, Fortune, Person, Post, User, Wide, World};
use crate::schema::{comments, fortune, people, posts, users, wide, world};

pub(crate) async fn run(harness: &Harness, connection: AsyncPgConnection) -> Result {
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
            let post: Post = posts::table.find(pick(i, 10_000)).select(Post::as_select()).first(db).await?;
            out.value(&post);
        }),
        "w15" => {
            harness
                .drive(async |i, out| {
                    let mut db = AsyncPgConnection::establish(harness.url()).await?;
                    let post = posts::table.find(pick(i, 10_000)).select(Post::as_select());
                    out.value(&post.first::<Post>(&mut db).await?);
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
            let rows: Vec<Wide> = wide::table.order(wide::id).select(Wide::as_select()).load(db).await?;
            out.value(&rows);
        }),
        "w4" => drive!(db, i, out, {
            let found: Vec<Post> = posts::table
                .inner_join(users::table.on(users::id.eq(posts::author_id)))
                .filter(users::name.eq(format!("user{}", pick(i, 1000))))
                .order((posts::score.desc(), posts::id.desc()))
                .limit(20)
                .select(Post::as_select())
                .load(db)
                .await?;
            out.value(&found);
        }),
        "w5" => drive!(db, _, out, {
            let found: Vec<(Post, Option<User>)> = posts::table
                .left_join(users::table.on(users::id.nullable().eq(posts::editor_id)))
                .order(posts::id)
                .limit(100)
                .select((Post::as_select(), Option::<User>::as_select()))
                .load(db)
                .await?;
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
        // Boxed: what diesel has for queries whose conditions vary.
        "w7" | "w16" => drive!(db, i, out, {
            let asked = i % 3;
            let mut query = posts::table.select(Post::as_select()).into_boxed();
            if asked >= 1 {
                query = query.filter(posts::score.ge(pick(i, 300) as i32));
            }
            if asked >= 2 {
                query = query.filter(posts::id.ge(500)).filter(posts::title.like("%compiler%"));
            }
            let found: Vec<Post> =
                query.order((posts::score.desc(), posts::id.desc())).limit(20).load(db).await?;
            out.value(&found);
        }),
        "w8-1" | "w8-10" | "w8-1k" => drive!(db, i, out, {
            let ids: Vec<i64> = (0..size).map(|n| pick(i + n, 10_000)).collect();
            let found: Vec<Post> = posts::table
                .filter(posts::id.eq_any(&ids))
                .order(posts::id)
                .select(Post::as_select())
                .load(db)
                .await?;
            out.value(&found);
        }),
        "w9" => drive!(db, i, out, {
            let db = &*db;
            let (mut one, mut other) = (db, db);
            let chosen = posts::table.filter(posts::score.ge(390));
            let (count, page) = try_join(
                chosen.count().get_result::<i64>(&mut one),
                chosen
                    .order((posts::score.desc(), posts::id.desc()))
                    .limit(20)
                    .offset((i % 5 * 20).cast_signed())
                    .select(Post::as_select())
                    .load::<Post>(&mut other),
            )
            .await?;
            out.value(&(count, page));
        }),
        "w17-1" | "w17-16" | "w17-64" | "w17-256" => {
            let manager = AsyncDieselConnectionManager::<AsyncPgConnection>::new(harness.url());
            let pool = Pool::builder(manager).max_size(harness.connections()).build()?;
            harness
                .concurrently(size, move |task, i| {
                    let pool = pool.clone();
                    async move {
                        let mut db = pool.get().await?;
                        let post = posts::table.find(pick(task + i, 10_000)).select(Post::as_select());
                        std::hint::black_box(post.first::<Post>(&mut db).await?);
                        Ok(())
                    }
                })
                .await
        }
        "w18-db" => drive!(db, i, out, {
            let found: World =
                world::table.find(pick(i, 10_000) as i32).select(World::as_select()).first(db).await?;
            out.value(&found);
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
            diesel::sql_query(
                "UPDATE world SET random_number = new.n FROM unnest($1, $2) AS new(id, n) WHERE world.id = new.id",
            )
            .bind::<diesel::sql_types::Array<diesel::sql_types::Int4>, _>(ids)
            .bind::<diesel::sql_types::Array<diesel::sql_types::Int4>, _>(numbers)
            .execute(db)
            .await?;
            out.value(&worlds);
        }),
        "w18-fortunes" => drive!(db, _, out, {
            let mut fortunes: Vec<Fortune> = fortune::table.select(Fortune::as_select()).load(db).await?;
            fortunes.push(Fortune { id: 0, message: "Additional fortune added at request time.".into() });
            fortunes.sort_unstable_by(|a, b| a.message.cmp(&b.message));
            out.value(&fortunes);
        }),
        other => unknown(other),
    }
}

async fn people(db: &mut AsyncPgConnection, size: u64) -> Result<Vec<Person>> {
    let people = people::table.order(people::id).limit(size.cast_signed()).select(Person::as_select());
    Ok(people.load(db).await?)
}

async fn twenty(i: u64, db: &AsyncPgConnection) -> Result<Vec<World>> {
    let ids: [i32; 20] = std::array::from_fn(|n| pick(i * 20 + n as u64, 10_000) as i32);
    let worlds = ids.map(|id| async move {
        let mut db = db;
        world::table.find(id).select(World::as_select()).first::<World>(&mut db).await
    });
    Ok(try_join_all(worlds).await?)
}

async fn tree(db: &mut AsyncPgConnection) -> Result<(Vec<User>, Vec<Post>, HashMap<i64, Vec<Comment>>)> {
    let users: Vec<User> =
        users::table.filter(users::id.le(100)).order(users::id).select(User::as_select()).load(db).await?;
    let ids: Vec<i64> = users.iter().map(|user| user.id).collect();
    let posts: Vec<Post> = posts::table
        .filter(posts::author_id.eq_any(&ids))
        .order(posts::id)
        .select(Post::as_select())
        .load(db)
        .await?;
    let ids: Vec<i64> = posts.iter().map(|post| post.id).collect();
    let comments: Vec<Comment> = comments::table
        .filter(comments::post_id.eq_any(&ids))
        .order(comments::id)
        .select(Comment::as_select())
        .load(db)
        .await?;
    let mut of: HashMap<i64, Vec<Comment>> = HashMap::with_capacity(ids.len());
    for comment in comments {
        of.entry(comment.post_id).or_default().push(comment);
    }
    Ok((users, posts, of))
}
