//! What the load reads and writes.

use hyperdjango::db::{Db, Executor};
use hyperdjango::orm::schema::create_missing_tables;
use hyperdjango::prelude::*;

/// How many articles there are.
pub(crate) const ARTICLES: i64 = 500;

/// Never changed: what is read of it is known.
#[derive(Model)]
#[model(table = "fault_articles")]
pub(crate) struct Article {
    #[field(primary_key)]
    pub(crate) id: i64,
    pub(crate) title: String,
}

/// What was acknowledged has one of these. That a number is there once is what the tests look for, and nothing that
/// PostgreSQL sees to.
#[derive(Model)]
#[model(table = "fault_receipts")]
pub(crate) struct Receipt {
    #[field(primary_key)]
    pub(crate) id: i64,
    #[field(index)]
    pub(crate) number: i64,
}

/// How many receipts a writer wrote in a transaction with this one.
#[derive(Model)]
#[model(table = "fault_counters")]
pub(crate) struct Counter {
    #[field(primary_key)]
    pub(crate) id: i64,
    #[field(default = 0)]
    pub(crate) n: i64,
}

/// The title of an article.
pub(crate) fn title(id: i64) -> String {
    format!("Article {id}, ümläut and all, {}", "x".repeat(usize::try_from(id % 50).unwrap()))
}

/// Makes the tables, and fills those that have something in them before anybody writes.
pub(crate) async fn make_tables(db: &Db) {
    create_missing_tables(db, &[Article::META, Receipt::META, Counter::META]).await.unwrap();
    let articles = (1..=ARTICLES).map(|id| (Article.id.set(id), Article.title.set(title(id))));
    Article::objects().bulk_create(db, articles).await.unwrap();
    let counters = (0..64).map(|id| (Counter.id.set(id), Counter.n.set(0)));
    Counter::objects().bulk_create(db, counters).await.unwrap();
    db.execute_batch("ANALYZE").await.unwrap();
}
