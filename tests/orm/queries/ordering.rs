//! The order of rows, parts of the result, and one row.

use hyperdjango::prelude::*;

use super::models::{Comment, Note, Nothing, Post, Tag, User, site};
use super::same::{maybe, one, same};

#[tokio::test]
async fn orders() {
    let site = site().await;
    let db = &site.db;
    same!(
        site,
        Post::objects().order_by((Post.slug, Post.id)),
        "SELECT * FROM posts ORDER BY slug ASC NULLS LAST, id"
    );
    same!(
        site,
        Post::objects().order_by((Post.slug.desc(), Post.id)),
        "SELECT * FROM posts ORDER BY slug DESC NULLS FIRST, id"
    );
    same!(
        site,
        Post::objects()
            .order_by((Post.slug.asc().nulls_first(), Post.rating.desc().nulls_last(), Post.id))
            .reverse(),
        "SELECT * FROM posts ORDER BY slug DESC NULLS LAST, rating ASC NULLS FIRST, id DESC"
    );
    same!(site, Post::objects().order_by(Post.id).reverse().reverse(), "SELECT * FROM posts ORDER BY id");
    same!(
        site,
        Post::objects().order_by((Post.title.length().desc(), Post.id)),
        "SELECT * FROM posts ORDER BY length(title) DESC, id"
    );
    same!(
        site,
        Post::objects().order_by((Post.slug.is_null(), (Post.score % 7).desc(), Post.id)),
        "SELECT * FROM posts ORDER BY slug IS NULL, score % 7 DESC, id"
    );
    same!(
        site,
        Post::objects().order_by((case().when(Post.published, 1).default(0).desc(), Post.id)),
        "SELECT * FROM posts ORDER BY NOT published, id"
    );
    // The last order holds; the model's own, and its opposite.
    same!(
        site,
        Post::objects().order_by(Post.title).order_by(Post.id.desc()),
        "SELECT * FROM posts ORDER BY id DESC"
    );
    same!(site, Tag::objects(), "SELECT * FROM tags ORDER BY name");
    same!(site, Note::objects().reverse(), "SELECT * FROM notes WHERE deleted IS NULL ORDER BY id");
    // A page behind a row.
    same!(
        site,
        Post::objects()
            .filter(row((Post.score, Post.id)).lt((10, 4_i64)))
            .order_by((Post.score.desc(), Post.id.desc()))
            .limit(2),
        "SELECT * FROM posts WHERE score < 10 OR (score = 10 AND id < 4) ORDER BY score DESC, id DESC LIMIT 2"
    );
    // One row of many.
    maybe!(site, Post::objects().first(db), "SELECT * FROM posts ORDER BY id LIMIT 1");
    maybe!(site, Post::objects().last(db), "SELECT * FROM posts ORDER BY id DESC LIMIT 1");
    maybe!(
        site,
        Post::objects().order_by((Post.slug, Post.id)).last(db),
        "SELECT * FROM posts WHERE slug IS NULL ORDER BY id DESC LIMIT 1"
    );
    maybe!(site, Tag::objects().last(db), "SELECT * FROM tags ORDER BY name DESC LIMIT 1");
    maybe!(site, Post::objects().earliest(db, Post.created), "SELECT * FROM posts ORDER BY created LIMIT 1");
    maybe!(
        site,
        Post::objects().filter(Post.day.is_not_null()).latest(db, (Post.day, Post.id)),
        "SELECT * FROM posts WHERE day IS NOT NULL ORDER BY day DESC, id DESC LIMIT 1"
    );
    maybe!(site, Nothing::objects().first(db), "SELECT * FROM nothing");
    maybe!(site, Nothing::objects().last(db), "SELECT * FROM nothing");
    maybe!(site, Nothing::objects().latest(db, Nothing.number), "SELECT * FROM nothing");
    one!(
        site,
        Post::objects().filter(Post.slug.eq("cats")).one(db),
        "SELECT * FROM posts WHERE slug = 'cats'"
    );
    one!(site, User::objects().filter(User.active).get(db, 4), "SELECT * FROM users WHERE id = 4");
    assert!(User::objects().filter(User.active).get(db, 5).await.unwrap_err().is_does_not_exist());
}

#[tokio::test]
async fn parts() {
    let site = site().await;
    let db = &site.db;
    let posts = || Post::objects().order_by(Post.id);
    same!(site, posts().limit(2), "SELECT * FROM posts ORDER BY id LIMIT 2");
    same!(site, posts().limit(0), "SELECT * FROM posts ORDER BY id LIMIT 0");
    same!(site, posts().offset(4), "SELECT * FROM posts ORDER BY id OFFSET 4");
    same!(site, posts().offset(5).limit(9), "SELECT * FROM posts ORDER BY id LIMIT 9 OFFSET 5");
    same!(site, posts().offset(99), "SELECT * FROM posts ORDER BY id OFFSET 99");
    same!(site, posts().limit(u64::MAX).limit(1), "SELECT * FROM posts ORDER BY id LIMIT 1");
    same!(site, posts().limit(i64::MAX as u64).offset(5), "SELECT * FROM posts ORDER BY id OFFSET 5");
    same!(
        site,
        Comment::objects().filter(Comment.post.author.name.eq("ana")).order_by(Comment.id).limit(2).offset(1),
        "SELECT c.* FROM comments c JOIN posts p ON p.id = c.post_id WHERE p.author_id = 1 ORDER BY c.id LIMIT 2 OFFSET 1"
    );
    same!(site, Nothing::objects().limit(3), "SELECT * FROM nothing");
    maybe!(site, posts().offset(2).first(db), "SELECT * FROM posts ORDER BY id LIMIT 1 OFFSET 2");
    maybe!(site, posts().limit(0).first(db), "SELECT * FROM posts LIMIT 0");
    let mut bulk = Post::objects().in_bulk(db, &[2, 99, 1, 2]).await.unwrap().into_iter().collect::<Vec<_>>();
    bulk.sort_by_key(|(key, _)| *key);
    site.compare("in_bulk", Ok(bulk), "SELECT id, * FROM posts WHERE id IN (1, 2) ORDER BY id").await;
    assert!(Post::objects().in_bulk(db, &[]).await.unwrap().is_empty());
    assert!(Nothing::objects().in_bulk(db, &[1]).await.unwrap().is_empty());
}
