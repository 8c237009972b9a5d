//! Databases beside the default one, each a type.

use hyper_core::db::{AsDb, Executor};
use hyperdjango::app::App;
use hyperdjango::prelude::*;

hyperdjango::database! {
    /// The orders of former years.
    pub Archive = "archive";
    pub(crate) Reports = "reports_2";
}

#[derive(Model)]
#[model(table = "orders")]
pub struct Order {
    #[field(primary_key)]
    pub id: i64,
    pub text: String,
}

#[derive(Model)]
#[model(table = "old_customers", database = Archive)]
pub struct OldCustomer {
    #[field(primary_key)]
    pub id: i64,
}

#[derive(Model)]
#[model(table = "old_orders", database = Archive)]
pub struct OldOrder {
    #[field(primary_key)]
    pub id: i64,
    pub customer: ForeignKey<OldCustomer>,
}

#[get("/orders/{id}")]
async fn show(id: i64, db: &Db, archive: &Archive) -> Result<String> {
    let order = Order::objects().get(db, id).await?;
    let old = OldOrder::objects().filter(OldOrder.customer.eq(7)).count(archive).await?;
    Ok(format!("{} {old}", order.text))
}

routes! { Urls: show }

#[derive(App)]
#[app(routes = Urls, models = [Order, OldOrder, OldCustomer])]
struct Site {
    db: Db,
    archive: Archive,
    reports: Reports,
}

fn settings(pairs: &[(&str, &str)]) -> Settings {
    let key = [("SECRET_KEY", "0123456789abcdef0123456789abcdef")];
    Settings::from_pairs(key.iter().chain(pairs).copied()).unwrap()
}

async fn count(db: &impl Executor) -> u64 {
    OldOrder::objects().count(db).await.unwrap()
}

#[tokio::test]
async fn each_model_is_in_its_database() {
    let (one, other, third) = (hyper_tests::postgres(), hyper_tests::postgres(), hyper_tests::postgres());
    let settings = settings(&[
        ("DATABASE_URL", one.url()),
        ("DATABASE_URL_ARCHIVE", other.url()),
        ("DATABASE_URL_REPORTS_2", third.url()),
    ]);
    let site = hyperdjango::app::start::<Site>(&settings).await.unwrap();
    let names = async |db: &Db| -> Vec<(String,)> {
        db.query("SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' ORDER BY 1", &[])
            .await
            .unwrap()
    };
    assert_eq!(names(&site.db).await, [("orders".to_owned(),)]);
    assert_eq!(names(&site.archive).await, [("old_customers".to_owned(),), ("old_orders".to_owned(),)]);
    assert_eq!(names(site.reports.as_db()).await, []);
    Order::objects().create(&site.db, (Order.id.set(1), Order.text.set("new"))).await.unwrap();
    OldCustomer::objects().create(&site.archive, OldCustomer.id.set(7)).await.unwrap();
    let rolled_back: Result<()> = site
        .archive
        .atomic(async |tx| {
            OldOrder::objects().create(tx, (OldOrder.id.set(1), OldOrder.customer.set(7))).await?;
            assert_eq!(count(tx).await, 1);
            Err(Error::internal("on second thought"))
        })
        .await;
    assert!(rolled_back.is_err());
    assert_eq!(count(&site.archive).await, 0);
    OldOrder::objects().create(&site.archive, (OldOrder.id.set(2), OldOrder.customer.set(7))).await.unwrap();
    assert_eq!(count(&site.archive.primary()).await, 1);
    let request = http::Request::get("/orders/1").body(bytes::Bytes::new()).unwrap();
    assert_eq!(site.answer(request).await.body().as_bytes(), Some(&b"new 1"[..]));
}

#[tokio::test]
async fn all_are_opened_or_none() {
    let one = hyper_tests::postgres();
    for (key, value, expected) in [
        ("DATABASE_URL_ARCHIVE", "nonsense", "DATABASE_URL_ARCHIVE cannot be read"),
        ("POOL_SIZE_ARCHIVE", "many", "POOL_SIZE_ARCHIVE should be a number from 0"),
        (
            "DATABASE_REPLICAS_ARCHIVE",
            "east",
            "DATABASE_URL_EAST is missing, and DATABASE_REPLICAS_ARCHIVE has `east`",
        ),
    ] {
        let with = [
            ("DATABASE_URL", one.url()),
            ("DATABASE_URL_ARCHIVE", one.url()),
            ("DATABASE_URL_REPORTS_2", one.url()),
            (key, value),
        ];
        let error = Site::create(&settings(&with)).await.err().unwrap();
        let said = said(&error);
        assert!(said.contains(expected), "{said}");
    }
}

/// An error with all its causes.
pub(crate) fn said(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |error| error.source());
    causes.fold(error.to_string(), |said, cause| format!("{said}: {cause}"))
}
