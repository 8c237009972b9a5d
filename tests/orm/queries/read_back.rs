//! What is written of any row by any way of writing reads back equal.

use hyperdjango::prelude::*;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::{Just, Strategy, any, prop_oneof};

use crate::fields::{Level, tables};
use crate::fields_read_back::{date_, json_, micros, sample, text};

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "parents")]
struct Parent {
    #[field(primary_key)]
    id: i64,
    name: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "rows", ordering = [id])]
struct Whole {
    #[field(primary_key)]
    id: i64,
    int: i32,
    big: Option<i64>,
    double: f64,
    amount: Option<Decimal>,
    text: String,
    nick: Option<String>,
    at: Timestamp,
    day: Option<Date>,
    flag: bool,
    bytes: Vec<u8>,
    holes: Vec<Option<i32>>,
    data: Option<serde_json::Value>,
    level: Level,
    parent: Option<ForeignKey<Parent>>,
}

fn wholes() -> impl Strategy<Value = Whole> {
    let numbers = (
        prop_oneof![Just(i32::MIN), Just(i32::MAX), any::<i32>()],
        option::of(prop_oneof![Just(i64::MIN), Just(i64::MAX), any::<i64>()]),
        prop_oneof![Just(f64::INFINITY), Just(f64::MIN), proptest::num::f64::NORMAL],
        option::of((any::<i64>(), 0_u32..=28).prop_map(|(n, scale)| Decimal::new(n, scale))),
    );
    let instants = micros().prop_map(|micros| Timestamp::from_microsecond(micros).unwrap());
    // With as many digits of the second as PostgreSQL has.
    let last = Timestamp::new(Timestamp::MAX.as_second(), 999_999_000).unwrap();
    let texts = (text(), option::of(text()), prop_oneof![Just(last), instants], option::of(date_()));
    let others = (
        any::<bool>(),
        vec(any::<u8>(), 0..9),
        vec(option::of(any::<i32>()), 0..4),
        option::of(json_()),
        prop_oneof![Just(Level::Low), Just(Level::High), Just(Level::QuoteUnquote)],
        option::of(1_i64..=2),
    );
    (numbers, texts, others).prop_map(
        |((int, big, double, amount), (text, nick, at, day), (flag, bytes, holes, data, level, parent))| {
            Whole {
                id: 0,
                int,
                big,
                double,
                amount,
                text,
                nick,
                at,
                day,
                flag,
                bytes,
                holes,
                data,
                level,
                parent: parent.map(ForeignKey::new),
            }
        },
    )
}

/// So many different rows, with these keys.
fn rows(keys: std::ops::Range<i64>) -> Vec<Whole> {
    let rows = sample(wholes(), (keys.end - keys.start) as usize);
    keys.zip(rows).map(|(id, row)| Whole { id, ..row }).collect()
}

macro_rules! values {
    ($row:expr; $($first:ident)?) => {{
        let row: &Whole = $row;
        (
            $(Whole.$first.set(row.$first),)?
            Whole.int.set(row.int),
            Whole.big.set(row.big),
            Whole.double.set(row.double),
            Whole.amount.set(row.amount),
            Whole.text.set(row.text.clone()),
            Whole.nick.set(row.nick.clone()),
            Whole.at.set(row.at),
            Whole.day.set(row.day),
            Whole.flag.set(row.flag),
            Whole.bytes.set(row.bytes.clone()),
            Whole.holes.set(row.holes.clone()),
            Whole.data.set(row.data.clone()),
            Whole.level.set(row.level),
            Whole.parent.set_or_null(row.parent.map(|parent| parent.id)),
        )
    }};
}

async fn database() -> Db {
    let db = tables(&[Whole::META, Parent::META]).await;
    Parent::objects().bulk_create(&db, ["a", "b"].map(|name| Parent.name.set(name))).await.unwrap();
    db
}

/// That the table has these rows, in whatever way they are read.
async fn assert_there(db: &Db, expected: &[Whole]) {
    let read = Whole::objects().all(db).await.unwrap();
    assert_eq!(read, expected);
    assert_eq!(Whole::objects().dynamic().all(db).await.unwrap(), expected);
    let keys: Vec<i64> = expected.iter().map(|row| row.id).collect();
    let bulk = Whole::objects().in_bulk(db, &keys).await.unwrap();
    assert!(expected.iter().all(|row| bulk.get(&row.id) == Some(row)));
    let json = Whole::objects().json(db).await.unwrap();
    let wire: serde_json::Value = serde_json::from_slice(json.as_ref()).unwrap();
    let serde: serde_json::Value = serde_json::from_str(&serde_json::to_string(&read).unwrap()).unwrap();
    assert_eq!(wire, serde);
}

