//! Rows that belong to rows: conditions on them, counting, loading; one to one; many to many.

use hyperdjango::db::Db;
use hyperdjango::orm::schema::create_missing_tables;
use hyperdjango::prelude::*;
use serde_json::{Value, json};

#[derive(Model, Debug, Clone, PartialEq)]
#[model(
    table = "writers",
    ordering = [id],
    reverse(books = Book.writer, reviews = Review.critic, pupils = Writer.teacher),
    reverse_one(passport = Passport.owner)
)]
struct Writer {
    #[field(primary_key)]
    id: i64,
    name: String,
    teacher: Option<ForeignKey<Writer>>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "passports")]
struct Passport {
    #[field(primary_key)]
    id: i64,
    owner: OneToOne<Writer>,
    number: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(
    table = "books",
    ordering = [id],
    reverse(reviews = Review.book),
    many_to_many(labels = Label)
)]
struct Book {
    #[field(primary_key)]
    id: i64,
    title: String,
    pages: i32,
    writer: ForeignKey<Writer>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "labels", ordering = [name], reverse(books = Book.labels))]
struct Label {
    #[field(primary_key)]
    id: i64,
    name: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "reviews", ordering = [id])]
struct Review {
    #[field(primary_key)]
    id: i64,
    book: ForeignKey<Book>,
    critic: Option<ForeignKey<Writer>>,
    stars: i16,
}

async fn library() -> Db {
    let db = Db::new(hyper_tests::postgres().url().parse().unwrap());
    create_missing_tables(&db, &[Writer::META, Passport::META, Book::META, Label::META, Review::META])
        .await
        .unwrap();
    db.execute_batch(
        "INSERT INTO writers (id, name, teacher_id) VALUES (1, 'Ada', NULL), (2, 'Bea', 1), (3, 'Cy', 1), (4, 'Dé', NULL);
         INSERT INTO passports (owner_id, number) VALUES (1, 'A1'), (3, 'C3');
         INSERT INTO books (id, title, pages, writer_id) VALUES
             (1, 'Air', 100, 1), (2, 'Bread', 200, 1), (3, 'Corn', 300, 2), (4, 'Dew', 50, 1), (5, 'Ice', 70, 2);
         INSERT INTO labels (id, name) VALUES (1, 'nature'), (2, 'food'), (3, 'unused');
         INSERT INTO books_labels (book_id, label_id) VALUES (1, 1), (2, 2), (3, 1), (3, 2), (4, 1);
         INSERT INTO reviews (id, book_id, critic_id, stars) VALUES
             (1, 1, 2, 5), (2, 1, 3, 3), (3, 2, NULL, 1), (4, 3, 1, 4), (5, 3, 1, 2);",
    )
    .await
    .unwrap();
    db
}

macro_rules! ids {
    ($db:expr, $model:ident, $condition:expr) => {
        $model::objects().filter($condition).order_by($model.id).values($model.id).all($db).await.unwrap()
    };
}

#[tokio::test]
async fn conditions_on_the_many() {
    let db = &library().await;
    assert_eq!(ids!(db, Writer, Writer.books.exists()), [1, 2]);
    assert_eq!(ids!(db, Writer, !Writer.books.exists()), [3, 4]);
    assert_eq!(ids!(db, Writer, Writer.books.any(Book.pages.gt(150))), [1, 2]);
    assert_eq!(ids!(db, Writer, Writer.books.all(Book.pages.gt(60))), [2, 3, 4]);
    assert_eq!(ids!(db, Writer, Writer.books.none(Book.pages.lt(60))), [2, 3, 4]);
    // Beyond a foreign key, of the many's own, and one level further.
    assert_eq!(ids!(db, Book, Book.writer.books.any(Book.title.eq("Ice"))), [3, 5]);
    assert_eq!(ids!(db, Writer, Writer.books.any(Book.reviews.any(Review.stars.lte(2)))), [1, 2]);
    assert_eq!(
        ids!(db, Writer, Writer.books.any(Book.reviews.all(Review.stars.gte(3)) & Book.reviews.exists())),
        [1]
    );
    // A table inside itself.
    assert_eq!(ids!(db, Writer, Writer.pupils.any(Writer.name.eq("Cy"))), [1]);
    assert_eq!(ids!(db, Writer, Writer.pupils.any(Writer.books.exists())), [1]);
    assert_eq!(ids!(db, Writer, Writer.teacher.pupils.any(Writer.name.eq("Cy"))), [2, 3]);
    // A related row's foreign key.
    assert_eq!(ids!(db, Writer, Writer.reviews.any(Review.book.writer.name.eq("Ada"))), [2, 3]);
    // Compared with the row outside.
    assert_eq!(
        ids!(db, Writer, Writer.reviews.any(Review.book.writer.id.eq(outer(Writer.teacher.id)))),
        [2, 3]
    );
}

