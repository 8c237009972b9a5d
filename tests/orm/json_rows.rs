//! One row, and values, as JSON objects.

use hyperdjango::db::Db;
use hyperdjango::orm::query::{Explain, Explanation};
use hyperdjango::orm::row::{JsonRow, JsonRows};
use hyperdjango::orm::schema::create_missing_tables;
use hyperdjango::prelude::*;
use serde_json::{Value, json};

use crate::models::{Post, database};

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "shelves", reverse(books = Book.shelf))]
struct Shelf {
    #[field(primary_key)]
    id: i64,
    name: String,
    #[field(secret)]
    code: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "books", ordering = [id])]
struct Book {
    #[field(primary_key)]
    id: i64,
    title: String,
    shelf: Option<ForeignKey<Shelf>>,
}

#[derive(Shape, serde::Serialize)]
#[shape(Shelf)]
struct Shelved {
    name: String,
    books: Vec<Title>,
}

#[derive(Shape, serde::Serialize)]
#[shape(Book)]
struct Title {
    title: String,
}

async fn shelves() -> Db {
    let db = Db::new(hyper_tests::postgres().url().parse().unwrap());
    create_missing_tables(&db, &[Shelf::META, Book::META]).await.unwrap();
    for name in ["ü \"1\"", "empty"] {
        Shelf::objects().create(&db, (Shelf.name.set(name), Shelf.code.set("hidden"))).await.unwrap();
    }
    for (title, shelf) in [("a", Some(1)), ("b\\", Some(1)), ("c", None)] {
        Book::objects().create(&db, (Book.title.set(title), Book.shelf.set_or_null(shelf))).await.unwrap();
    }
    db
}

fn value(json: &JsonRow) -> Value {
    serde_json::from_slice(json.as_ref()).unwrap()
}

fn first(json: &JsonRows) -> Value {
    serde_json::from_slice::<Vec<Value>>(json.as_ref()).unwrap().swap_remove(0)
}

#[tokio::test]
async fn one_row_is_what_all_have() {
    let db = &shelves().await;
    let book = Book::objects().select_related(Book.shelf);
    let expected = json!({"id": 1, "title": "a", "shelf": {"id": 1, "name": "ü \"1\""}});
    assert_eq!(value(&book.json_get(db, 1).await.unwrap()), expected);
    assert_eq!(value(&book.json_first(db).await.unwrap().unwrap()), expected);
    assert_eq!(value(&book.filter(Book.title.eq("c")).json_one(db).await.unwrap())["shelf"], Value::Null);
    assert!(book.json_get(db, 99).await.unwrap_err().is_does_not_exist());
    assert!(book.filter(Book.id.eq(99)).json_one(db).await.unwrap_err().is_does_not_exist());
    assert!(matches!(book.json_one(db).await, Err(orm::Error::MultipleObjectsReturned { table: "books" })));
    assert_eq!(book.filter(Book.id.eq(99)).json_first(db).await.unwrap(), None);
    assert_eq!(book.limit(0).json_first(db).await.unwrap(), None);

    // With the many that belong to it, and as a shape: what `all` has.
    let shelf = Shelf::objects().prefetch_related(Shelf.books).order_by(Shelf.id);
    let one = value(&shelf.json_get(db, 1).await.unwrap());
    assert_eq!(one, first(&shelf.json(db).await.unwrap()));
    assert_eq!((one["books"].as_array().unwrap().len(), one.get("code")), (2, None));
    assert_eq!(value(&shelf.json_first(db).await.unwrap().unwrap()), one);
    let empty = Shelf::objects().filter(Shelf.name.eq("empty")).prefetch_related(Shelf.books);
    assert_eq!(value(&empty.json_one(db).await.unwrap()), json!({"id": 2, "name": "empty", "books": []}));
    assert!(shelf.json_get(db, 99).await.unwrap_err().is_does_not_exist());

    let shape = Shelf::objects().order_by(Shelf.id).shape::<Shelved>();
    let one = value(&shape.json_get(db, 1).await.unwrap());
    assert_eq!(one, json!({"name": "ü \"1\"", "books": [{"title": "a"}, {"title": "b\\"}]}));
    assert_eq!(value(&shape.json_first(db).await.unwrap().unwrap()), one);
    let empty = Shelf::objects().filter(Shelf.name.eq("empty")).shape::<Shelved>();
    assert_eq!(value(&empty.json_one(db).await.unwrap()), json!({"name": "empty", "books": []}));
    assert!(shape.json_get(db, 99).await.unwrap_err().is_does_not_exist());
    let none = Shelf::objects().filter(Shelf.id.eq(99)).shape::<Shelved>();
    assert_eq!(none.json_first(db).await.unwrap(), None);

    let dynamic = || Book::objects().dynamic();
    assert_eq!(value(&dynamic().json_first(db).await.unwrap().unwrap())["title"], "a");
    assert_eq!(dynamic().limit(0).json_first(db).await.unwrap(), None);
    assert_eq!(dynamic().filter(Book.id.eq(99)).first(db).await.unwrap(), None);
}

