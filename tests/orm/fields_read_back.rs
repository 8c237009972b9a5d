//! Any value of any type reads back as it was written: by `create`, `update` and `copy_in`, alone, in arrays and with NULLs;
//! the JSON from the wire is what serde makes of the row; and the value is found by itself.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::ops::Bound;

use hyperdjango::orm::field::{
    Cidr, Color, Duration, Email, IpInet, Lexeme, MacAddr, Money, Percent, Phone, Range, RangeBound, Slug,
    TsVector, Url,
};
use hyperdjango::prelude::*;
use proptest::collection::{btree_map, btree_set, vec};
use proptest::option;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use crate::fields::{Level, Mood, Rank, Sku, tables};

/// So many values of a kind, different ones each time.
pub(crate) fn sample<S: Strategy>(strategy: S, count: usize) -> Vec<S::Value> {
    let mut runner = TestRunner::default();
    (0..count).map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect()
}

/// The same text, or another for the same.
fn assert_same_json(wire: &[u8], serde: &str) {
    let wire = std::str::from_utf8(wire).unwrap();
    let parse = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    assert!(wire == serde || parse(wire) == parse(serde), "{wire}\n{serde}");
}

macro_rules! read_back {
    ($($name:ident: $type:ty, $strategy:expr;)+) => {$(
        mod $name {
            use super::*;

            #[derive(Model, Debug, Clone, PartialEq)]
            #[model(table = "things", ordering = [id])]
            struct Thing {
                #[field(primary_key)]
                id: i64,
                value: $type,
                maybe: Option<$type>,
                many: Vec<$type>,
                holes: Vec<Option<$type>>,
                few: Option<Vec<$type>>,
            }

            #[tokio::test]
            async fn reads_back_as_written() {
                let db = &tables(&[Thing::META]).await;
                let strategy = || $strategy;
                let row = (
                    strategy(),
                    option::of(strategy()),
                    vec(strategy(), 0..4),
                    vec(option::of(strategy()), 0..4),
                    option::of(vec(strategy(), 0..2)),
                );
                let mut written: Vec<Thing> = Vec::new();
                for (value, maybe, many, holes, few) in sample(row, 40) {
                    let id = written.len() as i64 + 1;
                    let thing = Thing { id, value, maybe, many, holes, few };
                    thing.validate().unwrap();
                    written.push(thing);
                }
                for thing in &written[..20] {
                    let values = (
                        Thing.value.set(&thing.value),
                        Thing.maybe.set(&thing.maybe),
                        Thing.many.set(&thing.many),
                        Thing.holes.set(thing.holes.clone()),
                        Thing.few.set(thing.few.clone()),
                    );
                    assert_eq!(&Thing::objects().create(db, values).await.unwrap(), thing);
                }
                let columns = (Thing.id, Thing.value, Thing.maybe, Thing.many, Thing.holes, Thing.few);
                let rows = written[20..].iter().cloned();
                let rows: Vec<_> =
                    rows.map(|thing| (thing.id, thing.value, thing.maybe, thing.many, thing.holes, thing.few)).collect();
                assert_eq!(Thing::objects().copy_in(db, columns, rows).await.unwrap(), 20);

                let read = Thing::objects().all(db).await.unwrap();
                assert_eq!(read, written);
                let wire = Thing::objects().json(db).await.unwrap();
                assert_same_json(wire.as_ref(), &serde_json::to_string(&read).unwrap());

                for thing in &written {
                    let found = |count: u64| assert!(count > 0, "{thing:?}");
                    found(Thing::objects().filter(Thing.value.eq(&thing.value)).count(db).await.unwrap());
                    found(Thing::objects().filter(Thing.many.eq(&thing.many)).count(db).await.unwrap());
                    let one = [thing.value.clone()];
                    found(Thing::objects().filter(Thing.value.within(&one)).count(db).await.unwrap());
                    if let Some(maybe) = &thing.maybe {
                        found(Thing::objects().filter(Thing.maybe.eq(maybe)).count(db).await.unwrap());
                    }
                }
                let none: [$type; 0] = [];
                assert_eq!(Thing::objects().filter(Thing.value.within(&none)).count(db).await.unwrap(), 0);

                let (to, first) = (&written[39], Thing::objects().filter(Thing.id.eq(1)));
                let values = (
                    Thing.value.set(to.value.clone()),
                    Thing.maybe.set(&to.value),
                    Thing.many.set(to.many.as_slice()),
                    Thing.few.set(to.many.clone()),
                );
                assert_eq!(first.update(db, values).await.unwrap(), 1);
                let changed = first.one(db).await.unwrap();
                assert_eq!((&changed.value, &changed.many), (&to.value, &to.many));
                assert_eq!((changed.maybe.as_ref(), changed.few.as_ref()), (Some(&to.value), Some(&to.many)));
                assert_eq!(first.update(db, (Thing.maybe.set(None::<$type>), Thing.few.set(None::<Vec<$type>>))).await.unwrap(), 1);
                assert_eq!(first.values((Thing.maybe, Thing.few)).one(db).await.unwrap(), (None, None));
            }
        }
    )+};
}

