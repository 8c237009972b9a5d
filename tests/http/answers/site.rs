//! The application of these tests.

use hyperdjango::db::DatabaseError;
use hyperdjango::http::{Empty, Stream};
use hyperdjango::prelude::*;

/// A row.
#[derive(Debug, Model)]
pub(super) struct Note {
    #[field(primary_key)]
    id: i64,
    text: String,
}

/// Where the files are.
#[derive(Debug)]
pub(super) struct Folder(String);

impl Component for Folder {
    async fn start(settings: &Settings) -> Result<Self> {
        Ok(Self(settings.get("FOLDER").unwrap_or_default().to_owned()))
    }
}

/// Why a note is not shown or written.
#[derive(Debug, HttpError)]
pub(super) enum NoteError {
    #[status(404, "no note {0}")]
    NotFound(i64),
    #[status(409, "`{text}` is taken", field = "text", code = "text_taken")]
    Taken { text: String },
    #[status(422, "The note is not valid.")]
    Invalid(#[errors] ValidationErrors),
    #[from]
    Database(DatabaseError),
    #[from]
    Orm(orm::Error),
    #[from]
    Number(std::num::ParseIntError),
    #[from]
    #[status(502, "The shop does not answer.", retry_after = 5)]
    Shop(std::io::Error),
}

#[get("/notes/{kind}")]
pub(super) async fn note(kind: String, db: &Db) -> Result<String, NoteError> {
    match kind.as_str() {
        "taken" => return Err(NoteError::Taken { text: "<b>".to_owned() }),
        "invalid" => {
            let mut errors = ValidationErrors::new();
            errors.add("text", "Too short.");
            return Err(NoteError::Invalid(errors));
        }
        "shop" => std::fs::read_to_string("/nowhere/at/all")?,
        "sql" => {
            db.execute_batch("SELECT nonsense").await?;
            String::new()
        }
        _ => String::new(),
    };
    let id: i64 = kind.parse()?;
    match id {
        9 => Ok(Note::objects().get(db, id).await?.text),
        id => Err(NoteError::NotFound(id)),
    }
}

#[get("/notes.json")]
pub(super) async fn export(db: &'static Db) -> Result<impl IntoResponse> {
    Ok(Note::objects().order_by(Note.id).json_stream(db).await?)
}

#[get("/broken/{id}")]
pub(super) async fn broken(id: i64, db: &Db) -> Result<String> {
    let count = Note::objects().filter(Note.id.eq(id)).count(db).await?;
    db.execute_batch("SELECT 1 AS <angle>").await.ok();
    let cause = std::io::Error::other(format!("the <cause> of {count}"));
    Err(Error::internal(cause))
}

#[get("/panics")]
pub(super) async fn panics() -> String {
    let nothing: Option<String> = std::hint::black_box(None);
    nothing.expect("the <reason>")
}

#[get("/files/{*path}")]
pub(super) async fn file(path: String, folder: &Folder) -> Result<File> {
    File::within(format!("{}/public", folder.0), &path).await
}

#[get("/saved/{*path}")]
pub(super) async fn saved(path: String, folder: &Folder) -> Result<File> {
    Ok(File::within(format!("{}/public", folder.0), &path).await?.attachment("Übersicht.txt"))
}

#[get("/table")]
pub(super) async fn table() -> Attachment<&'static str, &'static str> {
    Attachment("notes.csv", "id,text\n")
}

#[get("/numbers")]
pub(super) async fn numbers() -> Stream {
    Stream::produce("text/plain", |lines| async move {
        for n in 1..=3 {
            lines.send(format!("{n}\n").into()).await?;
        }
        Ok(())
    })
}

#[get("/half")]
pub(super) async fn half() -> Stream {
    Stream::produce("text/plain", |lines| async move {
        lines.send("one".into()).await?;
        Err(Error::internal("the rest is missing"))
    })
}

#[get("/events")]
pub(super) async fn events(last: LastEventId) -> Sse<impl IntoEvents> {
    Sse::produce(move |events| async move {
        let after: i64 = last.parse().unwrap_or(0);
        for id in after + 1..=3 {
            events.send(Event::data(format!("no {id}\n<b>")).id(id.to_string()).event("news")).await?;
        }
        Ok(())
    })
}

/// A short name for a stream of events.
pub(super) trait IntoEvents: futures_util::Stream<Item = Event> + Send + 'static {}

impl<S: futures_util::Stream<Item = Event> + Send + 'static> IntoEvents for S {}

#[derive(Debug, serde::Deserialize)]
pub(super) struct Next {
    next: String,
}

#[get("/go")]
pub(super) async fn go(next: Query<Next>) -> Redirect {
    Redirect::to_untrusted(next.0.next, "/welcome")
}

#[post("/made")]
pub(super) async fn made() -> Created<Json<[i32; 1]>> {
    Created::at("/notes/7", Json([7]))
}

#[post("/done")]
pub(super) async fn done() -> Empty {
    Empty
}

#[get("/fields")]
pub(super) async fn fields() -> impl IntoResponse {
    (StatusCode::ACCEPTED, [("cache-control", "no-store"), ("x-note", "1")], "later")
}

#[get("/wrong-fields")]
pub(super) async fn wrong_fields() -> impl IntoResponse {
    ([("cache control", "no-store")], "later")
}

routes! {
    pub(super) Urls:
        note, export, broken, panics, file, saved, table, numbers, half, events, go, made, done, fields, wrong_fields,
}

/// The framework's own answers.
#[derive(Debug, App)]
#[app(routes = Urls, models = [Note], setup = fill)]
pub(super) struct Site {
    db: Db,
    folder: Folder,
}

async fn fill(site: &'static Site) -> Result<()> {
    site.db.execute_batch("INSERT INTO note SELECT n, 'note ' || n FROM generate_series(1, 5000) n").await?;
    Ok(())
}

/// The same with answers of its own to errors.
#[derive(Debug, App)]
#[app(routes = Urls, on_error = failed)]
pub(super) struct OwnSite {
    db: Db,
    folder: Folder,
}

fn failed(error: &Error, request: &Request) -> Response {
    match error.status().as_u16() {
        // Errors within are the framework's.
        404 => Err::<(), _>(Error::not_found("inner")).into_response(request),
        405 => Text("own 405").into_response(request),
        409 => {
            let taken = matches!(error.downcast_ref(), Some(NoteError::Taken { .. }));
            (StatusCode::IM_A_TEAPOT, format!("own {taken}")).into_response(request)
        }
        422 => panic!("in the site's own function"),
        502 => RawHtml("own 502").into_response(request),
        500 => Text("own 500").into_response(request),
        _ => error.default_answer(request),
    }
}
