//! What each path answers.

use std::convert::Infallible;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::{
    Method, Request, Response, StatusCode,
    body::Incoming,
    header::{CONTENT_TYPE, HeaderValue},
};
use serde::Serialize;

type Answer = Response<Full<Bytes>>;

/// The limit the framework has, too.
const MAX_BODY: usize = 10 * 1024 * 1024;

#[derive(Serialize)]
struct Message {
    message: &'static str,
}

#[derive(Default, Serialize)]
struct Signup {
    name: String,
    email: String,
    age: u32,
    newsletter: bool,
}

impl Signup {
    fn read(form: &[u8]) -> Option<Self> {
        let mut signup = Self::default();
        for (key, value) in form_urlencoded::parse(form) {
            match &*key {
                "name" => signup.name = value.into_owned(),
                "email" => signup.email = value.into_owned(),
                "age" => signup.age = value.parse().ok()?,
                "newsletter" => signup.newsletter = value.parse().ok()?,
                _ => {}
            }
        }
        Some(signup)
    }
}

#[derive(Clone, Copy)]
enum Many {
    List,
    Show,
}

/// The 130 routes.
pub(crate) struct Routes(matchit::Router<Many>);

impl Routes {
    pub(crate) fn new() -> Self {
        let mut router = matchit::Router::new();
        for i in 0..65 {
            router.insert(format!("/many/things{i}"), Many::List).expect("a path");
            router.insert(format!("/many/things{i}/{{id}}"), Many::Show).expect("a path");
        }
        Self(router)
    }

    pub(crate) async fn answer(&self, request: Request<Incoming>) -> Result<Answer, Infallible> {
        let answer = match (request.method(), request.uri().path()) {
            (&Method::GET, "/plaintext") => text(Bytes::from_static(b"Hello, World!")),
            (&Method::GET, "/json") => json(&Message { message: "Hello, World!" }, 32),
            (&Method::POST, "/form") => form(request).await,
            (&Method::POST, "/body") => match read(request).await {
                Some(body) => text(body.len().to_string().into()),
                None => status(StatusCode::PAYLOAD_TOO_LARGE),
            },
            (&Method::GET, path) => match self.0.at(path) {
                Ok(found) => match (*found.value, found.params.get("id").map(str::parse::<i64>)) {
                    (Many::Show, Some(Ok(id))) => text(id.to_string().into()),
                    (Many::List, _) => text(Bytes::from_static(b"a list")),
                    _ => status(StatusCode::NOT_FOUND),
                },
                Err(_) => status(StatusCode::NOT_FOUND),
            },
            _ => status(StatusCode::NOT_FOUND),
        };
        Ok(answer)
    }
}

async fn form(request: Request<Incoming>) -> Answer {
    let form = HeaderValue::from_static("application/x-www-form-urlencoded");
    if request.headers().get(CONTENT_TYPE) != Some(&form) {
        return status(StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
    match read(request).await.as_deref().and_then(Signup::read) {
        Some(signup) => json(&signup, 128),
        None => status(StatusCode::BAD_REQUEST),
    }
}

async fn read(request: Request<Incoming>) -> Option<Bytes> {
    Limited::new(request.into_body(), MAX_BODY).collect().await.ok().map(|body| body.to_bytes())
}

fn text(body: Bytes) -> Answer {
    typed("text/plain; charset=utf-8", body)
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

pub(crate) fn status(status: StatusCode) -> Answer {
    let mut response = Response::new(Full::default());
    *response.status_mut() = status;
    response
}
