//! Queries in queries: unions, subqueries, what stands before a query and beside it.

use hyperdjango::prelude::*;

use super::models::{Comment, Country, Note, Nothing, Post, Profile, Tag, User, site};
use super::same::{rows, same};

#[tokio::test]
async fn unions() {
    let site = site().await;
    let names = || User::objects().values(User.name);
    let titles = || Post::objects().values(Post.title);
    rows!(site, names().union(titles()), "SELECT name FROM users UNION SELECT title FROM posts");
    rows!(site, names().union_all(titles()), "SELECT name FROM users UNION ALL SELECT title FROM posts");
    rows!(site, names().intersection(titles()), "SELECT name FROM users INTERSECT SELECT title FROM posts");
    rows!(site, titles().difference(names()), "SELECT title FROM posts EXCEPT SELECT name FROM users");
    rows!(
        site,
        User::objects()
            .values(User.email)
            .union(Post::objects().values(Post.slug))
            .order_by(nth::<1>().desc()),
        "SELECT email FROM users UNION SELECT slug FROM posts ORDER BY 1 DESC"
    );
    // Each with its own condition, order and limit; limited together.
    rows!(
        site,
        Post::objects()
            .filter(Post.score.gt(5))
            .order_by((Post.score.desc(), Post.id))
            .limit(2)
            .union_all(Post::objects().filter(Post.slug.is_null()).order_by(Post.id).limit(1))
            .order_by((nth::<6>(), nth::<1>()))
            .limit(2)
            .offset(1),
        "SELECT * FROM ((SELECT * FROM posts WHERE score > 5 ORDER BY score DESC, id LIMIT 2) UNION ALL
         (SELECT * FROM posts WHERE slug IS NULL ORDER BY id LIMIT 1)) AS p ORDER BY score, id LIMIT 2 OFFSET 1"
    );
    rows!(
        site,
        Post::objects()
            .filter(Post.id.lt(3))
            .values(Post.id)
            .union(Post::objects().filter(Post.id.gt(5)).values(Post.id))
            .difference(Comment::objects().values(Comment.post.id)),
        "SELECT id FROM posts WHERE id IN (1, 2, 6) AND id NOT IN (SELECT post_id FROM comments)"
    );
    rows!(
        site,
        Nothing::objects().values(Nothing.number).union(Nothing::objects().values(Nothing.number)),
        "SELECT number FROM nothing"
    );
    rows!(
        site,
        Note::objects().filter(Note.owner.is_null()).union_all(Note::all_objects().filter(Note.id.eq(2))),
        "SELECT * FROM notes WHERE id IN (2, 3)"
    );
}

#[tokio::test]
async fn subqueries() {
    let site = site().await;
    let italians = || User::objects().filter(User.country.name.eq("Italy")).values(User.id);
    same!(
        site,
        Post::objects().filter(Post.author.id.within(italians())),
        "SELECT * FROM posts WHERE author_id IN (1, 4)"
    );
    same!(
        site,
        Post::objects().exclude(Post.author.id.within(italians())),
        "SELECT * FROM posts WHERE author_id NOT IN (1, 4)"
    );
    // NULLs among what is looked in, and among what is looked for.
    same!(
        site,
        User::objects().filter(User.id.within(Post::objects().values(Post.editor.id))),
        "SELECT * FROM users WHERE id IN (SELECT editor_id FROM posts)"
    );
    same!(
        site,
        User::objects().exclude(User.id.within(Post::objects().values(Post.editor.id))),
        "SELECT * FROM users u WHERE NOT EXISTS (SELECT FROM posts WHERE editor_id = u.id)"
    );
    same!(
        site,
        Post::objects().exclude(Post.editor.id.within(italians())),
        "SELECT * FROM posts WHERE editor_id IS NULL OR editor_id NOT IN (1, 4)"
    );
    same!(
        site,
        Post::objects().filter(Post.id.within(Nothing::objects().values(Nothing.id))),
        "SELECT * FROM posts WHERE false"
    );
    // A query with a limit, and one of groups.
    same!(
        site,
        Post::objects().filter(
            Post.id.within(Post::objects().order_by((Post.score.desc(), Post.id)).limit(2).values(Post.id))
        ),
        "SELECT * FROM posts WHERE id IN (SELECT id FROM posts ORDER BY score DESC, id LIMIT 2) ORDER BY 1"
    );
    same!(
        site,
        User::objects()
            .filter(exists(Post::objects().filter(Post.author.eq(outer(User.id)) & Post.score.lt(0)))),
        "SELECT * FROM users u WHERE EXISTS (SELECT FROM posts WHERE author_id = u.id AND score < 0)"
    );
    same!(
        site,
        User::objects().filter(!exists(Post::objects().filter(Post.author.id.eq(outer(User.id))))),
        "SELECT * FROM users u WHERE NOT EXISTS (SELECT FROM posts WHERE author_id = u.id)"
    );
    // The same table inside itself: better posts of the same author.
    same!(
        site,
        Post::objects().filter(!exists(
            Post::objects()
                .filter(Post.author.id.eq(outer(Post.author.id)) & Post.score.gt(outer(Post.score)))
        )),
        "SELECT * FROM posts p WHERE score = (SELECT max(score) FROM posts q WHERE q.author_id = p.author_id)"
    );
    let newest = || {
        Post::objects()
            .filter(Post.author.id.eq(outer(User.id)))
            .order_by((Post.created.desc(), Post.id))
            .limit(1)
    };
    same!(
        site,
        User::objects().order_by(User.id).values((User.name, subquery(newest().values(Post.title)), subquery(newest().values(Post.slug)))),
        "SELECT name, title, slug FROM users u LEFT JOIN LATERAL
         (SELECT * FROM posts WHERE author_id = u.id ORDER BY created DESC, id LIMIT 1) p ON true ORDER BY u.id"
    );
    same!(
        site,
        User::objects().filter(subquery(newest().values(Post.score)).gt(5)),
        "SELECT * FROM users u WHERE (SELECT score FROM posts WHERE author_id = u.id ORDER BY created DESC, id LIMIT 1) > 5"
    );
    same!(
        site,
        User::objects().exclude(subquery(newest().values(Post.score)).gt(5)),
        "SELECT * FROM users u WHERE ((SELECT score FROM posts WHERE author_id = u.id ORDER BY created DESC, id LIMIT 1) > 5) IS NOT TRUE"
    );
    // Beyond a foreign key outside, and two levels.
    same!(
        site,
        Comment::objects().filter(exists(Post::objects().filter(
            Post.id.eq(outer(Comment.post.id))
                & exists(Profile::objects().filter(Profile.user.id.eq(outer(Post.author.id)))),
        ))),
        "SELECT * FROM comments WHERE post_id IN (SELECT id FROM posts WHERE author_id IN (SELECT user_id FROM profiles))"
    );
    same!(
        site,
        Tag::objects()
            .filter(exists(Post::objects().filter(Post.title.lower().strpos(outer(Tag.name)).gt(0)))),
        "SELECT * FROM tags t WHERE EXISTS (SELECT FROM posts WHERE strpos(lower(title), t.name) > 0) ORDER BY name"
    );
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "thread")]
struct Thread {
    #[field(primary_key)]
    id: i64,
    depth: i32,
    path: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "busy")]
