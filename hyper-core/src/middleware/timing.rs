//! How long an answer took.

use std::time::Instant;

use http::{HeaderName, HeaderValue};

use super::{Layer, Middleware, Next};
use crate::http::{Request, Response};
use crate::{Result, Settings};

const X_RESPONSE_TIME: HeaderName = HeaderName::from_static("x-response-time");

/// Says in `X-Response-Time` how many milliseconds it took to make the answer, such as `0.412ms`: from here inwards,
/// without what is streamed afterwards.
#[derive(Debug, Clone, Copy)]
pub struct Timing;

impl Layer for Timing {
    async fn start(_: &Settings) -> Result<Self> {
        Ok(Self)
    }
}

impl<S: Sync + 'static> Middleware<S> for Timing {
    async fn call(&self, _: &'static S, request: &mut Request, next: impl Next) -> Response {
        let start = Instant::now();
        let mut response = next.run(request).await;
        response.headers_mut().insert(X_RESPONSE_TIME, milliseconds(start.elapsed().as_micros()));
        response
    }
}

/// `1.234ms`.
fn milliseconds(micros: u128) -> HeaderValue {
    let (whole, rest) = (micros / 1000, micros % 1000);
    HeaderValue::try_from(format!("{whole}.{rest:03}ms")).unwrap_or(HeaderValue::from_static("0.000ms"))
}
