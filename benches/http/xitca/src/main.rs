//! xitca-web as its guide has it: a current-thread runtime a worker.

use std::env;

use serde::{Deserialize, Serialize};
use xitca_web::{
    App,
    handler::{form::Form, handler_service, json::Json, params::Params},
    route::{get, post},
};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Serialize)]
struct Message {
    message: &'static str,
}

#[derive(Deserialize, Serialize)]
struct Signup {
    name: String,
    email: String,
    age: u32,
    newsletter: bool,
}

async fn plaintext() -> &'static str {
    "Hello, World!"
}

async fn json() -> Json<Message> {
    Json(Message { message: "Hello, World!" })
}

async fn form(Form(signup): Form<Signup>) -> Json<Signup> {
    Json(signup)
}

async fn body(body: Vec<u8>) -> String {
    body.len().to_string()
}

async fn list() -> &'static str {
    "a list"
}

async fn show(Params(id): Params<i64>) -> String {
    id.to_string()
}

macro_rules! many {
    ($app:expr, $($number:literal)*) => {
        $app $(
            .at(concat!("/many/things", $number), get(handler_service(list)))
            .at(concat!("/many/things", $number, "/{id}"), get(handler_service(show)))
        )*
    };
}

fn main() -> std::io::Result<()> {
    let port: u16 = env::var("PORT").ok().and_then(|port| port.parse().ok()).expect("PORT: a port number");
    let app = App::new()
        .at("/plaintext", get(handler_service(plaintext)))
        .at("/json", get(handler_service(json)))
        .at("/form", post(handler_service(form)))
        .at("/body", post(handler_service(body)));
    let app = many!(
        app, 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38
        39 40 41 42 43 44 45 46 47 48 49 50 51 52 53 54 55 56 57 58 59 60 61 62 63 64
    );
    let mut server = app.serve();
    if let Some(workers) = env::var("WORKERS").ok().and_then(|count| count.parse().ok()) {
        server = server.worker_threads(workers);
    }
    server.bind(("127.0.0.1", port))?.run().wait()
}
