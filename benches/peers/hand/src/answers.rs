//! What each path answers.

use bytes::Bytes;
use http_body_util::Full;
use hyper::{
    Method, Request, Response, StatusCode,
    body::Incoming,
    header::{CONTENT_TYPE, HeaderValue},
};
use sailfish::TemplateOnce;
use serde::Serialize;

use crate::{
    database::Database,
    rows::{Fortunes, Post, World},
};

type Answer = Response<Full<Bytes>>;

#[derive(Serialize)]
struct Message {
    message: &'static str,
}

/// Answers a request; what fails is a 500.
pub(crate) async fn answer(request: &Request<Incoming>, database: &Database) -> Answer {
    if request.method() != Method::GET {
        return status(StatusCode::METHOD_NOT_ALLOWED);
    }
    let result = match request.uri().path() {
        "/plaintext" => Ok(typed("text/plain; charset=utf-8", Bytes::from_static(b"Hello, World!"))),
        "/json" => Ok(json(&Message { message: "Hello, World!" }, 32)),
        "/db" => database.world(fastrand::i32(1..=10_000)).await.map(|row| json(&World::from(&row), 48)),
        "/rows" => posts(database, 20).await,
        "/posts50" => posts(database, 50).await,
        "/fortunes" => database.fortunes().await.map(|rows| {
            let page = Fortunes::new(&rows).render_once().expect("a String takes every write");
            typed("text/html; charset=utf-8", page.into())
        }),
        _ => return status(StatusCode::NOT_FOUND),
    };
    result.unwrap_or_else(|_| status(StatusCode::INTERNAL_SERVER_ERROR))
}

async fn posts(database: &Database, limit: i64) -> Result<Answer, tokio_postgres::Error> {
    let rows = database.posts(limit).await?;
    let posts: Vec<Post<'_>> = rows.iter().map(Post::from).collect();
    Ok(json(&posts, rows.len() * 512))
}

fn json(value: &impl Serialize, capacity: usize) -> Answer {
    let mut body = Vec::with_capacity(capacity);
    serde_json::to_writer(&mut body, value).expect("a Vec takes every write");
    typed("application/json", body.into())
}

fn typed(content_type: &'static str, body: Bytes) -> Answer {
    let mut response = Response::new(Full::new(body));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

fn status(status: StatusCode) -> Answer {
    let mut response = Response::new(Full::default());
    *response.status_mut() = status;
    response
}