#[tokio::test]
async fn conditions_through_a_table_between() {
    let db = &library().await;
    assert_eq!(ids!(db, Book, Book.labels.any(Label.name.eq("food"))), [2, 3]);
    assert_eq!(ids!(db, Book, !Book.labels.exists()), [5]);
    assert_eq!(ids!(db, Book, Book.labels.all(Label.name.eq("nature"))), [1, 4, 5]);
    assert_eq!(ids!(db, Label, Label.books.any(Book.writer.name.eq("Bea"))), [1, 2]);
    assert_eq!(ids!(db, Label, Label.books.none(Book.pages.gt(0))), [3]);
    assert_eq!(ids!(db, Writer, Writer.books.any(Book.labels.any(Label.name.eq("food")))), [1, 2]);
    // The same table between, inside itself: books that share a label with book 4.
    assert_eq!(ids!(db, Book, Book.labels.any(Label.books.any(Book.id.eq(4)))), [1, 3, 4]);
}

#[tokio::test]
async fn counts_and_sums_of_the_many() {
    let db = &library().await;
    let rows = Writer::objects()
        .annotate((Writer.books.count(), Writer.books.aggregate(Book.pages.sum()), Writer.reviews.count()))
        .order_by(Writer.books.count().desc())
        .order_by((Writer.books.count().desc(), Writer.id))
        .all(db)
        .await
        .unwrap();
    let rows: Vec<_> = rows.into_iter().map(|(writer, counts)| (writer.name, counts)).collect();
    let row = |name: &str, books, pages, reviews| (name.to_owned(), (books, pages, reviews));
    assert_eq!(
        rows,
        [
            row("Ada", 3, Some(350), 2),
            row("Bea", 2, Some(370), 1),
            row("Cy", 0, None, 1),
            row("Dé", 0, None, 0)
        ]
    );
    assert_eq!(ids!(db, Writer, Writer.books.count().gt(2)), [1]);
    assert_eq!(ids!(db, Writer, Writer.books.filter(Book.pages.gte(100)).count().eq(2)), [1]);
    let averages = Book::objects()
        .values((Book.title, Book.reviews.filter(Review.stars.gt(1)).aggregate(Review.stars.avg())))
        .all(db)
        .await
        .unwrap();
    assert_eq!(averages[0], ("Air".to_owned(), Some(4.0)));
    assert_eq!(averages[1], ("Bread".to_owned(), None));
    let numbers =
        Book::objects().values(Book.writer.id).annotate((Book.pages.array_agg(), Book.title.string_agg("/")));
    let numbers = numbers.order_by(grouped(Book.writer.id)).all(db).await.unwrap();
    assert_eq!(numbers[0], (1, (Some(vec![50, 100, 200]), Some("Air/Bread/Dew".to_owned()))));
    assert_eq!(Label::objects().values(Label.books.count()).all(db).await.unwrap(), [2, 3, 0]);
}

#[tokio::test]
async fn the_many_come_with_each_row() {
    let db = &library().await;
    let titles = |books: &[Book]| books.iter().map(|book| book.title.clone()).collect::<Vec<_>>();
    let writers = Writer::objects().prefetch_related(Writer.books).all(db).await.unwrap();
    assert_eq!(writers.len(), 4);
    assert_eq!(titles(&writers[0].1), ["Air", "Bread", "Dew"]);
    assert_eq!(titles(&writers[1].1), ["Corn", "Ice"]);
    assert!(writers[2].1.is_empty());

    let longest = Writer.books.order_by(Book.pages.desc()).limit(2);
    let writers = Writer::objects().prefetch_related(longest).all(db).await.unwrap();
    assert_eq!(titles(&writers[0].1), ["Bread", "Air"]);
    assert_eq!(titles(&writers[1].1), ["Corn", "Ice"]);

    let nested = Writer.books.filter(Book.pages.gte(100)).prefetch_related((Book.reviews, Book.labels));
    let (ada, books) = Writer::objects().prefetch_related(nested).get(db, 1).await.unwrap();
    assert_eq!(ada.name, "Ada");
    let [(air, reviews, labels), (bread, _, food)] = books.as_slice() else { panic!("{books:?}") };
    assert_eq!((air.id, reviews.len(), labels.len()), (1, 2, 1));
    assert_eq!((bread.id, food[0].name.as_str()), (2, "food"));

    // With a foreign key's row, one label each, and several relations at once.
    let reviews = Writer.reviews.select_related(Review.book);
    let (_, books, reviews) =
        Writer::objects().prefetch_related((Writer.books, reviews)).get(db, 2).await.unwrap();
    assert_eq!(titles(&books), ["Corn", "Ice"]);
    assert_eq!(reviews[0].1.title, "Air");
    let books = Book::objects()
        .select_related(Book.writer)
        .prefetch_related(Book.labels.order_by(Label.name).limit(1).values(Label.name))
        .order_by(Book.id)
        .limit(3)
        .all(db)
        .await
        .unwrap();
    let labels: Vec<_> =
        books.iter().map(|((book, writer), labels)| (book.id, &*writer.name, &labels[..])).collect();
    assert_eq!(
        labels,
        [
            (1, "Ada", &["nature".to_owned()][..]),
            (2, "Ada", &["food".to_owned()]),
            (3, "Bea", &["food".to_owned()])
        ]
    );
    let nobody = Writer::objects().filter(Writer.id.eq(99)).prefetch_related(Writer.books);
    assert!(nobody.all(db).await.unwrap().is_empty());
    assert!(nobody.first(db).await.unwrap().is_none());
    assert!(nobody.one(db).await.unwrap_err().is_does_not_exist());
}

