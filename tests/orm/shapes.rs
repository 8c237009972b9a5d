//! Rows read into structs of the user's own: columns, expressions, joins, the many, JSON.

use hyperdjango::db::Db;
use hyperdjango::orm::schema::create_missing_tables;
use hyperdjango::prelude::*;
use serde::Serialize;
use serde_json::{Value, json};

use crate::models::{Everything, database};

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
        let json = String::from_utf8(query.json($db).await.unwrap().into_bytes().to_vec()).unwrap();
        let parsed = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        assert_eq!(parsed(&serde_json::to_string(&rows).unwrap()), parsed(&json));
        (rows, json)
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
    let (lines, text) = same_in_json!(db, query);
    // To the byte: members in the order of the fields.
    assert_eq!(serde_json::to_string(&lines).unwrap(), text);
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

#[derive(Shape, Serialize, Debug, PartialEq)]
#[shape(Label)]
struct LabelName {
    name: String,
}

#[derive(Shape, Serialize, Debug, PartialEq)]
#[shape(Review)]
struct Stars {
    stars: i16,
    #[shape(expr = Review.book.title)]
    of: String,
}

#[derive(Shape, Serialize, Debug, PartialEq)]
#[shape(Book)]
struct BookCard {
    title: String,
    labels: Vec<LabelName>,
    #[shape(order_by = [-stars], limit = 1)]
    reviews: Vec<Stars>,
}

#[derive(Shape, Serialize, Debug, PartialEq)]
#[shape(Writer)]
struct WriterCard {
    #[shape(order_by = [-pages, id], limit = 2)]
    books: Vec<BookCard>,
    name: String,
    #[shape(filter = Book.pages.gt(100))]
    edited: Vec<Title>,
}

#[derive(Shape, Serialize, Debug, PartialEq)]
#[shape(Book)]
struct Title {
    title: String,
}

fn title(title: &str) -> Title {
    Title { title: title.into() }
}

#[tokio::test]
async fn the_many_and_theirs() {
    let db = &library().await;
    let (writers, text) = same_in_json!(db, Writer::objects().shape::<WriterCard>());
    assert_eq!(serde_json::to_string(&writers).unwrap(), text);
    assert_eq!(
        serde_json::to_value(&writers).unwrap(),
        json!([
            {"name": "Ada", "edited": [{"title": "Corn"}], "books": [
                {"title": "Bread", "labels": [{"name": "food"}], "reviews": [{"stars": 1, "of": "Bread"}]},
                {"title": "Air", "labels": [{"name": "nature"}], "reviews": [{"stars": 5, "of": "Air"}]}]},
            {"name": "Bea \"B\" ☃", "edited": [{"title": "Bread"}], "books": [
                {"title": "Corn", "labels": [{"name": "food"}, {"name": "nature"}],
                 "reviews": [{"stars": 4, "of": "Corn"}]},
                {"title": "Ice", "labels": [], "reviews": []}]},
            {"name": "Cy", "edited": [], "books": []},
            {"name": "Dé", "edited": [], "books": []}
        ])
    );
    let one = Writer::objects().shape::<WriterCard>();
    assert_eq!(one.get(db, 1).await.unwrap(), writers[0]);
    assert_eq!(one.first(db).await.unwrap().as_ref(), Some(&writers[0]));
    assert_eq!(
        Writer::objects().shape::<WriterCard>().filter(Writer.id.eq(2)).one(db).await.unwrap(),
        writers[1]
    );
    let some = Writer::objects()
        .shape::<WriterCard>()
        .exclude(Writer.id.eq(1))
        .order_by(Writer.id.desc())
        .offset(1)
        .limit(2);
    let names: Vec<_> = some.all(db).await.unwrap().into_iter().map(|writer| writer.name).collect();
    assert_eq!(names, ["Cy", "Bea \"B\" ☃"]);
    assert_eq!((some.count(db).await.unwrap(), some.exists(db).await.unwrap()), (2, true));
    let nobody = Writer::objects().filter(Writer.id.lt(0)).shape::<WriterCard>();
    assert!(nobody.all(db).await.unwrap().is_empty());
    assert_eq!(nobody.json(db).await.unwrap().as_ref(), b"[]");
    assert!(nobody.first(db).await.unwrap().is_none());
    assert!(nobody.get(db, 1).await.unwrap_err().is_does_not_exist());
    assert!(nobody.one(db).await.unwrap_err().is_does_not_exist());
}

