//! Types of columns: what a table declares for them, what they refuse, and what they say of values they cannot hold.

use hyperdjango::db::Db;
use hyperdjango::orm::field::{Choices, Email, Encrypted, IpInet, Percent, Range, Url, configure_encryption};
use hyperdjango::orm::model::Table;
use hyperdjango::orm::schema::{create_missing_tables, create_table};
use hyperdjango::orm::{Error, Result};
use hyperdjango::prelude::*;

/// A database with these tables.
pub(crate) async fn tables(tables: &[&'static Table]) -> Db {
    let db = Db::new(hyper_tests::postgres().url().parse().unwrap());
    create_missing_tables(&db, tables).await.unwrap();
    create_missing_tables(&db, tables).await.unwrap();
    db
}

#[derive(Choices, Debug, Clone, Copy, PartialEq)]
pub(crate) enum Level {
    Low,
    #[choices(label = "As high as it gets")]
    High,
    #[choices(value = "\"it's\"")]
    QuoteUnquote,
}

#[derive(Choices, Debug, Clone, Copy, PartialEq)]
#[choices(native = "mood")]
pub(crate) enum Mood {
    Sad,
    #[choices(value = "it's ok")]
    Ok,
    Happy,
}

#[derive(Field, Debug, Clone, PartialEq)]
#[field(validate = has_a_number)]
pub(crate) struct Sku(pub String);

#[derive(Field, Debug, Clone, PartialEq)]
pub(crate) struct Rank(pub Mood);

fn has_a_number(sku: &str) -> std::result::Result<(), &'static str> {
    if sku.contains('-') { Ok(()) } else { Err("Enter a SKU such as ABC-1.") }
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "items")]
struct Item {
    #[field(primary_key)]
    sku: Sku,
    level: Level,
    mood: Option<Mood>,
    #[field(max_length = 5)]
    tags: Vec<String>,
    levels: Vec<Option<Level>>,
    period: Option<Range<Date>>,
    email: Option<Email>,
    discount: Option<Percent>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "orders")]
struct Order {
    #[field(primary_key)]
    id: i64,
    item: ForeignKey<Item>,
}

fn item(sku: &str) -> Sku {
    Sku(sku.into())
}

#[test]
fn tables_declare_them() {
    assert_eq!(
        create_table(Item::META),
        r#"DO $choices$ BEGIN CREATE TYPE "mood" AS ENUM ('sad', 'it''s ok', 'happy'); EXCEPTION WHEN duplicate_object THEN NULL; END $choices$;
CREATE TABLE IF NOT EXISTS "items" (
    "sku" text PRIMARY KEY,
    "level" text NOT NULL CHECK ("level" IN ('low', 'high', '"it''s"')),
    "mood" "mood",
    "tags" text[] NOT NULL,
    "levels" text[] NOT NULL CHECK (array_remove("levels", NULL) <@ ARRAY['low', 'high', '"it''s"']::text[]),
    "period" daterange,
    "email" varchar(254),
    "discount" numeric(5, 2)
);
"#
    );
}

#[tokio::test]
async fn types_of_ones_own_are_keys_and_reached_through_them() {
    let db = &tables(&[Order::META, Item::META]).await;
    let values = (
        Item.sku.set(item("A-1")),
        Item.level.set(Level::High),
        Item.mood.set(Mood::Ok),
        Item.tags.set(["new", "red"].map(String::from).to_vec()),
        Item.levels.set(vec![None, Some(Level::Low)]),
    );
    let created = Item::objects().create(db, values).await.unwrap();
    assert_eq!(created.levels, [None, Some(Level::Low)]);
    assert_eq!(Item::objects().get(db, item("A-1")).await.unwrap(), created);
    let order = Order::objects().create(db, Order.item.set(&created)).await.unwrap();
    let found =
        Order::objects().select_related(Order.item).filter(Order.item.mood.eq(Mood::Ok)).one(db).await;
    assert_eq!(found.unwrap(), (order, created));
    let high =
        Item::objects().filter(Item.level.within(&[Level::High, Level::Low]) & Item.mood.ne(Mood::Sad));
    assert_eq!(
        high.order_by(Item.mood.desc()).values((Item.level, Item.mood)).one(db).await.unwrap(),
        (Level::High, Some(Mood::Ok))
    );
    let like = Item::objects().filter(Item.sku.startswith("A") & !Item.email.icontains("x"));
    assert_eq!(like.count(db).await.unwrap(), 1);
    assert_eq!(Level::High.label(), "As high as it gets");
}

