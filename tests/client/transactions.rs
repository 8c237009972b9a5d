//! Each test has its transaction, and what handlers do in it is as it is in production.

use std::sync::Barrier;

use hyperdjango::prelude::*;
use hyperdjango::test::{self, Client};

use crate::site::{
    Person, Site, add, add_and_panic, add_both, add_first, counts, nobodys, people, reads_only, sql,
    stream_people, welcome,
};

async fn names(client: &Client<Site>) -> Vec<String> {
    client.get(people::url()).await.expect(200).json()
}

#[test]
fn tests_at_the_same_time_do_not_see_each_other_nor_wait() {
    let both_have_written = Barrier::new(2);
    let test = |own: &str| {
        test::run(async {
            let client = Client::<Site>::start(&[]).await;
            // The same unique value in both.
            client.post(add::url()).json("ana").await.expect(201);
            client.post(add::url()).json(own).await.expect(201);
            both_have_written.wait();
            assert_eq!(names(&client).await, ["admin", "ana", own]);
            both_have_written.wait();
            // The application is started once.
            std::ptr::from_ref(client.app()).addr()
        })
    };
    std::thread::scope(|scope| {
        let other = scope.spawn(|| test("ben"));
        assert_eq!(test("cleo"), other.join().unwrap());
    });
    // Nor does who comes later see anything.
    test::run(async {
        let client = Client::<Site>::start(&[]).await;
        assert_eq!(names(&client).await, ["admin"]);
        // Outside of tests neither: in a task of its own, this is the database of the application itself.
        let db = client.db();
        let outside = tokio::spawn(async { Person::objects().count(db).await }).await.unwrap();
        assert_eq!(outside.unwrap(), 1);
    });
}

#[hyperdjango::test]
async fn an_error_undoes_what_its_transaction_wrote(client: Client<Site>) {
    client.post(add::url()).json("ana").await.expect(201);
    client.post(add_both::url()).json(&("ben", "ana")).await.expect(409);
    assert_eq!(names(&client).await, ["admin", "ana"]);
    client.post(add_both::url()).json(&("ben", "cleo")).await.expect(204);
    assert_eq!(names(&client).await, ["admin", "ana", "ben", "cleo"]);
}

#[hyperdjango::test]
async fn a_panic_undoes_what_its_transaction_wrote(client: Client<Site>) {
    client.post(add_and_panic::url()).await.expect(500);
    assert_eq!(names(&client).await, ["admin"]);
    client.post(add::url()).json("half").await.expect(201);
}

#[hyperdjango::test]
async fn a_statement_that_fails_undoes_itself_only(client: Client<Site>) {
    let added: String = client.post(add_first::url()).json(&("admin", "ana")).await.expect(200).json();
    assert_eq!(added, "ana");
    client.post(add::url()).json("ana").await.expect(409);
    assert_eq!(names(&client).await, ["admin", "ana"]);
}

#[hyperdjango::test]
async fn the_test_and_its_requests_share_the_transaction(client: Client<Site>) -> Result<()> {
    Person::objects().create(client.db(), Person.name.set("ana")).await?;
    assert_eq!(names(&client).await, ["admin", "ana"]);
    // Requests may come while the test itself has a transaction open, and are a part of it.
    let tx = client.db().begin().await?;
    Person::objects().create(&tx, Person.name.set("ben")).await?;
    client.post(add_both::url()).json(&("cleo", "dora")).await.expect(204);
    assert_eq!(names(&client).await.len(), 5);
    tx.rollback().await?;
    assert_eq!(names(&client).await, ["admin", "ana"]);
    Ok(())
}

#[hyperdjango::test]
async fn what_a_commit_would_refuse_is_refused(client: Client<Site>) {
    let called = &client.app().called;
    client.post(nobodys::url()).await.expect(409);
    assert!(called.has("undone") && !called.has("nobody's"));
    client
        .post(sql::url())
        .json("INSERT INTO notes (text, author_id) VALUES ('x', 404)")
        .await
        .expect_text("author");
    assert_eq!(client.get(counts::url()).await.json::<(i64, i64, i64)>(), (1, 0, 1));
}

