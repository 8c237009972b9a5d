//! Each option of a field and of a model, as PostgreSQL's catalogs have it.

use hyperdjango::orm::schema::{create_table, create_tables};
use hyperdjango::prelude::*;

use super::schema::{database, texts};

#[derive(Model, Debug, Clone, PartialEq)]
#[model(
    table = "shops",
    comment = "Where it's \"sold\"",
    unlogged,
    index(-opened, name, name = "shops_newest"),
    index(name, where = "closed IS NULL", include(opened), name = "shops_open"),
    index(name, unique, where = "city_code > 0"),
    index(tags, using = gin, opclass(tags = jsonb_path_ops)),
    index(code, opclass(code = text_pattern_ops)),
    index(expr = "lower(name)", name = "shops_lower_name"),
    index(opened, using = brin),
    unique_together(city, code),
    constraint(check = "closed IS NULL OR closed > opened", name = "closes_after_it_opens"),
    constraint(exclude = "USING gist (int4range(first_door, last_door) WITH &&)", name = "doors_are_its_own"),
    extension = "plpgsql",
    validate = closes_after_it_opens
)]
pub(crate) struct Shop {
    #[field(primary_key, default = uuid_v7, comment = "It's ordered by time")]
    pub id: Uuid,
    #[field(max_length = 80, collation = "C", index = hash)]
    pub name: String,
    #[field(max_length = 8, pattern = r"^[A-Z]\d+'?$", default = "A1'")]
    pub code: String,
    #[field(db_type = "char(3)", db_default = "'x' || 'yz'")]
    pub short: String,
    #[field(generated = "first_door * 2")]
    pub twice: i32,
    #[field(check = "first_door <> 13", default = 1)]
    pub first_door: i32,
    #[field(db_default = 2)]
    pub last_door: i32,
    #[field(default = 7, db_column = "city_code")]
    pub city: i32,
    #[field(default = today)]
    pub since: Date,
    #[field(default = now)]
    pub opened: Timestamp,
    #[field(auto_now)]
    pub changed: Timestamp,
    pub closed: Option<Timestamp>,
    #[field(db_default = "'{}'")]
    pub tags: serde_json::Value,
    #[field(default = uuid_v4)]
    pub token: Uuid,
    #[field(max_digits = 5, decimal_places = 2, default = 1.5)]
    pub price: Decimal,
}

fn closes_after_it_opens(shop: &Shop, errors: &mut ValidationErrors) {
    if shop.closed.is_some_and(|closed| closed <= shop.opened) {
        errors.add("closed", "A shop closes after it opens.");
    }
}

async fn shops() -> hyperdjango::db::Db {
    database(&[Shop::META]).await
}

#[tokio::test]
async fn columns_are_what_their_options_say() {
    let db = shops().await;
    let columns =
        "SELECT concat_ws(' ', attname, format_type(atttypid, atttypmod), CASE WHEN attnotnull THEN 'NOT NULL' END,
            NULLIF(attgenerated, ''), NULLIF(attidentity, ''), NULLIF(collname, 'default'), pg_get_expr(adbin, adrelid))
        FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
        LEFT JOIN pg_collation c ON c.oid = attcollation
        WHERE attrelid = 'shops'::regclass AND attnum > 0 AND attname <> 'id' ORDER BY attnum";
    assert_eq!(
        texts(&db, columns).await,
        [
            "name character varying(80) NOT NULL C",
            "code character varying(8) NOT NULL 'A1'''::character varying",
            "short character(3) NOT NULL ('x'::text || 'yz'::text)",
            "twice integer NOT NULL s (first_door * 2)",
            "first_door integer NOT NULL 1",
            "last_door integer NOT NULL 2",
            "city_code integer NOT NULL 7",
            "since date NOT NULL CURRENT_DATE",
            "opened timestamp with time zone NOT NULL now()",
            "changed timestamp with time zone NOT NULL now()",
            "closed timestamp with time zone",
            "tags jsonb NOT NULL '{}'::jsonb",
            "token uuid NOT NULL gen_random_uuid()",
            "price numeric(5,2) NOT NULL 1.5",
        ]
    );
}

