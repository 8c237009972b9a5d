//! `values`, `annotate`, `distinct`, and what is computed in them.

use hyperdjango::prelude::*;

use super::models::{Comment, Extreme, Note, Nothing, Post, User, site};
use super::same::{one, rows, same};

#[tokio::test]
async fn values_and_annotations() {
    let site = site().await;
    same!(site, Post::objects().values(Post.slug), "SELECT slug FROM posts");
    same!(site, Post::objects().values((Post.id,)), "SELECT id FROM posts");
    same!(
        site,
        Post::objects().values((
            Post.id,
            Post.author.id,
            Post.editor.id,
            Post.labels,
            Post.data,
            Post.day,
            Post.price
        )),
        "SELECT id, author_id, editor_id, labels, data, day, price FROM posts"
    );
    same!(
        site,
        Post::objects()
            .values((Post.score * 2_i32 % 7, Post.rating / 2.0, -Post.score, Post.price + Decimal::ONE))
            .filter(Post.id.ne(5)),
        "SELECT score * 2 % 7, rating / 2, -score, price + 1 FROM posts WHERE id <> 5"
    );
    same!(
        site,
        Comment::objects().values((Comment.id, Comment.post.score - Comment.post.author.age)),
        "SELECT c.id, p.score - u.age FROM comments c JOIN posts p ON p.id = c.post_id JOIN users u ON u.id = p.author_id"
    );
    // Conditions are values.
    same!(
        site,
        Post::objects().values((
            Post.slug.is_not_distinct_from("rust"),
            Post.slug.is_null(),
            Post.published & Post.score.gt(0),
            !Post.published
        )),
        "SELECT slug IS NOT DISTINCT FROM 'rust', slug IS NULL, published AND score > 0, NOT published FROM posts"
    );
    same!(
        site,
        Post::objects().annotate((Post.title.length(), Post.author.name)),
        "SELECT p.*, length(title), name FROM posts p JOIN users u ON u.id = p.author_id"
    );
    same!(
        site,
        User::objects().select_related(User.country).annotate(User.posts.count()).order_by(User.id),
        "SELECT u.*, c.*, (SELECT count(*) FROM posts WHERE author_id = u.id) FROM users u LEFT JOIN countries c ON c.id = u.country_id ORDER BY u.id"
    );
    same!(
        site,
        Nothing::objects().annotate(Nothing.number + 1),
        "SELECT id, number, maybe, user_id, number + 1 FROM nothing"
    );
    same!(site, Extreme::objects().values(Extreme.maybe % 2_i64), "SELECT maybe % 2 FROM extremes");
}

#[tokio::test]
async fn different_rows() {
    let site = site().await;
    same!(site, Post::objects().values(Post.slug).distinct(), "SELECT DISTINCT slug FROM posts");
    same!(
        site,
        Post::objects().values((Post.author.country.name, Post.published)).distinct(),
        "SELECT DISTINCT c.name, published FROM posts p JOIN users u ON u.id = p.author_id LEFT JOIN countries c ON c.id = u.country_id"
    );
    same!(
        site,
        Post::objects()
            .values(Post.slug)
            .distinct()
            .order_by(Post.slug.desc().nulls_last())
            .limit(2)
            .offset(1),
        "SELECT DISTINCT slug FROM posts ORDER BY slug DESC NULLS LAST LIMIT 2 OFFSET 1"
    );
    same!(
        site,
        Post::objects().distinct_on(Post.author.id).order_by((Post.author.id, Post.score.desc(), Post.id)),
        "SELECT DISTINCT ON (author_id) * FROM posts ORDER BY author_id, score DESC, id"
    );
    same!(
        site,
        Post::objects()
            .values((Post.published, Post.slug, Post.id))
            .distinct_on((Post.published, Post.slug))
            .order_by((Post.published, Post.slug, Post.id.desc())),
        "SELECT DISTINCT ON (published, slug) published, slug, id FROM posts ORDER BY published, slug, id DESC"
    );
    same!(
        site,
        Note::objects().distinct(),
        "SELECT DISTINCT * FROM notes WHERE deleted IS NULL ORDER BY id DESC"
    );
    same!(site, Nothing::objects().values(Nothing.maybe).distinct(), "SELECT DISTINCT maybe FROM nothing");
    one!(
        site,
        Post::objects().filter(Post.published).values(Post.slug).annotate(count()).count(&site.db),
        "SELECT count(DISTINCT coalesce(slug, '-')) FROM posts WHERE published"
    );
    rows!(
        site,
        Post::objects()
            .values(Post.score)
            .distinct()
            .union_all(Comment::objects().values(Comment.votes.cast::<i32>()))
            .order_by(nth::<1>()),
        "SELECT x FROM (SELECT DISTINCT score FROM posts UNION ALL SELECT votes FROM comments) AS t (x) ORDER BY x"
    );
}

