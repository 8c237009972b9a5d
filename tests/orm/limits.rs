//! What does not fit: numbers beyond their columns, money beyond `i64`, and a database that is another than the models'.

use hyperdjango::db::{Db, ErrorKind, Executor, Isolation};
use hyperdjango::orm::field::{Money, Percent};
use hyperdjango::orm::schema::create_missing_tables;
use hyperdjango::orm::{self, Error};
use hyperdjango::prelude::*;

#[derive(Choices, Debug, Clone, Copy, PartialEq)]
#[choices(native = "state")]
enum State {
    Open,
    Paid,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "bills", ordering = [id])]
struct Bill {
    #[field(primary_key)]
    id: i64,
    #[field(unique)]
    number: i32,
    #[field(max_digits = 5, decimal_places = 2)]
    amount: Decimal,
    discount: Option<Percent>,
    total: Money,
    #[field(db_default = "'open'")]
    state: State,
}

async fn bills() -> Db {
    let db = Db::new(hyper_tests::postgres().url().parse().unwrap());
    create_missing_tables(&db, &[Bill::META]).await.unwrap();
    db
}

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

/// What is told of `amount`, as a 422.
#[track_caller]
fn of_amount<T: std::fmt::Debug>(outcome: orm::Result<T>) -> Vec<String> {
    let error = outcome.expect_err("it was to be refused");
    let errors = error.validation_errors().unwrap_or_else(|| panic!("{error}"));
    let told = errors.field("amount").iter().map(ToString::to_string).collect();
    assert_eq!(hyperdjango::Error::from(error).status(), 422);
    told
}

#[tokio::test]
async fn a_number_beyond_its_column_is_told_by_the_field() {
    let db = &bills().await;
    let row = |amount: &str| {
        (Bill.number.set(1), Bill.amount.set(decimal(amount)), Bill.total.set(Money::minor(1)))
    };
    let bill = Bill::objects().create(db, row("-999.99")).await.unwrap();
    assert_eq!((bill.amount, bill.state), (decimal("-999.99"), State::Open));
    let beyond = ["Ensure that there are no more than 3 digits before the decimal point."];
    for (amount, told) in [
        ("1000", &beyond[..]),
        ("-1000.00", &beyond[..]),
        ("1.234", &["Ensure that there are no more than 2 decimal places."][..]),
    ] {
        assert_eq!(of_amount(Bill::objects().create(db, row(amount)).await), told, "{amount}");
        assert!(!of_amount(Bill::objects().bulk_create(db, [row(amount)]).await).is_empty());
        let update = Bill::objects().filter(Bill.id.eq(bill.id));
        assert!(!of_amount(update.update(db, Bill.amount.set(decimal(amount))).await).is_empty());
        let rows = [(2, decimal("1.00"), Money::minor(0)), (3, decimal(amount), Money::minor(0))];
        let copied = Bill::objects().copy_in(db, (Bill.number, Bill.amount, Bill.total), rows).await;
        assert!(!of_amount(copied).is_empty());
        let mut changed = Bill { amount: decimal(amount), ..bill.clone() };
        assert!(!of_amount(changed.save(db).await).is_empty());
        let changed = Bill::objects().bulk_update(db, Bill.amount, &[changed]).await;
        assert!(!of_amount(changed).is_empty());
    }
    // What PostgreSQL computes is PostgreSQL's to refuse.
    let computed = Bill::objects().all_rows().update(db, Bill.amount.set(Bill.amount * decimal("10"))).await;
    let error = computed.unwrap_err();
    assert_eq!(error.kind(), Some(ErrorKind::Data));
    assert!(error.to_string().contains("numeric field overflow"), "{error}");
    assert_eq!(hyperdjango::Error::from(error).status(), 422);
    assert_eq!(Bill::objects().all(db).await.unwrap(), [bill]);
}

