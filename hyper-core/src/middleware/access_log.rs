//! One record a request.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

use bytes::Bytes;
use futures_util::Stream;
use futures_util::future::Either;
use http_body::Body as _;
use http_body_util::BodyDataStream;
use tracing::Level;

use super::then::then;
use super::{Layer, Middleware, Next};
use crate::db::QueryCounts;
use crate::http::{Body, BoxError, Method, Request, Response};
use crate::{Result, Settings};

const TARGET: &str = "hyperdjango::access";

/// Logs each request: one record of level `INFO` and target `hyperdjango::access`, with `method`, `path`, `route` (the
/// pattern), `status`, `duration_ms`, `bytes` of the body, `queries`, `client` (the address) and `request_id`; and, where a
/// statement ran as often as `PERFORMANCE_N_PLUS_ONE_THRESHOLD` says, with `n_plus_one`, how many such there are
/// ([`QueryCounts`]).
///
/// Neither query nor header fields nor bodies are in it: they hold what is nobody else's. A streamed answer is logged
/// at its end, or when the client is gone, with what was sent.
///
/// What is logged is the subscriber's choice, and without one that wants the record it does nothing.
///
/// | setting | default | |
/// |---|---|---|
/// | `ACCESS_LOG_EXCLUDE` | | paths that are not logged, such as `/health, /ready`, unless they are answered with a 5xx |
///
/// It stands outermost, so that it sees what the others answer; the id of the request is in the record
/// wherever `RequestIds` stands.
#[derive(Debug, Clone, Default)]
pub struct AccessLog {
    excluded: Box<[String]>,
}

impl Layer for AccessLog {
    async fn start(settings: &Settings) -> Result<Self> {
        Ok(Self { excluded: settings.list("ACCESS_LOG_EXCLUDE").map(str::to_owned).collect() })
    }
}

impl<S: Sync + 'static> Middleware<S> for AccessLog {
    fn call(
        &self,
        _: &'static S,
        request: &mut Request,
        next: impl Next,
    ) -> impl Future<Output = Response> + Send {
        if !tracing::enabled!(target: TARGET, Level::INFO) {
            return Either::Left(then(|| next.run(request), |_| ()));
        }
        Either::Right(async {
            let start = Instant::now();
            let response = next.run(request).await;
            let excluded = self.excluded.iter().any(|path| path == request.path());
            if excluded && !response.status().is_server_error() {
                return response;
            }
            logged(request, response, start)
        })
    }
}

#[cold]
fn logged(request: &Request, response: Response, start: Instant) -> Response {
    let has_body = request.method() != Method::HEAD;
    let record = Record {
        method: request.method().clone(),
        path: request.path().to_owned(),
        route: request.route().map(|route| route.path()),
        status: response.status().as_u16(),
        client: request.unnoted_client_ip().to_string(),
        request_id: request.unnoted_id().map(ToString::to_string),
        start,
        bytes: 0,
        queries: QueryCounts::of_request(),
    };
    if response.body().is_stream() && has_body {
        let stream = |body| Body::stream(Counted { body: BodyDataStream::new(body), record });
        return response.map(stream);
    }
    let bytes = if has_body { response.body().size_hint().lower() } else { 0 };
    Record { bytes, ..record }.log();
    response
}

/// What is logged.
struct Record {
    method: Method,
    path: String,
    route: Option<String>,
    status: u16,
    client: String,
    request_id: Option<String>,
    start: Instant,
    bytes: u64,
    queries: QueryCounts,
}

impl Record {
    fn log(&self) {
        let duration_ms = self.start.elapsed().as_secs_f64() * 1000.0;
        tracing::info!(
            target: TARGET,
            method = %self.method,
            path = self.path,
            route = self.route,
            status = self.status,
            duration_ms,
            bytes = self.bytes,
            queries = self.queries.statements,
            n_plus_one = Some(self.queries.n_plus_one).filter(|patterns| *patterns > 0),
            client = self.client,
            request_id = self.request_id,
        );
    }
}

/// A stream that is logged at its end.
struct Counted {
    body: BodyDataStream<Body>,
    record: Record,
}

impl Stream for Counted {
    type Item = Result<Bytes, BoxError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let next = Pin::new(&mut self.body).poll_next(cx);
        if let Poll::Ready(Some(Ok(bytes))) = &next {
            self.record.bytes += bytes.len() as u64;
        }
        next
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.record.log();
    }
}