#[derive(Shape, Serialize, Debug, PartialEq)]
#[shape(Passport)]
struct Number {
    number: String,
    owner: i64,
}

#[derive(Shape, Serialize, Debug, PartialEq)]
#[shape(Writer)]
struct WithBooks {
    id: i64,
    passport: Option<Number>,
    books: Vec<Title>,
    #[shape(expr = Writer.pupils.order_by(Writer.id.desc()).limit(1))]
    latest: Vec<Name>,
    teacher: Option<i64>,
}

#[derive(Shape, Serialize, Debug, PartialEq)]
#[shape(Book)]
struct Deep {
    title: String,
    writer: WithBooks,
    editor: Option<WithBooks>,
    #[shape(expr = Book.editor.books)]
    editors_books: Vec<Title>,
    #[shape(expr = Book.writer.passport)]
    passport: Option<Number>,
    #[shape(expr = Book.editor.teacher)]
    editors_teacher: Option<Name>,
}

#[derive(Shape, Serialize, Debug, PartialEq)]
#[shape(Book)]
struct Keys {
    writer: ForeignKey<Writer>,
    editor: Option<ForeignKey<Writer>>,
    #[shape(expr = Book.editor.id)]
    editor_id: Option<i64>,
}

#[tokio::test]
async fn the_many_of_the_one() {
    let db = &library().await;
    // Rows share their writers, and so the lists; some have none.
    let (books, _) = same_in_json!(db, Book::objects().shape::<Deep>());
    let ada = || WithBooks {
        id: 1,
        passport: Some(Number { number: "A1".into(), owner: 1 }),
        books: vec![title("Air"), title("Bread"), title("Dew")],
        latest: vec![Name { name: "Cy".into() }],
        teacher: None,
    };
    assert_eq!(books[0].writer, ada());
    assert_eq!(books[1].writer, ada());
    assert_eq!(books[2].editor, Some(ada()));
    assert_eq!(books[2].editors_books, ada().books);
    assert_eq!(books[0].editors_books, []);
    assert_eq!((&books[0].editor, &books[0].editors_teacher), (&None, &None));
    assert_eq!(books[1].editors_teacher, Some(Name { name: "Ada".into() }));
    assert_eq!(books[2].writer.passport, None);
    assert_eq!((books[0].passport.as_ref().map(|p| &*p.number), &books[2].passport), (Some("A1"), &None));
    assert_eq!(books[4].editor.as_ref().unwrap().teacher, Some(1));

    let (keys, _) = same_in_json!(db, Book::objects().shape::<Keys>());
    assert_eq!(
        keys[1],
        Keys { writer: ForeignKey::new(1), editor: Some(ForeignKey::new(2)), editor_id: Some(2) }
    );
    assert_eq!((&keys[0].editor, keys[0].editor_id), (&None, None));
    // Keys are columns of the row's own table.
    assert!(!Book::objects().shape::<Keys>().sql().contains("JOIN"));
}

/// More fields than one tuple has.
#[derive(Shape, Serialize, Debug, PartialEq)]
#[shape(Book)]
struct Wide {
    id: i64,
    title: String,
    pages: i32,
    #[shape(expr = Book.pages + 1)]
    a: i32,
    #[shape(expr = Book.pages - 2)]
    b: i32,
    labels: Vec<LabelName>,
    #[shape(expr = Book.id + 3)]
    c: i64,
    #[shape(expr = Book.writer.id)]
    d: i64,
    #[shape(expr = Book.pages.gt(100))]
    e: bool,
    #[shape(expr = Book.labels.exists())]
    f: bool,
    #[shape(expr = Book.editor.name)]
    g: Option<String>,
    #[shape(expr = exists(Review::objects().filter(Review.book.eq(outer(Book.id)))))]
    h: bool,
    reviews: Vec<Stars>,
    #[shape(rename = "a \"quoted\" \\ name")]
    subtitle: Option<String>,
}

#[tokio::test]
async fn shapes_can_be_wide() {
    let db = &library().await;
    let query = Book::objects().filter(Book.id.lt(4)).shape::<Wide>();
    let books = query.all(db).await.unwrap();
    assert_eq!(
        (books[1].a, books[1].b, books[1].c, books[1].d, books[1].e, books[1].f),
        (201, 198, 5, 1, true, true)
    );
    assert_eq!((books[0].h, books[0].reviews.len(), books[1].labels.len()), (true, 2, 1));
    let json: Value = serde_json::from_slice(query.json(db).await.unwrap().as_ref()).unwrap();
    assert_eq!(json[1]["a \"quoted\" \\ name"], "and\nbutter");
    assert_eq!(json[0]["reviews"][1]["stars"], 3);
    assert_eq!(<Wide as Shape>::FIELDS.len(), 14);
}

