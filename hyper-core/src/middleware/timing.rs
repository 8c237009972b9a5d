//! How long an answer took.

use std::time::{Duration, Instant};

use http::{HeaderName, HeaderValue};

use super::{Layer, Middleware, Next};
use crate::http::{Request, Response};
use crate::{Result, Settings};

const X_RESPONSE_TIME: HeaderName = HeaderName::from_static("x-response-time");

/// Says in `X-Response-Time` how many milliseconds it took to make the answer, such as `0.412ms`.
///
/// It has no settings. What it says is from here inwards, without what is streamed afterwards: it stands outside of
/// what is to be measured.
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
        response.headers_mut().insert(X_RESPONSE_TIME, milliseconds(start.elapsed()));
        response
    }
}

/// `1.234ms`.
fn milliseconds(time: Duration) -> HeaderValue {
    let mut text = [0; 24];
    text[21..].copy_from_slice(b"0ms");
    let (mut rest, mut at) = (u64::try_from(time.as_micros()).unwrap_or(u64::MAX), 22);
    // Three digits behind the point, and at least one before it.
    while rest > 0 || at > 17 {
        at -= 1;
        if at == 18 {
            text[at] = b'.';
        } else {
            text[at] = b'0' + (rest % 10) as u8;
            rest /= 10;
        }
    }
    HeaderValue::from_bytes(&text[at..]).unwrap_or(HeaderValue::from_static("0.000ms"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn microseconds_are_behind_the_point() {
        for micros in [0, 1, 12, 999, 1000, 1234, 59_999, 60_000_000, 999_999_999_999_999] {
            let expected = format!("{}.{:03}ms", micros / 1000, micros % 1000);
            assert_eq!(milliseconds(Duration::from_micros(micros)), expected);
        }
        assert!(milliseconds(Duration::MAX).to_str().unwrap().ends_with(".615ms"));
    }
}