#[tokio::test]
async fn rules_hold_for_what_is_inside() {
    let db = &tables(&[Item::META]).await;
    let values = (
        Item.sku.set(item("nothing")),
        Item.level.set(Level::Low),
        Item.tags.set(vec!["short".into(), "too long".into(), "nul\0".into()]),
        Item.levels.set(vec![]),
        Item.period.set(Range::from("2026-02-01".parse::<Date>().unwrap().."2026-01-01".parse().unwrap())),
    );
    let Err(Error::Invalid(errors)) = Item::objects().create(db, values).await else { panic!("accepted") };
    assert_eq!(errors.field("sku"), ["Enter a SKU such as ABC-1."]);
    assert_eq!(
        errors.field("tags"),
        ["Ensure this value has at most 5 characters (it has 8).", "Null characters are not allowed."]
    );
    assert_eq!(errors.field("period"), ["The start of the range must not exceed the end of the range."]);

    // What came in by another door is read as it is, and not written again.
    db.execute_batch(
        "INSERT INTO items (sku, level, tags, levels, email) VALUES ('A-1', 'low', '{}', '{}', 'nobody')",
    )
    .await
    .unwrap();
    let read = Item::objects().one(db).await.unwrap();
    assert_eq!(read.validate().unwrap_err().field("email"), ["Enter a valid email address."]);
    let again = Item::objects().filter(Item.sku.eq(&read.sku)).update(db, Item.email.set(read.email)).await;
    assert!(matches!(again, Err(Error::Invalid(_))));

    // Nor does the database take what the program would not.
    let error = db.execute_batch("UPDATE items SET level = 'middling'").await.unwrap_err();
    assert_eq!(error.kind(), hyperdjango::db::ErrorKind::Check);
    let error = db.execute_batch("UPDATE items SET levels = '{low,NULL,middling}'").await.unwrap_err();
    assert_eq!(error.kind(), hyperdjango::db::ErrorKind::Check);
    db.execute_batch("UPDATE items SET levels = '{low,NULL}', mood = 'happy'").await.unwrap();
}

#[test]
fn what_comes_in_is_checked() {
    let wrong =
        |json: &str| serde_json::from_str::<(Level, Sku, Email, Url, Percent)>(json).unwrap_err().to_string();
    let right = r#"["high","A-1","a@b.org","http://b.org","5.50"]"#;
    assert!(serde_json::from_str::<(Level, Sku, Email, Url, Percent)>(right).is_ok());
    for (value, instead, message) in [
        ("high", "higher", "Select a valid choice: `higher` is none of low, high, \"it's\" at "),
        ("A-1", "A", "Enter a SKU such as ABC-1 at "),
        ("a@b.org", "a@", "Enter a valid email address at "),
        ("http://b.org", "javascript:alert(1)", "Enter a valid URL at "),
        ("5.50", "100.5", "Enter a percentage from 0 to 100 with no more than two decimal places at "),
    ] {
        let message_found = wrong(&right.replace(value, instead));
        assert!(message_found.starts_with(message), "{message_found}");
    }
    assert!(wrong("[1]").starts_with("invalid type: integer `1`, expected a string"));
}

/// What a query that reads this expression as a `T` says.
async fn error_of<T: hyperdjango::orm::field::Field>(db: &Db, expression: &str) -> String {
    use hyperdjango::db::Sql;
    use hyperdjango::orm::row::RowReader;

    let text: &'static str = Box::leak(format!("SELECT {expression} AS x").into_boxed_str());
    let mut outcomes = Vec::new();
    let read = db.read(Sql::new(text), &[], |row| {
        outcomes.push(RowReader::new(row).read::<T>().map(drop));
        outcomes.push(RowReader::new(row).write_json::<T>(&mut Vec::new()));
        Ok(())
    });
    read.await.unwrap();
    let mut errors: Vec<_> =
        outcomes.into_iter().filter_map(|outcome| outcome.err()).map(|error| error.to_string()).collect();
    errors.dedup();
    errors.join("\n")
}

