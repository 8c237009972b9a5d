//! Queries that run for each row of another one: how they are counted, shown, and where they fail a test.

use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex};

use futures_util::FutureExt;
use hyperdjango::db::{QueryCounts, RepeatedQuery, Sql};
use hyperdjango::middleware::Performance;
use hyperdjango::orm::query::RawSql;
use hyperdjango::prelude::*;
use hyperdjango::test::{Client, LoggedQuery, QueryLog, assert_no_n_plus_one, count_queries};

use crate::site::{Note, Person};

#[get("/each-author")]
async fn each_author(db: &Db) -> Result<Json<Vec<String>>> {
    let mut names = Vec::new();
    for note in Note::objects().all(db).await? {
        names.push(Person::objects().get(db, note.author.id).await?.name);
    }
    Ok(Json(names))
}

#[get("/together")]
async fn together(db: &Db) -> Result<Json<Vec<String>>> {
    let notes = Note::objects().select_related(Note.author).all(db).await?;
    Ok(Json(notes.into_iter().map(|(_, author)| author.name).collect()))
}

#[get("/each-person")]
async fn each_person(db: &Db) -> Result<Json<Vec<u64>>> {
    let mut counts = Vec::new();
    for person in Person::objects().all(db).await? {
        counts.push(Note::objects().filter(Note.author.eq(&person)).count(db).await?);
    }
    Ok(Json(counts))
}

/// What is known of the request in the middle of it: after two of one, five of another, and one that was spawned.
#[get("/counted")]
async fn counted(db: &Db) -> Result<Json<(u64, u64)>> {
    for _ in 0..2 {
        Note::objects().count(db).await?;
    }
    for key in 0..5_i64 {
        db.atomic(async |tx| -> Result<()> {
            assert!(!Person::objects().filter(Person.id.eq(-key)).exists(tx).await?);
            Ok(())
        })
        .await?;
    }
    tokio::spawn(async { QueryCounts::of_request() })
        .await
        .map_or_else(|error| panic!("{error}"), |elsewhere| assert_eq!(elsewhere, QueryCounts::default()));
    let QueryCounts { statements, n_plus_one, .. } = QueryCounts::of_request();
    Ok(Json((statements, n_plus_one)))
}

routes! { pub(crate) Urls: each_author, together, each_person, counted }

#[derive(App)]
#[app(routes = Urls, models = [Person, Note], middleware = [Performance])]
pub(crate) struct Slow {
    db: Db,
}

/// People with as many notes each.
async fn write(client: &Client<Slow>, people: usize, notes: usize) {
    for person in 0..people {
        let person =
            Person::objects().create(client.db(), Person.name.set(format!("p{person}"))).await.unwrap();
        for note in 0..notes {
            let values = (Note.text.set(format!("{note}")), Note.author.set(person.id));
            Note::objects().create(client.db(), values).await.unwrap();
        }
    }
}

async fn panic_of(work: impl Future) -> String {
    match AssertUnwindSafe(work).catch_unwind().await {
        Ok(_) => panic!("it should have failed"),
        Err(panic) => *panic.downcast::<String>().unwrap(),
    }
}

fn line_of(text: &str) -> usize {
    let at = include_str!("n_plus_one.rs").lines().position(|line| line.contains(text));
    at.unwrap() + 1
}

