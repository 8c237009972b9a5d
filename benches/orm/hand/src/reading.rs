//! What only reads, and TechEmpower's workloads.

use std::collections::HashMap;
use std::sync::Arc;

use bench_orm::{CommentOf, Harness, Out, PostOf, Result, UserOf, pick, unknown};
use futures_util::future::{try_join, try_join_all};
use tokio_postgres::{Client, Statement};

use crate::rows::{Comment, Fortune, POST, Person, Post, Read, USER, User, WIDE, Wide, World};
use crate::{Param, all, connect, one};

pub(crate) async fn run(harness: &Harness, mut client: Client) -> Result {
    let size = harness.size();
    let rows = size.cast_signed();
    match harness.workload() {
        "w1" | "w15" => {
            let sql = format!("SELECT {POST} FROM posts p WHERE p.id = $1");
            if harness.workload() == "w15" {
                return harness
                    .drive(async |i, out| {
                        let client = connect(harness.url()).await?;
                        let by_key = client.prepare(&sql).await?;
                        out.value(&one::<Post>(&client, &by_key, &[&pick(i, 10_000)]).await?);
                        Ok(())
                    })
                    .await;
            }
            let by_key = client.prepare(&sql).await?;
            harness
                .drive(async |i, out| {
                    out.value(&one::<Post>(&client, &by_key, &[&pick(i, 10_000)]).await?);
                    Ok(())
                })
                .await
        }
        "w2-10" | "w2-100" | "w2-1k" | "w2-10k" => {
            let people =
                client.prepare("SELECT id, name, hair_color FROM people ORDER BY id LIMIT $1").await?;
            drive_all::<Person>(harness, &client, &people, &[&rows]).await
        }
        "w14-10k" => {
            let people =
                client.prepare("SELECT id, name, hair_color FROM people ORDER BY id LIMIT $1").await?;
            harness
                .drive(async |_, out| {
                    let people = all::<Person>(&client, &people, &[&rows]).await?;
                    out.json(&serde_json::to_vec(&people)?);
                    Ok(())
                })
                .await
        }
        "w3" => {
            let wide = client.prepare(&format!("SELECT {WIDE} FROM wide ORDER BY id")).await?;
            drive_all::<Wide>(harness, &client, &wide, &[]).await
        }
        "w4" => {
            let posts = client
                .prepare(&format!(
                    "SELECT {POST} FROM posts p JOIN users u ON u.id = p.author_id \
                     WHERE u.name = $1 ORDER BY p.score DESC, p.id DESC LIMIT $2"
                ))
                .await?;
            harness
                .drive(async |i, out| {
                    let name = format!("user{}", pick(i, 1000));
                    out.value(&all::<Post>(&client, &posts, &[&name, &20_i64]).await?);
                    Ok(())
                })
                .await
        }
        "w5" => {
            let posts = client
                .prepare(&format!(
                    "SELECT {POST}, {USER} FROM posts p LEFT JOIN users u ON u.id = p.editor_id ORDER BY p.id LIMIT $1"
                ))
                .await?;
            drive_all::<(Post, Option<User>)>(harness, &client, &posts, &[&100_i64]).await
        }
        "w6" => {
            let tree = Tree::prepare(&client).await?;
            harness
                .drive(async |_, out| {
                    let (users, posts, mut comments) = tree.load(&client).await?;
                    let mut posts_of: HashMap<i64, Vec<(Post, Vec<Comment>)>> =
                        HashMap::with_capacity(users.len());
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
                    Ok(())
                })
                .await
        }
        "w14-tree" => {
            let tree = Tree::prepare(&client).await?;
            harness
                .drive(async |_, out| {
                    let (users, posts, comments) = tree.load(&client).await?;
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
                                .map(|c| CommentOf {
                                    id: c.id,
                                    post: c.post_id,
                                    score: c.score,
                                    body: &c.body,
                                })
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
                    Ok(())
                })
                .await
        }
        "w7" => {
            // Each combination of conditions is a text of its own, prepared when first needed.
            let mut prepared: HashMap<u8, Statement> = HashMap::new();
            for mask in [0, 0b0001, 0b0111] {
                prepared.insert(mask, client.prepare(&optional(mask)).await?);
            }
            harness.drive(async |i, out| optionally(i, &client, &prepared, out).await).await
        }
        "w16" => {
            // A text made for each call, and a cache of statements by text.
            let prepared: std::cell::RefCell<HashMap<String, Statement>> = Default::default();
            harness
                .drive(async |i, out| {
                    let mask = [0, 0b0001, 0b0111][(i % 3) as usize];
                    let sql = optional(mask);
                    let known = prepared.borrow().get(&sql).cloned();
                    let statement = match known {
                        Some(statement) => statement,
                        None => {
                            let statement = client.prepare(&sql).await?;
                            prepared.borrow_mut().insert(sql, statement.clone());
                            statement
                        }
                    };
                    let filters = Filters::of(i);
                    out.value(&all::<Post>(&client, &statement, &filters.params(mask)).await?);
                    Ok(())
                })
                .await
        }
        "w8-1" | "w8-10" | "w8-1k" => {
            let posts = client
                .prepare(&format!("SELECT {POST} FROM posts p WHERE p.id = ANY($1) ORDER BY p.id"))
                .await?;
            harness
                .drive(async |i, out| {
                    let ids: Vec<i64> = (0..size).map(|n| pick(i + n, 10_000)).collect();
                    out.value(&all::<Post>(&client, &posts, &[&ids]).await?);
                    Ok(())
                })
                .await
        }
        "w9" => {
            let count = client.prepare("SELECT count(*) FROM posts WHERE score >= $1").await?;
            let page = client
                .prepare(&format!(
                    "SELECT {POST} FROM posts p WHERE p.score >= $1 ORDER BY p.score DESC, p.id DESC LIMIT $2 OFFSET $3"
                ))
                .await?;
            harness
                .drive(async |i, out| {
                    let (least, skip) = (390, (i % 5 * 20).cast_signed());
                    let (count, posts) = try_join(
                        one::<Count>(&client, &count, &[&least]),
                        all::<Post>(&client, &page, &[&least, &20_i64, &skip]),
                    )
                    .await?;
                    out.value(&(count.0, posts));
                    Ok(())
                })
                .await
        }
        "w17-1" | "w17-16" | "w17-64" | "w17-256" => {
            let mut clients = vec![];
            for _ in 0..harness.connections() {
                let client = connect(harness.url()).await?;
                let by_key = client.prepare(&format!("SELECT {POST} FROM posts p WHERE p.id = $1")).await?;
                clients.push((client, by_key));
            }
            let clients: Arc<[_]> = clients.into();
            harness
                .concurrently(size, move |task, i| {
                    let clients = clients.clone();
                    async move {
                        let (client, by_key) = &clients[task as usize % clients.len()];
                        std::hint::black_box(one::<Post>(client, by_key, &[&pick(task + i, 10_000)]).await?);
                        Ok(())
                    }
                })
                .await
        }
        "w18-db" => {
            let world = client.prepare(WORLD).await?;
            harness
                .drive(async |i, out| {
                    out.value(&one::<World>(&client, &world, &[&(pick(i, 10_000) as i32)]).await?);
                    Ok(())
                })
                .await
        }
        "w18-queries" => {
            let world = client.prepare(WORLD).await?;
            harness
                .drive(async |i, out| {
                    out.value(&twenty(i, &client, &world).await?);
                    Ok(())
                })
                .await
        }
        "w18-updates" => {
            let world = client.prepare(WORLD).await?;
            let update = client
                .prepare(
                    "UPDATE world SET random_number = new.n FROM unnest($1::int4[], $2::int4[]) AS new(id, n) \
                     WHERE world.id = new.id",
                )
                .await?;
            harness
                .drive(async |i, out| {
                    let mut worlds = twenty(i, &client, &world).await?;
                    worlds.sort_unstable_by_key(|world| world.id);
                    for world in &mut worlds {
                        world.random_number = pick(i + world.id.cast_unsigned() as u64, 10_000) as i32;
                    }
                    let ids: Vec<i32> = worlds.iter().map(|world| world.id).collect();
                    let numbers: Vec<i32> = worlds.iter().map(|world| world.random_number).collect();
                    client.execute(&update, &[&ids, &numbers]).await?;
                    out.value(&worlds);
                    Ok(())
                })
                .await
        }
        "w18-fortunes" => {
            let fortunes = client.prepare("SELECT id, message FROM fortune").await?;
            harness
                .drive(async |_, out| {
                    let mut fortunes = all::<Fortune>(&client, &fortunes, &[]).await?;
                    fortunes
                        .push(Fortune { id: 0, message: "Additional fortune added at request time.".into() });
                    fortunes.sort_unstable_by(|a, b| a.message.cmp(&b.message));
                    out.value(&fortunes);
                    Ok(())
                })
                .await
        }
        "start" => {
            // For the figure of a program that connects and does nothing else.
            client = connect(harness.url()).await?;
            drop(client);
            Ok(())
        }
        other => unknown(other),
    }
}

