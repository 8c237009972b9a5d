//! Functions a user declares.

use hyperdjango::orm;
use hyperdjango::prelude::*;

use super::{Thing, database, ids, same};

sql_function! {
    /// A function of PostgreSQL's own.
    pub(crate) fn split_part(text: String, separator: String, number: i32) -> String;
    /// One of the database's, by another name.
    fn describe(name: String, nick: Option<String>) -> String = "tests.describe";
    /// One that is NULL as it likes.
    fn half(n: i32) -> Option<i32> = "tests.half";
    /// One without arguments.
    fn pg_backend_pid() -> i32;
}

const FUNCTIONS: &str = "
    CREATE SCHEMA tests;
    CREATE FUNCTION tests.describe(text, text) RETURNS text LANGUAGE sql
        RETURN $1 || coalesce(' alias ' || $2, ' without alias');
    CREATE FUNCTION tests.half(int) RETURNS int LANGUAGE sql
        RETURN CASE WHEN $1 % 2 = 0 THEN $1 / 2 END;
";

#[tokio::test]
async fn functions_of_ones_own() {
    let db = &database().await;
    db.execute_batch(FUNCTIONS).await.unwrap();
    same!(db, split_part(Thing.name, " ", 2), "split_part(name, ' ', 2)");
    same!(db, split_part(Thing.nick, "s", 1), "split_part(nick, 's', 1)");
    same!(db, describe(Thing.name, Thing.nick), "tests.describe(name, nick)");
    same!(db, describe(Thing.owner.zone, Thing.nick), "tests.describe(o.zone, nick)");
    same!(db, half(Thing.int), "tests.half(int)");
    same!(db, half(split_part("a|12", "|", 2).cast::<i32>()), "6");
    assert_eq!(ids!(db, half(Thing.int).is_null()), [3]);
    assert_eq!(ids!(db, pg_backend_pid().gt(0)), [1, 2, 3, 4]);
}

#[tokio::test]
async fn one_that_does_not_exist_is_named() {
    let db = &database().await;
    let error = Thing::objects().values(describe(Thing.name, "x")).all(db).await.unwrap_err();
    assert!(matches!(error, orm::Error::Database(_)));
    assert!(error.to_string().contains("tests"), "{error}");
}