#[tokio::test]
async fn indexes_are_what_their_options_say() {
    let indexes = "SELECT replace(indexdef, ' ON public.shops', '') FROM pg_indexes WHERE tablename = 'shops' ORDER BY 1";
    assert_eq!(
        texts(&shops().await, indexes).await,
        [
            "CREATE INDEX doors_are_its_own USING gist (int4range(first_door, last_door))",
            "CREATE INDEX shops_code_idx USING btree (code text_pattern_ops)",
            "CREATE INDEX shops_lower_name USING btree (lower((name)::text))",
            "CREATE INDEX shops_name_idx USING hash (name)",
            "CREATE INDEX shops_newest USING btree (opened DESC, name)",
            "CREATE INDEX shops_open USING btree (name) INCLUDE (opened) WHERE (closed IS NULL)",
            "CREATE INDEX shops_opened_idx USING brin (opened)",
            "CREATE INDEX shops_tags_idx USING gin (tags jsonb_path_ops)",
            "CREATE UNIQUE INDEX shops_city_code_uniq USING btree (city_code, code)",
            "CREATE UNIQUE INDEX shops_name_uniq USING btree (name) WHERE (city_code > 0)",
            "CREATE UNIQUE INDEX shops_pkey USING btree (id)",
        ]
    );
}

#[tokio::test]
async fn constraints_and_comments_are_there() {
    let db = shops().await;
    let constraints = "SELECT conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
        WHERE conrelid = 'shops'::regclass AND contype <> 'n' ORDER BY 1";
    assert_eq!(
        texts(&db, constraints).await,
        [
            "closes_after_it_opens CHECK (((closed IS NULL) OR (closed > opened)))",
            "doors_are_its_own EXCLUDE USING gist (int4range(first_door, last_door) WITH &&)",
            "shops_first_door_check CHECK ((first_door <> 13))",
            "shops_pkey PRIMARY KEY (id)",
        ]
    );
    let said = "SELECT relpersistence::text || ' ' || obj_description(oid) || ' ' || col_description(oid, 1)
        FROM pg_class WHERE oid = 'shops'::regclass";
    assert_eq!(texts(&db, said).await, ["u Where it's \"sold\" It's ordered by time"]);
}

#[tokio::test]
async fn the_database_fills_in_what_is_not_given() {
    let db = shops().await;
    let before = Timestamp::now().as_millisecond();
    let shop = Shop::objects().create(&db, Shop.name.set("Ü")).await.unwrap();
    assert_eq!((shop.code.as_str(), shop.short.as_str()), ("A1'", "xyz"));
    assert_eq!((shop.twice, shop.first_door, shop.last_door, shop.city), (2, 1, 2, 7));
    assert_eq!(shop.id.get_version_num(), 7);
    // The variant's two bits are 10.
    assert_eq!(shop.id.as_bytes()[8] >> 6, 0b10);
    let (seconds, nanos) = shop.id.get_timestamp().unwrap().to_unix();
    let made = i64::try_from(seconds * 1000 + u64::from(nanos) / 1_000_000).unwrap();
    // Both clocks are this machine's.
    assert!((before - 1..=Timestamp::now().as_millisecond() + 1).contains(&made), "{made} {before}");
    assert_eq!(shop.token.get_version_num(), 4);
    // Version 7 is ordered by time.
    let mut ids = vec![shop.id];
    for door in [10, 20, 30] {
        let started = Timestamp::now().as_millisecond();
        while Timestamp::now().as_millisecond() < started + 2 {
            tokio::task::yield_now().await;
        }
        let doors = (Shop.first_door.set(door), Shop.last_door.set(door + 1));
        let values = (Shop.name.set("x"), doors.0, doors.1, Shop.city.set(-door));
        ids.push(Shop::objects().create(&db, values).await.unwrap().id);
    }
    assert!(ids.is_sorted(), "{ids:?}");
}

#[tokio::test]
async fn constraints_and_patterns_refuse() {
    let db = shops().await;
    let create = async |code: &str, door: i32| {
        let values = (
            Shop.name.set("a"),
            Shop.code.set(code),
            Shop.first_door.set(door),
            Shop.last_door.set(door + 1),
        );
        Shop::objects().create(&db, values).await.unwrap_err()
    };
    for code in ["a1", "A1\n", ""] {
        let hyperdjango::orm::Error::Invalid(errors) = create(code, 1).await else { panic!("{code:?}") };
        assert_eq!(errors.field("code"), ["Enter a valid value."]);
    }
    let error = create("A1", 13).await.to_string();
    assert!(error.contains("shops_first_door_check"), "{error}");
}

