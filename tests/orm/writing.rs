//! What writes change, and what they refuse.

use hyperdjango::db::{DatabaseError, ErrorKind};
use hyperdjango::orm;
use hyperdjango::prelude::*;

use crate::models::{Comment, Everything, Person, Post, database};

fn kind(error: orm::Error) -> ErrorKind {
    match error {
        orm::Error::Database(error) => error.kind(),
        other => panic!("expected an error of the database, not {other}"),
    }
}

#[tokio::test]
async fn create_returns_what_the_database_filled_in() {
    let db = &database().await;
    let before = Timestamp::now();
    let post = Post::objects().create(db, (Post.title.set("Hi"), Post.author.set(1))).await.unwrap();
    assert_eq!((post.id, post.score, post.published), (5, 0, true));
    assert!((post.created - before).abs().total(jiff::Unit::Second).unwrap() < 60.0);
    assert_eq!(Post::objects().get(db, 5).await.unwrap(), post);
}

#[tokio::test]
async fn all_broken_rules_are_reported_and_nothing_is_sent() {
    let db = &database().await;
    let long = "x".repeat(201);
    let values = (
        Post.title.set(&long),
        Post.url.set("javascript:alert(1)"),
        Post.author.set(1),
        Post.score.set(2000),
    );
    let Err(orm::Error::Invalid(errors)) = Post::objects().create(db, values).await else {
        panic!("accepted")
    };
    assert_eq!(errors.field("title"), ["Ensure this value has at most 200 characters (it has 201)."]);
    assert_eq!(errors.field("url"), ["Enter a valid URL."]);
    assert_eq!(errors.field("score"), ["Ensure this value is less than or equal to 1000."]);
    assert_eq!(Post::objects().count(db).await.unwrap(), 4);

    let update = Person::objects()
        .filter(Person.id.eq(1))
        .update(db, (Person.name.set(""), Person.email.set("x")))
        .await;
    let Err(orm::Error::Invalid(errors)) = update else { panic!("accepted") };
    assert_eq!(errors.field("name"), ["This field cannot be blank."]);
    assert_eq!(errors.field("email"), ["Enter a valid email address."]);

    let nul = Comment::objects().create(db, (Comment.post.set(1), Comment.text.set("a\0b"))).await;
    let Err(orm::Error::Invalid(errors)) = nul else { panic!("accepted") };
    assert_eq!(errors.field("text"), ["Null characters are not allowed."]);

    let mut post = Post::objects().get(db, 1).await.unwrap();
    assert!(post.validate().is_ok());
    post.score = -2000;
    post.title = long;
    assert_eq!(post.validate().unwrap_err().iter().count(), 2);
}

#[tokio::test]
async fn updates_compute_in_the_database() {
    let db = &database().await;
    let changed = Post::objects()
        .filter(Post.author.name.eq("ana"))
        .update(db, (Post.score.set(Post.score * 2 + 1), Post.url.set(None::<&str>)))
        .await
        .unwrap();
    assert_eq!(changed, 2);
    let scores = Post::objects().order_by(Post.id).values((Post.score, Post.url)).all(db).await.unwrap();
    assert_eq!(scores[0], (61, None));
    assert_eq!(scores[2].0, -9);
    assert_eq!(Post::objects().all_rows().update(db, Post.published.set(false)).await.unwrap(), 4);
    assert_eq!(Post::objects().filter(Post.id.eq(99)).update(db, Post.score.set(1)).await.unwrap(), 0);
}

#[tokio::test]
async fn deletes_follow_on_delete() {
    let db = &database().await;
    Comment::objects().create(db, (Comment.post.set(1), Comment.text.set("x"))).await.unwrap();
    assert_eq!(Person::objects().filter(Person.name.eq("ana")).delete(db).await.unwrap(), 1);
    assert_eq!(Post::objects().count(db).await.unwrap(), 2);
    assert_eq!(Comment::objects().count(db).await.unwrap(), 0);
}

#[tokio::test]
async fn constraints_are_told_apart() {
    let db = &database().await;
    let twice =
        Post::objects().create(db, (Post.title.set("Ten recipes"), Post.author.set(2))).await.unwrap_err();
    let orm::Error::Database(error) = &twice else { panic!("{twice}") };
    assert_eq!(error.constraint(), Some("posts_author_title_uniq"));
    assert_eq!(hyperdjango::Error::from(twice).status(), 409);

    let nobody = Post::objects().create(db, (Post.title.set("x"), Post.author.set(99))).await.unwrap_err();
    assert_eq!(kind(nobody), ErrorKind::ForeignKey);

    // Rules are the program's; what it computes in the database is PostgreSQL's to judge.
    let overflow =
        Post::objects().all_rows().update(db, Post.score.set(Post.score + i32::MAX)).await.unwrap_err();
    assert_eq!(kind(overflow), ErrorKind::Data);

    let nul = Post::objects().filter(Post.title.eq("a\0b")).count(db).await.unwrap_err();
    assert_eq!(hyperdjango::Error::from(nul).status(), 422);
}

