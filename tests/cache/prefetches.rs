//! `.cache(60)` holds for what is prefetched, and what is given is stale as soon as one of the tables is written.

use hyper_core::cache::{QueryCache, QueryCacheOptions};
use hyperdjango::orm::schema::create_missing_tables;
use hyperdjango::prelude::*;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "kept_writers", ordering = [id], reverse(books = Book.writer))]
pub struct Writer {
    #[field(primary_key)]
    pub id: i64,
    pub name: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "kept_books", ordering = [id], reverse(reviews = Review.book))]
pub struct Book {
    #[field(primary_key)]
    pub id: i64,
    pub title: String,
    pub writer: ForeignKey<Writer>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "kept_reviews", ordering = [id])]
pub struct Review {
    #[field(primary_key)]
    pub id: i64,
    pub text: String,
    pub book: ForeignKey<Book>,
}

#[derive(Shape, Debug, Clone, PartialEq, serde::Serialize)]
#[shape(Writer)]
pub(crate) struct WriterWithBooks {
    pub name: String,
    pub books: Vec<BookWithReviews>,
}

#[derive(Shape, Debug, Clone, PartialEq, serde::Serialize)]
#[shape(Book)]
pub(crate) struct BookWithReviews {
    pub title: String,
    pub reviews: Vec<ReviewText>,
}

#[derive(Shape, Debug, Clone, PartialEq, serde::Serialize)]
#[shape(Review)]
pub(crate) struct ReviewText {
    pub text: String,
}

async fn site() -> Db {
    let database = hyper_tests::postgres();
    let db = Db::new(database.url().parse().unwrap());
    create_missing_tables(&db, &[Writer::META, Book::META, Review::META]).await.unwrap();
    for id in 1..=3 {
        Writer::objects()
            .create(&db, (Writer.id.set(id), Writer.name.set(format!("writer {id}"))))
            .await
            .unwrap();
    }
    for id in 1..=6 {
        let book = (Book.id.set(id), Book.title.set(format!("book {id}")), Book.writer.set(id % 3 + 1));
        Book::objects().create(&db, book).await.unwrap();
        let review = (Review.id.set(id), Review.text.set(format!("review {id}")), Review.book.set(id));
        Review::objects().create(&db, review).await.unwrap();
    }
    QueryCache::configure(&db, QueryCacheOptions::default()).await.unwrap();
    db
}

/// How many statements it takes to ask once more.
async fn again<T: PartialEq + std::fmt::Debug>(db: &Db, ask: impl AsyncFn() -> T) -> u64 {
    let first = ask().await;
    let before = db.timer().count();
    assert_eq!(ask().await, first);
    db.timer().count() - before
}

#[tokio::test]
async fn what_is_prefetched_is_kept_with_its_query() {
    let db = &site().await;
    let nested = || Writer.books.prefetch_related(Book.reviews);
    // Nothing says anything.
    assert_eq!(
        again(db, async || Writer::objects().prefetch_related(nested()).all(db).await.unwrap()).await,
        3
    );
    // The query does, before or after, at whatever it is asked.
    let writers = || Writer::objects().cache(60).prefetch_related(nested());
    assert_eq!(again(db, async || writers().all(db).await.unwrap()).await, 0);
    assert_eq!(again(db, async || writers().first(db).await.unwrap()).await, 0);
    assert_eq!(again(db, async || writers().get(db, 2).await.unwrap()).await, 0);
    assert_eq!(again(db, async || writers().json(db).await.unwrap().into_bytes()).await, 0);
    let after = || Writer::objects().prefetch_related((Writer.books, Writer.books.limit(1))).cache(true);
    assert_eq!(again(db, async || after().all(db).await.unwrap()).await, 0);
    // One of them does not want to be, and one alone wants to be.
    let but_books = || Writer::objects().cache(60).prefetch_related(Writer.books.cache(false));
    assert_eq!(again(db, async || but_books().all(db).await.unwrap()).await, 1);
    let but_reviews = || Writer.books.prefetch_related(Book.reviews.cache(false));
    let but_reviews = || Writer::objects().cache(60).prefetch_related(but_reviews());
    assert_eq!(again(db, async || but_reviews().all(db).await.unwrap()).await, 1);
    assert_eq!(again(db, async || but_reviews().json(db).await.unwrap().into_bytes()).await, 1);
    // What is said of the books holds for their reviews.
    let no_books = || Writer::objects().cache(60).prefetch_related(nested().cache(false));
    assert_eq!(again(db, async || no_books().all(db).await.unwrap()).await, 2);
    let only_books = || Writer::objects().prefetch_related(Writer.books.cache(60));
    assert_eq!(again(db, async || only_books().all(db).await.unwrap()).await, 1);
    // In a transaction nothing is.
    let tx = db.begin().await.unwrap();
    let before = db.timer().count();
    writers().all(&tx).await.unwrap();
    assert_eq!(db.timer().count() - before, 3);
}

#[tokio::test]
async fn a_shape_is_kept_with_what_is_in_it() {
    let db = &site().await;
    let all = async || Writer::objects().cache(60).shape::<WriterWithBooks>().all(db).await.unwrap();
    assert_eq!(again(db, all).await, 0);
    let json =
        async || Writer::objects().cache(60).shape::<WriterWithBooks>().json(db).await.unwrap().into_bytes();
    assert_eq!(again(db, json).await, 0);
    Review::objects().filter(Review.id.eq(1)).update(db, Review.text.set("changed")).await.unwrap();
    assert!(
        all().await.iter().any(|writer| writer.books.iter().any(|book| book.reviews[0].text == "changed"))
    );
}

#[tokio::test]
async fn it_is_stale_as_soon_as_one_of_its_tables_is_written() {
    let db = &site().await;
    let query =
        |ttl: u32| Writer::objects().prefetch_related(Writer.books.prefetch_related(Book.reviews)).cache(ttl);
    let is_right = async |what: &str| {
        let kept = query(600).all(db).await.unwrap();
        assert_eq!(kept, query(0).all(db).await.unwrap(), "after {what}");
        assert_eq!(again(db, async || query(600).all(db).await.unwrap()).await, 0);
    };
    is_right("nothing").await;
    Review::objects().filter(Review.id.eq(1)).update(db, Review.text.set("changed")).await.unwrap();
    is_right("a review").await;
    Book::objects().filter(Book.id.eq(2)).update(db, Book.writer.set(1)).await.unwrap();
    is_right("a book that has another writer").await;
    Writer::objects().filter(Writer.id.eq(3)).update(db, Writer.name.set("renamed")).await.unwrap();
    is_right("a writer").await;
    let book = (Book.id.set(9), Book.title.set("new"), Book.writer.set(3));
    Book::objects().create(db, book).await.unwrap();
    is_right("a new book").await;
    Writer::objects().filter(Writer.id.eq(1)).delete(db).await.unwrap();
    is_right("a writer who goes, with all").await;
}
