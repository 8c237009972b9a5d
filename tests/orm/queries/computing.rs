//! Functions and expressions of each family, in conditions, selections and orders at once.

use hyperdjango::orm::field::Range;
use hyperdjango::orm::functions::configs::English;
use hyperdjango::orm::functions::window::{CurrentRow, lag, preceding, rank, row_number, sum, window};
use hyperdjango::orm::functions::{
    concat, concat_ws, greatest, least, nullif, search_query, search_rank, search_vector,
};
use hyperdjango::prelude::*;
use serde_json::json;

use super::models::{Comment, Extreme, Post, Slot, User, site};
use super::same::same;

#[tokio::test]
async fn choosing_and_converting() {
    let site = site().await;
    same!(
        site,
        Post::objects().values((
            Post.id,
            case().when(Post.rating.gt(4.0), "good").when(Post.rating.is_null(), "new").default("poor"),
            case().when(Post.slug.eq("rust"), Post.author.name).end(),
        )),
        "SELECT p.id, CASE WHEN rating > 4 THEN 'good' WHEN rating IS NULL THEN 'new' ELSE 'poor' END,
         CASE WHEN slug = 'rust' THEN name END FROM posts p JOIN users u ON u.id = p.author_id"
    );
    same!(
        site,
        Post::objects()
            .filter(case().when(Post.published, Post.score).default(0).gt(5))
            .order_by((coalesce((Post.slug, Post.title)), Post.id)),
        "SELECT * FROM posts WHERE published AND score > 5 ORDER BY coalesce(slug, title), id"
    );
    same!(
        site,
        Post::objects().values((coalesce((Post.editor.name, Post.author.name)), nullif(Post.title, ""), greatest((Post.score, 5)), least((Post.rating, 1.0)))),
        "SELECT coalesce(e.name, a.name), nullif(title, ''), greatest(score, 5), least(rating, 1) FROM posts p
         JOIN users a ON a.id = p.author_id LEFT JOIN users e ON e.id = p.editor_id"
    );
    same!(
        site,
        Post::objects().values((
            Post.score.cast::<String>(),
            Post.day.cast::<String>(),
            Post.rating.cast::<i32>(),
            Post.published.cast::<i32>()
        )),
        "SELECT score::text, day::text, rating::int, published::int FROM posts"
    );
    same!(
        site,
        Post::objects().filter(Post.score.cast::<String>().contains("0")),
        "SELECT * FROM posts WHERE score::text LIKE '%0%'"
    );
}

#[tokio::test]
async fn texts_numbers_and_times() {
    let site = site().await;
    same!(
        site,
        Post::objects().values((
            Post.title.upper(),
            Post.slug.length(),
            Post.title.left(4).reverse(),
            Post.title.replace("rust", "🦀")
        )),
        "SELECT upper(title), length(slug), reverse(left(title, 4)), replace(title, 'rust', '🦀') FROM posts"
    );
    same!(
        site,
        Post::objects().filter(Post.title.lower().trim().startswith("rust")).order_by(Post.id),
        "SELECT * FROM posts WHERE btrim(lower(title)) ~ '^rust' ORDER BY id"
    );
    same!(
        site,
        Post::objects().values((
            concat((Post.title, " by ", Post.editor.name)),
            concat_ws(", ", (Post.slug, Post.title))
        )),
        "SELECT concat(title, ' by ', name), concat_ws(', ', slug, title) FROM posts p LEFT JOIN users u ON u.id = p.editor_id"
    );
    same!(
        site,
        User::objects().values((
            User.age.power(2.0),
            User.balance.abs(),
            User.balance.round_to(1),
            User.age.modulo(7),
            User.age.sign()
        )),
        "SELECT power(age, 2), abs(balance), round(balance, 1), mod(age, 7), sign(age) FROM users"
    );
    same!(
        site,
        Post::objects().values((Post.created.year(), Post.created.date(), Post.created.hour(), Post.day.month(), Post.created.trunc_month())),
        "SELECT extract(year FROM created)::int, created::date, extract(hour FROM created)::int, extract(month FROM day)::int,
         date_trunc('month', created) FROM posts"
    );
    same!(
        site,
        Post::objects().filter(Post.created.in_year(2024) & Post.day.in_month(2024, 2)),
        "SELECT * FROM posts WHERE extract(year FROM created) = 2024 AND to_char(day, 'YYYY-MM') = '2024-02'"
    );
    same!(
        site,
        Post::objects().exclude(Post.day.year().eq(2024)).order_by((Post.day.week_day(), Post.id)),
        "SELECT * FROM posts WHERE extract(year FROM day) IS DISTINCT FROM 2024 ORDER BY extract(dow FROM day), id"
    );
    same!(
        site,
        Post::objects().filter(Post.created.plus(Interval::days(1)).date().gt(Post.day)),
        "SELECT * FROM posts WHERE (created + interval '1 day')::date > day"
    );
    same!(
        site,
        Extreme::objects()
            .values((Extreme.at.year(), Extreme.day.year(), Extreme.text.length()))
            .order_by(Extreme.id),
        "SELECT extract(year FROM at)::int, extract(year FROM day)::int, length(text) FROM extremes ORDER BY id"
    );
}

