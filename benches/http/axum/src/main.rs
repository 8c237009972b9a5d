//! axum's router and handlers, on hyper's own HTTP/1 connection, whose `pipeline_flush` `axum::serve` cannot set.

use std::{env, thread::available_parallelism};

use axum::{
    Form, Json, Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Path},
    routing::{get, post},
};
use hyper::server::conn::http1;
use hyper_util::{rt::TokioIo, service::TowerToHyperService};
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;

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

async fn show(Path(id): Path<i64>) -> String {
    id.to_string()
}

fn router() -> Router {
    let mut router = Router::new()
        .route("/plaintext", get(plaintext))
        .route("/json", get(json))
        .route("/form", post(form))
        .route("/body", post(body));
    for i in 0..65 {
        router = router
            .route(&format!("/many/things{i}"), get(list))
            .route(&format!("/many/things{i}/{{id}}"), get(show));
    }
    router.layer(DefaultBodyLimit::max(10 * 1024 * 1024))
}

fn main() {
    let port: u16 = env::var("PORT").ok().and_then(|port| port.parse().ok()).expect("PORT: a port number");
    let workers = env::var("WORKERS").ok().and_then(|count| count.parse().ok());
    let workers = workers.unwrap_or_else(|| available_parallelism().map_or(1, usize::from));
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(workers)
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(async {
            let listener = TcpListener::bind(("127.0.0.1", port)).await.expect("the port");
            // On a worker: the thread in `block_on` is not one.
            tokio::spawn(serve(listener, router())).await.expect("the server");
        });
}

async fn serve(listener: TcpListener, app: Router) {
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let _ = stream.set_nodelay(true);
        let service = TowerToHyperService::new(app.clone());
        tokio::spawn(async move {
            let _ = http1::Builder::new()
                .pipeline_flush(true)
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}