const WORLD: &str = "SELECT id, random_number FROM world WHERE id = $1";

struct Count(i64);

impl Read for Count {
    fn read(row: &tokio_postgres::Row, at: usize) -> Self {
        Self(row.get(at))
    }
}

impl Read for (Post, Option<User>) {
    fn read(row: &tokio_postgres::Row, at: usize) -> Self {
        let editor = row.get::<_, Option<i64>>(at + 8).map(|_| User::read(row, at + 8));
        (Post::read(row, at), editor)
    }
}

async fn drive_all<T: Read + serde::Serialize>(
    harness: &Harness,
    client: &Client,
    statement: &Statement,
    params: &[Param<'_>],
) -> Result {
    harness
        .drive(async |_, out| {
            out.value(&all::<T>(client, statement, params).await?);
            Ok(())
        })
        .await
}

async fn twenty(i: u64, client: &Client, world: &Statement) -> Result<Vec<World>> {
    let ids: [i32; 20] = std::array::from_fn(|n| pick(i * 20 + n as u64, 10_000) as i32);
    try_join_all(ids.iter().map(async |id| one::<World>(client, world, &[id]).await)).await
}

/// What a search form may ask for.
struct Filters {
    least: i32,
    from: i64,
    has: String,
    limit: i64,
}

impl Filters {
    fn of(i: u64) -> Self {
        Self { least: pick(i, 300) as i32, from: 500, has: "%compiler%".into(), limit: 20 }
    }

    fn params(&self, mask: u8) -> Vec<Param<'_>> {
        let mut params: Vec<Param<'_>> = vec![];
        if mask & 1 != 0 {
            params.push(&self.least);
        }
        if mask & 2 != 0 {
            params.push(&self.from);
        }
        if mask & 4 != 0 {
            params.push(&self.has);
        }
        params.push(&self.limit);
        params
    }
}

