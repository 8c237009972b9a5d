//! Arrays, ranges, addresses, exact numbers, intervals and columns of words.

use std::net::IpAddr;

use hyperdjango::orm::field::{Cidr, Range, TsVector};
use hyperdjango::orm::functions::window::{avg, sum, window};
use hyperdjango::orm::functions::{search_query, search_rank};
use hyperdjango::orm::schema::create_missing_tables;
use hyperdjango::prelude::*;

use super::status;

#[derive(Model, Debug)]
#[model(table = "things")]
struct Thing {
    #[field(primary_key)]
    id: i64,
    tags: Vec<String>,
    numbers: Option<Vec<Option<i32>>>,
    ages: Range<i32>,
    days: Option<Range<Date>>,
    address: IpAddr,
    network: Option<Cidr>,
    price: Decimal,
    maybe_price: Option<Decimal>,
    words: TsVector,
    shown: DateTime,
    clock: Time,
    maybe_shown: Option<DateTime>,
    at: Timestamp,
    lasts: Option<Interval>,
    extra: Jsonb<Vec<i32>>,
}

const ROWS: &str = "
    INSERT INTO things (tags, numbers, ages, days, address, network, price, maybe_price, words, shown, clock,
                        maybe_shown, at, lasts, extra) VALUES
    ('{rust,django,ünï}', '{1,NULL,3}', '[3,10)', '[2024-01-01,2024-02-01)', '10.1.2.3', '10.1.0.0/16', 2.345, 100,
     to_tsvector('simple', 'rust garden'), '2024-02-29 23:30:15.75', '23:59:59.999999', '2024-12-31 23:59:59', '2024-03-30 12:00+00',
     '1 month 2 days 03:00', '[1, 2]'),
    ('{}', '{}', 'empty', '(,)', '::1', '::/0', -0.005, 0.5, '', '0001-01-01', '00:00', '2020-12-31', '1970-01-01 00:00+00',
     '0', '[]'),
    ('{a}', NULL, '(,5]', NULL, '192.168.0.1', NULL, 12345678901234567890.123456789, NULL,
     to_tsvector('simple', 'garden'), '2020-02-29 12:00', '06:07:08', NULL, '2020-01-31 00:00+00', NULL, '[2]');
";

async fn database() -> Db {
    let db = Db::new(hyper_tests::postgres().url().parse().unwrap());
    create_missing_tables(&db, &[Thing::META]).await.unwrap();
    db.execute_batch(ROWS).await.unwrap();
    db
}

macro_rules! same {
    ($db:expr, $expression:expr, $sql:expr) => {{
        let query = Thing::objects().order_by(Thing.id).values($expression);
        let ours = query.all($db).await.unwrap_or_else(|error| panic!("{}: {error}", query.sql()));
        let hand = concat!("SELECT ", $sql, " FROM things t ORDER BY id");
        let theirs = super::read_as(&ours, super::by_hand($db, hand)).await;
        assert_eq!(format!("{ours:?}"), format!("{theirs:?}"), "{}", query.sql());
        assert_eq!(ours.len(), 3);
    }};
}

#[tokio::test]
async fn arrays() {
    let db = &database().await;
    let texts = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect::<Vec<_>>();
    same!(db, Thing.tags.len(), "cardinality(tags)");
    same!(db, Thing.numbers.len(), "cardinality(numbers)");
    same!(db, Thing.tags.index(0), "tags[1]");
    same!(db, Thing.numbers.index(1), "numbers[2]");
    same!(db, Thing.tags.index(7), "tags[8]");
    same!(db, Thing.tags.slice(1, 9), "tags[2:9]");
    same!(db, Thing.numbers.slice(0, 2), "numbers[1:2]");
    same!(db, Thing.tags.contains(texts(&["rust", "django"])), "tags @> '{rust,django}'");
    same!(db, Thing.tags.contains(texts(&[])), "tags @> '{}'");
    same!(db, Thing.numbers.contains(vec![Some(1)]), "numbers @> '{1}'");
    same!(db, Thing.tags.contained_by(texts(&["a", "b"])), "tags <@ '{a,b}'");
    same!(db, Thing.tags.overlap(texts(&["ünï", "b"])), "tags && '{ünï,b}'");
    same!(db, Thing.numbers.overlap(Thing.numbers), "numbers && numbers");
    same!(db, Thing.tags.has_item("a"), "'a' = ANY(tags)");
    same!(db, value(&[1, 2][..]).len(), "2");
}