#[tokio::test]
async fn every_type_reads_back_as_written() {
    let db = &database().await;
    let big = || Everything {
        id: Uuid::now_v7(),
        small: i16::MIN,
        int: i32::MAX,
        big: i64::MIN,
        real: 1.5e-3,
        double: f64::MAX,
        flag: true,
        text: "ünï \"quoted\" \\ \u{1F600}\n".into(),
        bytes: vec![0, 255, 1],
        instant: "1969-12-31T23:59:59.999999Z".parse().unwrap(),
        day: "2026-02-28".parse().unwrap(),
        json: serde_json::json!({"a": [1, null, "x"]}),
        maybe: None,
    };
    let values = |e: &Everything| {
        (
            Everything.id.set(e.id),
            Everything.small.set(e.small),
            Everything.int.set(e.int),
            Everything.big.set(e.big),
            Everything.real.set(e.real),
            Everything.double.set(e.double),
            Everything.flag.set(e.flag),
            Everything.text.set(e.text.clone()),
            Everything.bytes.set(e.bytes.clone()),
            Everything.instant.set(e.instant),
            Everything.day.set(e.day),
            Everything.json.set(e.json.clone()),
            Everything.maybe.set(e.maybe.clone()),
        )
    };
    let one = big();
    assert_eq!(Everything::objects().create(db, values(&one)).await.unwrap(), one);
    assert_eq!(Everything::objects().get(db, one.id).await.unwrap(), one);
    let json = Everything::objects().json(db).await.unwrap();
    let json: serde_json::Value = serde_json::from_slice(json.as_ref()).unwrap();
    assert_eq!(json[0]["instant"], "1969-12-31T23:59:59.999999Z");
    assert_eq!(json[0]["text"], one.text);
    assert_eq!(json[0]["bytes"], serde_json::json!([0, 255, 1]));
    assert_eq!(json[0]["json"], one.json);
    assert_eq!(json[0]["double"], f64::MAX);

    let rows: Vec<_> = (0..3).map(|_| big()).collect();
    let columns = (
        Everything.id,
        Everything.small,
        Everything.int,
        Everything.big,
        Everything.real,
        Everything.double,
        Everything.flag,
        Everything.text,
        Everything.bytes,
        Everything.instant,
        Everything.day,
        Everything.json,
        Everything.maybe,
    );
    let tuples = rows.iter().cloned().map(|e| {
        (
            e.id, e.small, e.int, e.big, e.real, e.double, e.flag, e.text, e.bytes, e.instant, e.day, e.json,
            e.maybe,
        )
    });
    let tuples: Vec<_> = tuples.collect();
    assert_eq!(Everything::objects().copy_in(db, columns, tuples).await.unwrap(), 3);
    assert_eq!(Everything::objects().get(db, rows[2].id).await.unwrap(), rows[2]);
}

#[tokio::test]
async fn copy_goes_on_numbering_and_refuses_bad_rows() {
    let db = &database().await;
    let rows = (10..30_010).map(|id| (id, 1, format!("comment {id}")));
    let columns = (Comment.id, Comment.post, Comment.text);
    assert_eq!(Comment::objects().copy_in(db, columns, rows).await.unwrap(), 30_000);
    let next = Comment::objects().create(db, (Comment.post.set(1), Comment.text.set("next"))).await.unwrap();
    assert_eq!(next.id, 30_010);

    let bad = [(50_000, 1, "fine".to_owned()), (50_001, 1, "nul \0".to_owned())];
    let refused = Comment::objects().copy_in(db, columns, bad).await;
    assert!(matches!(refused, Err(orm::Error::Invalid(_))), "{refused:?}");
    let dangling = [(60_000, 999, "no such post".to_owned())];
    assert_eq!(
        kind(Comment::objects().copy_in(db, columns, dangling).await.unwrap_err()),
        ErrorKind::ForeignKey
    );
    assert_eq!(Comment::objects().count(db).await.unwrap(), 30_001);
}

#[tokio::test]
async fn sixteen_tasks_write_at_once() {
    let db = database().await;
    let tasks: Vec<_> = (0..64)
        .map(|_| {
            let db = db.clone();
            tokio::spawn(async move {
                let one = Post::objects().filter(Post.id.eq(1));
                one.update(&db, Post.score.set(Post.score + 1)).await
            })
        })
        .collect();
    for task in tasks {
        assert_eq!(task.await.unwrap().unwrap(), 1);
    }
    assert_eq!(Post::objects().get(&db, 1).await.unwrap().score, 94);
}

#[tokio::test]
async fn errors_of_a_batch_are_postgresqls() {
    let db = database().await;
    let error: DatabaseError = db.execute_batch("SELECT nonsense").await.unwrap_err();
    assert_eq!(error.sqlstate(), Some("42703"));
}
