//! Each function, over rows with NULLs, empty values, unicode and extremes, beside the same in SQL written by hand.

mod choices;
mod dates;
mod declared;
mod json;
mod numbers;
mod postgres_types;
mod search;
mod strings;
mod windows;

use hyperdjango::db::types::Type;
use hyperdjango::db::{Db, Executor, Sql};
use hyperdjango::orm::field::Field;
use hyperdjango::orm::row::RowReader;
use hyperdjango::orm::schema::create_missing_tables;
use hyperdjango::prelude::*;

#[derive(Model, Debug)]
#[model(table = "owners")]
pub(crate) struct Owner {
    #[field(primary_key)]
    pub id: i64,
    pub zone: String,
    pub age: i32,
}

#[derive(Model, Debug)]
#[model(table = "things")]
pub(crate) struct Thing {
    #[field(primary_key)]
    pub id: i64,
    pub name: String,
    pub nick: Option<String>,
    pub small: i16,
    pub int: i32,
    pub big: i64,
    pub real: f32,
    pub double: f64,
    pub maybe_int: Option<i32>,
    pub maybe_double: Option<f64>,
    pub flag: bool,
    pub at: Timestamp,
    pub maybe_at: Option<Timestamp>,
    pub day: Date,
    pub maybe_day: Option<Date>,
    pub data: serde_json::Value,
    pub maybe_data: Option<serde_json::Value>,
    pub owner: Option<ForeignKey<Owner>>,
}

const ROWS: &str = r#"
    INSERT INTO owners (zone, age) VALUES ('Europe/Berlin', 40), ('Asia/Kolkata', 7);
    INSERT INTO things (name, nick, small, int, big, real, double, maybe_int, maybe_double, flag, at, maybe_at, day,
                        maybe_day, data, maybe_data, owner_id) VALUES
    ('Rust in the garden', 'rusty', 3, 10, 1000000007, 1.5, 2.5, 4, 0.25, true,
     '2024-02-29 23:30:15.75+00', '2024-12-31 23:59:59.999999+00', '2024-02-29', '2021-01-03',
     '{"city": "Rome", "tags": ["a", "b"], "age": 41, "deep": {"x": [1, {"y": "z"}]}, "none": null}', '[1, 2, 3]', 1),
    ('', '', -32768, -2147483648, -9223372036854775808, 0, 0, 0, 0, false,
     '1970-01-01 00:00:00+00', '0001-01-01 00:00:00+00', '0001-01-01', '9999-12-31', '{}', '"text"', NULL),
    (E'Ünï çödé  \U0001F600 100%_\\ ', E'\u00e9', 32767, 2147483647, 9223372036854775807, -3.25, 0.5, 2147483647, 1,
     true, '2020-03-29 00:59:59.4+00', '2020-12-28 12:00:00+00', '2020-12-31', '2023-01-01', '[{"k": 1}, "a"]', 'null', 2),
    ('  Ten recipes: Rust, rust & RUST  ', NULL, 0, 0, 0, -0.5, 1, NULL, NULL, false,
     '2023-06-15 06:07:08+00', NULL, '2023-06-15', NULL, '"a"', NULL, NULL);
"#;

/// A database with the tables and four things.
pub(crate) async fn database() -> Db {
    let db = Db::new(hyper_tests::postgres().url().parse().unwrap());
    create_missing_tables(&db, &[Thing::META, Owner::META]).await.unwrap();
    db.execute_batch(ROWS).await.unwrap();
    db
}

/// The first column of what hand-written SQL returns, which must be of `T`'s type there.
pub(crate) async fn by_hand<T: Field>(db: &Db, sql: &'static str) -> Vec<T> {
    let mut rows = Vec::new();
    let mut found = Vec::<Type>::new();
    db.read(Sql::new(sql), &[], |row| {
        found.push(row.columns()[0].type_().clone());
        rows.push(RowReader::new(row).read::<T>()?);
        Ok(())
    })
    .await
    .unwrap_or_else(|error| panic!("{sql}: {error}"));
    assert!(found.iter().all(T::accepts), "{sql} is of type {:?}", found.first());
    rows
}

/// Compares an expression with hand-written SQL, over all things.
macro_rules! same {
    ($db:expr, $expression:expr, $sql:expr) => {{
        let query = Thing::objects().order_by(Thing.id).values($expression);
        let ours = query.all($db).await.unwrap_or_else(|error| panic!("{}: {error}", query.sql()));
        let hand =
            concat!("SELECT ", $sql, " FROM things t LEFT JOIN owners o ON o.id = t.owner_id ORDER BY t.id");
        let theirs = crate::functions::read_as(&ours, crate::functions::by_hand($db, hand)).await;
        assert_eq!(format!("{ours:?}"), format!("{theirs:?}"), "{}", query.sql());
        assert_eq!(ours.len(), 4);
    }};
}
pub(crate) use same;

/// Reads hand-written SQL as the type our own rows have.
pub(crate) async fn read_as<T>(_like: &[T], rows: impl Future<Output = Vec<T>>) -> Vec<T> {
    rows.await
}

/// The keys of the things a condition holds for.
macro_rules! ids {
    ($db:expr, $condition:expr) => {{
        let query = Thing::objects().filter($condition).order_by(Thing.id).values(Thing.id);
        query.all($db).await.unwrap_or_else(|error| panic!("{}: {error}", query.sql()))
    }};
}
pub(crate) use ids;

/// The status a statement's failure answers with.
macro_rules! status {
    ($db:expr, $expression:expr) => {{
        let failed = Thing::objects().values($expression).all($db).await.map(|_| ());
        hyperdjango::Error::from(failed.unwrap_err()).status()
    }};
}
pub(crate) use status;
