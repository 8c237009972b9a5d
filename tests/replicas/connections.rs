//! Databases of which only the settings know how many there are, and a router that says what is in which.

use hyperdjango::app::App;
use hyperdjango::connections::{Connections, Router};
use hyperdjango::orm::model::Table;
use hyperdjango::prelude::*;

/// Countries are kept once, customers in each region; what orders belong to is not PostgreSQL's business.
#[derive(Default, Debug)]
pub struct ByRegion;

impl Router for ByRegion {
    fn read(&self, table: &Table) -> Option<&str> {
        (table.name == "region_reports").then_some("us")
    }

    fn write(&self, table: &Table) -> Option<&str> {
        (table.name == "region_notes").then_some("us")
    }

    fn relation(&self, from: &Table, to: &Table) -> bool {
        (from.name, to.name) != ("region_orders", "region_customers")
    }

    fn migrate(&self, database: &str, table: &Table) -> bool {
        table.name != "region_countries" || database == "eu"
    }
}

type Regions = Connections<ByRegion>;

#[derive(Model)]
#[model(table = "region_countries", database = Regions)]
pub struct Country {
    #[field(primary_key)]
    pub id: i64,
}

#[derive(Model)]
#[model(table = "region_customers", database = Regions)]
pub struct Customer {
    #[field(primary_key)]
    pub id: i64,
    pub country: ForeignKey<Country>,
}

#[derive(Model)]
#[model(table = "region_orders", database = Regions)]
pub struct Order {
    #[field(primary_key)]
    pub id: i64,
    pub customer: ForeignKey<Customer>,
}

#[derive(Model)]
#[model(table = "region_notes", database = Regions)]
pub struct Note {
    #[field(primary_key)]
    pub id: i64,
}

#[derive(Model)]
#[model(table = "region_reports", database = Regions)]
pub struct Report {
    #[field(primary_key)]
    pub id: i64,
    pub note: ForeignKey<Note>,
}

#[get("/{region}/orders")]
async fn how_many(region: String, regions: &Regions) -> Result<String> {
    let db = regions.get(&region).ok_or_else(|| Error::not_found("no such region"))?;
    Ok(Order::objects().count(db).await?.to_string())
}

routes! { Urls: how_many }

#[derive(App)]
#[app(routes = Urls, models = [Country, Customer, Order, Note, Report])]
struct Site {
    regions: Regions,
}

fn settings(pairs: &[(&str, &str)]) -> Settings {
    let key = [("SECRET_KEY", "0123456789abcdef0123456789abcdef")];
    Settings::from_pairs(key.iter().chain(pairs).copied()).unwrap()
}

async fn texts(db: &Db, sql: &'static str) -> Vec<String> {
    db.query::<(String,)>(sql, &[]).await.unwrap().into_iter().map(|(text,)| text).collect()
}

const TABLES: &str = "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' ORDER BY 1";
const KEYS: &str = "SELECT conrelid::regclass::text || ' ' || confrelid::regclass::text FROM pg_constraint \
                    WHERE contype = 'f' ORDER BY 1";

#[tokio::test]
async fn tables_are_where_the_router_says() {
    let (eu, us) = (hyper_tests::postgres(), hyper_tests::postgres());
    let settings = settings(&[
        ("DATABASES", "eu, us"),
        ("DATABASE_URL_EU", eu.url()),
        ("DATABASE_URL_US", us.url()),
        ("POOL_SIZE_US", "5"),
    ]);
    let site = hyperdjango::app::start::<Site>(&settings).await.unwrap();
    let regions = &site.regions;
    assert_eq!(regions.iter().map(|(name, _)| name).collect::<Vec<_>>(), ["eu", "us"]);
    let (eu, us) = (regions.using("eu").unwrap(), regions.using("us").unwrap());
    let everywhere = ["region_customers", "region_notes", "region_orders", "region_reports"];
    assert_eq!(texts(us, TABLES).await, everywhere);
    assert_eq!(texts(eu, TABLES).await[0], "region_countries");
    assert_eq!(texts(eu, TABLES).await[1..], everywhere);
    // A constraint only where both tables are, and where the router lets it be.
    let notes = "region_reports region_notes";
    assert_eq!(texts(eu, KEYS).await, ["region_customers region_countries", notes]);
    assert_eq!(texts(us, KEYS).await, [notes]);

    let reader = regions.read::<Order>().unwrap();
    Customer::objects().create(us, (Customer.id.set(1), Customer.country.set(49))).await.unwrap();
    Order::objects().create(us, (Order.id.set(1), Order.customer.set(8))).await.unwrap();
    assert_eq!(Order::objects().count(&reader).await.unwrap(), 0, "it is the first one: eu");
    assert!(std::ptr::eq(regions.write::<Order>().unwrap(), eu));
    assert!(std::ptr::eq(regions.write::<Note>().unwrap(), us));
    assert!(std::ptr::eq(regions.write::<Country>().unwrap(), eu));
    // Read elsewhere than written.
    Note::objects().create(regions.write::<Note>().unwrap(), Note.id.set(3)).await.unwrap();
    assert_eq!(Note::objects().count(&regions.read::<Note>().unwrap()).await.unwrap(), 1);
    assert!(std::ptr::eq(regions.write::<Report>().unwrap(), eu));
    Report::objects().create(us, (Report.id.set(1), Report.note.set(3))).await.unwrap();
    assert_eq!(Report::objects().count(&regions.read::<Report>().unwrap()).await.unwrap(), 1);

    let ask = async |path: &str| {
        let request = http::Request::get(path).body(bytes::Bytes::new()).unwrap();
        let response = site.answer(request).await;
        (
            response.status().as_u16(),
            String::from_utf8_lossy(response.body().as_bytes().unwrap()).into_owned(),
        )
    };
    assert_eq!(ask("/us/orders").await, (200, "1".to_owned()));
    assert_eq!(ask("/eu/orders").await, (200, "0".to_owned()));
    assert_eq!(ask("/mars/orders").await.0, 404);
    let unknown = regions.using("mars").unwrap_err().to_string();
    assert!(
        unknown.contains("`mars`: DATABASES has `eu`, `us`; add it there, with DATABASE_URL_MARS"),
        "{unknown}"
    );
    // A second start finds all as it should be.
    hyperdjango::app::start::<Site>(&settings).await.unwrap();
}

#[tokio::test]
async fn settings_are_refused_with_their_names() {
    let one = hyper_tests::postgres();
    for (pairs, expected) in [
        (vec![], "DATABASES is missing: name the databases, such as `eu us`"),
        (vec![("DATABASES", "eu us eu")], "DATABASES has `eu` twice"),
        (
            vec![("DATABASES", "eu EU")],
            "DATABASES has `EU`: a database's name has 1 to 40 bytes and begins with",
        ),
        (vec![("DATABASES", "eu,u-s")], "DATABASES has `u-s`: a database's name is small letters"),
        (vec![("DATABASES", "eu us"), ("DATABASE_URL_US", "nonsense")], "DATABASE_URL_US cannot be read"),
    ] {
        let mut with = vec![("DATABASE_URL_EU", one.url())];
        with.extend(pairs);
        let error = Site::create(&settings(&with)).await.err().unwrap();
        let said = crate::named::said(&error);
        assert!(said.contains(expected), "{said}");
    }
}
