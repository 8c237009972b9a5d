//! Parts and beginnings of instants and dates.

use hyperdjango::orm::functions::{current_date, now, transaction_now};
use hyperdjango::prelude::*;

use super::{Owner, Thing, database, ids, same, status};

#[tokio::test]
async fn parts_are_of_utc_whatever_the_session_says() {
    let db = &database().await;
    let name = db.url().name().to_owned();
    db.execute_batch(&format!("ALTER DATABASE {name} SET timezone = 'America/Anchorage'")).await.unwrap();
    let db = &hyperdjango::db::Db::new(db.url().clone());
    let zone = super::by_hand::<String>(db, "SELECT current_setting('timezone')").await;
    assert_eq!(zone, ["America/Anchorage"]);
    same!(db, Thing.at.year(), "extract(year from at AT TIME ZONE 'UTC')::int");
    same!(db, Thing.maybe_at.year(), "extract(year from maybe_at AT TIME ZONE 'UTC')::int");
    same!(db, Thing.at.month(), "extract(month from at AT TIME ZONE 'UTC')::int");
    same!(db, Thing.maybe_at.day(), "extract(day from maybe_at AT TIME ZONE 'UTC')::int");
    same!(db, Thing.at.hour(), "extract(hour from at AT TIME ZONE 'UTC')::int");
    same!(db, Thing.at.minute(), "extract(minute from at AT TIME ZONE 'UTC')::int");
    same!(db, Thing.maybe_at.second(), "trunc(extract(second from maybe_at AT TIME ZONE 'UTC'))::int");
    same!(db, Thing.at.date(), "(at AT TIME ZONE 'UTC')::date");
    same!(db, Thing.maybe_at.date(), "(maybe_at AT TIME ZONE 'UTC')::date");
    same!(db, Thing.at.trunc_day(), "date_trunc('day', at AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'");
    same!(db, Thing.day.trunc_month(), "date_trunc('month', day::timestamp)::date");
}

#[tokio::test]
async fn parts_of_dates() {
    let db = &database().await;
    same!(db, Thing.day.year(), "extract(year from day)::int");
    same!(db, Thing.maybe_day.iso_year(), "extract(isoyear from maybe_day)::int");
    same!(db, Thing.day.quarter(), "extract(quarter from day)::int");
    same!(db, Thing.day.month(), "extract(month from day)::int");
    same!(db, Thing.maybe_day.week(), "extract(week from maybe_day)::int");
    same!(db, Thing.day.day(), "extract(day from day)::int");
    same!(db, Thing.maybe_day.week_day(), "extract(dow from maybe_day)::int + 1");
    same!(db, Thing.maybe_day.iso_week_day(), "extract(isodow from maybe_day)::int");
    // A Sunday: 1 in Django, 7 in ISO 8601.
    let sunday: Date = "2023-01-01".parse().unwrap();
    let query = Thing::objects().filter(Thing.maybe_day.eq(sunday));
    let days =
        query.values((Thing.maybe_day.week_day(), Thing.maybe_day.iso_week_day())).one(db).await.unwrap();
    assert_eq!(days, (Some(1), Some(7)));
    assert_eq!(ids!(db, Thing.day.year().gte(2023)), [1, 4]);
    assert_eq!(ids!(db, Thing.at.second().eq(59)), [3]);
}

