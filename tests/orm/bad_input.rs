//! What the database cannot take, and what it should not have: each is an error with its kind and status, never a panic
//! and never a success.

use std::time::Duration;

use hyperdjango::db::{Db, DbOptions, ErrorKind, Executor, Isolation};
use hyperdjango::orm;
use hyperdjango::orm::write::Instance;
use hyperdjango::prelude::*;

use super::schema::database as tables;
use crate::models::{Comment, Country, Everything, Person, Post, database};

/// The kind and the status a failure has.
#[track_caller]
fn failed<T: std::fmt::Debug>(outcome: orm::Result<T>) -> (Option<ErrorKind>, u16) {
    let error = outcome.expect_err("it was to fail");
    let kind = error.kind();
    (kind, hyperdjango::Error::from(error).status().as_u16())
}

const DATA: (Option<ErrorKind>, u16) = (Some(ErrorKind::Data), 422);
const INVALID: (Option<ErrorKind>, u16) = (None, 422);
const MISMATCH: (Option<ErrorKind>, u16) = (Some(ErrorKind::SchemaMismatch), 500);

#[tokio::test]
async fn numbers_and_times_out_of_range() {
    let db = &database().await;
    let all = Post::objects().all_rows();
    assert_eq!(failed(all.update(db, Post.score.set(Post.score * i32::MAX)).await), DATA);
    assert_eq!(failed(all.update(db, Post.score.set(Post.score / 0)).await), DATA);
    let sums = Post::objects().values(Post.id + i64::MAX);
    assert_eq!(failed(sums.all(db).await), DATA);
    assert_eq!(failed(sums.json(db).await), DATA);
    // The year -9999, which the program has and PostgreSQL has not.
    assert_eq!(failed(Post::objects().filter(Post.created.gt(Timestamp::MIN)).count(db).await), DATA);
    assert_eq!(failed(all.update(db, Post.created.set(Timestamp::MIN)).await), INVALID);
    assert_eq!(Post::objects().filter(Post.created.gt(Timestamp::MAX)).count(db).await.unwrap(), 0);
    assert_eq!(failed(Everything::objects().filter(Everything.day.eq(Date::MIN)).count(db).await), DATA);
    assert_eq!(Everything::objects().filter(Everything.day.eq(Date::MAX)).count(db).await.unwrap(), 0);
    assert_eq!(failed(Post::objects().values(Post.title.cast::<i32>()).all(db).await), DATA);
    // Rules come before PostgreSQL.
    assert_eq!(failed(all.update(db, Post.score.set(1001)).await), INVALID);
    assert_eq!(Post::objects().filter(Post.score.eq(30)).count(db).await.unwrap(), 1, "nothing has changed");
}

#[tokio::test]
async fn texts_too_long_or_with_a_zero_byte() {
    let db = &database().await;
    let country = Country::objects().filter(Country.id.eq(1));
    // What PostgreSQL computes meets no rule of the program's.
    sql_function! { fn repeat(text: String, times: i32) -> String; }
    assert_eq!(failed(country.update(db, Country.name.set(repeat(Country.name, 20))).await), DATA);
    assert_eq!(failed(country.update(db, Country.name.set("x".repeat(61))).await), INVALID);
    let nul = "a\0b";
    let people = Person::objects;
    assert_eq!(failed(people().create(db, (Person.name.set(nul), Person.password.set(""))).await).1, 422);
    let one = || (Person.name.set("zoe"), Person.password.set(nul));
    assert_eq!(failed(people().create(db, one()).await).1, 422);
    assert_eq!(failed(people().bulk_create(db, [one()]).await).1, 422);
    let columns = (Person.name, Person.password);
    let rows = [("zoe".to_owned(), nul.to_owned())];
    assert_eq!(failed(people().copy_in(db, columns, rows).await).1, 422);
    assert_eq!(failed(people().filter(Person.name.eq(nul)).all(db).await), DATA);
    assert_eq!(failed(people().filter(Person.name.within(&["a", nul])).all(db).await), DATA);
    assert_eq!(failed(people().filter(Person.name.icontains(nul)).all(db).await), DATA);
    assert_eq!(failed(people().filter(Person.name.startswith(nul)).exists(db).await), DATA);
    assert_eq!(failed(people().all_rows().update(db, Person.password.set(nul)).await).1, 422);
    let mut ana = people().get(db, 1).await.unwrap();
    ana.password = nul.into();
    assert_eq!(failed(ana.save(db).await).1, 422);
    assert_eq!(failed(people().bulk_update(db, Person.password, &[ana]).await).1, 422);
    assert_eq!(
        people().filter(Person.password.eq("secret")).count(db).await.unwrap(),
        3,
        "nothing has changed"
    );
    assert_eq!(people().count(db).await.unwrap(), 3);
}

