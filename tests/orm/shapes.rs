//! Rows read into structs of the user's own: columns, expressions, joins, the many, JSON.

use hyperdjango::db::Db;
use hyperdjango::orm::schema::create_missing_tables;
use hyperdjango::prelude::*;
use serde::Serialize;
use serde_json::{Value, json};

#[derive(Model, Debug, Clone, PartialEq)]
#[model(
    table = "writers",
    ordering = [id],
    reverse(books = Book.writer, edited = Book.editor, pupils = Writer.teacher),
    reverse_one(passport = Passport.owner)
)]
pub struct Writer {
    #[field(primary_key)]
    id: i64,
    name: String,
    teacher: Option<ForeignKey<Writer>>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "passports")]
pub struct Passport {
    #[field(primary_key)]
    id: i64,
    owner: OneToOne<Writer>,
    number: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "books", ordering = [id], reverse(reviews = Review.book), many_to_many(labels = Label))]
pub struct Book {
    #[field(primary_key)]
    id: i64,
    title: String,
    pages: i32,
    subtitle: Option<String>,
    writer: ForeignKey<Writer>,
    editor: Option<ForeignKey<Writer>>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "labels", ordering = [name], reverse(books = Book.labels))]
pub struct Label {
    #[field(primary_key)]
    id: i64,
    name: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "reviews", ordering = [id])]
pub struct Review {
    #[field(primary_key)]
    id: i64,
    book: ForeignKey<Book>,
    stars: i16,
}

async fn library() -> Db {
    let db = Db::new(hyper_tests::postgres().url().parse().unwrap());
    create_missing_tables(&db, &[Writer::META, Passport::META, Book::META, Label::META, Review::META])
        .await
        .unwrap();
    db.execute_batch(
        "INSERT INTO writers (id, name, teacher_id) VALUES
             (1, 'Ada', NULL), (2, 'Bea \"B\" ☃', 1), (3, 'Cy', 1), (4, 'Dé', NULL);
         INSERT INTO passports (owner_id, number) VALUES (1, 'A1'), (3, 'C3');
         INSERT INTO books (id, title, pages, subtitle, writer_id, editor_id) VALUES
             (1, 'Air', 100, NULL, 1, NULL), (2, 'Bread', 200, 'and\nbutter', 1, 2),
             (3, 'Corn', 300, NULL, 2, 1), (4, 'Dew', 50, '', 1, 2), (5, 'Ice', -2147483648, NULL, 2, 3);
         INSERT INTO labels (id, name) VALUES (1, 'nature'), (2, 'food'), (3, 'unused');
         INSERT INTO books_labels (book_id, label_id) VALUES (1, 1), (2, 2), (3, 1), (3, 2), (4, 1);
         INSERT INTO reviews (id, book_id, stars) VALUES (1, 1, 5), (2, 1, 3), (3, 2, 1), (4, 3, 4), (5, 3, 2);",
    )
    .await
    .unwrap();
    db
}

/// What serde makes of the rows is what the wire is written as.
macro_rules! same_in_json {
    ($db:expr, $query:expr) => {{
        let query = $query;
        let rows = query.all($db).await.unwrap();
        let json: Value = serde_json::from_slice(query.json($db).await.unwrap().as_ref()).unwrap();
        assert_eq!(serde_json::to_value(&rows).unwrap(), json);
        assert_eq!(serde_json::to_string(&rows).unwrap().as_bytes(), query.json($db).await.unwrap().as_ref());
        rows
    }};
}

#[derive(Shape, Serialize, Debug, PartialEq)]
#[shape(Writer)]
struct Name {
    name: String,
}

#[derive(Shape, Serialize, Debug, PartialEq)]
#[shape(Book)]
#[serde(rename_all = "camelCase")]
struct Line {
    id: i64,
    #[serde(rename = "headline")]
    title: String,
    subtitle: Option<String>,
    writer: Name,
    editor: Option<Name>,
    #[shape(expr = Book.writer.teacher.name)]
    teacher_name: Option<String>,
    #[shape(expr = Book.pages * 2 + 1)]
    twice: i32,
    #[shape(expr = Book.reviews.filter(Review.stars.gt(2)).count())]
    good_reviews: i64,
    #[serde(skip)]
    pages: i32,
}

#[tokio::test]
async fn columns_expressions_and_joins() {
    let db = &library().await;
    let query = Book::objects().filter(Book.pages.lt(1_000) & Book.pages.gt(0)).shape::<Line>();
    assert_eq!(
        query.sql(),
        concat!(
            r#"SELECT "books"."id", "books"."title", "books"."subtitle", "writer"."name", "#,
            r#""books"."editor_id", "editor"."name", "writer__teacher"."name", (("books"."pages" * $1) + $2), "#,
            r#"(SELECT count(*) FROM "reviews" WHERE "reviews"."book_id" = "books"."id" AND "reviews"."stars" > $3), "#,
            r#""books"."pages" FROM "books" JOIN "writers" AS "writer" ON "writer"."id" = "books"."writer_id" "#,
            r#"LEFT JOIN "writers" AS "editor" ON "editor"."id" = "books"."editor_id" "#,
            r#"LEFT JOIN "writers" AS "writer__teacher" ON "writer__teacher"."id" = "writer"."teacher_id" "#,
            r#"WHERE "books"."pages" < $4 AND "books"."pages" > $5 ORDER BY "books"."id""#
        )
    );
    let lines = same_in_json!(db, query);
    assert_eq!(
        serde_json::to_value(&lines[0]).unwrap(),
        json!({"id": 1, "headline": "Air", "subtitle": null, "writer": {"name": "Ada"}, "editor": null,
               "teacherName": null, "twice": 201, "goodReviews": 2})
    );
    assert_eq!((lines[0].pages, lines.len()), (100, 4));
    assert_eq!(lines[2].teacher_name.as_deref(), Some("Ada"));
    assert_eq!(lines[1].editor, Some(Name { name: "Bea \"B\" ☃".into() }));
    assert_eq!(
        <Line as Shape>::FIELDS,
        ["id", "headline", "subtitle", "writer", "editor", "teacherName", "twice", "goodReviews"]
    );
}
