//! `Coalesce`, `Case`, `Cast` and their kind.

use hyperdjango::orm::functions::{greatest, least, nullif};
use hyperdjango::prelude::*;

use super::{Thing, database, ids, same, status};

#[tokio::test]
async fn the_first_that_is_not_null() {
    let db = &database().await;
    same!(db, coalesce((Thing.nick, Thing.name)), "coalesce(nick, name)");
    same!(db, coalesce((Thing.nick, "nobody")), "coalesce(nick, 'nobody')");
    same!(db, coalesce((Thing.maybe_int, Thing.owner.age)), "coalesce(maybe_int, o.age)");
    same!(db, coalesce((Thing.maybe_int, Thing.owner.age, -1)), "coalesce(maybe_int, o.age, -1)");
    same!(db, coalesce((Thing.maybe_day, Thing.day)), "coalesce(maybe_day, day)");
    same!(
        db,
        coalesce((Thing.nick, Thing.nick, Thing.nick, Thing.nick, Thing.nick, Thing.nick, Thing.nick, "8")),
        "coalesce(nick, '8')"
    );
    let named: Vec<String> =
        Thing::objects().order_by(Thing.id).values(coalesce((Thing.nick, "-"))).all(db).await.unwrap();
    assert_eq!(named, ["rusty", "", "é", "-"]);
}

#[tokio::test]
async fn the_greatest_and_the_least() {
    let db = &database().await;
    same!(db, greatest((Thing.int, 5)), "greatest(int, 5)");
    same!(db, greatest((Thing.maybe_int, Thing.owner.age)), "greatest(maybe_int, o.age)");
    same!(db, least((Thing.maybe_int, Thing.int, 3)), "least(maybe_int, int, 3)");
    same!(db, least((Thing.maybe_double, Thing.maybe_double)), "least(maybe_double, maybe_double)");
    same!(db, nullif(Thing.name, ""), "nullif(name, '')");
    same!(db, nullif(Thing.maybe_int, Thing.owner.age), "nullif(maybe_int, o.age)");
}

#[tokio::test]
async fn cases() {
    let db = &database().await;
    same!(
        db,
        case().when(Thing.int.gt(0), "plus").when(Thing.int.lt(0), "minus").default("zero"),
        "CASE WHEN int > 0 THEN 'plus' WHEN int < 0 THEN 'minus' ELSE 'zero' END"
    );
    same!(
        db,
        case().when(Thing.flag, Thing.nick).default(Thing.name),
        "CASE WHEN flag THEN nick ELSE name END"
    );
    same!(db, case().when(Thing.nick.eq("rusty"), 1).end(), "CASE WHEN nick = 'rusty' THEN 1 END");
    same!(
        db,
        case().when(Thing.nick.is_null(), 0_i64).default(Thing.big),
        "CASE WHEN nick IS NULL THEN 0 ELSE big END"
    );
    same!(
        db,
        case().when(Thing.flag & !Thing.nick.eq("rusty"), 1.5).when(Thing.flag | Thing.int.eq(0), 2.5).end(),
        "CASE WHEN flag AND (nick = 'rusty') IS NOT TRUE THEN 1.5::float8 WHEN flag OR int = 0 THEN 2.5 END"
    );
    assert_eq!(ids!(db, case().when(Thing.flag, Thing.int).default(0).gt(0)), [1, 3]);
    assert_eq!(ids!(db, !case().when(Thing.flag, true).end().eq(true)), [2, 4]);

    // As in Django's documentation: a conditional update.
    let grade = case().when(Thing.double.gte(2.0), "a").when(Thing.double.gte(1.0), "b").default("c");
    assert_eq!(Thing::objects().all_rows().update(db, Thing.nick.set(grade)).await.unwrap(), 4);
    same!(db, Thing.nick, "(ARRAY['a', 'c', 'c', 'b'])[t.id]");
}

#[tokio::test]
async fn casts() {
    let db = &database().await;
    same!(db, Thing.int.cast::<String>(), "int::text");
    same!(db, Thing.maybe_int.cast::<i64>(), "maybe_int::bigint");
    same!(db, Thing.double.cast::<i32>(), "double::int");
    same!(db, Thing.flag.cast::<i32>(), "flag::int");
    same!(db, Thing.int.gt(0).cast::<String>(), "(int > 0)::text");
    same!(db, Thing.day.cast::<String>(), "day::text");
    same!(db, Thing.name.left(0).cast::<Vec<u8>>(), "left(name, 0)::bytea");
    same!(db, (Thing.int.cast::<i64>() + 1).cast::<f64>(), "(int::bigint + 1)::float8");
    assert_eq!(status!(db, Thing.name.cast::<i32>()), 422);
    assert_eq!(status!(db, Thing.int.cast::<i16>()), 422);
}

#[tokio::test]
async fn values() {
    let db = &database().await;
    let now: Timestamp = "2024-02-29T12:00:00.000001Z".parse().unwrap();
    let query = Thing::objects().filter(Thing.id.eq(1)).values((
        value("text"),
        value(String::from("owned")),
        value(i16::MIN),
        value(i32::MAX),
        value(i64::MIN),
        value(0.1_f32),
        value(f64::MAX),
        value(true),
        value(now),
        value(serde_json::json!({"a": [1, null]})),
        value(vec![0_u8, 255]),
        value(Uuid::nil()),
    ));
    let row = query.one(db).await.unwrap();
    assert_eq!(
        (row.0, row.1, row.2, row.3, row.4),
        ("text".into(), "owned".into(), i16::MIN, i32::MAX, i64::MIN)
    );
    assert_eq!((row.5, row.6, row.7, row.8), (0.1, f64::MAX, true, now));
    assert_eq!((row.9, row.10, row.11), (serde_json::json!({"a": [1, null]}), vec![0, 255], Uuid::nil()));
    assert_eq!(ids!(db, value(10).eq(Thing.int)), [1]);
}