#[hyperdjango::test]
async fn a_request_that_asks_for_each_row_fails_its_test() {
    let client = Client::<Slow>::start(&[]).await;
    write(&client, 1, 4).await;
    client.get("/each-author").await.expect(200);
    write_one_more(&client).await;
    client.get("/together").await.expect(200);
    let message = panic_of(async { client.get("/each-author").await }).await;
    assert!(message.starts_with("GET /each-author asks for each row (N+1), "), "{message}");
    assert!(message.contains(r#"5 times  SELECT "people"."id", "#), "{message}");
    let line = line_of("Person::objects().get(db, note.author.id)");
    assert!(message.contains(&format!("at tests/client/n_plus_one.rs:{line}:")), "{message}");
    let advice = "`.select_related(Note.author)` on the query of `Note` loads the `Person` of each with it";
    assert!(message.contains(advice), "{message}");
    client.another().allow_n_plus_one().get("/each-author").await.expect(200);
    let higher = Client::<Slow>::start(&[("PERFORMANCE_N_PLUS_ONE_THRESHOLD", "6")]).await;
    write(&higher, 1, 5).await;
    higher.get("/each-author").await.expect(200);
}

async fn write_one_more(client: &Client<Slow>) {
    let author = Person::objects().all(client.db()).await.unwrap().remove(0).id;
    Note::objects().create(client.db(), (Note.text.set("5"), Note.author.set(author))).await.unwrap();
}

#[hyperdjango::test]
async fn rows_that_belong_are_prefetched() {
    let client = Client::<Slow>::start(&[]).await;
    write(&client, 5, 0).await;
    let message = panic_of(async { client.get("/each-person").await }).await;
    assert!(message.contains("5 times  SELECT count(*) FROM \"notes\""), "{message}");
    assert!(message.contains("`.prefetch_related(Person.notes)` on the query of `Person`"), "{message}");
    assert!(message.contains("`#[model(reverse(notes = Note.author))]` on `Person`"), "{message}");
}

#[hyperdjango::test]
async fn less_often_can_be_too_often() {
    let client = Client::<Slow>::start(&[]).await;
    write(&client, 1, 3).await;
    let urls = ["/together", "/each-author"];
    assert_no_n_plus_one!(client.get(urls[0]).await.expect(200));
    assert_no_n_plus_one!(4, client.get(urls[1]).await.expect(200));
    let message = panic_of(async { assert_no_n_plus_one!(client.get(urls[1]).await) }).await;
    assert!(message.starts_with("this asks for each row (N+1):\n  3 times  SELECT"), "{message}");
    // What writes, too.
    let (_, log) = count_queries(write_more(&client)).await;
    let found: Vec<RepeatedQuery> = log.n_plus_one(3);
    assert_eq!(found.len(), 2);
    assert!(found[0].sql.starts_with("SELECT min(id)") && found[0].count == 3);
    assert!(found[1].sql.starts_with(r#"INSERT INTO "notes""#) && found[1].count == 3);
    assert!(found[1].advice.contains("`Note::objects().bulk_create(..)`"), "{}", found[1]);
}

async fn write_more(client: &Client<Slow>) {
    for _ in 0..3 {
        write_one_more_of(client).await;
    }
}

async fn write_one_more_of(client: &Client<Slow>) {
    let author: i64 = client.db().query_val("SELECT min(id) FROM people", &[]).await.unwrap();
    Note::objects().create(client.db(), (Note.text.set("x"), Note.author.set(author))).await.unwrap();
}

#[hyperdjango::test]
async fn answers_say_what_they_took_where_that_is_asked_for() {
    let client = Client::<Slow>::start(&[("PERFORMANCE_HEADERS", "on")]).await.allow_n_plus_one();
    write(&client, 1, 6).await;
    let answer = client.get("/each-author").await.expect(200);
    assert_eq!((answer.header("x-query-count"), answer.header("x-n-plus-one")), (Some("7"), Some("1")));
    let time = answer.header("x-query-time").unwrap().strip_suffix("ms").unwrap().to_owned();
    assert!(time.parse::<f64>().unwrap() > 0.0 && time.contains('.'), "{time}");
    let answer = client.get("/together").await.expect(200);
    assert_eq!((answer.header("x-query-count"), answer.header("x-n-plus-one")), (Some("1"), Some("0")));
    let answer = Client::<Slow>::start(&[]).await.get("/together").await.expect(200);
    assert_eq!(answer.header("x-query-count"), None);
}

#[hyperdjango::test]
async fn requests_are_counted_in_production() {
    let client = Client::<Slow>::start(&[]).await.allow_n_plus_one();
    let before = QueryCounts::of_process();
    assert_eq!(client.get("/counted").await.expect(200).json::<(u64, u64)>(), (7, 1));
    let after = QueryCounts::of_process();
    // Other tests count at the same time.
    assert!(after.statements >= before.statements + 7 && after.n_plus_one > before.n_plus_one);
    assert_eq!(QueryCounts::of_request(), QueryCounts::default());
}

/// What was logged as a warning about queries.
#[derive(Clone, Default)]
struct Warnings(Arc<Mutex<Vec<String>>>);

impl tracing::field::Visit for Warnings {
    fn record_debug(&mut self, _: &tracing::field::Field, value: &dyn std::fmt::Debug) {
        self.0.lock().unwrap().push(format!("{value:?}"));
    }
}

impl tracing::Subscriber for Warnings {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        metadata.target() == "hyperdjango::queries"
    }
    fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        tracing::span::Id::from_u64(1)
    }
    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}
    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}
    fn event(&self, event: &tracing::Event<'_>) {
        event.record(&mut self.clone());
    }
    fn enter(&self, _: &tracing::span::Id) {}
    fn exit(&self, _: &tracing::span::Id) {}
}