fn optional(mask: u8) -> String {
    let conditions = ["p.score >= $", "p.id >= $", "p.title LIKE $", "p.editor_id = $"];
    let mut sql = format!("SELECT {POST} FROM posts p");
    let mut n = 0;
    for (bit, condition) in conditions.iter().enumerate() {
        if mask & (1 << bit) != 0 {
            n += 1;
            sql += if n == 1 { " WHERE " } else { " AND " };
            sql += condition;
            sql += &n.to_string();
        }
    }
    sql + &format!(" ORDER BY p.score DESC, p.id DESC LIMIT ${}", n + 1)
}

async fn optionally(i: u64, client: &Client, prepared: &HashMap<u8, Statement>, out: &mut Out) -> Result {
    let mask = [0, 0b0001, 0b0111][(i % 3) as usize];
    let filters = Filters::of(i);
    out.value(&all::<Post>(client, &prepared[&mask], &filters.params(mask)).await?);
    Ok(())
}

/// Users with their posts with their comments, in three statements.
struct Tree {
    users: Statement,
    posts: Statement,
    comments: Statement,
}

impl Tree {
    async fn prepare(client: &Client) -> Result<Self> {
        Ok(Self {
            users: client
                .prepare(&format!("SELECT {USER} FROM users u WHERE u.id <= $1 ORDER BY u.id"))
                .await?,
            posts: client
                .prepare(&format!("SELECT {POST} FROM posts p WHERE p.author_id = ANY($1) ORDER BY p.id"))
                .await?,
            comments: client
                .prepare("SELECT id, post_id, score, body FROM comments WHERE post_id = ANY($1) ORDER BY id")
                .await?,
        })
    }

    async fn load(&self, client: &Client) -> Result<(Vec<User>, Vec<Post>, HashMap<i64, Vec<Comment>>)> {
        let users = all::<User>(client, &self.users, &[&100_i64]).await?;
        let ids: Vec<i64> = users.iter().map(|user| user.id).collect();
        let posts = all::<Post>(client, &self.posts, &[&ids]).await?;
        let ids: Vec<i64> = posts.iter().map(|post| post.id).collect();
        let mut of: HashMap<i64, Vec<Comment>> = HashMap::with_capacity(ids.len());
        for comment in all::<Comment>(client, &self.comments, &[&ids]).await? {
            of.entry(comment.post_id).or_default().push(comment);
        }
        Ok((users, posts, of))
    }
}