#[tokio::test]
async fn foreign_keys_as_values() {
    let site = site().await;
    same!(site, Post::objects().values(Post.author), "SELECT author_id FROM posts");
    same!(site, Post::objects().values((Post.id, Post.editor)), "SELECT id, editor_id FROM posts");
    same!(
        site,
        Comment::objects().values((Comment.post.author, Comment.author.country)),
        "SELECT p.author_id, u.country_id FROM comments c JOIN posts p ON p.id = c.post_id LEFT JOIN users u ON u.id = c.author_id"
    );
    let keys: Vec<(i64, Option<i64>)> = Post::objects()
        .values((Post.author, Post.editor))
        .order_by(Post.id)
        .limit(2)
        .all(&site.db)
        .await
        .unwrap();
    assert_eq!(keys, [(1, Some(2)), (2, None)]);
    let json = Post::objects()
        .values((Post.author, Post.editor))
        .order_by(Post.id)
        .limit(1)
        .json(&site.db)
        .await
        .unwrap();
    assert_eq!(json.as_ref(), br#"[{"author_id":1,"editor_id":2}]"#);
    rows!(
        site,
        Post::objects().values(Post.editor).annotate(count()).having(count().gt(1)),
        "SELECT editor_id, count(*) FROM posts GROUP BY 1 HAVING count(*) > 1"
    );
    same!(
        site,
        User::objects().filter(User.id.within(Post::objects().filter(Post.score.gt(5)).values(Post.author))),
        "SELECT * FROM users WHERE id IN (SELECT author_id FROM posts WHERE score > 5)"
    );
    // Of each user the country of the editor of the best post.
    rows!(
        site,
        User::objects().values((
            User.id,
            subquery(
                Post::objects()
                    .filter(Post.author.eq(outer(User.id)))
                    .values(Post.editor)
                    .order_by((Post.score.desc(), Post.id))
                    .limit(1)
            )
        )),
        "SELECT id, (SELECT editor_id FROM posts p WHERE p.author_id = u.id ORDER BY score DESC, id LIMIT 1) FROM users u"
    );
}

#[tokio::test]
async fn values_of_the_first_rows() {
    let site = site().await;
    same!(
        site,
        Post::objects()
            .distinct_on(Post.author)
            .order_by((Post.author.id, Post.score.desc(), Post.id))
            .values((Post.author, Post.title)),
        "SELECT DISTINCT ON (author_id) author_id, title FROM posts ORDER BY author_id, score DESC, id"
    );
    same!(
        site,
        Post::objects()
            .filter(Post.published)
            .distinct_on(Post.author.country.name)
            .values(Post.author.country.name)
            .order_by(Post.author.country.name)
            .limit(2),
        "SELECT DISTINCT ON (c.name) c.name FROM posts p JOIN users u ON u.id = author_id LEFT JOIN countries c ON c.id = country_id
         WHERE published ORDER BY c.name LIMIT 2"
    );
    same!(site, Post::objects().distinct().values(Post.slug), "SELECT DISTINCT slug FROM posts");
}