#[tokio::test]
async fn texts_of_any_size_and_script() {
    let db = &database().await;
    let large = "ж€😀\u{200d}\r\n\u{feff}".repeat(600_000);
    assert!(large.len() > 10_000_000);
    let comment = (Comment.post.set(1), Comment.text.set(large.as_str()));
    let comment = Comment::objects().create(db, comment).await.unwrap();
    assert!(comment.text == large);
    let found = Comment::objects().filter(Comment.text.eq(large.as_str())).values(Comment.id).all(db).await;
    assert_eq!(found.unwrap(), [comment.id]);
    let json = Comment::objects().values(Comment.text).json(db).await.unwrap();
    let read: serde_json::Value = serde_json::from_slice(json.as_ref()).unwrap();
    assert!(read[0]["text"] == large);
    // An index cannot have it, and says so.
    db.execute_batch("CREATE UNIQUE INDEX ON people (password)").await.unwrap_err();
    db.execute_batch("UPDATE people SET password = id; CREATE UNIQUE INDEX ON people (password)")
        .await
        .unwrap();
    // Not to be compressed.
    let random: String = (0..100_000_u64)
        .map(|n| char::from(b'a' + (n.wrapping_mul(n).wrapping_mul(2_654_435_761) >> 17) as u8 % 26))
        .collect();
    let one = (Person.name.set("zoe"), Person.password.set(random.as_str()));
    assert_eq!(failed(Person::objects().create(db, one).await), DATA);
}

#[tokio::test]
async fn nothing_and_everything_are_asked_for() {
    let db = &database().await;
    let posts = Post::objects;
    assert!(posts().filter(Post.id.within(&[0_i64; 0])).all(db).await.unwrap().is_empty());
    assert_eq!(posts().exclude(Post.id.within(&[0_i64; 0])).count(db).await.unwrap(), 4);
    assert!(posts().in_bulk(db, &[]).await.unwrap().is_empty());
    assert!(
        posts()
            .bulk_create(db, [(Post.title.set("x"), Post.author.set(1))].into_iter().take(0))
            .await
            .unwrap()
            .is_empty()
    );
    assert!(posts().limit(0).all(db).await.unwrap().is_empty());
    assert_eq!(posts().limit(0).count(db).await.unwrap(), 0);
    assert_eq!(posts().limit(u64::MAX).all(db).await.unwrap().len(), 4);
    assert!(posts().offset(u64::MAX).all(db).await.unwrap().is_empty());
    assert!(posts().limit(u64::MAX).offset(u64::MAX).all(db).await.unwrap().is_empty());
    assert_eq!(posts().offset(99).first(db).await.unwrap(), None);
    for id in [-1, 0, i64::MIN, i64::MAX] {
        assert_eq!(failed(posts().get(db, id).await), (None, 404));
    }
    let both = posts().values(Post.title).union(Person::objects().values(Person.name));
    assert!(both.limit(0).all(db).await.unwrap().is_empty());
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "things")]
struct Thing {
    #[field(primary_key)]
    id: i64,
    name: String,
    #[field(default = 0)]
    amount: i32,
}

/// A table that is not as the model says, made with `columns`.
async fn things(columns: &str) -> Db {
    let db = tables(&[]).await;
    db.execute_batch(&format!("CREATE TABLE things ({columns})")).await.unwrap();
    db
}