#[tokio::test]
async fn a_row_among_those_of_several_has_its_own_with_each() {
    let db = &library().await;
    // The label `nature` is on three books, and each time has all of its books.
    let labels = Book.labels.prefetch_related(Label.books.order_by(Book.id).prefetch_related(Book.reviews));
    let books = Book::objects().prefetch_related(labels).all(db).await.unwrap();
    let found: Vec<Vec<(i64, Vec<(i64, usize)>)>> = books
        .iter()
        .map(|(_, labels)| {
            let of = |(label, books): &(Label, Vec<(Book, Vec<Review>)>)| {
                (label.id, books.iter().map(|(book, reviews)| (book.id, reviews.len())).collect())
            };
            labels.iter().map(of).collect()
        })
        .collect();
    let nature = (1, vec![(1, 2), (3, 2), (4, 0)]);
    let food = (2, vec![(2, 1), (3, 2)]);
    assert_eq!(
        found,
        [vec![nature.clone()], vec![food.clone()], vec![food, nature.clone()], vec![nature], vec![]]
    );
    let limited = Book.labels.limit(1).prefetch_related(Label.books.order_by(Book.id).limit(2));
    let json = Book::objects().prefetch_related(limited).json(db).await.unwrap();
    let json: Value = serde_json::from_slice(json.as_ref()).unwrap();
    for book in [0, 3] {
        let books = &json[book]["labels"][0]["books"];
        assert_eq!((&books[0]["id"], &books[1]["id"], &books[2]), (&json!(1), &json!(3), &Value::Null));
    }
}

#[tokio::test]
async fn the_many_in_json() {
    let db = &library().await;
    let nested = Writer.books.order_by(Book.pages).limit(2).prefetch_related(Book.labels);
    let query =
        Writer::objects().filter(Writer.id.within(&[1_i64, 4])).prefetch_related((nested, Writer.pupils));
    let found: Value = serde_json::from_slice(query.json(db).await.unwrap().as_ref()).unwrap();
    assert_eq!(
        found,
        json!([
            {"id": 1, "name": "Ada", "teacher": null,
             "books": [
                {"id": 4, "title": "Dew", "pages": 50, "writer": 1, "labels": [{"id": 1, "name": "nature"}]},
                {"id": 1, "title": "Air", "pages": 100, "writer": 1, "labels": [{"id": 1, "name": "nature"}]}
             ],
             "pupils": [{"id": 2, "name": "Bea", "teacher": 1}, {"id": 3, "name": "Cy", "teacher": 1}]},
            {"id": 4, "name": "Dé", "teacher": null, "books": [], "pupils": []}
        ])
    );
}

#[tokio::test]
async fn the_one_that_refers_back() {
    let db = &library().await;
    assert_eq!(ids!(db, Writer, Writer.passport.number.eq("C3")), [3]);
    assert_eq!(ids!(db, Writer, Writer.passport.id.is_null()), [2, 4]);
    assert_eq!(ids!(db, Book, Book.writer.passport.number.startswith("A")), [1, 2, 4]);
    let numbers = Writer::objects().values((Writer.name, Writer.passport.number)).order_by(Writer.id);
    let numbers: Vec<(String, Option<String>)> = numbers.all(db).await.unwrap();
    assert_eq!(numbers[0].1.as_deref(), Some("A1"));
    assert_eq!(numbers[1].1, None);
    let rows = Writer::objects().select_related((Writer.passport, Writer.teacher)).all(db).await.unwrap();
    let rows: Vec<_> = rows
        .iter()
        .map(|(writer, passport, teacher)| {
            (writer.id, passport.as_ref().map(|p| &*p.number), teacher.as_ref().map(|t| &*t.name))
        })
        .collect();
    assert_eq!(rows[..3], [(1, Some("A1"), None), (2, None, Some("Ada")), (3, Some("C3"), Some("Ada"))]);
    let (_, passport) = Writer::objects().select_related(Writer.passport).get(db, 2).await.unwrap();
    assert_eq!(passport, None);
    let json =
        Writer::objects().filter(Writer.id.lte(2)).select_related(Writer.passport).json(db).await.unwrap();
    let json: Value = serde_json::from_slice(json.as_ref()).unwrap();
    assert_eq!(json[0]["passport"], json!({"id": 1, "owner": 1, "number": "A1"}));
    assert_eq!(json[1]["passport"], Value::Null);
    let again = Passport::objects().create(db, (Passport.owner.set(1), Passport.number.set("A2"))).await;
    assert!(
        matches!(again, Err(hyperdjango::orm::Error::Database(error)) if error.kind() == hyperdjango::db::ErrorKind::Unique)
    );
}
