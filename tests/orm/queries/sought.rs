//! Texts looked for in others, where both are the database's: `%`, `_` and `\` in them stand for themselves.

use hyperdjango::orm::functions::concat;
use hyperdjango::prelude::*;

use super::models::{Comment, Post, User, site};
use super::same::{Site, rows, same};

/// Names with what `LIKE` takes for itself, which as patterns would find more than themselves.
async fn with_wildcards() -> Site {
    let site = site().await;
    site.execute(
        r"INSERT INTO users (id, name, email, balance, active) VALUES
          (10, '%', '50%', 0, true), (11, '_', 'a', 0, true), (12, '\', 'C:\temp', 0, true), (13, '\%', 'x%', 0, true),
          (14, 'A_b', 'a_B and more', 0, true), (15, 'axb', 'a_b', 0, true), (16, '\_', 'x\_', 0, true)",
    )
    .await;
    site
}

#[tokio::test]
async fn columns_are_looked_for() {
    let site = with_wildcards().await;
    same!(
        site,
        User::objects().filter(User.email.contains(User.name)),
        "SELECT * FROM users WHERE strpos(email, name) > 0 OR (name = '' AND email IS NOT NULL)"
    );
    same!(
        site,
        User::objects().filter(User.email.icontains(User.name)),
        "SELECT * FROM users WHERE strpos(lower(email), lower(name)) > 0 OR (name = '' AND email IS NOT NULL)"
    );
    same!(
        site,
        User::objects().filter(User.email.startswith(User.name)),
        "SELECT * FROM users WHERE starts_with(email, name)"
    );
    same!(
        site,
        User::objects().filter(User.email.istartswith(User.name)),
        "SELECT * FROM users WHERE starts_with(lower(email), lower(name))"
    );
    same!(
        site,
        User::objects().filter(User.email.endswith(User.name)),
        "SELECT * FROM users WHERE right(email, length(name)) = name"
    );
    same!(
        site,
        User::objects().filter(User.email.iendswith(User.name)),
        "SELECT * FROM users WHERE lower(right(email, length(name))) = lower(name)"
    );
    same!(
        site,
        User::objects().filter(User.email.iexact(User.name)),
        "SELECT * FROM users WHERE lower(email) = lower(name)"
    );
    // Some are found, or nothing was proved.
    assert_eq!(User::objects().filter(User.email.endswith(User.name)).count(&site.db).await.unwrap(), 2);
    assert_eq!(User::objects().filter(User.email.contains(User.name)).count(&site.db).await.unwrap(), 4);
}

#[tokio::test]
async fn expressions_and_other_tables() {
    let site = site().await;
    same!(
        site,
        Post::objects().filter(Post.title.icontains(Post.slug)),
        "SELECT * FROM posts WHERE strpos(lower(title), lower(slug)) > 0"
    );
    same!(
        site,
        Post::objects().exclude(Post.title.contains(Post.slug)),
        "SELECT * FROM posts WHERE strpos(title, slug) > 0 IS NOT TRUE"
    );
    same!(
        site,
        Comment::objects().filter(Comment.post.title.startswith(Comment.text.substr(1, 1).upper())),
        "SELECT c.* FROM comments c JOIN posts p ON p.id = post_id WHERE starts_with(title, upper(left(text, 1)))"
    );
    same!(
        site,
        User::objects().filter(User.email.contains(concat((User.name, "@")))),
        "SELECT * FROM users WHERE strpos(email, name || '@') > 0"
    );
    rows!(
        site,
        Post::objects().values((
            Post.id,
            Post.title.contains(Post.slug),
            Post.title.contains(Post.author.name),
            Post.editor.name.startswith("b"),
        )),
        "SELECT p.id, strpos(title, slug) > 0, strpos(title, a.name) > 0 OR a.name = '', starts_with(e.name, 'b')
         FROM posts p JOIN users a ON a.id = author_id LEFT JOIN users e ON e.id = editor_id"
    );
}

#[test]
fn what_it_becomes() {
    assert_eq!(
        Post.title.icontains(Post.slug).sql(),
        r#""posts"."title" ILIKE '%' || replace(replace(replace("posts"."slug", E'\\', E'\\\\'), '%', E'\\%'), '_', E'\\_') || '%'"#
    );
    assert_eq!(
        Post.title.iexact(Post.slug).sql(),
        r#""posts"."title" ILIKE replace(replace(replace("posts"."slug", E'\\', E'\\\\'), '%', E'\\%'), '_', E'\\_')"#
    );
}
