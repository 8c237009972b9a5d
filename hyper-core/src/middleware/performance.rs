//! What the queries of a request cost, in its answer.

use std::future::Future;
use std::time::Duration;

use futures_util::future::Either;
use http::{HeaderMap, HeaderName, HeaderValue};

use super::then::then;
use super::{Layer, Middleware, Next};
use crate::db::QueryLog;
use crate::http::{Request, Response, n_plus_one};
use crate::{Result, Settings};

const X_QUERY_COUNT: HeaderName = HeaderName::from_static("x-query-count");
const X_QUERY_TIME: HeaderName = HeaderName::from_static("x-query-time");
const X_N_PLUS_ONE: HeaderName = HeaderName::from_static("x-n-plus-one");

/// Says in each answer which queries it took: `X-Query-Count: 13`, `X-Query-Time: 4.2ms`, all of them added up, and
/// `X-N-Plus-One: 1`, how many different statements ran again and again.
///
/// | setting | default | |
/// |---|---|---|
/// | `PERFORMANCE_HEADERS` | on in `DEBUG` | whether it does anything |
/// | `PERFORMANCE_N_PLUS_ONE_THRESHOLD` | `5` | how often one statement may not run in a request, whatever the values of its parameters; 2 or more |
///
/// In production it is off unless it is asked for: the figures are nobody else's, and each statement is timed for them.
/// [`QueryCounts`](crate::db::QueryCounts) and the record of [`AccessLog`](super::AccessLog) have the counts there.
///
/// It counts the statements of what stands inside it, so it stands outside of all that asks the database. What is
/// streamed after the answer began, and what is spawned, is not in it.
#[derive(Debug, Clone, Copy)]
pub struct Performance {
    /// How often is too often; none where it is off.
    limit: Option<u32>,
}

impl Layer for Performance {
    async fn start(settings: &Settings) -> Result<Self> {
        let limit = n_plus_one(settings)?;
        let is_on = settings.flag("PERFORMANCE_HEADERS", settings.debug())?;
        Ok(Self { limit: is_on.then_some(limit) })
    }
}

impl<S: Sync + 'static> Middleware<S> for Performance {
    fn call(
        &self,
        _: &'static S,
        request: &mut Request,
        next: impl Next,
    ) -> impl Future<Output = Response> + Send {
        let Some(limit) = self.limit else { return Either::Left(then(|| next.run(request), |_| ())) };
        // In a box, so that it is not in the future of those who need no log.
        Either::Right(Box::pin(async move {
            let log = QueryLog::at_most(0);
            let mut response = log.scope(next.run(request)).await;
            told(response.headers_mut(), &log, limit as usize);
            response
        }))
    }
}

fn told(headers: &mut HeaderMap, log: &QueryLog, limit: usize) {
    headers.insert(X_QUERY_COUNT, log.total().into());
    headers.insert(X_QUERY_TIME, milliseconds(log.took()));
    headers.insert(X_N_PLUS_ONE, log.patterns(limit).into());
}

/// `1.2ms`.
fn milliseconds(time: Duration) -> HeaderValue {
    let text = format!("{:.1}ms", time.as_secs_f64() * 1000.0);
    HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("0.0ms"))
}

#[cfg(test)]
mod tests {
    use super::super::proof::{all, answer, get, settings, through};
    use super::*;

    async fn headers(pairs: &[(&str, &str)]) -> [String; 3] {
        let performance = Performance::start(&settings(pairs)).await.unwrap();
        let response = through(&performance, &mut get(&[]), |_| answer(&[], "page")).await;
        [X_QUERY_COUNT, X_QUERY_TIME, X_N_PLUS_ONE].map(|name| all(response.headers(), name.as_str()))
    }

    #[tokio::test]
    async fn it_is_off_in_production_unless_it_is_asked_for() {
        assert_eq!(headers(&[]).await, ["", "", ""]);
        assert_eq!(headers(&[("PERFORMANCE_HEADERS", "on")]).await, ["0", "0.0ms", "0"]);
        assert_eq!(headers(&[("DEBUG", "true")]).await, ["0", "0.0ms", "0"]);
        assert_eq!(headers(&[("DEBUG", "true"), ("PERFORMANCE_HEADERS", "off")]).await, ["", "", ""]);
        for (key, value) in [("PERFORMANCE_N_PLUS_ONE_THRESHOLD", "1"), ("PERFORMANCE_HEADERS", "perhaps")] {
            let error = Performance::start(&settings(&[(key, value)])).await.unwrap_err();
            assert!(format!("{error:?}").contains(key), "{error:?}");
        }
    }

    #[test]
    fn times_have_one_digit_behind_the_point() {
        for (micros, text) in [(0, "0.0ms"), (1249, "1.2ms"), (1_234_567, "1234.6ms")] {
            assert_eq!(milliseconds(Duration::from_micros(micros)), text);
        }
    }
}