#[tokio::test]
async fn values_have_names() {
    let db = &database().await;
    let authors = Post::objects()
        .values((Post.author.id.named("author"), Post.author.name.named("na\"me")))
        .annotate((count().named("posts"), Post.score.max().named("best"), Post.score.sum()))
        .order_by(grouped(Post.author.id));
    let expected = json!({"author": 1, "na\"me": "ana", "posts": 2, "best": 30, "sum": 25});
    assert_eq!(first(&authors.json(db).await.unwrap()), expected);
    assert_eq!(value(&authors.json_first(db).await.unwrap().unwrap()), expected);
    assert_eq!(authors.all(db).await.unwrap()[0], ((1, "ana".into()), (2, Some(30), Some(25))));

    let all = Post::objects().json_aggregate(db, (count().named("posts"), Post.score.max())).await.unwrap();
    assert_eq!(value(&all), json!({"posts": 4, "max": 30}));
    let none = Post::objects().filter(Post.id.eq(0));
    let none = none.json_aggregate(db, Post.score.max().named("best")).await.unwrap();
    assert_eq!(value(&none), json!({"best": null}));

    let doubled = Post::objects().order_by(Post.id).annotate((Post.score * 2).named("doubled"));
    assert_eq!(value(&doubled.json_get(db, 1).await.unwrap())["doubled"], 60);
    assert_eq!(doubled.all(db).await.unwrap()[0].1, 60);
    let related = Post::objects().select_related(Post.author).annotate(Post.title.length().named("length"));
    let related = value(&related.json_get(db, 1).await.unwrap());
    assert_eq!((&related["length"], &related["author"]["name"]), (&json!(8), &json!("ana")));
}

/// Which tables a plan reads, by an index or not.
#[track_caller]
fn assert_reads(how: &Explanation, tables: &[&str]) {
    for table in tables {
        assert!(
            how.all_nodes().iter().any(|node| node.relation.as_deref() == Some(*table)),
            "{table}: {how}"
        );
    }
}

#[tokio::test]
async fn every_query_tells_its_plan() {
    let db = &shelves().await;
    let options = Explain::new().analyze();
    let how = Book::objects().annotate(Book.title.length()).explain(db).await.unwrap();
    assert_reads(&how, &["books"]);
    let how =
        Book::objects().values(Book.shelf.id).annotate(count()).explain_with(db, options).await.unwrap();
    assert!(how.analyzed && how.all_nodes().len() > 1);
    let how = Book::objects().filter(Book.id.eq(1)).explain_aggregate(db, count(), options).await.unwrap();
    assert_eq!(how.plan.node_type, "Aggregate");
    let how = Shelf::objects().prefetch_related(Shelf.books).explain_with(db, options).await.unwrap();
    assert_reads(&how, &["shelves"]);
    let how = Shelf::objects().shape::<Shelved>().explain(db).await.unwrap();
    assert_reads(&how, &["shelves"]);
    let dynamic = Book::objects().dynamic().filter(Book.id.eq(1)).limit(3);
    assert_eq!(dynamic.explain_with(db, options).await.unwrap().plan.node_type, "Limit");
    let both = Book::objects().values(Book.title).union(Shelf::objects().values(Shelf.name));
    assert_reads(&both.explain(db).await.unwrap(), &["books", "shelves"]);

    #[derive(Model)]
    #[model(table = "few")]
    struct Few {
        #[field(primary_key)]
        id: i64,
    }
    let few = Cte::<Few>::of(Shelf::objects().filter(Shelf.id.gt(0)).values(Shelf.id));
    let with = Book::objects().join::<Few>().filter(Book.shelf.id.eq(joined(Few.id))).with(few);
    let how = with.explain_with(db, options).await.unwrap();
    assert_reads(&how, &["books", "shelves"]);
    assert_eq!(how.plan.actual_rows, Some(2.0));

    let outcome: orm::Result<()> = db
        .atomic(async |tx| {
            let locked = Book::objects().filter(Book.id.gt(1)).select_for_update();
            assert_eq!(locked.explain(tx).await?.plan.node_type, "LockRows");
            assert_eq!(locked.explain_with(tx, options).await?.plan.actual_rows, Some(2.0));
            // Nothing is locked.
            let other: orm::Result<Vec<Book>> =
                db.atomic(async |tx| Book::objects().select_for_update().nowait().all(tx).await).await;
            assert_eq!(other?.len(), 3);
            Ok(())
        })
        .await;
    outcome.unwrap();
}

#[tokio::test]
async fn dates_are_there_once() {
    let db = &database().await;
    let days = Post::objects().dates(Post.created.date());
    assert_eq!(days.all(db).await.unwrap().len(), 1);
    for (id, at) in [(1, "2024-02-29T23:59:59Z"), (2, "2024-02-01T00:00:00Z"), (3, "2023-12-31T12:00:00Z")] {
        let at: Timestamp = at.parse().unwrap();
        Post::objects().filter(Post.id.eq(id)).update(db, Post.created.set(at)).await.unwrap();
    }
    let old = Post::objects().filter(Post.id.lt(4));
    let months = old.dates(Post.created.trunc_month().date()).all(db).await.unwrap();
    assert_eq!(months.iter().map(ToString::to_string).collect::<Vec<_>>(), ["2023-12-01", "2024-02-01"]);
    let years = old.datetimes(Post.created.trunc_year()).reverse().limit(1).all(db).await.unwrap();
    assert_eq!(years, ["2024-01-01T00:00:00Z".parse().unwrap()]);
    // With values in the expression, and in what comes before.
    let rome = old.datetimes(Post.created.at_time_zone("Europe/Rome").trunc_day()).all(db).await.unwrap();
    assert_eq!(
        rome.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["2023-12-30T23:00:00Z", "2024-01-31T23:00:00Z", "2024-02-29T23:00:00Z"]
    );
    assert_eq!(old.dates(Post.created.date()).count(db).await.unwrap(), 3);
}
