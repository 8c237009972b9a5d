//! Related rows with rows: `select_related`, `prefetch_related`.

use hyperdjango::prelude::*;

use super::models::{Comment, Note, Nothing, Post, Profile, Tag, User, site};
use super::same::{Cells, maybe, rows_of, same};

#[tokio::test]
async fn one_for_each() {
    let site = site().await;
    let db = &site.db;
    same!(
        site,
        Post::objects().select_related(Post.author).order_by(Post.id),
        "SELECT p.*, a.* FROM posts p JOIN users a ON a.id = p.author_id ORDER BY p.id"
    );
    same!(
        site,
        Post::objects().select_related(Post.editor).order_by(Post.id),
        "SELECT p.*, e.* FROM posts p LEFT JOIN users e ON e.id = p.editor_id ORDER BY p.id"
    );
    same!(
        site,
        Comment::objects().select_related((Comment.post, Comment.post.editor, Comment.post.editor.country, Comment.parent.author)),
        "SELECT m.*, p.*, e.*, c.*, a.* FROM comments m JOIN posts p ON p.id = m.post_id LEFT JOIN users e ON e.id = p.editor_id
         LEFT JOIN countries c ON c.id = e.country_id LEFT JOIN comments r ON r.id = m.parent_id LEFT JOIN users a ON a.id = r.author_id"
    );
    same!(
        site,
        Comment::objects()
            .select_related((Comment.parent, Comment.parent.parent))
            .filter(Comment.parent.is_not_null()),
        "SELECT c.*, p.*, g.* FROM comments c JOIN comments p ON p.id = c.parent_id LEFT JOIN comments g ON g.id = p.parent_id"
    );
    same!(
        site,
        Profile::objects().select_related((Profile.user, Profile.country, Profile.user.country)),
        "SELECT p.*, u.*, c.*, d.* FROM profiles p JOIN users u ON u.id = p.user_id LEFT JOIN countries c ON c.id = p.country_id
         LEFT JOIN countries d ON d.id = u.country_id"
    );
    same!(
        site,
        Nothing::objects().select_related(Nothing.user).filter(Nothing.user.name.eq("ana")),
        "SELECT n.*, u.* FROM nothing n JOIN users u ON u.id = n.user_id"
    );
    maybe!(
        site,
        Note::objects().select_related((Note.owner, Note.owner.country)).last(db),
        "SELECT n.*, u.*, c.* FROM notes n LEFT JOIN users u ON u.id = n.owner_id LEFT JOIN countries c ON c.id = u.country_id
         WHERE deleted IS NULL ORDER BY n.id LIMIT 1"
    );
}

/// Rows with their many, one line for each of the many and one for those without.
fn lines<A: Cells + Clone, B: Cells + Clone>(rows: Vec<(A, Vec<B>)>) -> Vec<Vec<serde_json::Value>> {
    let pairs = rows.into_iter().flat_map(|(row, many)| {
        let alone = many.is_empty().then(|| (row.clone(), None));
        many.into_iter().map(move |one| (row.clone(), Some(one))).chain(alone).collect::<Vec<_>>()
    });
    rows_of(&pairs.collect::<Vec<_>>())
}

macro_rules! many {
    ($site:expr, $query:expr, $hand:expr) => {
        Box::pin(async {
            let query = $query;
            $site.compare_cells(query.sql(), query.all(&$site.db).await.map(lines), $hand).await;
        })
        .await
    };
}

#[tokio::test]
async fn many_for_each() {
    let site = site().await;
    let db = &site.db;
    let users = || User::objects().order_by(User.id);
    many!(
        site,
        users().prefetch_related(User.posts.order_by(Post.id)),
        "SELECT u.*, p.* FROM users u LEFT JOIN posts p ON p.author_id = u.id ORDER BY u.id, p.id"
    );
    many!(
        site,
        users().prefetch_related(
            User.posts.filter(Post.published).exclude(Post.slug.eq("rust")).order_by(Post.id.desc())
        ),
        "SELECT u.*, p.* FROM users u LEFT JOIN posts p ON p.author_id = u.id AND published AND slug IS DISTINCT FROM 'rust' ORDER BY u.id, p.id DESC"
    );
    many!(
        site,
        users().prefetch_related(User.posts.order_by((Post.score.desc(), Post.id)).limit(2)),
        "SELECT u.*, p.* FROM users u LEFT JOIN LATERAL (SELECT * FROM posts WHERE author_id = u.id ORDER BY score DESC, id LIMIT 2) p ON true
         ORDER BY u.id, score DESC, p.id"
    );
    many!(
        site,
        users().filter(User.active).limit(2).offset(1).prefetch_related(User.edited.select_related((Post.author, Post.author.country)).order_by(Post.id)),
        "SELECT u.*, p.*, a.*, c.* FROM (SELECT * FROM users WHERE active ORDER BY id LIMIT 2 OFFSET 1) u LEFT JOIN posts p ON p.editor_id = u.id
         LEFT JOIN users a ON a.id = p.author_id LEFT JOIN countries c ON c.id = a.country_id ORDER BY u.id, p.id"
    );
    many!(
        site,
        Post::objects().order_by(Post.id).prefetch_related(Post.tags),
        "SELECT p.*, t.* FROM posts p LEFT JOIN (posts_tags l JOIN tags t ON t.id = l.tag_id) ON l.post_id = p.id ORDER BY p.id, t.name"
    );
    many!(
        site,
        Tag::objects().prefetch_related(Tag.posts.filter(Post.author.name.ne("bob")).order_by(Post.id).values((Post.id, Post.author.name)).limit(1)),
        "SELECT t.*, x.* FROM tags t LEFT JOIN LATERAL (SELECT p.id, u.name FROM posts_tags l JOIN posts p ON p.id = l.post_id
         JOIN users u ON u.id = p.author_id WHERE l.tag_id = t.id AND u.name <> 'bob' ORDER BY p.id LIMIT 1) x ON true ORDER BY t.name"
    );
    many!(
        site,
        users().prefetch_related(User.notes),
        "SELECT u.*, n.* FROM users u LEFT JOIN notes n ON n.owner_id = u.id AND deleted IS NULL ORDER BY u.id, n.id DESC"
    );
    // Two levels, and two relations.
    let nested = users()
        .prefetch_related(User.posts.order_by(Post.id).prefetch_related(Post.comments.order_by(Comment.id)));
    let found = nested.all(db).await.map(|users| {
        lines(
            users
                .into_iter()
                .flat_map(|(user, posts)| {
                    posts.into_iter().map(move |(post, comments)| ((user.clone(), post), comments))
                })
                .collect(),
        )
    });
    site.compare_cells(
        nested.sql(),
        found,
        "SELECT u.*, p.*, c.* FROM users u JOIN posts p ON p.author_id = u.id LEFT JOIN comments c ON c.post_id = p.id ORDER BY u.id, p.id, c.id",
    )
    .await;
    let both = users().prefetch_related((
        User.posts.order_by(Post.id).values(Post.id),
        User.comments.order_by(Comment.id).values(Comment.id),
    ));
    let found = both.all(db).await.map(|users| {
        let rows = users.into_iter().map(|(user, posts, comments)| (user.id, posts, comments));
        rows_of(&rows.collect::<Vec<_>>())
    });
    site.compare_cells(
        both.sql(),
        found,
        "SELECT id, ARRAY(SELECT id FROM posts WHERE author_id = u.id ORDER BY id), ARRAY(SELECT id FROM comments WHERE author_id = u.id ORDER BY id)
         FROM users u ORDER BY id",
    )
    .await;
}
