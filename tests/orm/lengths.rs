//! Lengths of time added up.

use hyperdjango::db::Db;
use hyperdjango::orm::field::{Duration, Interval};
use hyperdjango::orm::schema::create_missing_tables;
use hyperdjango::prelude::*;

#[derive(Model, Debug)]
#[model(table = "calls")]
struct Call {
    #[field(primary_key)]
    id: i64,
    caller: String,
    length: Duration,
    pause: Option<Interval>,
}

#[tokio::test]
async fn sums_and_averages() {
    let database = hyper_tests::postgres();
    let db = Db::new(database.url().parse().unwrap());
    create_missing_tables(&db, &[Call::META]).await.unwrap();
    type Four = (Option<Duration>, Option<Duration>, Option<Interval>, Option<Interval>);
    let four = (Call.length.sum(), Call.length.avg(), Call.pause.sum(), Call.pause.avg());

    let none: Four = Call::objects().aggregate(&db, four).await.unwrap();
    assert_eq!(none, (None, None, None, None));

    db.execute_batch(
        "INSERT INTO calls (caller, length, pause) VALUES
         ('ana', '1h', '1 mon 1 day'), ('ana', '30 min', NULL), ('ana', '0', '1 mon'), ('bob', '-3h', NULL),
         ('eve', '100000000h', '-7 days'), ('eve', '1 microsecond', NULL)",
    )
    .await
    .unwrap();
    let groups: Vec<(String, Four)> = Call::objects()
        .values(Call.caller)
        .annotate(four)
        .order_by(grouped(Call.caller))
        .all(&db)
        .await
        .unwrap();
    let (seconds, micro) = (Duration::from_seconds, Duration::from_microseconds);
    let (months, days) = (Interval::months, Interval::days);
    assert_eq!(
        groups,
        [
            (
                "ana".into(),
                (
                    Some(seconds(5400)),
                    Some(seconds(1800)),
                    Some(Interval { months: 2, days: 1, microseconds: 0 }),
                    Some(Interval { months: 1, days: 0, microseconds: 43_200_000_000 })
                )
            ),
            ("bob".into(), (Some(seconds(-10_800)), Some(seconds(-10_800)), None, None)),
            (
                "eve".into(),
                (
                    Some(micro(360_000_000_000_000_001)),
                    Some(seconds(180_000_000_000)),
                    Some(days(-7)),
                    Some(days(-7))
                )
            ),
        ]
    );
    // Of some rows, of different ones, compared, and turned round.
    let long: Vec<String> = Call::objects()
        .values(Call.caller)
        .annotate(Call.length.sum().filter(Call.length.gt(seconds(0))))
        .having(Call.length.sum().distinct().gt(seconds(5000)) & Call.pause.sum().is_not_null())
        .order_by(grouped(Call.caller))
        .all(&db)
        .await
        .unwrap()
        .into_iter()
        .map(|(caller, _)| caller)
        .collect();
    assert_eq!(long, ["ana", "eve"]);
    let turned: Vec<(Duration, Option<Interval>)> = Call::objects()
        .values((-Call.length, -Call.pause))
        .order_by(Call.id)
        .limit(1)
        .all(&db)
        .await
        .unwrap();
    assert_eq!(turned, [(seconds(-3600), Some(Interval { months: -1, days: -1, microseconds: 0 }))]);
    assert_eq!(months(1).to_string(), "P1M");
}

/// What is added up beyond the type is an error, not another length.
#[tokio::test]
async fn too_long_a_sum() {
    let database = hyper_tests::postgres();
    let db = Db::new(database.url().parse().unwrap());
    create_missing_tables(&db, &[Call::META]).await.unwrap();
    let most = Duration::from_microseconds(i64::MAX);
    for _ in 0..2 {
        Call::objects().create(&db, (Call.caller.set("ana"), Call.length.set(most))).await.unwrap();
    }
    let sum: hyperdjango::orm::Result<Option<Duration>> =
        Call::objects().aggregate(&db, Call.length.sum()).await;
    assert!(sum.is_err(), "{sum:?}");
}
