//! Conditions and orders that are known at run time: `filter_if`, `dynamic`, `order_by_name`.

use hyperdjango::prelude::*;

use super::models::{Post, Tag, site};
use super::same::{rows, same};

#[tokio::test]
async fn conditions_that_may_be_missing() {
    let site = site().await;
    for mask in 0..16 {
        let said = |bit: u32| mask & 1 << bit != 0;
        let hand = [
            (0, "slug = 'rust'"),
            (1, "author_id IN (SELECT id FROM users WHERE country_id = 1)"),
            (2, "score > 0"),
            (3, "id IN (SELECT post_id FROM posts_tags WHERE tag_id = 1)"),
        ];
        let hand = hand.iter().filter(|(bit, _)| said(*bit)).map(|(_, sql)| *sql);
        let hand = ["true"].into_iter().chain(hand).collect::<Vec<_>>().join(" AND ");
        let query = || {
            Post::objects()
                .filter_if(said(0).then(|| Post.slug.eq("rust")))
                .filter_if(said(1).then(|| Post.author.country.name.eq("Italy")))
                .filter_if(said(2).then(|| Post.score.gt(0)))
                .filter_if(said(3).then(|| Post.tags.any(Tag.name.eq("nature"))))
        };
        same!(site, query(), &format!("SELECT * FROM posts WHERE {hand}"));
        same!(
            site,
            query().exclude(Post.title.eq("")).order_by((Post.author.name, Post.id)).limit(3),
            &format!(
                "SELECT * FROM posts WHERE {hand} AND title <> '' ORDER BY (SELECT name FROM users WHERE id = author_id), id LIMIT 3"
            )
        );
    }
}

#[tokio::test]
async fn put_together_at_run_time() {
    let site = site().await;
    rows!(
        site,
        Post::objects()
            .dynamic()
            .filter(Post.score.gt(0))
            .exclude(Post.slug.eq("rust"))
            .filter(Post.author.name.ne("x")),
        "SELECT * FROM posts WHERE score > 0 AND slug IS DISTINCT FROM 'rust'"
    );
    let words = ["rust", "e"];
    let all = || DynamicCondition::all(words.map(|word| Post.title.icontains(word).dynamic()));
    let any = || DynamicCondition::any(words.map(|word| Post.title.icontains(word).dynamic()));
    rows!(
        site,
        Post::objects().dynamic().filter(all()),
        "SELECT * FROM posts WHERE title ILIKE '%rust%' AND title ILIKE '%e%'"
    );
    rows!(
        site,
        Post::objects().dynamic().filter(any()),
        "SELECT * FROM posts WHERE title ILIKE '%rust%' OR title ILIKE '%e%'"
    );
    rows!(
        site,
        Post::objects().dynamic().exclude(any()),
        "SELECT * FROM posts WHERE title NOT ILIKE '%rust%' AND title NOT ILIKE '%e%'"
    );
    rows!(site, Post::objects().dynamic().filter(DynamicCondition::all([])), "SELECT * FROM posts");
    rows!(
        site,
        Post::objects().dynamic().filter(DynamicCondition::any([])),
        "SELECT * FROM posts WHERE false"
    );
    rows!(site, Post::objects().dynamic().exclude(DynamicCondition::any([])), "SELECT * FROM posts");
    for (name, order) in [
        ("score", "score, id"),
        ("-score", "score DESC, id"),
        ("-author", "u.name DESC, p.id"),
        ("slug", "slug, id"),
    ] {
        let choices = (("score", Post.score), ("author", Post.author.name), ("slug", Post.slug));
        rows!(
            site,
            Post::objects().dynamic().order_by_name("sort", name, choices).unwrap().limit(4).offset(1),
            &if name.ends_with("author") {
                format!(
                    "SELECT p.* FROM posts p JOIN users u ON u.id = p.author_id ORDER BY {order} LIMIT 4 OFFSET 1"
                )
            } else {
                format!("SELECT * FROM posts ORDER BY {order} LIMIT 4 OFFSET 1")
            }
        );
    }
    rows!(
        site,
        Post::objects()
            .select_related(Post.editor)
            .order_by(Post.id)
            .dynamic()
            .filter(Post.editor.name.is_null() | Post.rating.gt(4.0)),
        "SELECT p.*, e.* FROM posts p LEFT JOIN users e ON e.id = p.editor_id WHERE e.id IS NULL OR rating > 4 ORDER BY p.id"
    );
}
