//! The same with hyper's limit for a head, tokio's for an answer, and panics caught.

use std::{convert::Infallible, panic::AssertUnwindSafe, sync::Arc, time::Duration};

use bytes::Bytes;
use futures_util::FutureExt;
use http_body_util::Full;
use hyper::{Request, Response, StatusCode, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;

use crate::answers::{Routes, status};

/// The limits the framework has, too: for the next request and its head, and for its body.
const HEAD: Duration = Duration::from_secs(10);
const BODY: Duration = Duration::from_secs(30);

pub(crate) async fn serve(listener: TcpListener, routes: Arc<Routes>) {
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let _ = stream.set_nodelay(true);
        let routes = Arc::clone(&routes);
        tokio::spawn(async move {
            let service = service_fn(|request| answer(&routes, request));
            let _ = http1::Builder::new()
                .pipeline_flush(true)
                .timer(TokioTimer::new())
                .header_read_timeout(HEAD)
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

async fn answer(routes: &Routes, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let answer = AssertUnwindSafe(routes.answer(request)).catch_unwind();
    Ok(match tokio::time::timeout(BODY, answer).await {
        Ok(Ok(Ok(answer))) => answer,
        Ok(Err(_)) => status(StatusCode::INTERNAL_SERVER_ERROR),
        Err(_) => status(StatusCode::REQUEST_TIMEOUT),
    })
}