#[tokio::test]
async fn what_no_value_can_hold_is_said() {
    let db = &tables(&[Item::META]).await;
    for (error, expected) in [
        (
            error_of::<Timestamp>(db, "timestamptz 'infinity'").await,
            "column `x` cannot be read: it is infinite, or beyond the years -9999 to 9999",
        ),
        (error_of::<Timestamp>(db, "timestamptz '12000-01-01'").await, "beyond the years"),
        (error_of::<DateTime>(db, "timestamp '-infinity'").await, "it is infinite"),
        (error_of::<Date>(db, "date 'infinity'").await, "it is infinite"),
        (error_of::<Time>(db, "time '24:00'").await, "it is 24:00:00"),
        (error_of::<Decimal>(db, "'NaN'::numeric").await, "it is NaN"),
        (error_of::<Decimal>(db, "1e40::numeric").await, "more than the 28 digits"),
        (error_of::<std::net::IpAddr>(db, "inet '10.0.0.1/8'").await, "it is 10.0.0.1/8, with a network"),
        (error_of::<Vec<i32>>(db, "'{{1,2},{3,4}}'::int[]").await, "it is an array of 2 dimensions"),
        (error_of::<Vec<i32>>(db, "'{1,NULL}'::int[]").await, "an element is NULL"),
        (error_of::<i32>(db, "NULL::int").await, "it is NULL in the database"),
        (error_of::<Range<Date>>(db, "daterange('2020-01-01', 'infinity')").await, "it is infinite"),
        (
            error_of::<Level>(db, "text 'middling'").await,
            "`middling` is no choice of `Level`, which are low, high, \"it's\"",
        ),
        (
            error_of::<Mood>(db, "'sad '::text").await,
            "`sad ` is no choice of `Mood`, which are sad, it's ok, happy",
        ),
        (error_of::<Vec<Level>>(db, "'{low,middling}'::text[]").await, "`middling` is no choice"),
        (
            error_of::<Jsonb<Vec<u8>>>(db, "'[256]'::jsonb").await,
            "it does not fit `alloc::vec::Vec<u8>`: invalid value: integer `256`",
        ),
        (error_of::<Percent>(db, "100.5::numeric").await, "100.5 is no percentage"),
        (
            error_of::<hyperdjango::orm::field::Duration>(db, "interval '1 month'").await,
            "P1M is no exact length of time",
        ),
        (error_of::<hyperdjango::orm::field::Color>(db, "'red'::text").await, "`red` is no colour"),
    ] {
        assert!(error.contains(expected), "{expected:?}: {error:?}");
        assert!(error.starts_with("column `x` cannot be read: "));
    }
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "moments")]
struct Moment {
    #[field(primary_key)]
    id: i64,
    at: Option<Timestamp>,
    day: Option<Date>,
    time: Option<DateTime>,
    hours: Option<Range<i32>>,
    data: Option<serde_json::Value>,
}

#[tokio::test]
async fn what_postgresql_cannot_hold_is_refused_as_bad_input() {
    let db = &tables(&[Moment::META]).await;
    let refused = |outcome: Result<Moment>| hyperdjango::Error::from(outcome.unwrap_err()).status().as_u16();
    // PostgreSQL's calendar begins on this day.
    let first: Date = "-004713-11-24".parse().unwrap();
    let at = first.to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp();
    let values = (Moment.at.set(at), Moment.day.set(first), Moment.time.set(DateTime::from(first)));
    let created = Moment::objects().create(db, values).await.unwrap();
    assert_eq!((created.at, created.day), (Some(at), Some(first)));
    assert_eq!(Moment::objects().filter(Moment.id.eq(created.id)).delete(db).await.unwrap(), 1);
    let before = at - jiff::SignedDuration::from_secs(1);
    assert_eq!(refused(Moment::objects().create(db, Moment.at.set(before)).await), 422);
    assert_eq!(refused(Moment::objects().create(db, Moment.day.set(first.yesterday().unwrap())).await), 422);
    assert_eq!(refused(Moment::objects().create(db, Moment.at.set(Timestamp::MIN)).await), 422);
    assert_eq!(refused(Moment::objects().create(db, Moment.day.set(Date::MIN)).await), 422);
    assert_eq!(refused(Moment::objects().create(db, Moment.time.set(DateTime::MIN)).await), 422);
    let last = Range::new(std::ops::Bound::Unbounded, std::ops::Bound::Included(i32::MAX));
    assert_eq!(refused(Moment::objects().create(db, Moment.hours.set(last)).await), 422);
    let nul = serde_json::json!({"a": "\0"});
    assert_eq!(refused(Moment::objects().create(db, Moment.data.set(nul)).await), 422);
    assert_eq!(Moment::objects().count(db).await.unwrap(), 0);
}

#[tokio::test]
async fn types_like_it_are_read() {
    let db = &tables(&[Item::META]).await;
    for error in [
        error_of::<serde_json::Value>(db, "' {\"a\": 1}'::json").await,
        error_of::<Jsonb<Vec<Option<i32>>>>(db, "'[1,null]'::json").await,
        error_of::<String>(db, "'x'::char(3)").await,
        error_of::<Email>(db, "'a@b.org'::text").await,
        error_of::<IpInet>(db, "inet '10.0.0.1/8'").await,
        error_of::<Vec<String>>(db, "'{a,b}'::varchar(3)[]").await,
        error_of::<Option<Vec<Option<i64>>>>(db, "NULL::bigint[]").await,
        error_of::<hyperdjango::orm::field::Duration>(db, "interval '2 days 3 hours'").await,
    ] {
        assert_eq!(error, "");
    }
}

