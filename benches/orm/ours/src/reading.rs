//! What only reads, and TechEmpower's workloads.

use bench_orm::{Harness, Out, Result, pick, unknown};
use futures_util::future::try_join_all;
use hyperdjango::prelude::*;
use hyperdjango::tokio;

use crate::models::{Comment, Fortune, Person, Post, User, Wide, World};

pub(crate) async fn run(harness: &Harness, db: &Db) -> Result {
    let size = harness.size();
    match harness.workload() {
        "w1" => {
            harness
                .drive(async |i, out| {
                    out.value(&Post::objects().get(db, pick(i, 10_000)).await?);
                    Ok(())
                })
                .await
        }
        "w15" => {
            harness
                .drive(async |i, out| {
                    let db = crate::open(harness)?;
                    out.value(&Post::objects().get(&db, pick(i, 10_000)).await?);
                    Ok(())
                })
                .await
        }
        "w2-10" | "w2-100" | "w2-1k" | "w2-10k" => {
            harness
                .drive(async |_, out| {
                    out.value(&Person::objects().limit(size).all(db).await?);
                    Ok(())
                })
                .await
        }
        "w14-10k" => {
            harness
                .drive(async |_, out| {
                    out.json(Person::objects().limit(size).json(db).await?.as_ref());
                    Ok(())
                })
                .await
        }
        "w3" => {
            harness
                .drive(async |_, out| {
                    out.value(&Wide::objects().all(db).await?);
                    Ok(())
                })
                .await
        }
        "w4" => {
            harness
                .drive(async |i, out| {
                    let name = format!("user{}", pick(i, 1000));
                    let posts = Post::objects()
                        .filter(Post.author.name.eq(&name))
                        .order_by((Post.score.desc(), Post.id.desc()))
                        .limit(20);
                    out.value(&posts.all(db).await?);
                    Ok(())
                })
                .await
        }
        "w5" => {
            harness
                .drive(async |_, out| {
                    let posts = Post::objects().select_related(Post.editor).order_by(Post.id).limit(100);
                    out.value(&posts.all(db).await?);
                    Ok(())
                })
                .await
        }
        "w6" => {
            harness
                .drive(async |_, out| {
                    let comments = Post.comments.order_by(Comment.id);
                    let posts = User.posts.order_by(Post.id).prefetch_related(comments);
                    let users: Vec<(User, Vec<(Post, Vec<Comment>)>)> = User::objects()
                        .filter(User.id.lte(100))
                        .order_by(User.id)
                        .prefetch_related(posts)
                        .all(db)
                        .await?;
                    out.value(&users);
                    Ok(())
                })
                .await
        }
        "w14-tree" => {
            harness
                .drive(async |_, out| {
                    let comments = Post.comments.order_by(Comment.id);
                    let posts = User.posts.order_by(Post.id).prefetch_related(comments);
                    let json = User::objects()
                        .filter(User.id.lte(100))
                        .order_by(User.id)
                        .prefetch_related(posts)
                        .json(db)
                        .await?;
                    out.json(json.as_ref());
                    Ok(())
                })
                .await
        }
        "w7" => harness.drive(async |i, out| optionally(i, db, out).await).await,
        "w16" => harness.drive(async |i, out| dynamically(i, db, out).await).await,
        "w8-1" | "w8-10" | "w8-1k" => {
            harness
                .drive(async |i, out| {
                    let ids: Vec<i64> = (0..size).map(|n| pick(i + n, 10_000)).collect();
                    out.value(&Post::objects().filter(Post.id.within(&ids)).order_by(Post.id).all(db).await?);
                    Ok(())
                })
                .await
        }
        "w9" => {
            harness
                .drive(async |i, out| {
                    let posts = Post::objects().filter(Post.score.gte(390));
                    let page = posts
                        .clone()
                        .order_by((Post.score.desc(), Post.id.desc()))
                        .limit(20)
                        .offset(i % 5 * 20);
                    let (count, page) = tokio::try_join!(posts.count(db), page.all(db))?;
                    out.value(&(count, page));
                    Ok(())
                })
                .await
        }
        "w17-1" | "w17-16" | "w17-64" | "w17-256" => {
            let db = db.clone();
            harness
                .concurrently(size, move |task, i| {
                    let db = db.clone();
                    async move {
                        std::hint::black_box(Post::objects().get(&db, pick(task + i, 10_000)).await?);
                        Ok(())
                    }
                })
                .await
        }
        "w18-db" => {
            harness
                .drive(async |i, out| {
                    out.value(&World::objects().get(db, pick(i, 10_000) as i32).await?);
                    Ok(())
                })
                .await
        }
        "w18-queries" => {
            harness
                .drive(async |i, out| {
                    out.value(&twenty(i, db).await?);
                    Ok(())
                })
                .await
        }
        "w18-updates" => {
            harness
                .drive(async |i, out| {
                    let mut worlds = twenty(i, db).await?;
                    worlds.sort_unstable_by_key(|world| world.id);
                    for world in &mut worlds {
                        world.random_number = pick(i + u64::from(world.id.cast_unsigned()), 10_000) as i32;
                    }
                    World::objects().bulk_update(db, World.random_number, &worlds).await?;
                    out.value(&worlds);
                    Ok(())
                })
                .await
        }
        "w18-fortunes" => {
            harness
                .drive(async |_, out| {
                    let mut fortunes = Fortune::objects().all(db).await?;
                    fortunes
                        .push(Fortune { id: 0, message: "Additional fortune added at request time.".into() });
                    fortunes.sort_unstable_by(|a, b| a.message.cmp(&b.message));
                    out.value(&fortunes);
                    Ok(())
                })
                .await
        }
        other => unknown(other),
    }
}

async fn twenty(i: u64, db: &Db) -> Result<Vec<World>> {
    let ids: [i32; 20] = std::array::from_fn(|n| pick(i * 20 + n as u64, 10_000) as i32);
    Ok(try_join_all(ids.map(|id| async move { World::objects().get(db, id).await })).await?)
}

async fn optionally(i: u64, db: &Db, out: &mut Out) -> Result {
    let asked = i % 3;
    let least = (asked >= 1).then(|| pick(i, 300) as i32);
    let from = (asked >= 2).then_some(500_i64);
    let has = (asked >= 2).then_some("compiler");
    let editor = None::<i64>;
    let posts = Post::objects()
        .filter_if(least.map(|least| Post.score.gte(least)))
        .filter_if(from.map(|from| Post.id.gte(from)))
        .filter_if(has.map(|has| Post.title.contains(has)))
        .filter_if(editor.map(|editor| Post.editor.eq(editor)))
        .order_by((Post.score.desc(), Post.id.desc()))
        .limit(20);
    out.value(&posts.all(db).await?);
    Ok(())
}

async fn dynamically(i: u64, db: &Db, out: &mut Out) -> Result {
    let asked = i % 3;
    let mut posts = Post::objects().order_by((Post.score.desc(), Post.id.desc())).limit(20).dynamic();
    if asked >= 1 {
        posts = posts.filter(Post.score.gte(pick(i, 300) as i32));
    }
    if asked >= 2 {
        posts = posts.filter(Post.id.gte(500)).filter(Post.title.contains("compiler"));
    }
    out.value(&posts.all(db).await?);
    Ok(())
}
