//! The handlers.

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header::CONTENT_TYPE},
    response::{Html, IntoResponse, Response},
};
use deadpool_postgres::{Pool, PoolError};
use sailfish::TemplateOnce;
use serde::Serialize;

use crate::rows::{Fortunes, Post, World};

/// What a handler can fail with: no connection, or a statement that fails. Answers 500.
pub(crate) struct Failure;

impl From<PoolError> for Failure {
    fn from(_: PoolError) -> Self {
        Self
    }
}

impl From<tokio_postgres::Error> for Failure {
    fn from(_: tokio_postgres::Error) -> Self {
        Self
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    }
}

#[derive(Serialize)]
pub(crate) struct Message {
    message: &'static str,
}

pub(crate) async fn plaintext() -> &'static str {
    "Hello, World!"
}

pub(crate) async fn json() -> Json<Message> {
    Json(Message { message: "Hello, World!" })
}

pub(crate) async fn db(State(pool): State<Pool>) -> Result<Json<World>, Failure> {
    let client = pool.get().await?;
    let statement = client.prepare_cached("SELECT id, random_number FROM world WHERE id = $1").await?;
    let row = client.query_one(&statement, &[&fastrand::i32(1..=10_000)]).await?;
    Ok(Json(World::from(&row)))
}

pub(crate) async fn rows(State(pool): State<Pool>) -> Result<Response, Failure> {
    posts(&pool, 20).await
}

pub(crate) async fn posts50(State(pool): State<Pool>) -> Result<Response, Failure> {
    posts(&pool, 50).await
}

async fn posts(pool: &Pool, limit: i64) -> Result<Response, Failure> {
    let client = pool.get().await?;
    let sql = "SELECT id, title, url, author_id, score, comments, created, body FROM posts \
               ORDER BY id DESC LIMIT $1";
    let statement = client.prepare_cached(sql).await?;
    let rows = client.query(&statement, &[&limit]).await?;
    // The next one can have the connection while these become JSON.
    drop(client);
    let posts: Vec<Post<'_>> = rows.iter().map(Post::from).collect();
    let mut body = Vec::with_capacity(rows.len() * 512);
    serde_json::to_writer(&mut body, &posts).expect("a Vec takes every write");
    Ok(([(CONTENT_TYPE, "application/json")], body).into_response())
}

pub(crate) async fn fortunes(State(pool): State<Pool>) -> Result<Html<String>, Failure> {
    let client = pool.get().await?;
    let statement = client.prepare_cached("SELECT id, message FROM fortune").await?;
    let rows = client.query(&statement, &[]).await?;
    drop(client);
    Ok(Html(Fortunes::new(&rows).render_once().expect("a String takes every write")))
}
