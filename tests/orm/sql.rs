//! The text the compiler wrote, for each method.

use hyperdjango::prelude::*;

use crate::models::{Comment, Person, Post};

const POST: &str = r#"SELECT "posts"."id", "posts"."title", "posts"."url", "posts"."author_id", "posts"."score", "posts"."published", "posts"."created" FROM "posts""#;
const ORDER: &str = r#" ORDER BY "posts"."created" DESC, "posts"."id""#;

#[test]
fn everything_in_the_models_own_order() {
    assert_eq!(Post::objects().sql(), format!("{POST}{ORDER}"));
}

#[test]
fn conditions_combine() {
    let query = Post::objects()
        .filter((Post.title.eq("a") | Post.score.gt(10)) & !Post.published)
        .filter(Post.id.within(&[1_i64, 2]))
        .exclude(Post.score.lt(0))
        .exclude(Post.url.eq("u"))
        .order_by((Post.score.desc(), Post.url.asc().nulls_last()))
        .limit(3)
        .offset(1);
    assert_eq!(
        query.sql(),
        format!(
            r#"{POST} WHERE ("posts"."title" = $1 OR "posts"."score" > $2) AND NOT ("posts"."published") AND "posts"."id" = ANY($3) AND NOT ("posts"."score" < $4) AND ("posts"."url" = $5) IS NOT TRUE ORDER BY "posts"."score" DESC, "posts"."url" NULLS LAST LIMIT $6 OFFSET $7"#
        )
    );
}

#[test]
fn paths_become_joins() {
    assert_eq!(
        Post::objects().filter(Post.author.country.name.eq("Italy") & Post.author.name.ne("x")).count_sql(),
        r#"SELECT count(*) FROM "posts" JOIN "people" AS "author" ON "author"."id" = "posts"."author_id" LEFT JOIN "countries" AS "author__country" ON "author__country"."id" = "author"."country_id" WHERE "author__country"."name" = $1 AND "author"."name" <> $2"#
    );
}

#[test]
fn the_key_beyond_a_foreign_key_joins_nothing() {
    let text = r#"SELECT EXISTS (SELECT 1 FROM "posts" WHERE "posts"."author_id" = $1)"#;
    assert_eq!(Post::objects().filter(Post.author.id.eq(1)).exists_sql(), text);
    assert_eq!(Post::objects().filter(Post.author.eq(1)).exists_sql(), text);
}

#[test]
fn a_count_needs_no_joins_for_what_is_selected() {
    let query = Post::objects().select_related(Post.author).filter(Post.score.gt(1));
    assert_eq!(query.count_sql(), r#"SELECT count(*) FROM "posts" WHERE "posts"."score" > $1"#);
    assert!(query.sql().contains(r#" FROM "posts" JOIN "people" AS "author" ON "#));
}

#[test]
fn a_table_can_be_joined_to_itself() {
    assert_eq!(
        Comment::objects().filter(Comment.parent.parent.text.eq("x")).exists_sql(),
        r#"SELECT EXISTS (SELECT 1 FROM "comments" LEFT JOIN "comments" AS "parent" ON "parent"."id" = "comments"."parent_id" LEFT JOIN "comments" AS "parent__parent" ON "parent__parent"."id" = "parent"."parent_id" WHERE "parent__parent"."text" = $1)"#
    );
}

#[test]
fn writes() {
    assert_eq!(
        Person::objects().create_sql(&(Person.name.set("x"), Person.password.set("y"))),
        r#"INSERT INTO "people" ("name", "password") VALUES ($1, $2) RETURNING "people"."id", "people"."name", "people"."email", "people"."country_id", "people"."password""#
    );
    let one = Post::objects().filter(Post.id.eq(1));
    assert_eq!(
        one.update_sql(&(Post.score.set(Post.score + 1), Post.title.set("new"))),
        r#"UPDATE "posts" SET "score" = ("posts"."score" + $1), "title" = $2 WHERE "posts"."id" = $3"#
    );
    assert_eq!(one.delete_sql(), r#"DELETE FROM "posts" WHERE "posts"."id" = $1"#);
    assert_eq!(
        Post::objects().filter(Post.author.name.eq("bob")).delete_sql(),
        r#"DELETE FROM "posts" WHERE "id" IN (SELECT "posts"."id" FROM "posts" JOIN "people" AS "author" ON "author"."id" = "posts"."author_id" WHERE "author"."name" = $1)"#
    );
    assert_eq!(Post::objects().all_rows().delete_sql(), r#"DELETE FROM "posts""#);
}

#[test]
fn rows_compare_as_rows() {
    let query = Post::objects().filter(row((Post.score, Post.id)).lt((10, 3))).values(Post.id);
    assert!(query.sql().contains(r#"WHERE ("posts"."score", "posts"."id") < ($1, $2)"#), "{}", query.sql());
}

#[test]
fn equal_queries_have_one_text_and_one_key() {
    let one = |n: i64| Post::objects().filter(Post.id.eq(n)).sql();
    assert!(std::ptr::eq(one(1), one(2)));
}

#[test]
fn conditions_that_are_compared_have_parentheses() {
    let query = Post::objects().filter((Post.score.gt(1) & Post.published).is_not_null());
    assert!(query.sql().contains(r#" WHERE ("posts"."score" > $1 AND "posts"."published") IS NOT NULL"#));
    let query = Post::objects().filter(Post.published.eq(Post.score.gt(1)));
    assert!(query.sql().contains(r#" WHERE "posts"."published" = ("posts"."score" > $1)"#));
    let query = Post::objects().filter(Post.published.ne(!Post.url.is_null()));
    assert!(query.sql().contains(r#" WHERE "posts"."published" <> (NOT ("posts"."url" IS NULL))"#));
}
