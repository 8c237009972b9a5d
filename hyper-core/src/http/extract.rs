//! How handler arguments come out of a request.

use std::future::Future;

use bytes::Bytes;
use http::{HeaderMap, Method, Uri};

use super::content_type::ContentType;
use super::{Peer, Request, Text};
use crate::middleware::Capability;
use crate::{Error, Result};

/// What a handler can take as an argument.
///
/// It gets the whole request, so it may read the body; [`FromRequest::READS_BODY`] says whether it
/// does, and a handler with two that do does not compile.
///
/// ```
/// use hyper_core::{Error, Result, http::{FromRequest, Request}};
///
/// struct Language(String);
///
/// impl FromRequest for Language {
///     async fn from_request(request: &mut Request) -> Result<Self> {
///         let language = request.header("accept-language");
///         language.map(|text| Self(text.to_owned())).ok_or_else(|| Error::bad_request("Which language?"))
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be used as a handler argument",
    label = "cannot be made from a request",
    note = "a part of the application is taken by reference: `&{Self}`",
    note = "a path parameter is an argument of the same name",
    note = "from the request come `Json<T>`, `Form<T>`, `Query<T>`, `Multipart<T>` with `Upload`s among its fields, `Text<String>`, `Bytes`, `Cookies`, `Header<T>`, `HeaderMap`, `ClientAddr`",
    note = "a type of your own can be an argument when it implements `FromRequest`"
)]
pub trait FromRequest: Sized {
    /// Whether it reads the body of the request.
    const READS_BODY: bool = false;

    /// What must stand around the handler: without a middleware that provides it the application does not compile.
    const NEEDS: &'static [Capability] = &[];

    /// Makes it from the request.
    ///
    /// # Errors
    /// What the client is answered when it cannot be made.
    fn from_request(request: &mut Request) -> impl Future<Output = Result<Self>> + Send;
}

/// A copy of all header fields.
impl FromRequest for HeaderMap {
    async fn from_request(request: &mut Request) -> Result<Self> {
        Ok(request.headers().clone())
    }
}

impl FromRequest for Method {
    async fn from_request(request: &mut Request) -> Result<Self> {
        Ok(request.method().clone())
    }
}

impl FromRequest for Uri {
    async fn from_request(request: &mut Request) -> Result<Self> {
        Ok(request.uri().clone())
    }
}

impl FromRequest for Peer {
    async fn from_request(request: &mut Request) -> Result<Self> {
        Ok(request.peer())
    }
}

/// The whole body as it is.
impl FromRequest for Bytes {
    const READS_BODY: bool = true;

    async fn from_request(request: &mut Request) -> Result<Self> {
        request.bytes().await
    }
}

/// The whole body as text, which must be UTF-8 and of no content type that says otherwise. A byte order mark before it
/// is left out.
impl FromRequest for Text<String> {
    const READS_BODY: bool = true;

    async fn from_request(request: &mut Request) -> Result<Self> {
        ContentType::of(request).require_utf8()?;
        let body = request.bytes().await?;
        let text = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&body);
        match std::str::from_utf8(text) {
            Ok(text) => Ok(Self(text.to_owned())),
            Err(error) => {
                let at = error.valid_up_to();
                Err(Error::bad_request(format!("The body is not UTF-8: the byte at {at} is wrong.")))
            }
        }
    }
}

/// What may be wrong: the handler sees the error, and answers it as it likes. A form can be shown again with it.
impl<T: FromRequest + Send> FromRequest for Result<T> {
    const READS_BODY: bool = T::READS_BODY;
    const NEEDS: &'static [Capability] = T::NEEDS;

    async fn from_request(request: &mut Request) -> Result<Self> {
        Ok(T::from_request(request).await)
    }
}

/// What may be missing: `None` where the other cannot be made because the client left it out (404
/// and 400 included), so an `Option<LoggedIn>` is somebody or nobody.
impl<T: FromRequest + Send> FromRequest for Option<T> {
    const READS_BODY: bool = T::READS_BODY;
    const NEEDS: &'static [Capability] = T::NEEDS;

    async fn from_request(request: &mut Request) -> Result<Self> {
        match T::from_request(request).await {
            Ok(value) => Ok(Some(value)),
            Err(error) if error.status().is_client_error() => Ok(None),
            Err(error) => Err(error),
        }
    }
}
