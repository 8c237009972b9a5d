//! Conditions as values: what is compared with NULL is NULL, and read as an `Option`; what is never NULL is a `bool`.

use hyperdjango::orm::functions::window::{lag, rank, window};
use hyperdjango::prelude::*;

use super::models::{Comment, Note, Post, Slot, User, site};
use super::same::{rows, same};

const NOBODY: [i64; 0] = [];

#[tokio::test]
async fn comparisons_with_null_are_null() {
    let site = site().await;
    let db = &site.db;
    let compared: Vec<(i64, Option<bool>, Option<bool>, Option<bool>, Option<bool>)> = User::objects()
        .values((User.id, User.email.eq(""), User.email.ne(""), User.age.gt(17), User.age.gte(30)))
        .order_by(User.id)
        .all(db)
        .await
        .unwrap();
    assert_eq!(compared[1], (2, None, None, None, None));
    rows!(
        site,
        User::objects().values((
            User.id,
            User.email.eq(""),
            User.email.ne(""),
            User.age.gt(17),
            User.age.gte(30)
        )),
        "SELECT id, email = '', email <> '', age > 17, age >= 30 FROM users"
    );
    rows!(
        site,
        User::objects().values((
            User.id,
            User.age.lt(17),
            User.age.lte(17),
            User.age.range(0, 17),
            User.id.range(1_i64, User.age.cast::<i64>()),
            User.age.within([17, 30]),
        )),
        "SELECT id, age < 17, age <= 17, age BETWEEN 0 AND 17, id BETWEEN 1 AND age, age IN (17, 30) FROM users"
    );
    // The other side counts as well, and the way to it.
    rows!(
        site,
        Post::objects().values((
            Post.id,
            Post.title.eq(Post.slug),
            Post.slug.eq(Post.title),
            Post.editor.name.eq("bob"),
            Post.author.name.eq(Post.editor.name),
            Post.author.country.name.ne("Malta"),
        )),
        "SELECT p.id, title = slug, slug = title, e.name = 'bob', a.name = e.name, c.name <> 'Malta' FROM posts p
         JOIN users a ON a.id = author_id LEFT JOIN users e ON e.id = editor_id
         LEFT JOIN countries c ON c.id = a.country_id"
    );
    let never: Vec<(bool, bool, bool, bool, bool)> = Post::objects()
        .values((
            Post.score.eq(10),
            Post.title.ne(Post.author.name),
            Post.score.range(0, 10),
            Post.id.within([1_i64, 2]),
            Post.author.eq(1_i64),
        ))
        .order_by(Post.id)
        .all(db)
        .await
        .unwrap();
    assert_eq!(never[0], (false, true, false, true, true));
}

#[tokio::test]
async fn foreign_keys_and_rows() {
    let site = site().await;
    rows!(
        site,
        Post::objects().values((
            Post.id,
            Post.editor.eq(1_i64),
            Post.editor.ne(1_i64),
            Post.author.eq(Post.editor.id),
            Post.author.ne(1_i64),
            Post.author.country.eq(1_i64),
        )),
        "SELECT p.id, editor_id = 1, editor_id <> 1, author_id = editor_id, author_id <> 1, a.country_id = 1
         FROM posts p JOIN users a ON a.id = author_id"
    );
    rows!(
        site,
        Comment::objects().values((Comment.id, Comment.post.editor.eq(2_i64), Comment.post.author.eq(1_i64))),
        "SELECT c.id, p.editor_id = 2, p.author_id = 1 FROM comments c JOIN posts p ON p.id = post_id"
    );
    rows!(
        site,
        Post::objects().values((
            Post.id,
            row((Post.score, Post.rating)).lt((10, 1.0)),
            row((Post.score, Post.id)).gte((10, Post.editor.id)),
            row((Post.score, Post.id)).eq((10, 2_i64)),
        )),
        "SELECT id, (score, rating) < (10, 1.0), (score, id) >= (10, editor_id), (score, id) = (10, 2) FROM posts"
    );
    let never: Vec<bool> = Post::objects()
        .values(row((Post.score, Post.id)).lt((10, 4_i64)))
        .order_by(Post.id)
        .all(&site.db)
        .await
        .unwrap();
    assert_eq!(never, [false, true, true, false, false, true]);
}

