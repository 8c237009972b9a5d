//! The application that the tests ask.

use std::sync::{Arc, Mutex};

use futures_util::{StreamExt, stream};
use hyperdjango::db::{DatabaseError, Sql, Transaction};
use hyperdjango::http::{Body, BoxError};
use hyperdjango::prelude::*;

#[derive(Model)]
#[model(table = "people")]
pub(crate) struct Person {
    #[field(primary_key)]
    pub(crate) id: i64,
    #[field(max_length = 20, min_length = 1, unique)]
    pub(crate) name: String,
}

#[derive(Model)]
#[model(table = "notes")]
pub(crate) struct Note {
    #[field(primary_key)]
    pub(crate) id: i64,
    pub(crate) text: String,
    pub(crate) author: ForeignKey<Person>,
}

/// What callbacks were called with.
#[derive(Debug, Default, Clone)]
pub(crate) struct Called(Arc<Mutex<Vec<String>>>);

impl Called {
    pub(crate) fn with(&self, text: impl Into<String>) {
        self.0.lock().unwrap().push(text.into());
    }

    pub(crate) fn has(&self, text: &str) -> bool {
        self.0.lock().unwrap().iter().any(|other| other == text)
    }
}

impl Component for Called {
    async fn start(_: &Settings) -> Result<Self> {
        Ok(Self::default())
    }
}

#[get("/people")]
pub(crate) async fn people(db: &Db) -> Result<Json<Vec<String>>> {
    let people = Person::objects().order_by(Person.name.asc()).all(db).await?;
    Ok(Json(people.into_iter().map(|person| person.name).collect()))
}

#[post("/people")]
pub(crate) async fn add(name: Json<String>, db: &Db) -> Result<(StatusCode, Json<Person>)> {
    Ok((StatusCode::CREATED, Json(Person::objects().create(db, Person.name.set(&name.0)).await?)))
}

/// Adds two or none.
#[post("/people/both")]
pub(crate) async fn add_both(names: Json<(String, String)>, db: &Db) -> Result<()> {
    db.atomic(async |tx| {
        Person::objects().create(tx, Person.name.set(&names.0.0)).await?;
        Person::objects().create(tx, Person.name.set(&names.0.1)).await?;
        Ok(())
    })
    .await
}

/// Adds the first of two that is not there yet, each on its own.
#[post("/people/first")]
pub(crate) async fn add_first(names: Json<(String, String)>, db: &Db) -> Result<Json<String>> {
    for name in [&names.0.0, &names.0.1] {
        if Person::objects().create(db, Person.name.set(name)).await.is_ok() {
            return Ok(Json(name.clone()));
        }
    }
    Err(Error::conflict("Both are there."))
}

#[post("/people/panic")]
pub(crate) async fn add_and_panic(db: &Db) -> Result<()> {
    db.atomic(async |tx| -> Result<()> {
        Person::objects().create(tx, Person.name.set("half")).await?;
        panic!("in the middle of it")
    })
    .await
}

/// A note of nobody, which only the end of the transaction refuses.
#[post("/notes/nobodys")]
pub(crate) async fn nobodys(db: &Db, called: &Called) -> Result<()> {
    let (kept, undone) = (called.clone(), called.clone());
    db.atomic(async |tx| {
        tx.on_commit(move || kept.with("nobody's"));
        tx.on_rollback(move || undone.with("undone"));
        tx.execute_batch("INSERT INTO notes (text, author_id) VALUES ('x', 404)").await?;
        Ok(())
    })
    .await
}

/// Adds somebody, and another one once that is committed.
#[post("/people/{name}/welcome")]
pub(crate) async fn welcome(name: String, db: &Db, called: &Called) -> Result<StatusCode> {
    let (after, called) = (db.clone(), called.clone());
    db.atomic(async |tx| -> Result<()> {
        Person::objects().create(tx, Person.name.set(&name)).await?;
        tx.on_commit(async move || {
            let there = Person::objects().filter(Person.name.eq(&name)).count(&after).await?;
            called.with(format!("{name} {there}"));
            Person::objects().create(&after, Person.name.set(format!("{name}'s friend"))).await.map(drop)
        });
        Ok(())
    })
    .await?;
    Ok(StatusCode::CREATED)
}

/// A query for each note, as nobody should write it.
#[get("/notes")]
pub(crate) async fn notes(db: &Db) -> Result<Json<Vec<(String, String)>>> {
    let mut notes = Vec::new();
    for note in Note::objects().order_by(Note.id.asc()).all(db).await? {
        let author = Person::objects().get(db, note.author.id).await?;
        notes.push((note.text, author.name));
    }
    Ok(Json(notes))
}