read_back! {
    bool_: bool, any::<bool>();
    i16_: i16, prop_oneof![Just(i16::MIN), Just(i16::MAX), any::<i16>()];
    i32_: i32, prop_oneof![Just(i32::MIN), Just(i32::MAX), any::<i32>()];
    i64_: i64, prop_oneof![Just(i64::MIN), Just(i64::MAX), any::<i64>()];
    f32_: f32, prop_oneof![Just(f32::MIN_POSITIVE), Just(f32::INFINITY), proptest::num::f32::NORMAL | proptest::num::f32::SUBNORMAL];
    f64_: f64, prop_oneof![Just(f64::MAX), Just(f64::NEG_INFINITY), proptest::num::f64::NORMAL | proptest::num::f64::SUBNORMAL];
    decimal: Decimal, prop_oneof![
        Just(Decimal::MIN),
        Just(Decimal::MAX),
        Just(Decimal::ZERO),
        (any::<i64>(), 0_u32..=28).prop_map(|(n, scale)| Decimal::new(n, scale)),
        (-(1_i128 << 96) + 1..1_i128 << 96, 0_u32..=28).prop_map(|(n, scale)| Decimal::from_i128_with_scale(n, scale)),
    ];
    string: String, text();
    bytes: Vec<u8>, vec(any::<u8>(), 0..40);
    binary: Binary, vec(any::<u8>(), 0..40).prop_map(Binary);
    uuid_: Uuid, any::<u128>().prop_map(Uuid::from_u128);
    timestamp: Timestamp, micros().prop_map(|micros| Timestamp::from_microsecond(micros).unwrap());
    date: Date, date_();
    time: Time, (0_i64..86_400_000_000).prop_map(|micros| Time::midnight() + jiff::Span::new().microseconds(micros));
    date_time: DateTime, date_time_();
    interval: Interval, (any::<i32>(), any::<i32>(), any::<i64>())
        .prop_map(|(months, days, microseconds)| Interval { months, days, microseconds });
    json: serde_json::Value, json_();
    jsonb: Jsonb<BTreeMap<String, Vec<Option<i64>>>>, btree_map(text(), vec(option::of(any::<i64>()), 0..3), 0..3).prop_map(Jsonb);
    ip: IpAddr, any::<IpAddr>();
    inet: IpInet, (any::<IpAddr>(), 0_u8..=32).prop_map(|(address, bits)| IpInet::new(address, bits).unwrap());
    cidr: Cidr, (any::<IpAddr>(), 0_u8..=32).prop_map(|(address, bits)| Cidr(IpInet::new(address, bits).unwrap().network()));
    mac: MacAddr, any::<[u8; 6]>().prop_map(MacAddr);
    int4range: Range<i32>, range(prop_oneof![-9..9_i32, any::<i32>()]);
    int8range: Range<i64>, range(prop_oneof![-9..9_i64, any::<i64>()]);
    numrange: Range<Decimal>, range((any::<i32>(), 0_u32..9).prop_map(|(n, scale)| Decimal::new(n.into(), scale)));
    daterange: Range<Date>, range(date_time_().prop_map(DateTime::date));
    tsrange: Range<DateTime>, range(date_time_());
    tstzrange: Range<Timestamp>, range(micros().prop_map(|micros| Timestamp::from_microsecond(micros).unwrap()));
    tsvector: TsVector, words();
    money: Money, any::<i64>().prop_map(Money::minor);
    email: Email, "[a-z]{1,20}@[a-z]{1,20}\\.org".prop_map(|text| Email::new(text).unwrap());
    url: Url, "https?://[a-z]{1,20}\\.org(/[a-z0-9]{0,9}){0,3}".prop_map(|text| Url::new(text).unwrap());
    slug: Slug, "[A-Za-z0-9_-]{1,50}".prop_map(|text| Slug::new(text).unwrap());
    phone: Phone, "\\+[1-9][0-9]{6,14}".prop_map(|text| Phone::new(text).unwrap());
    color: Color, any::<[u8; 3]>().prop_map(|[red, green, blue]| Color::new(red, green, blue));
    percent: Percent, (0_i64..=10_000).prop_map(|n| Percent::new(Decimal::new(n, 2)).unwrap());
    duration: Duration, any::<i64>().prop_map(Duration::from_microseconds);
    choices: Level, prop_oneof![Just(Level::Low), Just(Level::High), Just(Level::QuoteUnquote)];
    native: Mood, prop_oneof![Just(Mood::Sad), Just(Mood::Ok), Just(Mood::Happy)];
    newtype: Sku, "[A-Z]{3}-[0-9]{1,9}".prop_map(Sku);
    newtype_of_native: Rank, prop_oneof![Just(Mood::Sad), Just(Mood::Happy)].prop_map(Rank);
}