#[tokio::test]
async fn ranges() {
    let db = &database().await;
    let day = |text: &str| text.parse::<Date>().unwrap();
    same!(db, Thing.ages.contains_value(4), "ages @> 4");
    same!(db, Thing.days.contains_value(day("2024-01-31")), "days @> '2024-01-31'::date");
    same!(db, Thing.ages.contains(Range::from(4..6)), "ages @> '[4,6)'::int4range");
    same!(db, Thing.ages.contains(Range::empty()), "ages @> 'empty'::int4range");
    same!(db, Thing.ages.contained_by(Range::from(0..100)), "ages <@ '[0,100)'::int4range");
    same!(db, Thing.ages.overlap(Range::from(9..20)), "ages && '[9,20)'::int4range");
    same!(db, Thing.days.overlap(Thing.days), "days && days");
    same!(db, Thing.ages.fully_lt(Range::from(10..20)), "ages << '[10,20)'::int4range");
    same!(db, Thing.ages.fully_gt(Range::from(0..3)), "ages >> '[0,3)'::int4range");
    same!(db, Thing.ages.not_lt(Range::from(3..4)), "ages &> '[3,4)'::int4range");
    same!(db, Thing.ages.not_gt(Range::from(3..6)), "ages &< '[3,6)'::int4range");
    same!(db, Thing.ages.adjacent_to(Range::from(10..11)), "ages -|- '[10,11)'::int4range");
    same!(db, Thing.ages.lower(), "lower(ages)");
    same!(db, Thing.days.upper(), "upper(days)");
    same!(db, Thing.ages.is_empty(), "isempty(ages)");
    same!(db, Thing.days.is_empty(), "isempty(days)");
    same!(db, Thing.ages.lower_inc(), "lower_inc(ages)");
    same!(db, Thing.ages.upper_inc(), "upper_inc(ages)");
    same!(db, Thing.ages.lower_inf(), "lower_inf(ages)");
    same!(db, Thing.days.upper_inf(), "upper_inf(days)");
    same!(db, Thing.at.date().contained_by(Thing.days), "(at AT TIME ZONE 'UTC')::date <@ days");
    same!(db, Thing.ages.lower().contained_by(Range::from(0..5)), "lower(ages) <@ '[0,5)'::int4range");
}

#[tokio::test]
async fn addresses() {
    let db = &database().await;
    let network: Cidr = "10.0.0.0/8".parse().unwrap();
    let address: IpAddr = "10.1.255.255".parse().unwrap();
    same!(db, Thing.address.net_contained(network), "address << '10.0.0.0/8'");
    same!(db, Thing.network.net_contained_or_equal(network), "network <<= '10.0.0.0/8'");
    same!(db, Thing.network.net_contains(address), "network >> '10.1.255.255'");
    same!(db, Thing.network.net_contains_or_equals(Thing.network), "network >>= network");
    same!(db, Thing.network.net_overlaps(Thing.address), "network && address");
    same!(db, Thing.address.family(), "family(address)");
    same!(db, Thing.network.masklen(), "masklen(network)");
    same!(db, Thing.network.host(), "host(network)");
}

#[tokio::test]
async fn exact_numbers() {
    let db = &database().await;
    same!(db, Thing.price.abs(), "abs(price)");
    same!(db, Thing.price.round(), "round(price)");
    same!(db, Thing.price.round_to(2), "round(price, 2)");
    same!(db, Thing.maybe_price.round_to(0), "round(maybe_price, 0)");
    same!(db, Thing.price.ceil(), "ceil(price)");
    same!(db, Thing.maybe_price.floor(), "floor(maybe_price)");
    same!(db, Thing.price.sign(), "sign(price)");
    same!(db, Thing.price.modulo(Decimal::new(2, 0)), "mod(price, 2)");
    same!(db, Thing.maybe_price.sqrt(), "sqrt(maybe_price)");
    same!(db, Thing.maybe_price.ln(), "ln(maybe_price)");
    same!(db, Thing.maybe_price.log(10.0), "log(10, maybe_price)");
    same!(db, Thing.maybe_price.sin(), "sin(maybe_price)");
    same!(db, Thing.price.cast::<f64>(), "price::float8");
    same!(db, coalesce((Thing.maybe_price, Decimal::new(-15, 1))), "coalesce(maybe_price, -1.5)");
    same!(db, window(sum(Thing.price)), "sum(price) OVER ()");
    same!(
        db,
        window(avg(Thing.maybe_price)).partition_by(Thing.id),
        "avg(maybe_price) OVER (PARTITION BY id)"
    );
    assert_eq!(status!(db, Thing.price.cast::<i64>()), 422);
}

