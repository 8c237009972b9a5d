//! Conditions on the many that refer to a row, and what is counted over them.

use hyperdjango::prelude::*;

use super::models::{Comment, Country, Note, Post, Tag, User, site};
use super::same::same;

#[tokio::test]
async fn reverse() {
    let site = site().await;
    same!(
        site,
        User::objects().filter(User.posts.exists()),
        "SELECT * FROM users WHERE id IN (SELECT author_id FROM posts)"
    );
    same!(
        site,
        User::objects().exclude(User.posts.exists()),
        "SELECT * FROM users WHERE id NOT IN (SELECT author_id FROM posts)"
    );
    // A key that can be NULL: NOT IN would lose every row.
    same!(
        site,
        User::objects().exclude(User.edited.exists()),
        "SELECT * FROM users WHERE id NOT IN (SELECT editor_id FROM posts WHERE editor_id IS NOT NULL)"
    );
    same!(
        site,
        User::objects().filter(User.posts.any(Post.score.gt(10))),
        "SELECT DISTINCT u.* FROM users u JOIN posts p ON p.author_id = u.id WHERE p.score > 10"
    );
    same!(
        site,
        User::objects().filter(User.posts.none(Post.slug.eq("rust"))),
        "SELECT * FROM users u WHERE NOT EXISTS (SELECT FROM posts WHERE author_id = u.id AND slug = 'rust')"
    );
    // NULL counts as not true: it is not all of them.
    same!(
        site,
        User::objects().filter(User.posts.all(Post.slug.eq("rust"))),
        "SELECT * FROM users u WHERE coalesce((SELECT bool_and(coalesce(slug = 'rust', false)) FROM posts WHERE author_id = u.id), true)"
    );
    same!(
        site,
        User::objects().filter(User.posts.all(Post.published) & User.posts.exists()),
        "SELECT * FROM users u WHERE (SELECT bool_and(published) FROM posts WHERE author_id = u.id)"
    );
    // One row for both conditions, and a row for each.
    same!(
        site,
        User::objects().filter(User.posts.any(Post.score.lt(0) & Post.published)),
        "SELECT * FROM users u WHERE EXISTS (SELECT FROM posts WHERE author_id = u.id AND score < 0 AND published)"
    );
    same!(
        site,
        User::objects().filter(User.posts.any(Post.score.lt(0)) & User.posts.any(Post.published)),
        "SELECT * FROM users u WHERE id IN (SELECT author_id FROM posts WHERE score < 0) AND id IN (SELECT author_id FROM posts WHERE published)"
    );
    // Two levels, a table within itself, many to many.
    same!(
        site,
        Country::objects().filter(Country.users.any(User.posts.any(Post.comments.any(Comment.votes.gt(2))))),
        "SELECT DISTINCT o.* FROM countries o JOIN users u ON u.country_id = o.id JOIN posts p ON p.author_id = u.id
         JOIN comments c ON c.post_id = p.id WHERE c.votes > 2"
    );
    same!(
        site,
        Comment::objects().filter(Comment.answers.any(Comment.answers.exists())),
        "SELECT DISTINCT a.* FROM comments a JOIN comments b ON b.parent_id = a.id JOIN comments c ON c.parent_id = b.id"
    );
    same!(
        site,
        Comment::objects().filter(Comment.post.comments.any(Comment.votes.lt(outer(Comment.votes)))),
        "SELECT c.* FROM comments c WHERE c.votes > (SELECT min(votes) FROM comments d WHERE d.post_id = c.post_id)"
    );
    same!(
        site,
        Post::objects().filter(Post.tags.any(Tag.name.eq("größe"))),
        "SELECT p.* FROM posts p JOIN posts_tags l ON l.post_id = p.id JOIN tags t ON t.id = l.tag_id WHERE t.name = 'größe'"
    );
    same!(
        site,
        Post::objects().exclude(Post.tags.any(Tag.name.within(&["nature", "food"]))),
        "SELECT * FROM posts WHERE id NOT IN (SELECT post_id FROM posts_tags WHERE tag_id IN (1, 2))"
    );
    same!(
        site,
        Tag::objects().filter(Tag.posts.none(Post.score.gte(0))),
        "SELECT * FROM tags t WHERE NOT EXISTS (SELECT FROM posts_tags l JOIN posts p ON p.id = l.post_id WHERE l.tag_id = t.id AND p.score >= 0) ORDER BY name"
    );
    same!(
        site,
        Post::objects().filter(Post.tags.any(Tag.posts.any(Post.id.eq(2)))),
        "SELECT DISTINCT p.* FROM posts p JOIN posts_tags a ON a.post_id = p.id JOIN posts_tags b ON b.tag_id = a.tag_id WHERE b.post_id = 2"
    );
    // What is deleted softly is not among them.
    same!(
        site,
        User::objects().filter(User.notes.any(Note.text.contains("o"))),
        "SELECT * FROM users WHERE id IN (SELECT owner_id FROM notes WHERE deleted IS NULL AND text LIKE '%o%')"
    );
    same!(
        site,
        User::objects().values((User.id, User.notes.count())),
        "SELECT id, (SELECT count(*) FROM notes WHERE owner_id = u.id AND deleted IS NULL) FROM users u"
    );
    // Counted, summed up, and compared with.
    same!(
        site,
        User::objects().values((
            User.id,
            User.posts.count(),
            User.posts.filter(Post.published).count(),
            User.posts.aggregate(Post.rating.avg()),
            User.posts.aggregate(Post.price.sum()),
            User.posts.exclude(Post.slug.eq("rust")).aggregate(Post.score.max()),
        )),
        "SELECT u.id, count(p.id), count(p.id) FILTER (WHERE published), avg(rating), sum(price),
         max(score) FILTER (WHERE slug IS DISTINCT FROM 'rust') FROM users u LEFT JOIN posts p ON p.author_id = u.id GROUP BY u.id"
    );
    same!(
        site,
        User::objects().filter(User.posts.count().gt(User.edited.count())).order_by((User.posts.count().desc(), User.id)),
        "SELECT u.* FROM users u WHERE (SELECT count(*) FROM posts WHERE author_id = u.id) > (SELECT count(*) FROM posts WHERE editor_id = u.id)
         ORDER BY (SELECT count(*) FROM posts WHERE author_id = u.id) DESC, id"
    );
    same!(
        site,
        Post::objects().values((Post.id, Post.tags.count(), Post.tags.aggregate(Tag.name.max()), Post.author.posts.count())),
        "SELECT p.id, count(t.id), max(t.name), (SELECT count(*) FROM posts x WHERE x.author_id = p.author_id) FROM posts p
         LEFT JOIN posts_tags l ON l.post_id = p.id LEFT JOIN tags t ON t.id = l.tag_id GROUP BY p.id"
    );
}
