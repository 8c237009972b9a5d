//! What only reads, and TechEmpower's workloads.

use std::collections::HashMap;

use bench_orm::{CommentOf, Harness, PostOf, Result, UserOf, pick, unknown};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseConnection, DbBackend, EntityTrait, JoinType, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, RelationTrait, Statement,
};

use crate::connect;
use crate::entities::{comment, fortune, person, post, user, wide, world};

pub(crate) async fn run(harness: &Harness, db: &DatabaseConnection) -> Result {
    let size = harness.size();
    macro_rules! drive {
        ($i:pat, $out:ident, $body:block) => {
            harness
                .drive(async |$i, $out| {
                    $body
                    Ok(())
                })
                .await
        };
    }
    match harness.workload() {
        "w1" => drive!(i, out, {
            out.value(&post::Entity::find_by_id(pick(i, 10_000)).one(db).await?.ok_or("no row")?);
        }),
        "w15" => drive!(i, out, {
            let db = connect(harness).await?;
            out.value(&post::Entity::find_by_id(pick(i, 10_000)).one(&db).await?.ok_or("no row")?);
            db.close().await?;
        }),
        "w2-10" | "w2-100" | "w2-1k" | "w2-10k" => drive!(_, out, {
            out.value(&people(db, size).await?);
        }),
        "w14-10k" => drive!(_, out, {
            out.json(&serde_json::to_vec(&people(db, size).await?)?);
        }),
        "w3" => drive!(_, out, {
            out.value(&wide::Entity::find().order_by_asc(wide::Column::Id).all(db).await?);
        }),
        "w4" => drive!(i, out, {
            let found = post::Entity::find()
                .join(JoinType::InnerJoin, post::Relation::Author.def())
                .filter(user::Column::Name.eq(format!("user{}", pick(i, 1000))))
                .order_by_desc(post::Column::Score)
                .order_by_desc(post::Column::Id)
                .limit(20)
                .all(db)
                .await?;
            out.value(&found);
        }),
        "w5" => drive!(_, out, {
            let found: Vec<(post::Model, Option<user::Model>)> = post::Entity::find()
                .find_also_related(user::Entity)
                .order_by_asc(post::Column::Id)
                .limit(100)
                .all(db)
                .await?;
            out.value(&found);
        }),
        "w6" => drive!(_, out, {
            let (users, posts, mut comments) = tree(db).await?;
            let mut posts_of: HashMap<i64, Vec<(post::Model, Vec<comment::Model>)>> =
                HashMap::with_capacity(users.len());
            for post in posts {
                let with = comments.remove(&post.id).unwrap_or_default();
                posts_of.entry(post.author_id).or_default().push((post, with));
            }
            let users: Vec<(user::Model, Vec<(post::Model, Vec<comment::Model>)>)> = users
                .into_iter()
                .map(|user| {
                    let posts = posts_of.remove(&user.id).unwrap_or_default();
                    (user, posts)
                })
                .collect();
            out.value(&users);
        }),
        "w14-tree" => drive!(_, out, {
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
        "w7" | "w16" => drive!(i, out, {
            let asked = i % 3;
            let mut query = post::Entity::find();
            if asked >= 1 {
                query = query.filter(post::Column::Score.gte(pick(i, 300) as i32));
            }
            if asked >= 2 {
                query = query
                    .filter(post::Column::Id.gte(500_i64))
                    .filter(post::Column::Title.contains("compiler"));
            }
            let found = query
                .order_by_desc(post::Column::Score)
                .order_by_desc(post::Column::Id)
                .limit(20)
                .all(db)
                .await?;
            out.value(&found);
        }),
        "w8-1" | "w8-10" | "w8-1k" => drive!(i, out, {
            let ids: Vec<i64> = (0..size).map(|n| pick(i + n, 10_000)).collect();
            let found = post::Entity::find()
                .filter(post::Column::Id.is_in(ids))
                .order_by_asc(post::Column::Id)
                .all(db)
                .await?;
            out.value(&found);
        }),
        "w9" => drive!(i, out, {
            let posts = post::Entity::find().filter(post::Column::Score.gte(390));
            let count = posts.clone().count(db).await?;
            let page = posts
                .order_by_desc(post::Column::Score)
                .order_by_desc(post::Column::Id)
                .limit(20)
                .offset(i % 5 * 20)
                .all(db)
                .await?;
            out.value(&(count, page));
        }),
        "w17-1" | "w17-16" | "w17-64" | "w17-256" => {
            let db = db.clone();
            harness
                .concurrently(size, move |task, i| {
                    let db = db.clone();
                    async move {
                        let post = post::Entity::find_by_id(pick(task + i, 10_000)).one(&db).await?;
                        std::hint::black_box(post.ok_or("no row")?);
                        Ok(())
                    }
                })
                .await
        }
        "w18-db" => drive!(i, out, {
            out.value(&world::Entity::find_by_id(pick(i, 10_000) as i32).one(db).await?.ok_or("no row")?);
        }),
        "w18-queries" => drive!(i, out, {
            out.value(&twenty(i, db).await?);
        }),
        "w18-updates" => drive!(i, out, {
            let mut worlds = twenty(i, db).await?;
            worlds.sort_unstable_by_key(|world| world.id);
            for world in &mut worlds {
                world.random_number = pick(i + u64::from(world.id.cast_unsigned()), 10_000) as i32;
            }
            let ids: Vec<i32> = worlds.iter().map(|world| world.id).collect();
            let numbers: Vec<i32> = worlds.iter().map(|world| world.random_number).collect();
            db.execute_raw(Statement::from_sql_and_values(
                DbBackend::Postgres,
                "UPDATE world SET random_number = new.n FROM unnest($1::int4[], $2::int4[]) AS new(id, n) \
                 WHERE world.id = new.id",
                [ids.into(), numbers.into()],
            ))
            .await?;
            out.value(&worlds);
        }),
        "w18-fortunes" => drive!(_, out, {
            let mut fortunes = fortune::Entity::find().all(db).await?;
            fortunes
                .push(fortune::Model { id: 0, message: "Additional fortune added at request time.".into() });
            fortunes.sort_unstable_by(|a, b| a.message.cmp(&b.message));
            out.value(&fortunes);
        }),
        other => unknown(other),
    }
}

async fn people(db: &DatabaseConnection, size: u64) -> Result<Vec<person::Model>> {
    Ok(person::Entity::find().order_by_asc(person::Column::Id).limit(size).all(db).await?)
}

async fn twenty(i: u64, db: &DatabaseConnection) -> Result<Vec<world::Model>> {
    let mut worlds = Vec::with_capacity(20);
    for n in 0..20 {
        let id = pick(i * 20 + n, 10_000) as i32;
        worlds.push(world::Entity::find_by_id(id).one(db).await?.ok_or("no row")?);
    }
    Ok(worlds)
}

async fn tree(
    db: &DatabaseConnection,
) -> Result<(Vec<user::Model>, Vec<post::Model>, HashMap<i64, Vec<comment::Model>>)> {
    let users =
        user::Entity::find().filter(user::Column::Id.lte(100)).order_by_asc(user::Column::Id).all(db).await?;
    let posts = post::Entity::find()
        .filter(post::Column::AuthorId.is_in(users.iter().map(|user| user.id)))
        .order_by_asc(post::Column::Id)
        .all(db)
        .await?;
    let comments = comment::Entity::find()
        .filter(comment::Column::PostId.is_in(posts.iter().map(|post| post.id)))
        .order_by_asc(comment::Column::Id)
        .all(db)
        .await?;
    let mut of: HashMap<i64, Vec<comment::Model>> = HashMap::with_capacity(posts.len());
    for comment in comments {
        of.entry(comment.post_id).or_default().push(comment);
    }
    Ok((users, posts, of))
}
