//! `&`, `|`, `!` and `exclude`, where NULL makes three values of two: a row is in `filter(c)` or in `exclude(c)`, as in Django.

use hyperdjango::prelude::*;

use super::models::{Comment, Post, User, site};
use super::same::same;

#[tokio::test]
async fn logic() {
    let site = site().await;
    same!(
        site,
        Post::objects().filter(Post.score.gt(0) & Post.published),
        "SELECT * FROM posts WHERE score > 0 AND published"
    );
    same!(
        site,
        Post::objects().filter(Post.score.gt(0)).filter(!Post.published),
        "SELECT * FROM posts WHERE score > 0 AND NOT published"
    );
    same!(
        site,
        Post::objects().filter(Post.score.lt(0) | Post.slug.eq("rust") & Post.published),
        "SELECT * FROM posts WHERE score < 0 OR (slug = 'rust' AND published)"
    );
    same!(
        site,
        Post::objects().filter((Post.score.lt(0) | Post.slug.eq("rust")) & Post.published),
        "SELECT * FROM posts WHERE (score < 0 OR slug = 'rust') AND published"
    );
    // What is NULL is not equal, and its opposite is.
    same!(
        site,
        Post::objects().exclude(Post.slug.eq("rust")),
        "SELECT * FROM posts WHERE slug IS NULL OR slug <> 'rust'"
    );
    same!(
        site,
        Post::objects().filter(!Post.slug.ne("rust")),
        "SELECT * FROM posts WHERE slug IS NULL OR slug = 'rust'"
    );
    same!(site, Post::objects().filter(!!Post.slug.eq("rust")), "SELECT * FROM posts WHERE slug = 'rust'");
    same!(
        site,
        Post::objects().exclude(Post.slug.eq("rust") & Post.rating.gt(0.0)),
        "SELECT * FROM posts WHERE coalesce(NOT (slug = 'rust' AND rating > 0), true)"
    );
    same!(
        site,
        Post::objects().exclude(Post.slug.eq("rust") | Post.rating.gt(0.0)),
        "SELECT * FROM posts WHERE NOT coalesce(slug = 'rust', false) AND NOT coalesce(rating > 0, false)"
    );
    same!(
        site,
        Post::objects().filter(Post.published & !(Post.slug.eq("rust") & !Post.rating.gt(0.0))),
        "SELECT * FROM posts WHERE published AND NOT (coalesce(slug = 'rust', false) AND NOT coalesce(rating > 0, false))"
    );
    same!(
        site,
        Post::objects().exclude(Post.slug.is_null()).exclude(Post.slug.eq("")),
        "SELECT * FROM posts WHERE slug <> ''"
    );
    same!(
        site,
        Post::objects().exclude(Post.slug.startswith("r")),
        "SELECT * FROM posts WHERE slug IS NULL OR left(slug, 1) <> 'r'"
    );
    same!(
        site,
        Post::objects().exclude(Post.rating.range(0.0, 2.0)),
        "SELECT * FROM posts WHERE rating IS NULL OR rating < 0 OR rating > 2"
    );
    // What cannot be NULL, beside what can.
    same!(site, Post::objects().exclude(Post.score.eq(10)), "SELECT * FROM posts WHERE score <> 10");
    same!(
        site,
        Post::objects().exclude(Post.id.eq(Post.editor.id)),
        "SELECT * FROM posts WHERE editor_id IS NULL OR id <> editor_id"
    );
    same!(
        site,
        Post::objects().exclude(Post.editor.name.eq("bob")),
        "SELECT p.* FROM posts p LEFT JOIN users u ON u.id = p.editor_id WHERE u.name IS NULL OR u.name <> 'bob'"
    );
    same!(
        site,
        Comment::objects().exclude(Comment.parent.parent.author.name.eq("bob")),
        "SELECT c.* FROM comments c WHERE NOT EXISTS (
             SELECT FROM comments p JOIN comments g ON g.id = p.parent_id JOIN users u ON u.id = g.author_id
             WHERE p.id = c.parent_id AND u.name = 'bob')"
    );
    same!(
        site,
        User::objects().filter(User.active & User.email.is_not_null() | User.age.within(&[0, 17])),
        "SELECT * FROM users WHERE (active AND email IS NOT NULL) OR age = 0 OR age = 17"
    );
    same!(
        site,
        Post::objects().filter(Post.slug.is_distinct_from("rust")),
        "SELECT * FROM posts WHERE slug IS NULL OR slug <> 'rust'"
    );
    // A condition compared with another.
    same!(
        site,
        Post::objects().filter(Post.published.eq(Post.score.gt(0))),
        "SELECT * FROM posts WHERE published = (score > 0)"
    );
    same!(
        site,
        Post::objects().filter(Post.rating.gt(0.0).is_null()),
        "SELECT * FROM posts WHERE rating IS NULL"
    );
}
