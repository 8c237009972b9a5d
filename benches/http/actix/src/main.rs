//! actix-web as its guide has it: a current-thread runtime a worker.

use std::env;

use actix_web::{
    App, HttpServer,
    web::{self, Bytes, Form, Json, Path, PayloadConfig},
};
use serde::{Deserialize, Serialize};

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

async fn body(body: Bytes) -> String {
    body.len().to_string()
}

async fn list() -> &'static str {
    "a list"
}

async fn show(id: Path<i64>) -> String {
    id.to_string()
}

fn routes(config: &mut web::ServiceConfig) {
    config
        .app_data(PayloadConfig::new(10 * 1024 * 1024))
        .route("/plaintext", web::get().to(plaintext))
        .route("/json", web::get().to(json))
        .route("/form", web::post().to(form))
        .route("/body", web::post().to(body));
    for i in 0..65 {
        config
            .route(&format!("/many/things{i}"), web::get().to(list))
            .route(&format!("/many/things{i}/{{id}}"), web::get().to(show));
    }
}

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    let port: u16 = env::var("PORT").ok().and_then(|port| port.parse().ok()).expect("PORT: a port number");
    let mut server = HttpServer::new(|| App::new().configure(routes));
    if let Some(workers) = env::var("WORKERS").ok().and_then(|count| count.parse().ok()) {
        server = server.workers(workers);
    }
    server.bind(("127.0.0.1", port))?.run().await
}
