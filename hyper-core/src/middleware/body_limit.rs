//! A limit to the size of request bodies.

use super::{Layer, Middleware, Next};
use crate::http::{Request, Response};
use crate::{Result, Settings};

/// Accepts bodies of so many bytes here, more or fewer than `MAX_BODY_SIZE`, which holds elsewhere.
///
/// A larger body is answered 413 when somebody reads it, by its `Content-Length` before any of it. Of several limits
/// around a handler the innermost holds. `BodyLimit` in a list without a number is `MAX_BODY_SIZE` again.
///
/// It stands around the routes it is for, as a rule in a mount:
/// `mount("/uploads", uploads::Urls, middleware = [BodyLimit::bytes(100 << 20)])`.
///
/// ```
/// use hyper_core::middleware::BodyLimit;
///
/// const UPLOADS: BodyLimit = BodyLimit::bytes(100 << 20);
/// # let _ = UPLOADS;
/// ```
#[derive(Debug, Clone, Copy)]
pub struct BodyLimit(usize);

impl BodyLimit {
    /// At most so many bytes.
    #[must_use]
    pub const fn bytes(bytes: usize) -> Self {
        Self(bytes)
    }
}

impl Layer for BodyLimit {
    async fn start(settings: &Settings) -> Result<Self> {
        Ok(Self(settings.max_body_size()))
    }
}

impl<S: Sync + 'static> Middleware<S> for BodyLimit {
    async fn call(&self, _: &'static S, request: &mut Request, next: impl Next) -> Response {
        request.limit_body(self.0);
        next.run(request).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Method;

    /// Reads the body.
    struct Reads<'a>(&'a mut Option<Result<bytes::Bytes>>);

    impl Next for Reads<'_> {
        async fn run(self, request: &mut Request) -> Response {
            *self.0 = Some(request.bytes().await);
            Response::default()
        }
    }

    async fn read(limit: usize, body: &'static [u8]) -> Result<bytes::Bytes> {
        let mut request = Request::new(Method::POST, "/").unwrap().with_body(body);
        let mut read = None;
        let _ = BodyLimit::bytes(limit).call(&(), &mut request, Reads(&mut read)).await;
        read.unwrap()
    }

    #[tokio::test]
    async fn one_byte_more_is_too_large() {
        assert_eq!(read(4, b"four").await.unwrap(), "four");
        let error = read(4, b"fives").await.unwrap_err();
        assert_eq!(
            (error.status().as_u16(), error.detail()),
            (413, "The body is larger than the 4 bytes accepted here.")
        );
        assert_eq!(read(0, b"").await.unwrap(), "");
    }
}
