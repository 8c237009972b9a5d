//! Parts that models share, ready-made and one's own.

use hyperdjango::orm::model::HasMany;
use hyperdjango::orm::model::part::{Ownership, PublicId, SoftDelete, Tenant, Timestamps, Version};
use hyperdjango::prelude::*;

use super::models::{Country, Person};
use super::schema::{database, texts};

/// Parts of one's own stand wherever the models do.
mod own {
    use hyperdjango::prelude::*;

    #[derive(Part, Debug, Clone, PartialEq)]
    pub(crate) struct Address {
        /// Where the bell is.
        #[field(max_length = 100, min_length = 1)]
        pub(crate) street: String,
        #[field(db_column = "cc", max_length = 2, default = "IT")]
        country_code: String,
    }

    impl Address {
        pub(crate) fn new(street: &str) -> Self {
            Self { street: street.into(), country_code: "IT".into() }
        }
    }
}

use own::Address;

/// Two parts of one name, which whole crates may see.
#[expect(unreachable_pub, reason = "what is public is exported by another way")]
pub(crate) mod here {
    use hyperdjango::prelude::*;

    #[derive(Part, Debug, Clone, PartialEq)]
    pub struct Place {
        pub lat: f64,
        #[field(db_column = "long")]
        pub lon: f64,
    }
}

/// As above.
#[expect(unreachable_pub, reason = "what is public is exported by another way")]
pub(crate) mod there {
    use hyperdjango::prelude::*;

    /// With a type that only this module knows by its name.
    type Kilometres = i32;

    #[derive(Part, Debug, Clone, PartialEq)]
    pub struct Place {
        pub distance: Kilometres,
    }
}

#[derive(Model, Debug, Clone, PartialEq)]
pub(crate) struct Journey {
    #[field(primary_key)]
    pub id: i64,
    #[field(part)]
    pub from: here::Place,
    #[field(part, prefix = "to_")]
    pub to: self::there::Place,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(
    table = "invoices",
    ordering = [-times.created, id],
    index(home.country_code, home.street),
    unique_together(owner.owner, number)
)]
pub(crate) struct Invoice {
    #[field(primary_key)]
    pub id: i64,
    #[field(part)]
    pub home: Address,
    /// Where the money comes from.
    #[field(part, prefix = "billing_")]
    pub billing: Address,
    pub number: i32,
    #[field(part)]
    pub owner: Ownership<Person>,
    #[field(part)]
    pub tenant: Tenant<Country>,
    #[field(part)]
    pub times: Timestamps,
    #[field(part)]
    pub state: SoftDelete,
    #[field(part)]
    pub lock: Version,
    #[field(part)]
    pub public: PublicId,
    #[field(default = 5)]
    pub after: i32,
}

