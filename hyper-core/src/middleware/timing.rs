//! How long an answer took.

use std::future::Future;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{HeaderName, HeaderValue};

use super::then::then;
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
    fn call(
        &self,
        _: &'static S,
        request: &mut Request,
        next: impl Next,
    ) -> impl Future<Output = Response> + Send {
        let start = Instant::now();
        then(
            move || next.run(request),
            move |response| {
                response.headers_mut().insert(X_RESPONSE_TIME, milliseconds(start.elapsed()));
            },
        )
    }
}

/// The length of `0.123ms`.
const SHORT: usize = 7;

/// The texts of all times below a millisecond, one after the other: these need no memory of their own.
static BELOW_ONE: [u8; 1000 * SHORT] = {
    let mut texts = [0; 1000 * SHORT];
    let mut micros = 0;
    while micros < 1000 {
        let digits = [micros / 100, micros / 10 % 10, micros % 10];
        let text =
            [b'0', b'.', b'0' + digits[0] as u8, b'0' + digits[1] as u8, b'0' + digits[2] as u8, b'm', b's'];
        let mut at = 0;
        while at < SHORT {
            texts[micros * SHORT + at] = text[at];
            at += 1;
        }
        micros += 1;
    }
    texts
};

/// `1.234ms`.
fn milliseconds(time: Duration) -> HeaderValue {
    if time < Duration::from_millis(1) {
        let at = time.subsec_micros() as usize * SHORT;
        let text = Bytes::from_static(&BELOW_ONE[at..at + SHORT]);
        return HeaderValue::from_maybe_shared(text).unwrap_or(HeaderValue::from_static("0.000ms"));
    }
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
        for micros in (0..2000).chain([59_999, 60_000_000, 999_999_999_999_999]) {
            let expected = format!("{}.{:03}ms", micros / 1000, micros % 1000);
            assert_eq!(milliseconds(Duration::from_micros(micros)), expected);
        }
        assert!(milliseconds(Duration::MAX).to_str().unwrap().ends_with(".615ms"));
    }
}
