//! How many queries something takes.

use hyperdjango::prelude::*;
use hyperdjango::test::{Client, assert_queries, count_queries};

use crate::site::{Note, Person, Site, add, add_both, counts, notes, people};

/// Three notes of one person.
async fn write_notes(client: &Client<Site>) -> Result<()> {
    let ana = Person::objects().create(client.db(), Person.name.set("ana")).await?;
    for text in ["one", "two", "three"] {
        Note::objects().create(client.db(), (Note.text.set(text), Note.author.set(ana.id))).await?;
    }
    Ok(())
}

#[hyperdjango::test]
async fn statements_of_handlers_are_counted(client: Client<Site>) {
    let answer = assert_queries!(1, client.get(people::url()).await.expect(200));
    assert_eq!(answer.json::<Vec<String>>(), ["admin"]);
    assert_queries!(2, client.post(add_both::url()).json(&("ana", "ben")).await.expect(204));
    assert_queries!(3, client.get(counts::url()).await.expect(200));
    assert_queries!(1, client.post(add::url()).json("ana").await.expect(409));
    assert_queries!(0, client.get("/nowhere").await.expect(404));
    let (count, log) =
        count_queries(Person::objects().filter(Person.name.eq("ana")).count(client.db())).await;
    assert_eq!((count.unwrap(), log.len()), (1, 1));
    let query = &log.queries()[0];
    assert_eq!(query.params, ["\"ana\""]);
    assert!(query.sql.starts_with("SELECT count(*)") && query.failure.is_none(), "{query:?}");
}

#[hyperdjango::test]
async fn inner_counts_are_of_the_outer_one_too(client: Client<Site>) {
    assert_queries!(2, {
        assert_queries!(1, client.get(people::url()).await);
        client.get(people::url()).await
    });
}

#[hyperdjango::test]
async fn another_count_fails_and_names_the_statements(client: Client<Site>) -> Result<()> {
    write_notes(&client).await?;
    let counted = std::panic::AssertUnwindSafe(async {
        assert_queries!(2, client.get(notes::url()).await.expect(200));
    });
    let panic = futures_util::FutureExt::catch_unwind(counted).await.unwrap_err();
    let message = panic.downcast::<String>().unwrap();
    assert!(message.starts_with("4 queries ran where 2 were expected:\n   1. "), "{message}");
    assert!(message.contains(" ms  SELECT") && message.contains(r#"FROM "notes""#), "{message}");
    let repeated = message.split_once("Run more than once:\n").unwrap().1;
    assert!(repeated.starts_with("  3 times  SELECT ") && repeated.contains(r#"FROM "people""#), "{message}");
    assert_eq!(repeated.lines().count(), 1, "{message}");
    let none = std::panic::AssertUnwindSafe(async { assert_queries!(1, ()) });
    let panic = futures_util::FutureExt::catch_unwind(none).await.unwrap_err();
    assert_eq!(*panic.downcast::<String>().unwrap(), "0 queries ran where 1 was expected");
    Ok(())
}