/// The same parts elsewhere.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "receipts", reverse(invoices = Receipted.owner))]
pub(crate) struct Receipt {
    #[field(primary_key)]
    pub id: i64,
    #[field(part, prefix = "first_")]
    pub first: Timestamps,
    #[field(part, prefix = "second_")]
    pub second: Timestamps,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub(crate) struct Receipted {
    #[field(primary_key)]
    pub id: i64,
    #[field(part)]
    pub owner: Ownership<Receipt>,
}

#[test]
fn columns_are_the_models_own() {
    assert_eq!(
        Invoice::NAMES,
        [
            "id",
            "street",
            "cc",
            "billing_street",
            "billing_cc",
            "number",
            "owner_id",
            "tenant_id",
            "created",
            "updated",
            "deleted",
            "version",
            "public_id",
            "after"
        ]
    );
    assert_eq!((Invoice::SOFT_DELETE, Invoice::VERSION), (Some(10), Some(11)));
    assert_eq!(format!("{:?}", Invoice::AUTO_NOW), r#"[Name("updated"), Text(" = now()")]"#);
    assert!(format!("{:?}", Invoice::SCOPE).ends_with(r#""deleted"), Text(" IS NULL")]"#));
    assert_eq!(format!("{:?}", Receipt::AUTO_NOW.len()), "5");
    // A foreign key of a part can be the other end of a relation.
    assert_eq!(format!("{:?}", <Receipt as HasMany<0>>::LINK), r#"ForeignKey { column: "owner_id" }"#);
}

#[test]
fn parts_are_found_by_their_paths() {
    assert_eq!(Journey::NAMES, ["id", "lat", "long", "to_distance"]);
    let near = Journey::objects().filter(Journey.to.distance.lt(10) & Journey.from.lon.gt(0.5));
    assert!(near.sql().ends_with(r#" WHERE "journey"."to_distance" < $1 AND "journey"."long" > $2"#));
}

#[test]
fn they_are_reached_by_way_of_the_part() {
    let query = Invoice::objects().filter(
        Invoice.home.street.eq("a")
            & Invoice.billing.country_code.ne("DE")
            & Invoice.owner.owner.name.eq("ana"),
    );
    let sql = query.sql();
    for part in [
        r#" FROM "invoices" JOIN "people" AS "owner" ON "owner"."id" = "invoices"."owner_id" WHERE "#,
        r#""invoices"."street" = $1 AND "invoices"."billing_cc" <> $2 AND "owner"."name" = $3 ORDER BY "#,
        r#" ORDER BY "invoices"."created" DESC, "invoices"."id""#,
    ] {
        assert!(sql.contains(part), "{sql}");
    }
}

#[tokio::test]
async fn rows_with_parts_are_read_and_written() {
    let db = database(&[Invoice::META, Person::META, Country::META, Receipt::META, Receipted::META]).await;
    let italy = Country::objects().create(&db, Country.name.set("Italy")).await.unwrap();
    let values = (Person.name.set("ana"), Person.password.set("x"));
    let ana = Person::objects().create(&db, values).await.unwrap();
    let values = (
        Invoice.home.street.set("Via Roma 1"),
        Invoice.billing.street.set("Ünter den Linden"),
        Invoice.billing.country_code.set("DE"),
        Invoice.number.set(3),
        Invoice.owner.owner.set(&ana),
        Invoice.tenant.tenant.set(&italy),
    );
    let invoice = Invoice::objects().create(&db, values).await.unwrap();
    assert_eq!(invoice.home, Address::new("Via Roma 1"));
    assert_eq!(invoice.billing.street, "Ünter den Linden");
    assert_eq!(invoice.owner.owner.id, ana.id);
    assert_eq!((invoice.lock.version, invoice.state.deleted, invoice.after), (1, None, 5));
    assert_eq!(invoice.times.created, invoice.times.updated);
    assert_eq!(invoice.public.public_id.get_version_num(), 4);
    assert_eq!(Invoice::objects().get(&db, invoice.id).await.unwrap(), invoice);
    // As JSON they are the model's, from the row and from the struct alike.
    let rows = Invoice::objects().json(&db).await.unwrap();
    let from_row: serde_json::Value = serde_json::from_slice(rows.as_ref()).unwrap();
    let from_struct = serde_json::to_value([&invoice]).unwrap();
    assert_eq!(from_row, from_struct);
    assert_eq!(from_row[0]["billing_street"], "Ünter den Linden");
    assert_eq!(from_row[0]["owner"], ana.id);
    // And as parameters.
    assert_eq!(format!("{:?}", invoice.column(3)), r#""Ünter den Linden""#);
    assert_eq!(format!("{:?}", invoice.column(11)), "1");
    let indexes = "SELECT indexname::text FROM pg_indexes WHERE tablename = 'invoices' ORDER BY 1";
    assert_eq!(
        texts(&db, indexes).await,
        [
            "invoices_country_code_street_idx",
            "invoices_owner_number_uniq",
            "invoices_pkey",
            "invoices_public_id_key",
            "invoices_tenant_idx",
        ]
    );
}

#[tokio::test]
async fn rules_of_a_part_are_the_models() {
    let db = database(&[Receipt::META, Receipted::META]).await;
    let receipt = Receipt::objects().create(&db, Receipt.id.set(1)).await.unwrap();
    assert_eq!(receipt.first, receipt.second);
    let error = Invoice::objects()
        .create(
            &db,
            (
                Invoice.home.street.set(""),
                Invoice.billing.street.set(&"x".repeat(101)),
                Invoice.number.set(3),
                Invoice.owner.owner.set(1),
                Invoice.tenant.tenant.set(1),
            ),
        )
        .await
        .unwrap_err();
    let hyperdjango::orm::Error::Invalid(errors) = error else { panic!("{error}") };
    assert_eq!(errors.field("street").len(), 1);
    assert_eq!(errors.field("billing_street").len(), 1);
}

/// A part has as many fields as it needs.
#[derive(Part, Debug, Clone, PartialEq)]
pub(crate) struct Readings {
    pub(crate) m1: Option<i32>,
    pub(crate) m2: Option<i32>,
    pub(crate) m3: Option<i32>,
    pub(crate) m4: Option<i32>,
    pub(crate) m5: Option<i32>,
    pub(crate) m6: Option<i32>,
    pub(crate) m7: Option<i32>,
    pub(crate) m8: Option<i32>,
    pub(crate) m9: Option<i32>,
    pub(crate) m10: Option<i32>,
    pub(crate) m11: Option<i32>,
    pub(crate) m12: Option<i32>,
    pub(crate) m13: Option<i32>,
    pub(crate) m14: Option<i32>,
}

impl Readings {
    fn all(&self) -> [Option<i32>; 14] {
        let Self { m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14 } = *self;
        [m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14]
    }
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "stations")]
struct Station {
    #[field(primary_key)]
    id: i64,
    #[field(part)]
    by_day: Readings,
    #[field(part, prefix = "night_")]
    by_night: Readings,
}

#[tokio::test]
async fn a_part_has_any_number_of_fields() {
    let db = &database(&[Station::META]).await;
    assert_eq!(Station::NAMES.len(), 29);
    let values = (Station.by_day.m13.set(Some(13)), Station.by_night.m14.set(Some(14)));
    let station = Station::objects().create(db, values).await.unwrap();
    let only = |number: i32| std::array::from_fn(|i| (i as i32 + 1 == number).then_some(number));
    assert_eq!((station.by_day.all(), station.by_night.all()), (only(13), only(14)));
    let found = Station::objects().filter(Station.by_night.m14.eq(14)).one(db).await.unwrap();
    assert_eq!(found, station);
}