#[test]
fn the_models_own_check_comes_last() {
    let opened = Timestamp::UNIX_EPOCH;
    let shop = Shop {
        id: Uuid::nil(),
        name: "x".repeat(81),
        code: "A1".into(),
        short: "abc".into(),
        twice: 2,
        first_door: 1,
        last_door: 2,
        city: 7,
        since: Date::constant(2026, 11, 21),
        opened,
        changed: opened,
        closed: Some(opened),
        tags: serde_json::Value::Null,
        token: Uuid::nil(),
        price: "123456.789".parse().unwrap(),
    };
    let errors = shop.validate().unwrap_err();
    assert_eq!(errors.field("closed"), ["A shop closes after it opens."]);
    assert_eq!(errors.field("name").len(), 1);
    assert_eq!(errors.field("code").len(), 0);
    assert!(errors.field("price").iter().any(|message| message.contains("5 digits")), "{errors:?}");
}

#[test]
fn updates_can_touch_what_follows_the_clock() {
    let text = format!("{:?}", Shop::AUTO_NOW);
    assert_eq!(text, r#"[Name("changed"), Text(" = now()")]"#);
    let marked = Shop::META.columns.iter().filter(|column| column.auto_now);
    assert!(marked.map(|column| column.name).eq(["changed"]));
    assert_eq!(format!("{:?}", super::models::Country::AUTO_NOW), "[]");
}

/// A key of three columns, one of them a foreign key.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "seats", index(-row), unlogged)]
pub(crate) struct Seat {
    #[field(primary_key)]
    pub hall: ForeignKey<Hall>,
    #[field(primary_key)]
    pub row: i16,
    #[field(primary_key, max_length = 2)]
    pub letter: String,
    #[field(on_delete = set_default, default = 1, deferrable = immediate)]
    pub fallback: ForeignKey<Hall>,
    #[field(on_delete = protect, deferrable = no)]
    pub kept: Option<ForeignKey<Hall>>,
    #[field(db_constraint = false)]
    pub loose: Option<ForeignKey<Hall>>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "halls", unlogged)]
pub(crate) struct Hall {
    #[field(primary_key)]
    pub id: i64,
}

#[tokio::test]
async fn keys_of_several_columns() {
    let db = database(&[Seat::META, Hall::META]).await;
    let constraints = "SELECT pg_get_constraintdef(oid) FROM pg_constraint
        WHERE conrelid = 'seats'::regclass AND contype <> 'n' ORDER BY 1";
    assert_eq!(
        texts(&db, constraints).await,
        [
            "FOREIGN KEY (fallback_id) REFERENCES halls(id) ON DELETE SET DEFAULT DEFERRABLE",
            "FOREIGN KEY (hall_id) REFERENCES halls(id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED",
            "FOREIGN KEY (kept_id) REFERENCES halls(id) ON DELETE RESTRICT",
            "PRIMARY KEY (hall_id, \"row\", letter)",
        ]
    );
    let indexes = "SELECT replace(indexdef, ' ON public.seats USING btree', '') FROM pg_indexes
        WHERE tablename = 'seats' ORDER BY 1";
    assert_eq!(
        texts(&db, indexes).await,
        [
            "CREATE INDEX seats_fallback_idx (fallback_id)",
            "CREATE INDEX seats_kept_idx (kept_id)",
            "CREATE INDEX seats_loose_idx (loose_id)",
            "CREATE INDEX seats_row_idx (\"row\" DESC)",
            "CREATE UNIQUE INDEX seats_pkey (hall_id, \"row\", letter)",
        ]
    );
    for id in [1, 2] {
        Hall::objects().create(&db, Hall.id.set(id)).await.unwrap();
    }
    // Nothing refers to hall 99, and nobody asks.
    let values = (
        Seat.hall.set(2),
        Seat.row.set(3_i16),
        Seat.letter.set("ß"),
        Seat.fallback.set(2),
        Seat.loose.set_or_null(Some(99)),
    );
    let seat = Seat::objects().create(&db, values).await.unwrap();
    assert_eq!(seat.key(), (2, 3, "ß".into()));
    assert_eq!(Seat::objects().get(&db, (2, 3, String::from("ß"))).await.unwrap(), seat);
    Hall::objects().filter(Hall.id.eq(2)).delete(&db).await.unwrap();
    assert_eq!(Seat::objects().count(&db).await.unwrap(), 0);
}

#[test]
fn a_tables_statements_are_its_own() {
    let sql = create_table(Seat::META);
    assert!(sql.starts_with("CREATE UNLOGGED TABLE IF NOT EXISTS \"seats\" ("), "{sql}");
    let error = create_tables(&[Seat::META]).unwrap_err();
    assert_eq!(
        error,
        "column `hall_id` of table `seats` refers to table `halls`, whose model is not listed; add it to `models`"
    );
}
