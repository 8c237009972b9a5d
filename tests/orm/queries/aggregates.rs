//! Aggregates: over all rows, over groups, with `FILTER`, `DISTINCT` and `HAVING`.

use hyperdjango::prelude::*;

use super::models::{Comment, Extreme, Nothing, Post, User, site};
use super::same::{one, rows};

#[tokio::test]
async fn aggregates() {
    let site = site().await;
    let db = &site.db;
    one!(
        site,
        Post::objects().aggregate(
            db,
            (
                count(),
                Post.slug.count(),
                Post.score.sum(),
                Post.rating.avg(),
                Post.price.min(),
                Post.day.max()
            )
        ),
        "SELECT count(*), count(slug), sum(score), avg(rating), min(price), max(day) FROM posts"
    );
    one!(
        site,
        Nothing::objects().aggregate(
            db,
            (
                count(),
                Nothing.number.sum(),
                Nothing.number.avg(),
                Nothing.maybe.max(),
                Nothing.number.stddev()
            )
        ),
        "SELECT count(*), sum(number), avg(number), max(maybe), stddev_pop(number) FROM nothing"
    );
    one!(
        site,
        Post::objects()
            .filter(Post.score.gt(99))
            .exclude(Post.slug.eq("rust"))
            .aggregate(db, (count(), Post.rating.avg())),
        "SELECT 0, NULL::float8"
    );
    one!(
        site,
        Post::objects().aggregate(
            db,
            (Post.slug.count().distinct(), Post.price.sum().distinct(), count().filter(Post.slug.is_null()))
        ),
        "SELECT count(DISTINCT slug), sum(DISTINCT price), count(*) FILTER (WHERE slug IS NULL) FROM posts"
    );
    one!(
        site,
        Post::objects()
            .aggregate(db, (Post.published.bool_and(), Post.published.bool_or(), Post.title.string_agg("|"))),
        "SELECT bool_and(published), bool_or(published), string_agg(title, '|' ORDER BY title) FROM posts"
    );
    one!(
        site,
        User::objects().aggregate(
            db,
            (User.age.variance(), User.age.variance_sample(), User.age.stddev_sample(), User.balance.sum())
        ),
        "SELECT var_pop(age)::float8, var_samp(age)::float8, stddev_samp(age)::float8, sum(balance) FROM users"
    );
    one!(
        site,
        Extreme::objects().aggregate(
            db,
            (
                Extreme.small.sum(),
                Extreme.int.sum(),
                Extreme.big.sum(),
                Extreme.at.min(),
                Extreme.day.max(),
                Extreme.text.min()
            )
        ),
        "SELECT sum(small), sum(int), sum(big)::bigint, min(at), max(day), min(text) FROM extremes"
    );
    // Of an expression, and over a path.
    one!(
        site,
        Comment::objects().aggregate(
            db,
            ((Comment.votes % 7_i16).min(), Comment.post.author.name.max(), Comment.post.score.avg())
        ),
        "SELECT min(c.votes % 7), max(u.name), avg(p.score)::float8 FROM comments c JOIN posts p ON p.id = c.post_id JOIN users u ON u.id = p.author_id"
    );
}

#[tokio::test]
async fn groups() {
    let site = site().await;
    rows!(
        site,
        Post::objects()
            .values(Post.slug)
            .annotate((count(), Post.score.max()))
            .order_by(grouped(Post.slug).asc().nulls_first()),
        "SELECT slug, count(*), max(score) FROM posts GROUP BY slug ORDER BY slug NULLS FIRST"
    );
    rows!(
        site,
        Post::objects().filter(Post.published).values((Post.author.name, Post.day.year())).annotate(count()),
        "SELECT u.name, extract(year FROM day)::int, count(*) FROM posts p JOIN users u ON u.id = p.author_id WHERE published GROUP BY 1, 2"
    );
    rows!(
        site,
        Post::objects().values(Post.author.id).annotate((count(), Post.rating.avg())).having(count().gt(1)),
        "SELECT author_id, count(*), avg(rating) FROM posts GROUP BY author_id HAVING count(*) > 1"
    );
    rows!(
        site,
        Post::objects()
            .values(Post.author.country.name)
            .annotate((count().filter(Post.score.gt(0)), Post.slug.count().distinct()))
            .having(Post.score.max().gte(10) & !Post.rating.min().is_null())
            .order_by((count().desc(), grouped(Post.author.country.name))),
        "SELECT c.name, count(*) FILTER (WHERE score > 0), count(DISTINCT slug) FROM posts p JOIN users u ON u.id = p.author_id
         LEFT JOIN countries c ON c.id = u.country_id GROUP BY c.name HAVING max(score) >= 10 AND min(rating) IS NOT NULL ORDER BY count(*) DESC, c.name"
    );
    // NULL is a group; the opposite of a condition that can be NULL holds for it.
    rows!(
        site,
        User::objects().values(User.country.id).annotate(User.age.sum()).having(!User.age.sum().gt(20)),
        "SELECT country_id, sum(age) FROM users GROUP BY 1 HAVING coalesce(sum(age), 0) <= 20"
    );
    // Groups by an expression with values of the program's, limited.
    rows!(
        site,
        Post::objects().values(Post.score % 10).annotate(count()).order_by(nth::<1>()).limit(2).offset(1),
        "SELECT score % 10, count(*) FROM posts GROUP BY 1 ORDER BY 1 LIMIT 2 OFFSET 1"
    );
    rows!(
        site,
        Post::objects()
            .values(case().when(Post.score.gt(9), "hot").default("cold"))
            .annotate((count(), Post.price.sum())),
        "SELECT CASE WHEN score > 9 THEN 'hot' ELSE 'cold' END, count(*), sum(price) FROM posts GROUP BY 1"
    );
    // A condition on such an expression: on the rows, or beside an aggregate.
    rows!(
        site,
        Post::objects().values(Post.score % 10).annotate(count()).filter((Post.score % 10).gte(0)),
        "SELECT score % 10, count(*) FROM posts GROUP BY 1 HAVING score % 10 >= 0"
    );
    rows!(
        site,
        Post::objects()
            .values(Post.score % 10)
            .annotate(count())
            .having((Post.score % 10).min().lt(0) | count().gt(1)),
        "SELECT score % 10, count(*) FROM posts GROUP BY 1 HAVING score % 10 < 0 OR count(*) > 1"
    );
    rows!(
        site,
        Post::objects().values(Post.slug).annotate(count()).having(grouped(Post.slug).eq("rust")),
        "SELECT slug, count(*) FROM posts GROUP BY 1 HAVING slug = 'rust'"
    );
    rows!(
        site,
        Nothing::objects().values(Nothing.maybe).annotate((count(), Nothing.number.sum())),
        "SELECT maybe, count(*), sum(number) FROM nothing GROUP BY 1"
    );
}
