//! The endpoints as a user of the framework writes them.

use hyperdjango::orm::row::JsonRows;
use hyperdjango::prelude::*;
use sailfish::TemplateSimple;

#[derive(Model)]
#[model(table = "world")]
struct World {
    #[field(primary_key)]
    id: i32,
    random_number: i32,
}

#[derive(Model)]
#[model(table = "fortune")]
struct Fortune {
    #[field(primary_key)]
    id: i32,
    message: String,
}

#[derive(Model)]
#[model(table = "posts")]
struct Post {
    #[field(primary_key)]
    id: i64,
    title: String,
    url: Option<String>,
    author_id: i64,
    score: i32,
    comments: i32,
    created: Timestamp,
    body: String,
}

#[get("/plaintext")]
async fn plaintext() -> &'static str {
    "Hello, World!"
}

#[derive(serde::Serialize)]
#[serde(crate = "hyperdjango::serde")]
struct Message {
    message: &'static str,
}

#[get("/json")]
async fn json() -> Json<Message> {
    Json(Message { message: "Hello, World!" })
}

#[get("/db")]
async fn one(db: &Db) -> Result<Json<World>> {
    Ok(Json(World::objects().get(db, fastrand::i32(1..=10_000)).await?))
}

#[get("/rows")]
async fn rows(db: &Db) -> Result<JsonRows> {
    Ok(Post::objects().order_by(Post.id.desc()).limit(20).json(db).await?)
}

#[get("/posts50")]
async fn posts50(db: &Db) -> Result<JsonRows> {
    Ok(Post::objects().order_by(Post.id.desc()).limit(50).json(db).await?)
}

#[derive(TemplateSimple)]
#[template(path = "fortunes.stpl")]
struct Fortunes {
    fortunes: Vec<Fortune>,
}

#[get("/fortunes")]
async fn fortunes(db: &Db) -> Result<Html<Fortunes>> {
    let mut fortunes = Fortune::objects().all(db).await?;
    fortunes.push(Fortune { id: 0, message: "Additional fortune added at request time.".into() });
    fortunes.sort_unstable_by(|a, b| a.message.cmp(&b.message));
    Ok(Html(Fortunes { fortunes }))
}

routes! { pub(crate) Urls: plaintext, json, one, rows, posts50, fortunes }