/// What every kind of statement fails with.
async fn all_fail(db: &Db, says: &[&str]) {
    let things = Thing::objects;
    let row = || (Thing.name.set("a"), Thing.amount.set(1));
    let mut thing = Thing { id: 1, name: "a".into(), amount: 1 };
    for error in [
        things().all(db).await.unwrap_err(),
        things().json(db).await.unwrap_err(),
        things().filter(Thing.amount.eq(1)).first(db).await.unwrap_err(),
        things().create(db, row()).await.unwrap_err(),
        things().bulk_create(db, [row()]).await.unwrap_err(),
        thing.save(db).await.unwrap_err(),
        things().values(Thing.amount).all(db).await.unwrap_err(),
        things().filter(Thing.amount.eq(1)).count(db).await.unwrap_err(),
        things().all_rows().update(db, Thing.amount.set(1)).await.unwrap_err(),
    ] {
        let text = error.to_string();
        assert!(says.iter().all(|word| text.contains(word)), "{says:?}: {text}");
        assert_eq!(failed::<()>(Err(error)), MISMATCH, "{text}");
    }
}

#[tokio::test]
async fn a_schema_that_differs_is_named() {
    const HEAD: &str = "id bigint GENERATED BY DEFAULT AS IDENTITY, name text";
    // A column that is missing; one that has another name; a table that is missing.
    all_fail(&things(HEAD).await, &["amount", "does not exist", "migrate the table"]).await;
    all_fail(&things(&format!("{HEAD}, amounts integer")).await, &["amount", "does not exist"]).await;
    let db = things("x integer").await;
    db.execute_batch("DROP TABLE things").await.unwrap();
    all_fail(&db, &["relation \"things\" does not exist; migrate the table"]).await;

    // Another type: table, column, what is expected and what is there.
    let db = &things(&format!("{HEAD}, amount text")).await;
    for error in [
        Thing::objects().all(db).await.unwrap_err(),
        Thing::objects().create(db, (Thing.name.set("a"), Thing.amount.set(1))).await.unwrap_err(),
    ] {
        let text = error.to_string();
        for word in ["column `amount` of table `things`", "is `text` in the database", "needs `integer`"] {
            assert!(text.contains(word), "{text}");
        }
        assert_eq!(failed::<()>(Err(error)), MISMATCH);
    }
    let error = Thing::objects().values(Thing.amount).all(db).await.unwrap_err();
    assert!(error.to_string().contains("column `amount` is `text`"), "{error}");
    assert_eq!(failed::<()>(Err(error)), MISMATCH);
    // What returns nothing finds out when it writes.
    let error = Thing::objects().all_rows().update(db, Thing.amount.set(1)).await.unwrap_err();
    assert!(error.to_string().contains("`i32` and the Postgres type `text`"), "{error}");
    assert_eq!(failed::<()>(Err(error)), MISMATCH);

    // NULL where the model has none: the column, once a row has one.
    let db = &things(&format!("{HEAD}, amount integer")).await;
    assert_eq!(Thing::objects().all(db).await.unwrap(), []);
    db.execute_batch("INSERT INTO things (name, amount) VALUES ('a', 1), ('b', NULL)").await.unwrap();
    let outcome = Thing::objects().all(db).await;
    assert!(
        outcome.as_ref().unwrap_err().to_string().starts_with("column `amount` cannot be read: it is NULL")
    );
    assert_eq!(failed(outcome), (Some(ErrorKind::Decode), 500));
    assert_eq!(Thing::objects().filter(Thing.amount.eq(1)).count(db).await.unwrap(), 1, "usable afterwards");
}