#[hyperdjango::test]
async fn developers_are_warned_once_of_each() {
    let warnings = Warnings::default();
    let _guard = tracing::subscriber::set_default(warnings.clone());
    let client = Client::<Slow>::start(&[("DEBUG", "true")]).await.allow_n_plus_one();
    write(&client, 5, 1).await;
    for _ in 0..3 {
        client.get("/together").await.expect(200);
        client.get("/each-author").await.expect(200);
    }
    client.get("/each-person").await.expect(200);
    let warnings = warnings.0.lock().unwrap().clone();
    assert_eq!(warnings.len(), 2, "{warnings:#?}");
    assert!(
        warnings[0].starts_with("GET /each-author asks for each row (N+1): 5 times  SELECT"),
        "{warnings:#?}"
    );
    assert!(warnings[0].contains("at tests/client/n_plus_one.rs:"), "{warnings:#?}");
    assert!(
        warnings[1].contains("/each-person") && warnings[1].contains("`.prefetch_related("),
        "{warnings:#?}"
    );
}

/// Runs each, and looks whether its line was noted.
macro_rules! lines {
    ($log:ident: $($work:expr),+ $(,)?) => {
        $({
            let before = $log.len();
            let _ = $log.scope($work).await;
            let queries = $log.queries();
            assert!(queries.len() > before, "{}", stringify!($work));
            for query in &queries[before..] {
                assert_is_of(query, stringify!($work));
            }
        })+
    };
}

fn assert_is_of(query: &LoggedQuery, work: &str) {
    let place = query.place.unwrap_or_else(|| panic!("`{work}` is from nowhere"));
    assert!(place.file().ends_with("n_plus_one.rs"), "{place} {work}");
    let line = include_str!("n_plus_one.rs").lines().nth(place.line() as usize - 1).unwrap();
    let close = |text: &str| text.replace(char::is_whitespace, "");
    assert!(close(line).contains(&close(work)), "{place} is `{line}` and not `{work}`");
}

#[hyperdjango::test]
async fn the_line_that_asks_is_known_of_each_method() {
    let client = Client::<Slow>::start(&[]).await;
    let db = client.db();
    write(&client, 2, 2).await;
    let mut ana = Person::objects().first(db).await.unwrap().unwrap();
    let named = || Person::objects().filter(Person.name.eq("p0"));
    let log = QueryLog::new();
    lines!(log:
        Person::objects().all(db),
        Person::objects().json(db),
        Person::objects().first(db),
        Person::objects().last(db),
        Person::objects().earliest(db, Person.name),
        Person::objects().latest(db, Person.name),
        named().one(db),
        Person::objects().get(db, 1_i64),
        Person::objects().in_bulk(db, &[1, 2]),
        Person::objects().count(db),
        Person::objects().exists(db),
        Person::objects().json_get(db, 1_i64),
        Person::objects().json_first(db),
        Person::objects().values(Person.name).all(db),
        Note::objects().select_related(Note.author).first(db),
        Person::objects().dynamic().all(db),
        Person::objects().create(db, Person.name.set("new")),
        named().update(db, Person.name.set("p1x")),
        Person::objects().filter(Person.name.eq("new")).delete(db),
        ana.save(db),
        ana.refresh(db),
        db.query::<(i64,)>("SELECT 1::bigint", &[]),
        db.query_val::<i64>("SELECT 1::bigint", &[]),
        db.execute("SELECT 1", &[]),
        db.query_json("SELECT 1 AS one", &[]),
    );
    // Of a statement that no method of the ORM sent it is not.
    let (_, log) = count_queries(db.read(Sql::new("SELECT 1"), &[], |_| Ok(()))).await;
    assert!(log.queries()[0].place.is_none());
}