#[tokio::test]
async fn times_and_intervals() {
    let db = &database().await;
    same!(db, Thing.shown.year(), "extract(year from shown)::int");
    same!(db, Thing.maybe_shown.iso_year(), "extract(isoyear from maybe_shown)::int");
    same!(db, Thing.shown.hour(), "extract(hour from shown)::int");
    same!(db, Thing.clock.minute(), "extract(minute from clock)::int");
    same!(db, Thing.clock.second(), "trunc(extract(second from clock))::int");
    same!(db, Thing.shown.date(), "shown::date");
    same!(db, Thing.maybe_shown.time(), "maybe_shown::time");
    same!(db, Thing.at.time(), "(at AT TIME ZONE 'UTC')::time");
    same!(db, Thing.at.at_time_zone("Asia/Kolkata").time(), "(at AT TIME ZONE 'Asia/Kolkata')::time");
    same!(db, Thing.at.at_time_zone("Asia/Kolkata").local(), "at AT TIME ZONE 'Asia/Kolkata'");
    same!(db, Thing.maybe_shown.in_time_zone("Asia/Kolkata"), "maybe_shown AT TIME ZONE 'Asia/Kolkata'");
    same!(db, Thing.shown.trunc_quarter(), "date_trunc('quarter', shown)");
    same!(db, Thing.maybe_shown.trunc_minute(), "date_trunc('minute', maybe_shown)");
    same!(db, Thing.shown.in_year(2024), "shown >= '2024-01-01' AND shown < '2025-01-01'");
    same!(
        db,
        Thing.maybe_shown.in_month(2024, 12),
        "maybe_shown >= '2024-12-01' AND maybe_shown < '2025-01-01'"
    );
    same!(db, Thing.shown.plus(Interval::days(1)), "shown + interval '1 day'");
    same!(db, Thing.shown.minus(Thing.lasts), "shown - lasts");
    same!(db, Thing.maybe_shown.since(Thing.shown), "maybe_shown - shown");
    same!(db, Thing.at.since(Thing.at), "at - at");
    same!(db, Thing.at.plus(Thing.lasts), "(at AT TIME ZONE 'UTC' + lasts) AT TIME ZONE 'UTC'");
    same!(
        db,
        Thing.at.minus(Interval::months(1)),
        "(at AT TIME ZONE 'UTC' - interval '1 month') AT TIME ZONE 'UTC'"
    );
    same!(db, window(sum(Thing.lasts)), "sum(lasts) OVER ()");
}

#[tokio::test]
async fn a_day_is_a_day_of_utc() {
    let db = database().await;
    let name = db.url().name().to_owned();
    db.execute_batch(&format!("ALTER DATABASE {name} SET timezone = 'Europe/Berlin'")).await.unwrap();
    let db = &Db::new(db.url().clone());
    // In Berlin the clocks went forward in between: a day of theirs is 23 hours.
    let query = Thing::objects().filter(Thing.id.eq(1));
    let later = query.values(Thing.at.plus(Interval::days(1))).one(db).await.unwrap();
    assert_eq!(later, "2024-03-31T12:00:00Z".parse::<Timestamp>().unwrap());
}

#[tokio::test]
async fn words_and_typed_json() {
    let db = &database().await;
    same!(db, Thing.words.matches(search_query("garden")), "words @@ plainto_tsquery('garden')");
    same!(db, search_rank(Thing.words, search_query("rust")), "ts_rank(words, plainto_tsquery('rust'))");
    same!(db, Thing.extra.index(0), "extra -> 0");
    same!(db, Thing.extra.contains(serde_json::json!([2])), "extra @> '[2]'");
    same!(db, Thing.extra.json_length(), "jsonb_array_length(extra)");
}