#[tokio::test]
async fn one_by_one() {
    let db = &database().await;
    let mut written = rows(1..25);
    for row in &written {
        assert_eq!(&Whole::objects().create(db, values!(row;)).await.unwrap(), row);
    }
    assert_there(db, &written).await;
    // All fields anew.
    for mut row in rows(1..13) {
        row.save(db).await.unwrap();
        let at = row.id as usize - 1;
        written[at] = row;
    }
    assert_there(db, &written).await;
    // Some fields anew, others than those each time.
    for (i, other) in rows(13..25).into_iter().enumerate() {
        let mut row = written[i].clone().edit();
        let some = |field: usize| (i * 7 + 1) >> (field % 6) & 1 == 1;
        if some(0) {
            (row.int, row.text, row.parent) = (other.int, other.text.clone(), other.parent);
        }
        if some(1) {
            (row.big, row.amount, row.at) = (other.big, other.amount, other.at);
        }
        if some(2) {
            (row.nick, row.data) = (other.nick.clone(), other.data.clone());
        }
        if some(3) {
            (row.holes, row.bytes) = (other.holes.clone(), other.bytes.clone());
        }
        if some(4) {
            (row.level, row.day, row.flag, row.double) = (other.level, other.day, !row.flag, other.double);
        }
        assert_eq!(row.is_changed(), !row.changed_fields().is_empty());
        row.save(db).await.unwrap();
        assert!(!row.is_changed());
        written[i] = row.into_row();
        written[i].refresh(db).await.unwrap();
    }
    assert_there(db, &written).await;
}

#[tokio::test]
async fn many_at_once() {
    let db = &database().await;
    let mut written = rows(1..25);
    let created = Whole::objects().bulk_create(db, written.iter().map(|row| values!(row; id))).await.unwrap();
    assert_eq!(created, written);
    assert_there(db, &written).await;

    // Some columns of half of them; arrays are none that `bulk_update` takes.
    let changed = rows(1..13);
    let columns =
        (Whole.int, Whole.amount, Whole.text, Whole.nick, Whole.at, Whole.level, Whole.data, Whole.parent);
    assert_eq!(Whole::objects().bulk_update(db, columns, &changed).await.unwrap(), 12);
    for (row, new) in written.iter_mut().zip(changed) {
        let Whole { int, amount, text, nick, at, level, data, parent, .. } = new;
        *row = Whole { int, amount, text, nick, at, level, data, parent, ..row.clone() };
    }
    assert_there(db, &written).await;

    // Half of them there, half of them not.
    let upserted = rows(13..37);
    let columns = (
        Whole.int,
        Whole.big,
        Whole.double,
        Whole.amount,
        Whole.text,
        Whole.nick,
        Whole.at,
        Whole.day,
        Whole.flag,
        Whole.bytes,
        Whole.holes,
        Whole.data,
        Whole.level,
        Whole.parent,
    );
    let upsert = Whole::objects().on_conflict(Whole.id).update(columns);
    let (one, rest) = upserted.split_last().unwrap();
    assert_eq!(upsert.create(db, values!(one; id)).await.unwrap().as_ref(), Some(one));
    assert_eq!(upsert.bulk_create(db, rest.iter().map(|row| values!(row; id))).await.unwrap(), rest);
    written.truncate(12);
    written.extend(upserted);
    assert_there(db, &written).await;

    let (key, rest) = (Whole.id, columns);
    let copied = rows(37..61);
    let tuples = copied.iter().cloned().map(|row| {
        let Whole {
            id,
            int,
            big,
            double,
            amount,
            text,
            nick,
            at,
            day,
            flag,
            bytes,
            holes,
            data,
            level,
            parent,
        } = row;
        let parent = parent.map(|parent| parent.id);
        (id, int, big, double, amount, text, nick, at, day, flag, bytes, holes, data, level, parent)
    });
    let all = (
        key, rest.0, rest.1, rest.2, rest.3, rest.4, rest.5, rest.6, rest.7, rest.8, rest.9, rest.10,
        rest.11, rest.12, rest.13,
    );
    assert_eq!(Whole::objects().copy_in(db, all, tuples.collect::<Vec<_>>()).await.unwrap(), 24);
    written.extend(copied);
    assert_there(db, &written).await;

    // And none.
    assert!(
        Whole::objects()
            .bulk_create(db, rows(0..0).iter().map(|row| values!(row; id)))
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(Whole::objects().bulk_update(db, Whole.int, &[]).await.unwrap(), 0);
    assert_there(db, &written).await;
}
