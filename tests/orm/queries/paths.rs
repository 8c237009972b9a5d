//! Columns beyond foreign keys.

use hyperdjango::prelude::*;

use super::models::{Comment, Nothing, Post, Profile, User, site};
use super::same::same;

#[tokio::test]
async fn paths() {
    let site = site().await;
    same!(
        site,
        Post::objects().filter(Post.author.name.eq("ana")),
        "SELECT p.* FROM posts p JOIN users u ON u.id = p.author_id WHERE u.name = 'ana'"
    );
    same!(
        site,
        Post::objects().filter(Post.author.country.name.eq("Italy")),
        "SELECT p.* FROM posts p JOIN users u ON u.id = p.author_id JOIN countries c ON c.id = u.country_id WHERE c.name = 'Italy'"
    );
    same!(
        site,
        Post::objects().filter(Post.author.country.people.is_null()),
        "SELECT p.* FROM posts p JOIN users u ON u.id = p.author_id LEFT JOIN countries c ON c.id = u.country_id WHERE c.people IS NULL"
    );
    // Two paths to one table, compared with each other.
    same!(
        site,
        Post::objects().filter(Post.author.country.id.eq(Post.editor.country.id)),
        "SELECT p.* FROM posts p JOIN users a ON a.id = p.author_id JOIN users e ON e.id = p.editor_id WHERE a.country_id = e.country_id"
    );
    same!(
        site,
        Post::objects().filter(Post.editor.name.is_null() | Post.editor.active & Post.author.active),
        "SELECT p.* FROM posts p JOIN users a ON a.id = p.author_id LEFT JOIN users e ON e.id = p.editor_id
         WHERE e.id IS NULL OR (e.active AND a.active)"
    );
    // A table within itself.
    same!(
        site,
        Comment::objects().filter(Comment.parent.parent.text.eq("First")),
        "SELECT c.* FROM comments c JOIN comments p ON p.id = c.parent_id JOIN comments g ON g.id = p.parent_id WHERE g.text = 'First'"
    );
    same!(
        site,
        Comment::objects().filter(Comment.parent.author.id.eq(Comment.post.author.id)),
        "SELECT c.* FROM comments c JOIN comments p ON p.id = c.parent_id JOIN posts o ON o.id = c.post_id WHERE p.author_id = o.author_id"
    );
    // The key at the end of a path needs no table of its own.
    same!(
        site,
        Comment::objects().filter(Comment.parent.parent.id.is_not_null()),
        "SELECT c.* FROM comments c JOIN comments p ON p.id = c.parent_id WHERE p.parent_id IS NOT NULL"
    );
    // One to one, in both directions.
    same!(
        site,
        Profile::objects().filter(Profile.user.country.id.eq(Profile.country.id)),
        "SELECT p.* FROM profiles p JOIN users u ON u.id = p.user_id WHERE u.country_id = p.country_id"
    );
    same!(
        site,
        User::objects().filter(User.profile.bio.is_null()),
        "SELECT u.* FROM users u LEFT JOIN profiles p ON p.user_id = u.id WHERE p.bio IS NULL"
    );
    same!(
        site,
        Post::objects().filter(Post.author.profile.country.name.ne("Italy")),
        "SELECT p.* FROM posts p JOIN users u ON u.id = p.author_id JOIN profiles r ON r.user_id = u.id
         JOIN countries c ON c.id = r.country_id WHERE c.name <> 'Italy'"
    );
    same!(
        site,
        Post::objects().exclude(Post.author.profile.country.name.eq("Italy")),
        "SELECT p.* FROM posts p JOIN users u ON u.id = p.author_id LEFT JOIN profiles r ON r.user_id = u.id
         LEFT JOIN countries c ON c.id = r.country_id WHERE c.name IS DISTINCT FROM 'Italy'"
    );
    // In the order and in what is selected.
    same!(
        site,
        Post::objects()
            .order_by((Post.editor.country.name.asc().nulls_first(), Post.author.name.desc(), Post.id))
            .values((Post.id, Post.editor.country.name, Post.editor.active, Post.author.age)),
        r#"SELECT p.id, c.name, e.active, a.age FROM posts p JOIN users a ON a.id = p.author_id
         LEFT JOIN users e ON e.id = p.editor_id LEFT JOIN countries c ON c.id = e.country_id
         ORDER BY c.name NULLS FIRST, a.name DESC, p.id"#
    );
    same!(
        site,
        Nothing::objects()
            .filter(Nothing.user.country.name.is_null())
            .values((Nothing.id, Nothing.user.name)),
        "SELECT id, maybe FROM nothing"
    );
}