/// Of any characters but NUL, which PostgreSQL does not keep.
pub(crate) fn text() -> impl Strategy<Value = String> {
    any::<String>().prop_map(|text| text.replace('\0', "\u{1}"))
}

/// Microseconds since 1970, from PostgreSQL's first year to jiff's last.
pub(crate) fn micros() -> impl Strategy<Value = i64> {
    let (first, last) = (-210_866_803_200_000_000_i64, 253_402_207_199_999_999);
    prop_oneof![
        Just(first),
        Just(last),
        -9_i64..9,
        first..last,
        (first / 1_000_000..last / 1_000_000).prop_map(|s| s * 1_000_000)
    ]
}

pub(crate) fn date_time_() -> impl Strategy<Value = DateTime> {
    micros()
        .prop_map(|micros| jiff::tz::TimeZone::UTC.to_datetime(Timestamp::from_microsecond(micros).unwrap()))
}

pub(crate) fn date_() -> impl Strategy<Value = Date> {
    prop_oneof![Just(jiff::civil::date(-4712, 1, 1)), Just(Date::MAX), date_time_().prop_map(DateTime::date)]
}

pub(crate) fn json_() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<i32>().prop_map(|n| (f64::from(n) / 4.0).into()),
        text().prop_map(Into::into),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Into::into),
            btree_map(text(), inner, 0..4)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    })
}

/// The ends in order, as PostgreSQL wants them; empty now and then.
fn range<T: RangeBound + std::fmt::Debug>(
    values: impl Strategy<Value = T>,
) -> impl Strategy<Value = Range<T>> {
    (vec(values, 2), any::<(u8, u8)>(), 0..9).prop_map(|(mut ends, kinds, empty)| {
        if empty == 0 {
            return Range::empty();
        }
        let (a, b) = (ends.remove(0), ends.remove(0));
        let (from, to) = if a > b { (b, a) } else { (a, b) };
        let bound = |kind: u8, value| match kind % 4 {
            0 => Bound::Unbounded,
            1 => Bound::Excluded(value),
            _ => Bound::Included(value),
        };
        Range::new(bound(kinds.0, from), bound(kinds.1, to))
    })
}

fn words() -> impl Strategy<Value = TsVector> {
    let places = btree_set(1_u16..=0x3fff, 0..4);
    let weights = vec(prop_oneof![Just('A'), Just('B'), Just('C'), Just('D')], 4);
    let word = "[a-z'\\\\äß ]{1,6}";
    btree_map(word, (places, weights), 0..4).prop_map(
        |words: BTreeMap<String, (BTreeSet<u16>, Vec<char>)>| {
            let lexeme = |(word, (places, weights)): (_, (BTreeSet<u16>, Vec<char>))| Lexeme {
                word,
                places: places.into_iter().zip(weights).collect(),
            };
            TsVector::new(words.into_iter().map(lexeme).collect())
        },
    )
}