struct Busy {
    #[field(primary_key)]
    author: i64,
    posts: i64,
}

super::same::cells! {
    Thread: id depth path;
    Busy: author posts;
}

#[tokio::test]
async fn what_stands_before_and_beside() {
    let site = site().await;
    let answers = || {
        let top = Comment::objects().filter(Comment.parent.is_null() & Comment.post.eq(1)).values((
            Comment.id,
            value(0),
            Comment.text,
        ));
        let below = Comment::objects()
            .join::<Thread>()
            .filter(Comment.parent.id.eq(joined(Thread.id)))
            .values((Comment.id, joined(Thread.depth) + 1, Comment.text));
        Cte::<Thread>::recursive(top, below)
    };
    rows!(
        site,
        Thread::objects().order_by((Thread.depth.desc(), Thread.id)).with(answers()),
        "WITH RECURSIVE t(id, depth, path) AS (SELECT id, 0, text FROM comments WHERE parent_id IS NULL AND post_id = 1
         UNION SELECT c.id, depth + 1, c.text FROM comments c JOIN t ON t.id = c.parent_id) SELECT * FROM t ORDER BY depth DESC, id"
    );
    rows!(
        site,
        Thread::objects()
            .filter(Thread.depth.gt(0))
            .values((Thread.depth, Thread.path))
            .limit(5)
            .with(answers()),
        "SELECT 1, 'Thanks' UNION SELECT 2, 'Anonymous' UNION SELECT 3, 'Deep'"
    );
    rows!(
        site,
        Comment::objects()
            .filter(Comment.id.within(Thread::objects().filter(Thread.depth.eq(1)).values(Thread.id)))
            .with(answers()),
        "SELECT * FROM comments WHERE id = 2"
    );
    let busy =
        || Cte::<Busy>::of(Post::objects().values(Post.author.id).annotate(count()).having(count().gte(1)));
    rows!(
        site,
        User::objects()
            .join::<Busy>()
            .filter(User.id.eq(joined(Busy.author)) & User.active)
            .order_by((joined(Busy.posts).desc(), User.id))
            .values((User.name, joined(Busy.posts)))
            .with(busy()),
        "SELECT name, count(*) FROM users u JOIN posts p ON p.author_id = u.id WHERE active GROUP BY u.id ORDER BY count(*) DESC, u.id"
    );
    rows!(
        site,
        Busy::objects().filter(Busy.posts.gt(1)).with((answers(), busy())),
        "SELECT author_id, count(*) FROM posts GROUP BY 1 HAVING count(*) > 1"
    );
    // A table beside a table.
    rows!(
        site,
        User::objects().join::<Country>().values((User.id, joined(Country.id))),
        "SELECT u.id, c.id FROM users u CROSS JOIN countries c"
    );
    rows!(
        site,
        User::objects()
            .join::<Post>()
            .filter(User.name.eq(joined(Post.title)) | User.age.gt(joined(Post.score)))
            .values((User.id, joined(Post.id))),
        "SELECT u.id, p.id FROM users u JOIN posts p ON u.name = p.title OR u.age > p.score"
    );
}
