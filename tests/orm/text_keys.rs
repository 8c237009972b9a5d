//! Keys that are texts: compared with foreign keys and rows by reference, and looked for among several.

use std::borrow::Cow;

use hyperdjango::db::Db;
use hyperdjango::orm;
use hyperdjango::orm::schema::create_missing_tables;
use hyperdjango::prelude::*;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "sections")]
struct Section {
    #[field(primary_key)]
    name: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "packages", ordering = [id])]
struct Package {
    #[field(primary_key)]
    id: i64,
    section: ForeignKey<Section>,
    formerly: Option<ForeignKey<Section>>,
}

async fn packages() -> Db {
    let database = hyper_tests::postgres();
    let db = Db::new(database.url().parse().unwrap());
    create_missing_tables(&db, &[Section::META, Package::META]).await.unwrap();
    db.execute_batch(
        "INSERT INTO sections VALUES ('net'), ('größe'), ('');
         INSERT INTO packages (section_id, formerly_id) VALUES ('net', NULL), ('größe', 'net'), ('', ''), ('net', 'net')",
    )
    .await
    .unwrap();
    db
}

#[tokio::test]
async fn compared_by_reference() {
    let db = packages().await;
    let package = Package::objects().get(&db, 2).await.unwrap();
    let ids = |rows: orm::Result<Vec<Package>>| rows.unwrap().iter().map(|row| row.id).collect::<Vec<_>>();

    let same = Package::objects().filter(Package.section.eq(&package.section));
    assert!(same.sql().ends_with(r#" WHERE "packages"."section_id" = $1 ORDER BY "packages"."id""#));
    assert_eq!(ids(same.all(&db).await), [2]);
    let other = Package::objects().filter(Package.section.ne(&package.section));
    assert_eq!(ids(other.all(&db).await), [1, 3, 4]);
    let was = Package::objects().filter(Package.formerly.eq(package.formerly.as_ref().unwrap()));
    assert_eq!(ids(was.all(&db).await), [2, 4]);
    // What was compared with is still there.
    let owned = Package::objects().filter(Package.section.eq(package.section.clone()));
    assert_eq!(ids(owned.all(&db).await), [2]);
    let section = Section::objects().get(&db, "net").await.unwrap();
    assert_eq!(ids(Package::objects().filter(Package.section.eq(&section)).all(&db).await), [1, 4]);
    assert_eq!(ids(Package::objects().filter(Package.section.eq("")).all(&db).await), [3]);
    assert_eq!(ids(Package::objects().filter(Package.section.name.eq(&package.section)).all(&db).await), [2]);

    let mut package = package;
    let net = ForeignKey::to(&section);
    Package::objects().filter(Package.id.eq(2)).update(&db, Package.section.set(&net)).await.unwrap();
    package.refresh(&db).await.unwrap();
    assert_eq!(package.section, net);
}

#[tokio::test]
async fn among_several() {
    let db = packages().await;
    let count = |count: orm::Result<u64>| count.unwrap();
    let sections = ["net", "größe"];
    let by = Package.section.name;
    assert_eq!(count(Package::objects().filter(by.within(sections)).count(&db).await), 3);
    assert_eq!(count(Package::objects().filter(by.within(&sections)).count(&db).await), 3);
    assert_eq!(count(Package::objects().filter(by.within(vec!["net"])).count(&db).await), 2);
    assert_eq!(count(Package::objects().filter(by.within(["net".to_owned()])).count(&db).await), 2);
    assert_eq!(count(Package::objects().filter(by.within([Cow::Borrowed("")])).count(&db).await), 1);
    let nobody: [&str; 0] = [];
    assert_eq!(count(Package::objects().filter(by.within(nobody)).count(&db).await), 0);
    assert_eq!(count(Package::objects().exclude(by.within(nobody)).count(&db).await), 4);
    assert_eq!(count(Package::objects().filter(Package.id.within([1_i64, 3, 3])).count(&db).await), 2);
    // By value in a query that outlives where it was made.
    let made = |wanted: i64| Package::objects().filter(Package.id.within([wanted, wanted + 1]));
    assert_eq!(count(made(3).count(&db).await), 2);
}