#[tokio::test]
async fn money_is_added_up_by_postgresql() {
    let db = &bills().await;
    let sums = (Bill.total.sum(), Bill.total.avg(), Bill.total.max());
    let none: (Option<Money>, Option<f64>, Option<Money>) =
        Bill::objects().aggregate(db, sums).await.unwrap();
    assert_eq!(none, (None, None, None));
    let totals = [i64::MAX - 3, 1, 2, -5];
    for (number, total) in (0..).zip(totals) {
        let row =
            (Bill.number.set(number), Bill.amount.set(decimal("1")), Bill.total.set(Money::minor(total)));
        Bill::objects().create(db, row).await.unwrap();
    }
    // Exactly, where floating point would have lost the cents.
    let three = Bill::objects().filter(Bill.number.lt(3));
    assert_eq!(three.aggregate(db, Bill.total.sum()).await.unwrap(), Some(Money::minor(i64::MAX)));
    let all = Bill::objects().aggregate(db, Bill.total.sum()).await.unwrap();
    assert_eq!(all, Some(Money::minor(i64::MAX - 5)));
    let json = Bill::objects().json_aggregate(db, Bill.total.sum().named("total")).await.unwrap();
    assert_eq!(json.as_ref(), format!(r#"{{"total":{}}}"#, i64::MAX - 5).as_bytes());
    let groups: Vec<(State, (i64, Option<Money>))> =
        three.values(Bill.state).annotate((count(), Bill.total.sum())).all(db).await.unwrap();
    assert_eq!(groups, [(State::Open, (3, Some(Money::minor(i64::MAX))))]);
    // One more is beyond `bigint`, and said to be so instead of wrapped.
    Bill::objects().filter(Bill.number.eq(3)).update(db, Bill.total.set(Money::minor(1))).await.unwrap();
    let error = Bill::objects().aggregate(db, Bill.total.sum()).await.unwrap_err();
    assert_eq!(error.kind(), Some(ErrorKind::Data));
    assert!(error.to_string().contains("bigint out of range"), "{error}");
}

#[tokio::test]
async fn who_waits_for_a_row_that_is_not_made_after_all_makes_it() {
    let db = &bills().await;
    let values = || (Bill.amount.set(decimal("1")), Bill.total.set(Money::minor(7)));
    for rolled_back in [true, false] {
        let number = i32::from(rolled_back);
        let tx = db.begin().await.unwrap();
        let (first, created) =
            Bill::objects().get_or_create(&tx, Bill.number.set(number), values()).await.unwrap();
        assert!(created);
        let other = tokio::spawn({
            let db = db.clone();
            async move { Bill::objects().get_or_create(&db, Bill.number.set(number), values()).await }
        });
        // Until it waits for the first.
        loop {
            let waiting: i64 =
                db.query_val("SELECT count(*) FROM pg_locks WHERE NOT granted", &[]).await.unwrap();
            if waiting == 1 {
                break;
            }
            // The question is what it waits by: it goes to PostgreSQL and back.
            tokio::task::yield_now().await;
        }
        if rolled_back {
            tx.rollback().await.unwrap();
        } else {
            tx.commit().await.unwrap();
        }
        let (second, created) = other.await.unwrap().unwrap();
        assert_eq!((created, second.id == first.id), (rolled_back, !rolled_back));
        assert_eq!(Bill::objects().filter(Bill.number.eq(number)).count(db).await.unwrap(), 1);
    }
    // A transaction that sees the table as it was cannot find what it runs into: it is to be tried again.
    let tx = db.transaction().isolation(Isolation::RepeatableRead).begin().await.unwrap();
    assert_eq!(Bill::objects().count(&tx).await.unwrap(), 2);
    Bill::objects().get_or_create(db, Bill.number.set(9), values()).await.unwrap();
    let error = Bill::objects().get_or_create(&tx, Bill.number.set(9), values()).await.unwrap_err();
    assert!(matches!(error.kind(), Some(ErrorKind::Conflict | ErrorKind::Unique)), "{error:?}");
}

#[tokio::test]
async fn a_column_of_another_type_is_told_with_all_it_takes_to_mend_it() {
    let db = &bills().await;
    db.execute_batch("ALTER TABLE bills ALTER COLUMN total TYPE text").await.unwrap();
    let expected = "column `total` of table `bills` is `text` in the database, and field `total` of the model needs `bigint`; \
                    change the field's type or migrate the table";
    let row = (Bill.number.set(1), Bill.amount.set(decimal("1")), Bill.total.set(Money::minor(1)));
    for error in [
        Bill::objects().all(db).await.unwrap_err(),
        Bill::objects().json(db).await.unwrap_err(),
        Bill::objects().first(db).await.unwrap_err(),
        Bill::objects().get(db, 1).await.unwrap_err(),
        Bill::objects().json_get(db, 1).await.unwrap_err(),
        Bill::objects().dynamic().all(db).await.unwrap_err(),
        Bill::objects().raw("SELECT * FROM bills", &[]).all(db).await.unwrap_err(),
    ] {
        assert_eq!(error.to_string(), expected);
        assert_eq!(error.kind(), Some(ErrorKind::SchemaMismatch));
        assert_eq!(hyperdjango::Error::from(error).status(), 500);
    }
    let error = Bill::objects().create(db, row).await.unwrap_err();
    assert_eq!(error.kind(), Some(ErrorKind::SchemaMismatch), "{error}");
    let error = Bill::objects().values(Bill.total).all(db).await.unwrap_err().to_string();
    assert!(error.contains("`total` is `text` in the database"), "{error}");

    db.execute_batch("ALTER TABLE bills DROP COLUMN total").await.unwrap();
    let error = Bill::objects().all(db).await.unwrap_err();
    assert_eq!(error.kind(), Some(ErrorKind::SchemaMismatch));
    assert!(error.to_string().contains("bills.total") && error.to_string().contains("migrate"), "{error}");
    db.execute_batch("DROP TABLE bills").await.unwrap();
    let error = Bill::objects().all(db).await.unwrap_err();
    assert!(error.to_string().contains("\"bills\"") && error.to_string().contains("migrate"), "{error}");
}

#[tokio::test]
async fn a_label_the_program_does_not_know_is_told() {
    let db = &bills().await;
    let row = (Bill.number.set(1), Bill.amount.set(decimal("1")), Bill.total.set(Money::minor(1)));
    Bill::objects().create(db, row).await.unwrap();
    db.execute_batch("ALTER TYPE state ADD VALUE 'lost'").await.unwrap();
    db.execute_batch("UPDATE bills SET state = 'lost'").await.unwrap();
    for error in
        [Bill::objects().all(db).await.map(drop), Bill::objects().values(Bill.state).all(db).await.map(drop)]
    {
        let error = error.unwrap_err();
        assert_eq!(error.kind(), Some(ErrorKind::Decode), "{error}");
        let text = error.to_string();
        assert!(
            text.contains("state") && text.contains("`lost` is no choice of `State`, which are open, paid"),
            "{text}"
        );
        assert_eq!(hyperdjango::Error::from(error).status(), 500);
    }
    // The other direction: a label that the database has not.
    db.execute_batch("ALTER TYPE state RENAME VALUE 'paid' TO 'settled'").await.unwrap();
    let error = Bill::objects().all_rows().update(db, Bill.state.set(State::Paid)).await.unwrap_err();
    assert!(matches!(error, Error::Database(_)));
    assert!(error.to_string().contains("paid"), "{error}");
}