#[tokio::test]
async fn in_a_transaction() {
    let db = &library().await;
    let writers: Vec<WriterCard> = db
        .atomic(async |tx| {
            tx.execute_batch("UPDATE books SET title = 'Changed'").await?;
            Writer::objects().shape::<WriterCard>().all(tx).await
        })
        .await
        .unwrap();
    assert_eq!(writers[0].books[0].title, "Changed");
}

/// A field of each type that serde writes as the wire is written.
#[derive(Shape, Serialize, Debug, PartialEq)]
#[shape(Everything)]
struct All {
    id: Uuid,
    small: i16,
    int: i32,
    big: i64,
    real: f32,
    double: f64,
    flag: bool,
    text: String,
    instant: Timestamp,
    day: Date,
    json: serde_json::Value,
    maybe: Option<String>,
}

#[tokio::test]
async fn every_type_in_both() {
    let db = &database().await;
    let row =
        |id: u128, big: i64, real: f32, double: f64, text: &str, instant: Timestamp, day: Date| Everything {
            id: Uuid::from_u128(id),
            small: big.clamp(i16::MIN.into(), i16::MAX.into()) as i16,
            int: big.clamp(i32::MIN.into(), i32::MAX.into()) as i32,
            big,
            real,
            double,
            flag: big > 0,
            text: text.into(),
            bytes: vec![0, 255],
            instant,
            day,
            json: json!({"a": [null, text, big]}),
            maybe: (big > 0).then(|| text.into()),
        };
    let day = |text: &str| text.parse::<Date>().unwrap();
    let rows = [
        row(0, i64::MIN, f32::MIN, f64::MIN_POSITIVE, "", Timestamp::UNIX_EPOCH, day("0001-01-01")),
        row(
            u128::MAX,
            i64::MAX,
            f32::MAX,
            f64::MAX,
            "\u{1}\"\\\u{7f}\u{2028}☃\u{10ffff}",
            "2026-11-21T13:44:00.000001Z".parse().unwrap(),
            day("9999-12-31"),
        ),
        row(
            7,
            0,
            f32::NAN,
            f64::NEG_INFINITY,
            "a\tb\r\n",
            "1969-12-31T23:59:59.999999Z".parse().unwrap(),
            day("2024-02-29"),
        ),
        row(8, 1, -0.0, 1e21, "x", "9999-01-01T00:00:00Z".parse().unwrap(), day("1970-01-01")),
    ];
    for row in rows {
        Everything::objects()
            .create(
                db,
                (
                    Everything.id.set(row.id),
                    (
                        Everything.small.set(row.small),
                        Everything.int.set(row.int),
                        Everything.big.set(row.big),
                    ),
                    (Everything.real.set(row.real), Everything.double.set(row.double)),
                    (
                        Everything.flag.set(row.flag),
                        Everything.text.set(row.text),
                        Everything.bytes.set(row.bytes),
                    ),
                    (Everything.instant.set(row.instant), Everything.day.set(row.day)),
                    (Everything.json.set(row.json), Everything.maybe.set(row.maybe)),
                ),
            )
            .await
            .unwrap();
    }
    let (all, _) = same_in_json!(db, Everything::objects().order_by(Everything.id).shape::<All>());
    assert_eq!((all.len(), all[0].big, all[3].big), (4, i64::MIN, i64::MAX));
}

/// What handlers await can move between threads.
#[test]
fn futures_are_send() {
    fn send<T: Send>(_: T) {}
    let db = || -> &'static Db { unreachable!("nothing is run") };
    let _ = || send(Writer::objects().shape::<WriterCard>().all(db()));
    let _ = || send(Writer::objects().shape::<WriterCard>().json(db()));
    let _ = || send(Writer::objects().shape::<WriterCard>().get(db(), 1));
    let _ = || send(Writer::objects().filter(Writer.id.eq(1)).patch(db(), Writer.name.set("x")));
    let _ = || send(Writer::objects().patch_one(db(), 1, Writer.name.set("x")));
}