#[tokio::test]
async fn a_number_too_long_for_a_decimal_is_whole_in_json() -> Result<()> {
    #[derive(Model)]
    #[model(table = "weights")]
    struct Weight {
        #[field(primary_key)]
        id: i64,
        grams: Decimal,
    }
    let db = &tables(&[Weight::META]).await;
    db.execute_batch("INSERT INTO weights (grams) VALUES (1e30 + 0.5), ('NaN')").await?;
    let json = Weight::objects().order_by(Weight.id).json(db).await?;
    let long = format!("1{}.5", "0".repeat(30));
    assert_eq!(
        json.as_ref(),
        format!(r#"[{{"id":1,"grams":"{long}"}},{{"id":2,"grams":"NaN"}}]"#).as_bytes()
    );
    Ok(())
}

#[tokio::test]
async fn a_column_of_other_choices_is_named() {
    let db = &tables(&[Item::META]).await;
    db.execute_batch("ALTER TABLE items ALTER mood TYPE text").await.unwrap();
    let error = Item::objects().all(db).await.unwrap_err().to_string();
    assert!(
        error.starts_with("column `mood` of table `items` is `text` in the database, and field `mood` of the model needs `\"mood\"`"),
        "{error}"
    );
    // A label PostgreSQL knows and the program does not.
    let db = &tables(&[Item::META]).await;
    db.execute_batch("ALTER TYPE mood ADD VALUE 'cross'").await.unwrap();
    db.execute_batch(
        "INSERT INTO items (sku, level, mood, tags, levels) VALUES ('A-1', 'low', 'cross', '{}', '{}')",
    )
    .await
    .unwrap();
    for error in [
        Item::objects().all(db).await.unwrap_err().to_string(),
        Item::objects().json(db).await.unwrap_err().to_string(),
    ] {
        assert_eq!(
            error,
            "column `mood` cannot be read: `cross` is no choice of `Mood`, which are sad, it's ok, happy"
        );
    }
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "tokens")]
struct Token {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 20)]
    text: Encrypted,
    old: Option<Encrypted>,
    all: Vec<Encrypted>,
}

#[tokio::test]
async fn what_is_encrypted_is_read_by_the_program_alone() {
    let db = &tables(&[Token::META]).await;
    let values = |text: &str| {
        let (text, all) = (Encrypted::new(text), vec![Encrypted::new(text), Encrypted::new("")]);
        (Token.text.set(text.clone()), Token.old.set(Some(text)), Token.all.set(all))
    };
    let settings = Settings::from_pairs([("SECRET_KEY", "0123456789abcdef0123456789abcdef")]).unwrap();
    let error = Token::objects().create(db, values("früh")).await.unwrap_err().to_string();
    assert!(error.contains("call `configure_encryption(&settings)` when the program starts"), "{error}");
    configure_encryption(&settings).unwrap();

    let created = Token::objects().create(db, values("früh")).await.unwrap();
    assert_eq!((created.text.expose(), created.all[1].expose()), ("früh", ""));
    let rows = [(7, created.text.clone(), None, vec![])];
    Token::objects().copy_in(db, (Token.id, Token.text, Token.old, Token.all), rows).await.unwrap();
    assert_eq!(Token::objects().get(db, 7).await.unwrap().text, created.text);

    let json = Token::objects().filter(Token.id.eq(created.id)).json(db).await.unwrap();
    assert_eq!(json.as_ref(), format!("[{}]", serde_json::to_string(&created).unwrap()).as_bytes());
    assert!(!format!("{created:?}{json:?}").contains("früh"));
    db.execute_batch(
        "DO $$ BEGIN ASSERT (SELECT bool_and(position('früh'::bytea IN text) = 0 AND text IS DISTINCT FROM old) FROM tokens); END $$",
    )
    .await
    .unwrap();

    let Err(Error::Invalid(errors)) = Token::objects().create(db, values(&"x".repeat(21))).await else {
        panic!("accepted")
    };
    assert_eq!(errors.field("text"), ["Ensure this value has at most 20 characters (it has 21)."]);

    db.execute_batch("UPDATE tokens SET text = overlay(text PLACING '\\x00' FROM octet_length(text))")
        .await
        .unwrap();
    let error = Token::objects().all(db).await.unwrap_err().to_string();
    assert!(
        error.contains("column `text` cannot be read: it was changed, or encrypted under another SECRET_KEY"),
        "{error}"
    );
}
