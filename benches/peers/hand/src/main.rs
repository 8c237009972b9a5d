//! The yardstick: what hyper and tokio-postgres reach when one writes everything by hand.
//!
//! One work-stealing runtime; each statement goes, pipelined, to the connection pinned to the thread it runs on.

mod answers;
mod database;
mod rows;

use std::{convert::Infallible, env, sync::Arc, thread::available_parallelism};

use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

use crate::database::Database;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let url = env::var("DATABASE_URL").expect("DATABASE_URL: postgres://user@host/name");
    let port: u16 = env::var("PORT").ok().and_then(|port| port.parse().ok()).expect("PORT: a port number");
    let workers = env::var("WORKERS").ok().and_then(|count| count.parse().ok());
    let workers = workers.unwrap_or_else(|| available_parallelism().map_or(1, usize::from));
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(workers)
        .on_thread_start(move || database::number_this_thread(workers))
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(async {
            let database = Arc::new(Database::connect(&url, workers).await.expect("a database"));
            let listener = TcpListener::bind(("127.0.0.1", port)).await.expect("the port");
            // On a worker: the thread in `block_on` is not one.
            tokio::spawn(serve(listener, database)).await.expect("the server");
        });
}

async fn serve(listener: TcpListener, database: Arc<Database>) {
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let _ = stream.set_nodelay(true);
        let database = Arc::clone(&database);
        tokio::spawn(async move {
            let service = service_fn(|request| {
                let database = Arc::clone(&database);
                async move { Ok::<_, Infallible>(answers::answer(&request, &database).await) }
            });
            let _ = http1::Builder::new()
                .pipeline_flush(true)
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}