#[tokio::test]
async fn parts_in_a_time_zone() {
    let db = &database().await;
    let berlin = "Europe/Berlin";
    same!(
        db,
        Thing.at.at_time_zone(berlin).hour(),
        "extract(hour from at AT TIME ZONE 'Europe/Berlin')::int"
    );
    same!(db, Thing.at.at_time_zone(berlin).date(), "(at AT TIME ZONE 'Europe/Berlin')::date");
    same!(
        db,
        Thing.at.at_time_zone(Thing.owner.zone).hour(),
        "extract(hour from at AT TIME ZONE o.zone)::int"
    );
    same!(
        db,
        Thing.maybe_at.at_time_zone(berlin).week_day(),
        "extract(dow from maybe_at AT TIME ZONE 'Europe/Berlin')::int + 1"
    );
    same!(db, Thing.at.at_time_zone(berlin).trunc_day(), "date_trunc('day', at, 'Europe/Berlin')");
    same!(db, Thing.at.at_time_zone(Thing.owner.zone).trunc_hour(), "date_trunc('hour', at, o.zone)");
    assert_eq!(status!(db, Thing.at.at_time_zone("Mars/Olympus").hour()), 422);
    let zones = Owner::objects().filter(Owner.zone.eq("Asia/Kolkata")).count(db).await.unwrap();
    assert_eq!(zones, 1);
}

#[tokio::test]
async fn beginnings() {
    let db = &database().await;
    same!(db, Thing.at.trunc_year(), "date_trunc('year', at, 'UTC')");
    same!(db, Thing.at.trunc_quarter(), "date_trunc('quarter', at, 'UTC')");
    same!(db, Thing.maybe_at.trunc_month(), "date_trunc('month', maybe_at, 'UTC')");
    same!(db, Thing.at.trunc_week(), "date_trunc('week', at, 'UTC')");
    same!(db, Thing.at.trunc_hour(), "date_trunc('hour', at, 'UTC')");
    same!(db, Thing.at.trunc_minute(), "date_trunc('minute', at, 'UTC')");
    same!(db, Thing.maybe_at.trunc_second(), "date_trunc('second', maybe_at, 'UTC')");
    same!(db, Thing.day.trunc_year(), "date_trunc('year', day::timestamp)::date");
    same!(db, Thing.maybe_day.trunc_quarter(), "date_trunc('quarter', maybe_day::timestamp)::date");
    same!(db, Thing.day.trunc_week(), "date_trunc('week', day::timestamp)::date");
}

#[tokio::test]
async fn rows_of_a_year_a_month_and_a_day() {
    let db = &database().await;
    assert_eq!(ids!(db, Thing.at.in_year(2024)), [1]);
    assert_eq!(ids!(db, Thing.maybe_at.in_year(2024)), [1]);
    assert_eq!(ids!(db, Thing.maybe_at.in_year(2025)), [0; 0]);
    assert_eq!(ids!(db, Thing.maybe_day.in_year(9999)), [2]);
    assert_eq!(ids!(db, Thing.at.in_year(1970)), [2]);
    assert_eq!(ids!(db, !Thing.maybe_at.in_year(2024)), [2, 3, 4]);
    assert_eq!(ids!(db, Thing.at.in_month(2024, 2)), [1]);
    assert_eq!(ids!(db, Thing.at.in_month(2024, 3)), [0; 0]);
    assert_eq!(ids!(db, Thing.at.in_month(2024, 13)), [0; 0]);
    assert_eq!(ids!(db, Thing.day.in_month(2020, 12)), [3]);
    let leap: Date = "2024-02-29".parse().unwrap();
    assert_eq!(ids!(db, Thing.at.on_date(leap)), [1]);
    assert_eq!(ids!(db, Thing.day.on_date(leap)), [1]);
    assert_eq!(ids!(db, Thing.at.date().eq(leap)), [1]);
}

#[tokio::test]
async fn the_time_is_postgresqls() {
    let db = &database().await;
    assert_eq!(ids!(db, Thing.at.lt(now())), [1, 2, 3, 4]);
    assert_eq!(ids!(db, Thing.at.gt(transaction_now())), [0; 0]);
    assert_eq!(ids!(db, Thing.maybe_day.gt(current_date())), [2]);
    let query = Thing::objects().filter(Thing.id.eq(1)).values((now(), current_date()));
    let (at, today): (Timestamp, Date) = query.one(db).await.unwrap();
    assert!((Timestamp::now() - at).abs().total(jiff::Unit::Second).unwrap() < 60.0);
    assert_eq!(at.to_zoned(jiff::tz::TimeZone::UTC).date(), today);
}