#[hyperdjango::test]
async fn callbacks_are_called_when_a_handlers_transaction_is_committed(client: Client<Site>) {
    client.post(welcome::url("ana")).await.expect(201);
    assert!(client.app().called.has("ana 1"));
    assert_eq!(names(&client).await, ["admin", "ana", "ana's friend"]);
}

#[hyperdjango::test]
async fn a_transaction_that_reads_only_writes_nothing_and_the_next_one_does(client: Client<Site>) {
    let refused: String = client.post(reads_only::url()).await.json();
    assert!(refused.contains("read_only()"), "{refused}");
    client.post(add::url()).json("ana").await.expect(201);
}

#[hyperdjango::test]
async fn requests_and_statements_at_the_same_time_take_turns(client: Client<Site>) {
    let pairs = [("a", "b"), ("c", "admin"), ("d", "e"), ("f", "admin"), ("g", "h")];
    let answers = futures_util::future::join_all(pairs.map(async |pair| {
        let (added, counted) =
            tokio::join!(client.post(add_both::url()).json(&pair), client.get(counts::url()));
        counted.expect(200);
        added.status().as_u16()
    }))
    .await;
    assert_eq!(answers, [204, 409, 204, 409, 204]);
    assert_eq!(names(&client).await, ["a", "admin", "b", "d", "e", "g", "h"]);
}

#[hyperdjango::test]
async fn a_body_may_come_out_of_the_database_while_it_is_read(client: Client<Site>) {
    for name in ["ana", "ben", "cleo", "dora"] {
        client.post(add::url()).json(name).await.expect(201);
    }
    let answer = client.get(stream_people::url()).await.expect(200);
    assert_eq!(answer.text(), "admin\nana\nben\ncleo\ndora\n");
}

#[hyperdjango::test]
async fn tables_can_be_altered_and_come_back(client: Client<Site>) {
    client.post(sql::url()).json("DROP TABLE notes; CREATE TABLE notes (x int)").await.expect_text("\"\"");
    client.get(counts::url()).await.expect(200);
    let error: String = client.post(sql::url()).json("COMMIT").await.json();
    assert!(error.contains("ended the transaction of the test"), "{error}");
}

/// The sessions of a database and its copies that are in the middle of a transaction.
async fn idle_in_transaction(client: &Client<Site>) -> Vec<String> {
    let url = client.db().url().clone();
    let db = tokio::spawn(async move { Db::new(url) }).await.unwrap();
    let like = format!("{}%", db.url().name());
    let mut states = Vec::new();
    let sessions = hyperdjango::db::Sql::new(
        "SELECT state || ': ' || query FROM pg_stat_activity WHERE datname LIKE $1 AND state LIKE 'idle in%'",
    );
    db.read(sessions, &[&like], |row| {
        states.push(row.get(0));
        Ok(())
    })
    .await
    .unwrap();
    states
}

/// An application of its own, so that other tests have no transaction in its database.
const ALONE: &[(&str, &str)] = &[("TEST", "a panic in a test")];

#[test]
fn a_panic_in_a_test_leaves_nothing_open_and_nothing_written() {
    let panicked = std::panic::catch_unwind(|| {
        test::run(async {
            let client = Client::<Site>::start(ALONE).await;
            let tx = client.db().begin().await.unwrap();
            Person::objects().create(&tx, Person.name.set("ana")).await.unwrap();
            assert_eq!(idle_in_transaction(&client).await.len(), 1);
            client.get("/nowhere").await.expect(200);
        });
    });
    let message = *panicked.unwrap_err().downcast::<String>().unwrap();
    assert!(
        message.contains("expected 200 OK, not this:\nGET /nowhere was answered 404 Not Found\n"),
        "{message}"
    );
    assert!(message.contains("There is no page at `/nowhere`."), "{message}");
    test::run(async {
        let client = Client::<Site>::start(ALONE).await;
        assert_eq!(idle_in_transaction(&client).await, [""; 0]);
        assert_eq!(names(&client).await, ["admin"]);
    });
}