/// Three queries at once.
#[get("/counts")]
pub(crate) async fn counts(db: &Db) -> Result<Json<(i64, i64, i64)>> {
    let (people, notes, all) = tokio::try_join!(
        async { Person::objects().count(db).await },
        async { Note::objects().count(db).await },
        db.atomic(async |tx| Person::objects().count(tx).await),
    )?;
    Ok(Json((people as i64, notes as i64, all as i64)))
}

/// Names as they come out of the database, while the answer is sent.
#[get("/people.txt")]
pub(crate) async fn stream_people(db: &Db) -> Result<Response> {
    let sql = Sql::new("SELECT name FROM people ORDER BY name");
    let cursor = db.cursor(sql, &[], 2).await?;
    let names = stream::unfold(cursor, |mut cursor| async {
        let row = cursor.next().await.transpose()?;
        let line = row.map(|row| bytes::Bytes::from(format!("{}\n", row.get::<_, String>(0))));
        Some((line.map_err(BoxError::from), cursor))
    });
    Ok(Response::new(Body::stream(names)))
}

/// Writes where it said that it only reads.
#[post("/people/reads-only")]
pub(crate) async fn reads_only(db: &Db) -> Result<Json<String>> {
    let write = async |tx: &Transaction| tx.execute_batch("DELETE FROM people").await;
    let refused: Result<(), DatabaseError> = db.transaction().read_only().atomic(write).await;
    Ok(Json(refused.unwrap_err().to_string()))
}

/// Runs this text.
#[post("/sql")]
pub(crate) async fn sql(text: Json<String>, db: &Db) -> Result<Json<String>> {
    let outcome = db.execute_batch(&text.0).await;
    Ok(Json(outcome.err().map_or(String::new(), |error| error.to_string())))
}

#[get("/panic")]
pub(crate) async fn panics() -> &'static str {
    panic!("on purpose")
}

#[get("/fails")]
pub(crate) async fn fails() -> Result<()> {
    Err(Error::internal("the cause"))
}

#[get("/events")]
pub(crate) async fn events() -> Response {
    let events = stream::iter(0..).then(|n| async move {
        tokio::task::yield_now().await;
        Ok::<_, BoxError>(bytes::Bytes::from(format!("data: {n}\n\n")))
    });
    Response::new(Body::stream(events))
}

#[get("/never")]
pub(crate) async fn never() {
    std::future::pending().await
}

/// The cookies, the method, the header `x-test`, and the body of a request.
#[derive(Debug, serde::Serialize, serde::Deserialize, PartialEq)]
pub(crate) struct Seen {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) cookies: Vec<(String, String)>,
    pub(crate) test: Option<String>,
    pub(crate) kind: Option<String>,
    pub(crate) body: String,
}

impl FromRequest for Seen {
    const READS_BODY: bool = true;

    async fn from_request(request: &mut Request) -> Result<Self> {
        let cookies = Cookies::of(request);
        Ok(Self {
            method: request.method().to_string(),
            target: request.uri().to_string(),
            cookies: cookies.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
            test: request.header("x-test").map(str::to_owned),
            kind: request.header("content-type").map(str::to_owned),
            body: String::from_utf8_lossy(&request.bytes().await?).into_owned(),
        })
    }
}

#[post("/seen")]
pub(crate) async fn seen(seen: Seen) -> Json<Seen> {
    Json(seen)
}

#[get("/seen")]
pub(crate) async fn seen_get(request: HeaderMap, uri: Uri) -> String {
    format!("GET {uri} {:?}", request.get("content-type"))
}

/// Answers with a status that leads to where the header `x-to` says, and sets a cookie.
#[post("/to/{status}")]
pub(crate) async fn redirect(status: u16, headers: HeaderMap) -> Result<Response> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::from_u16(status).map_err(Error::internal)?;
    response.headers_mut().insert("location", headers["x-to"].clone());
    Cookie::new("way", status.to_string()).max_age(60).set(&mut response)?;
    Ok(response)
}

#[get("/round")]
pub(crate) async fn round() -> Redirect {
    Redirect::to("/round")
}

routes! {
    pub(crate) Urls:
        people, add, add_both, add_first, add_and_panic, nobodys, welcome, notes, counts, stream_people, reads_only, sql,
        panics, fails, events, never, seen, seen_get, redirect, round,
}

/// The site of the tests.
#[derive(Debug, App)]
#[app(routes = Urls, models = [Person, Note], setup = set_up)]
pub(crate) struct Site {
    pub(crate) db: Db,
    pub(crate) called: Called,
}

/// What is there in each test.
async fn set_up(site: &Site) -> Result<()> {
    Person::objects().create(&site.db, Person.name.set("admin")).await?;
    Ok(())
}
