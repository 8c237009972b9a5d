//! axum and a deadpool of 16 connections, whose statements are prepared once each.

mod answers;
mod rows;

use std::{env, thread::available_parallelism};

use axum::{Router, routing::get, serve::ListenerExt};
use deadpool_postgres::{Manager, ManagerConfig, Pool, RecyclingMethod, Runtime};
use tokio::net::TcpListener;
use tokio_postgres::NoTls;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const POOL_SIZE: usize = 16;

fn main() {
    let url = env::var("DATABASE_URL").expect("DATABASE_URL: postgres://user@host/name");
    let port: u16 = env::var("PORT").ok().and_then(|port| port.parse().ok()).expect("PORT: a port number");
    let workers = env::var("WORKERS").ok().and_then(|count| count.parse().ok());
    let workers = workers.unwrap_or_else(|| available_parallelism().map_or(1, usize::from));
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(workers)
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(async {
            let app = Router::new()
                .route("/plaintext", get(answers::plaintext))
                .route("/json", get(answers::json))
                .route("/db", get(answers::db))
                .route("/rows", get(answers::rows))
                .route("/posts50", get(answers::posts50))
                .route("/fortunes", get(answers::fortunes))
                .with_state(pool(&url));
            let listener = TcpListener::bind(("127.0.0.1", port)).await.expect("the port");
            let listener = listener.tap_io(|stream| {
                let _ = stream.set_nodelay(true);
            });
            // On a worker: the thread in `block_on` is not one.
            tokio::spawn(axum::serve(listener, app).into_future()).await.expect("the server").expect("the server");
        });
}

fn pool(url: &str) -> Pool {
    let config = url.parse().expect("DATABASE_URL: postgres://user@host/name");
    let manager = ManagerConfig { recycling_method: RecyclingMethod::Fast };
    Pool::builder(Manager::from_config(config, NoTls, manager))
        .max_size(POOL_SIZE)
        .runtime(Runtime::Tokio1)
        .build()
        .expect("a pool")
}