#[tokio::test]
async fn a_plan_is_made_anew_after_the_table_changed() {
    let db = &things("id bigint GENERATED BY DEFAULT AS IDENTITY, name text, amount integer").await;
    // One connection for all that has one alone, so that it is known what was prepared there.
    let mut options = DbOptions::default();
    options.exclusive = 1;
    let db = &Db::with_options(db.url().clone(), options);
    let row = || (Thing.name.set("a"), Thing.amount.set(1));
    let read = Thing::objects().filter(Thing.amount.eq(1));
    Thing::objects().create(db, row()).await.unwrap();
    assert_eq!(read.all(db).await.unwrap().len(), 1);
    // To a type that fits as well.
    db.execute_batch("ALTER TABLE things ALTER name TYPE varchar(10)").await.unwrap();
    assert_eq!(read.all(db).await.unwrap().len(), 1);
    Thing::objects().create(db, row()).await.unwrap();
    // To one that does not: the new plan is checked as the first was.
    db.execute_batch("ALTER TABLE things ALTER name TYPE integer USING 1").await.unwrap();
    assert_eq!(failed(read.all(db).await), MISMATCH);
    assert_eq!(failed(Thing::objects().create(db, row()).await), MISMATCH);
    db.execute_batch("ALTER TABLE things ALTER name TYPE text").await.unwrap();
    // In a transaction nothing is asked twice: it says so, and goes another time.
    let inside = async || -> orm::Result<usize> {
        let tx = db.begin().await?;
        let rows = read.all(&tx).await?.len();
        tx.commit().await?;
        Ok(rows)
    };
    assert_eq!(inside().await.unwrap(), 2);
    db.execute_batch("ALTER TABLE things ALTER name TYPE varchar(20)").await.unwrap();
    assert_eq!(failed(inside().await), (Some(ErrorKind::Conflict), 503));
    assert_eq!(inside().await.unwrap(), 2);
}

#[tokio::test]
async fn who_waits_too_long_is_told() {
    let db = &database().await;
    let holder = db.begin().await.unwrap();
    Post::objects().filter(Post.id.eq(1)).update(&holder, Post.score.set(1)).await.unwrap();
    let limit = Duration::from_millis(20);
    let write = async |tx: &hyperdjango::db::Transaction| {
        Post::objects().filter(Post.id.eq(1)).update(tx, Post.score.set(2)).await
    };
    let locked: orm::Result<u64> = db.transaction().lock_timeout(limit).atomic(write).await;
    assert_eq!(failed(locked), (Some(ErrorKind::Locked), 503));
    let slow: orm::Result<u64> = db.transaction().statement_timeout(limit).atomic(write).await;
    assert_eq!(failed(slow), (Some(ErrorKind::Timeout), 503));
    let nowait: orm::Result<Post> = db
        .atomic(async |tx| Post::objects().filter(Post.id.eq(1)).select_for_update().nowait().one(tx).await)
        .await;
    assert_eq!(failed(nowait), (Some(ErrorKind::Locked), 503));
    holder.commit().await.unwrap();

    // Two that wait for each other: one is undone.
    let (one, two) = (db.begin().await.unwrap(), db.begin().await.unwrap());
    one.execute_batch("SET LOCAL deadlock_timeout = '10ms'").await.unwrap();
    let post = |id: i64| Post::objects().filter(Post.id.eq(id));
    post(1).update(&one, Post.score.set(3)).await.unwrap();
    post(2).update(&two, Post.score.set(3)).await.unwrap();
    let (first, second) = (post(2), post(1));
    let (first, second) = futures_util::future::join(
        first.update(&one, Post.score.set(4)),
        second.update(&two, Post.score.set(4)),
    )
    .await;
    let (failure, success) = if first.is_err() { (first, second) } else { (second, first) };
    assert_eq!(success.unwrap(), 1);
    let orm::Error::Database(error) = failure.unwrap_err() else { panic!("not PostgreSQL's") };
    assert!(error.is_deadlock());
    assert_eq!(failed::<()>(Err(error.into())), (Some(ErrorKind::Conflict), 503));
    drop((one, two));

    // One that cannot be as if it were alone.
    let tx = db.transaction().isolation(Isolation::RepeatableRead).begin().await.unwrap();
    post(1).values(Post.score).one(&tx).await.unwrap();
    post(1).update(db, Post.score.set(9)).await.unwrap();
    assert_eq!(failed(post(1).update(&tx, Post.score.set(8)).await), (Some(ErrorKind::Conflict), 503));
    let read_only: orm::Result<u64> = db.transaction().read_only().atomic(write).await;
    assert_eq!(failed(read_only), (Some(ErrorKind::ReadOnly), 500));
    assert_eq!(post(1).values(Post.score).one(db).await.unwrap(), 9);
}
