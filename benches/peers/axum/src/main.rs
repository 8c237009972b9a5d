//! axum and a deadpool of 16 connections, whose statements are prepared once each.

mod answers;
mod rows;

use std::{env, thread::available_parallelism};

use axum::{Router, routing::get};
use deadpool_postgres::{Manager, ManagerConfig, Pool, RecyclingMethod, Runtime};
use hyper::server::conn::http1;
use hyper_util::{rt::TokioIo, service::TowerToHyperService};
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
            // On a worker: the thread in `block_on` is not one.
            tokio::spawn(serve(listener, app)).await.expect("the server");
        });
}

/// As `axum::serve`, but on hyper's own HTTP/1 connection, whose `pipeline_flush` axum cannot set.
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

fn pool(url: &str) -> Pool {
    let config = url.parse().expect("DATABASE_URL: postgres://user@host/name");
    let manager = ManagerConfig { recycling_method: RecyclingMethod::Fast };
    Pool::builder(Manager::from_config(config, NoTls, manager))
        .max_size(POOL_SIZE)
        .runtime(Runtime::Tokio1)
        .build()
        .expect("a pool")
}
