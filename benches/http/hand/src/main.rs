//! The yardstick: what hyper reaches when one writes everything by hand. With `GUARDED=1` also with what nobody would
//! put on the internet without: limits of time, and panics that stay where they are.

mod answers;
mod guarded;

use std::{env, sync::Arc, thread::available_parallelism};

use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

use crate::answers::Routes;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let port: u16 = env::var("PORT").ok().and_then(|port| port.parse().ok()).expect("PORT: a port number");
    let workers = env::var("WORKERS").ok().and_then(|count| count.parse().ok());
    let workers = workers.unwrap_or_else(|| available_parallelism().map_or(1, usize::from));
    let guarded = env::var_os("GUARDED").is_some();
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(workers)
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(async {
            let listener = TcpListener::bind(("127.0.0.1", port)).await.expect("the port");
            // On a worker: the thread in `block_on` is not one.
            let routes = Arc::new(Routes::new());
            let server = if guarded {
                tokio::spawn(guarded::serve(listener, routes))
            } else {
                tokio::spawn(serve(listener, routes))
            };
            server.await.expect("the server");
        });
}

async fn serve(listener: TcpListener, routes: Arc<Routes>) {
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let _ = stream.set_nodelay(true);
        let routes = Arc::clone(&routes);
        tokio::spawn(async move {
            let service = service_fn(|request| routes.answer(request));
            let _ = http1::Builder::new()
                .pipeline_flush(true)
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}