#[tokio::test]
async fn json_arrays_and_ranges() {
    let site = site().await;
    same!(
        site,
        Post::objects().filter(Post.data.key("city").eq(json!("Rome"))),
        "SELECT * FROM posts WHERE data->>'city' = 'Rome'"
    );
    same!(
        site,
        Post::objects().exclude(Post.data.key("n").eq(json!(3))),
        "SELECT * FROM posts WHERE (data->'n')::text IS DISTINCT FROM '3'"
    );
    same!(
        site,
        Post::objects().values((
            Post.data.key_text("city"),
            Post.data.index(1),
            Post.data.key("tags").index(0),
            Post.data.key("none")
        )),
        "SELECT data->>'city', data->1, data#>'{tags,0}', data->'none' FROM posts"
    );
    same!(
        site,
        Post::objects().filter(Post.data.has_key("city") | Post.data.contains(json!([1]))),
        "SELECT * FROM posts WHERE data ? 'city' OR data @> '[1]'"
    );
    same!(
        site,
        Post::objects().filter(Post.labels.contains(vec!["rust".to_owned()])),
        "SELECT * FROM posts WHERE 'rust' = ANY(labels)"
    );
    same!(site, Post::objects().filter(Post.labels.contains(Vec::<String>::new())), "SELECT * FROM posts");
    same!(
        site,
        Post::objects().filter(Post.labels.overlap(vec!["ünï".to_owned(), "x,y".to_owned()])),
        "SELECT * FROM posts WHERE id IN (4, 5)"
    );
    same!(
        site,
        Post::objects().filter(Post.labels.contained_by(Vec::<String>::new())),
        "SELECT * FROM posts WHERE labels = '{}'"
    );
    same!(
        site,
        Post::objects().values((Post.labels.len(), Post.labels.index(0), Post.labels.slice(0, 1))),
        "SELECT cardinality(labels), labels[1], labels[1:1] FROM posts"
    );
    same!(
        site,
        Slot::objects().filter(Slot.hours.contains_value(9)).values(Slot.id),
        "SELECT id FROM slots WHERE hours @> 9"
    );
    same!(
        site,
        Slot::objects().exclude(Slot.hours.overlap(Range::from(0..12))).values(Slot.id),
        "SELECT id FROM slots WHERE hours IS NULL OR NOT hours && '[0,12)'"
    );
    same!(
        site,
        Slot::objects().values((
            Slot.id,
            Slot.hours.lower(),
            Slot.hours.upper(),
            Slot.hours.is_empty(),
            Slot.days.upper_inf()
        )),
        "SELECT id, lower(hours), upper(hours), isempty(hours), upper_inf(days) FROM slots"
    );
    same!(
        site,
        Slot::objects().filter(Slot.numbers.contains(vec![Some(3)])).values((Slot.id, Slot.numbers)),
        "SELECT id, numbers FROM slots WHERE numbers @> '{3}'"
    );
    same!(
        site,
        Slot::objects().filter(!Slot.letters.has_item("b")).values(Slot.letters),
        "SELECT letters FROM slots WHERE NOT letters @> '{b}'"
    );
}

#[tokio::test]
async fn full_text() {
    let site = site().await;
    let vector = || search_vector((Post.title.weight_a(), Post.slug.weight_b())).config(English);
    let query = || search_query("rust").config(English);
    same!(
        site,
        Post::objects().filter(vector().matches(query())),
        "SELECT * FROM posts WHERE to_tsvector('english', title || ' ' || coalesce(slug, '')) @@ to_tsquery('english', 'rust')"
    );
    same!(
        site,
        Post::objects().exclude(vector().matches(query())),
        "SELECT * FROM posts WHERE NOT to_tsvector('english', title || ' ' || coalesce(slug, '')) @@ to_tsquery('english', 'rust')"
    );
    same!(
        site,
        Post::objects().filter(vector().matches(query() & !search_query("gardens").config(English))),
        "SELECT * FROM posts WHERE id IN (5, 6)"
    );
    same!(
        site,
        Post::objects().order_by((search_rank(vector(), query()).desc(), Post.id)).values(Post.id),
        "SELECT id FROM posts ORDER BY ts_rank(setweight(to_tsvector('english', title), 'A') ||
         setweight(to_tsvector('english', coalesce(slug, '')), 'B'), plainto_tsquery('english', 'rust')) DESC, id"
    );
}

#[tokio::test]
async fn windows() {
    let site = site().await;
    let place = || window(rank()).partition_by(Post.author.id).order_by(Post.score.desc());
    same!(
        site,
        Post::objects().order_by(Post.id).values((
            Post.id,
            place(),
            window(row_number()).order_by((Post.created, Post.id))
        )),
        "SELECT id, rank() OVER (PARTITION BY author_id ORDER BY score DESC), row_number() OVER (ORDER BY created, id) FROM posts ORDER BY id"
    );
    same!(
        site,
        Post::objects().filter(Post.published).order_by((place(), Post.id)).values((
            Post.id,
            window(sum(Post.score)).order_by(Post.id).rows_between(preceding(1), CurrentRow),
            window(lag(Post.slug)).order_by(Post.id),
        )),
        "SELECT id, sum(score) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW), lag(slug) OVER (ORDER BY id) FROM posts
         WHERE published ORDER BY rank() OVER (PARTITION BY author_id ORDER BY score DESC), id"
    );
    same!(
        site,
        Comment::objects().annotate(window(sum(Comment.votes)).partition_by(Comment.post.author.id)),
        "SELECT c.*, sum(votes) OVER (PARTITION BY p.author_id) FROM comments c JOIN posts p ON p.id = c.post_id"
    );
    same!(
        site,
        Post::objects().values((Post.author.id, place())).distinct().order_by((Post.author.id, place())),
        "SELECT DISTINCT author_id, rank() OVER (PARTITION BY author_id ORDER BY score DESC) FROM posts ORDER BY 1, 2"
    );
}