#[tokio::test]
async fn members_texts_and_containers() {
    let site = site().await;
    rows!(
        site,
        Post::objects().values((
            Post.id,
            Post.slug.within(["rust", ""]),
            Post.slug.within(vec!["rust".to_owned()]),
            Post.editor.id.within(&NOBODY),
            // There is a NULL among these.
            Post.author.id.within(Post::objects().values(Post.editor)),
            Post.author.id.within(Post::objects().values(Post.author)),
        )),
        "SELECT id, slug IN ('rust', ''), slug = 'rust', editor_id = ANY('{}'),
                author_id IN (SELECT editor_id FROM posts), author_id IN (SELECT author_id FROM posts) FROM posts"
    );
    let never: Vec<bool> = Post::objects()
        .values(Post.author.id.within(Post::objects().values(Post.author)))
        .all(&site.db)
        .await
        .unwrap();
    assert_eq!(never, [true; 6]);
    rows!(
        site,
        Post::objects().values((
            Post.id,
            Post.slug.contains("u"),
            Post.slug.startswith("c"),
            Post.slug.iendswith("T"),
            Post.slug.iexact("RUST"),
            Post.slug.regex("^r"),
            Post.title.contains(Post.slug),
            Post.data.contains(serde_json::json!({"n": 3})),
        )),
        r#"SELECT id, strpos(slug, 'u') > 0, starts_with(slug, 'c'), right(slug, 1) = 't', lower(slug) = 'rust', slug ~ '^r',
                  strpos(title, slug) > 0, data @> '{"n": 3}' FROM posts"#
    );
    rows!(
        site,
        Slot::objects().values((
            Slot.id,
            Slot.hours.contains_value(10),
            Slot.numbers.contains(vec![Some(3)])
        )),
        "SELECT id, hours @> 10, numbers @> '{3}' FROM slots"
    );
}

#[tokio::test]
async fn filters_and_negations_as_before() {
    let site = site().await;
    same!(site, User::objects().filter(User.email.eq("")), "SELECT * FROM users WHERE email = ''");
    same!(
        site,
        User::objects().exclude(User.email.eq("")),
        "SELECT * FROM users WHERE email IS DISTINCT FROM ''"
    );
    same!(
        site,
        User::objects().filter(!(User.email.eq("") | User.age.gt(20))),
        "SELECT * FROM users WHERE (email = '' OR age > 20) IS NOT TRUE"
    );
    same!(
        site,
        User::objects().filter(!User.country.eq(1_i64) & User.active),
        "SELECT * FROM users WHERE country_id IS DISTINCT FROM 1 AND active"
    );
    let negated: Vec<bool> =
        User::objects().values(!User.email.eq("")).order_by(User.id).all(&site.db).await.unwrap();
    assert_eq!(negated, [true, true, false, true, true]);
    rows!(
        site,
        User::objects().values((User.id, User.email.eq("") & User.active, User.email.eq("") | User.active)),
        "SELECT id, email = '' AND active, email = '' OR active FROM users"
    );
    // A comparison compared, and as an argument.
    same!(
        site,
        User::objects().filter(User.email.eq("").is_null()),
        "SELECT * FROM users WHERE email IS NULL"
    );
    rows!(
        site,
        User::objects().values((User.id, coalesce((User.email.eq(""), false)))),
        "SELECT id, coalesce(email = '', false) FROM users"
    );
    same!(
        site,
        Note::objects().filter(Note.owner.name.eq("ana")),
        "SELECT n.* FROM notes n JOIN users u ON u.id = owner_id WHERE deleted IS NULL AND u.name = 'ana'"
    );
}

#[tokio::test]
async fn over_windows_and_groups() {
    let site = site().await;
    rows!(
        site,
        Post::objects().values((
            Post.id,
            window(lag(Post.id)).order_by(Post.id).eq(3),
            window(rank()).order_by(Post.score).lt(3),
        )),
        "SELECT id, lag(id) OVER (ORDER BY id) = 3, rank() OVER (ORDER BY score) < 3 FROM posts"
    );
    rows!(
        site,
        Post::objects().values(Post.author.id).annotate((Post.rating.max().gt(1.0), count().gt(1))),
        "SELECT author_id, max(rating) > 1, count(*) > 1 FROM posts GROUP BY 1"
    );
}
