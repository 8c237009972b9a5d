//! What middleware leaves for handlers.

use std::ops::Deref;

use super::{FromRequest, Request};
use crate::{Error, Result};

/// A value that middleware left in [`Request::extensions_mut`] for the handlers behind it.
///
/// Without it the request is answered with 500: it is the program that is wrong, so the middleware stands where it is
/// needed. What may be there or not is `request.extensions().get()`.
///
/// Nobody knows what it was made of, so [`PageCache`](crate::middleware::PageCache) keeps a page that was made with one only if it
/// says that it is [`public`](super::CacheControl::public).
///
/// ```
/// use hyper_core::http::{Extension, Request};
///
/// #[derive(Clone)]
/// struct Tenant(String);
///
/// /// What a middleware does.
/// fn remember(request: &mut Request) {
///     request.extensions_mut().insert(Tenant("acme".to_owned()));
/// }
///
/// async fn show(tenant: Extension<Tenant>) -> String {
///     format!("This is {}.", tenant.0.0)
/// }
/// # drop((remember, show));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extension<T>(pub T);

impl<T> Deref for Extension<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// What [`Extension`] takes: everything that can be cloned and shared between threads.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be handed from middleware to handlers",
    label = "not `Clone + Send + Sync`",
    note = "put `#[derive(Clone)]` on `{Self}`; what is large or cannot be cloned goes into an `Arc`"
)]
pub trait Extended: Clone + Send + Sync + 'static {}

#[diagnostic::do_not_recommend]
impl<T: Clone + Send + Sync + 'static> Extended for T {}

impl<T: Extended> FromRequest for Extension<T> {
    async fn from_request(request: &mut Request) -> Result<Self> {
        // Whatever it was made of: the page is of this request.
        request.extensions().get::<T>().cloned().map(Self).ok_or_else(|| {
            let name = std::any::type_name::<T>();
            Error::internal(format!(
                "no middleware has left a `{name}` for the handler, which takes `Extension<{name}>`"
            ))
        })
    }
}

#[cfg(test)]
mod tests {
    use http::Method;

    use super::*;

    #[tokio::test]
    async fn what_was_left_is_found() {
        let mut request = Request::new(Method::GET, "/").unwrap();
        assert_eq!(Extension::<u8>::from_request(&mut request).await.unwrap_err().status(), 500);
        request.extensions_mut().insert(7u8);
        assert_eq!(Extension::<u8>::from_request(&mut request).await.unwrap().0, 7);
    }
}
