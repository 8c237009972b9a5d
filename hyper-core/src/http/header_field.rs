//! One header field as a value of its own type.

use std::ops::Deref;

use http::HeaderName;

use super::{FromRequest, Request};
use crate::{Error, Result};

/// A header field that is more than text: what `Header<T>` takes.
///
/// ```
/// use hyper_core::http::HeaderField;
///
/// struct ApiKey(u64);
///
/// impl HeaderField for ApiKey {
///     const NAME: &'static str = "x-api-key";
///
///     fn parse(text: &str) -> Option<Self> {
///         text.parse().ok().map(Self)
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a header field",
    label = "neither its name nor how it is read is known",
    note = "implement `HeaderField` for it: its `NAME`, and `parse`",
    note = "all of them, as text, are in a `HeaderMap`"
)]
pub trait HeaderField: Sized {
    /// Its name in lower case, as `x-api-key`.
    const NAME: &'static str;

    /// Reads it; `None` is a 400. Several fields of the name come joined by commas.
    fn parse(text: &str) -> Option<Self>;

    /// What is answered when it is not there: 400.
    #[must_use]
    fn missing() -> Error {
        Error::bad_request(format!("The header `{}` is required.", Self::NAME))
    }
}

/// A header field by its type.
///
/// Answers 400 with its name when it is not there or malformed; `Option<Header<T>>` is `None` then.
///
/// ```
/// use hyper_core::http::{Bearer, Header};
///
/// async fn whoami(token: Header<Bearer>) -> String {
///     token.0.0
/// }
/// # drop(whoami);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header<T>(pub T);

impl<T> Deref for Header<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: HeaderField> FromRequest for Header<T> {
    async fn from_request(request: &mut Request) -> Result<Self> {
        let name = HeaderName::from_bytes(T::NAME.as_bytes()).map_err(Error::internal)?;
        request.reads_field(&name);
        let mut fields = request
            .unnoted_headers()
            .get_all(&name)
            .into_iter()
            .map(|value| std::str::from_utf8(value.as_bytes()));
        let malformed = || Error::bad_request(format!("The header `{}` is malformed.", T::NAME));
        let first = fields.next().ok_or_else(T::missing)?.map_err(|_| malformed())?;
        let mut joined = std::borrow::Cow::Borrowed(first);
        for more in fields {
            let all = joined.to_mut();
            all.push_str(", ");
            all.push_str(more.map_err(|_| malformed())?);
        }
        T::parse(&joined).map(Self).ok_or_else(malformed)
    }
}

/// The token of `Authorization: Bearer ..`; 401 when there is none.
#[derive(Clone, PartialEq, Eq)]
pub struct Bearer(pub String);

#[diagnostic::do_not_recommend]
impl HeaderField for Bearer {
    const NAME: &'static str = "authorization";

    fn parse(text: &str) -> Option<Self> {
        let (scheme, token) = text.split_once(' ')?;
        let token = token.trim();
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte);
        let valid = scheme.eq_ignore_ascii_case("bearer") && !token.is_empty() && token.bytes().all(allowed);
        valid.then(|| Self(token.to_owned()))
    }

    fn missing() -> Error {
        Error::unauthorized("Send a token: `Authorization: Bearer ..`.")
    }
}

/// Whoever has the token is its owner, so it is not shown.
impl std::fmt::Debug for Bearer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Bearer(..)")
    }
}

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident $header:literal)*) => { $(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $name(pub String);

        #[diagnostic::do_not_recommend]
        impl HeaderField for $name {
            const NAME: &'static str = $header;

            fn parse(text: &str) -> Option<Self> {
                Some(Self(text.to_owned()))
            }
        }
    )* };
}

texts! {
    /// `User-Agent`: the program that asks, as it says.
    UserAgent "user-agent"
    /// `Referer`: the page that led here, as the client says.
    Referer "referer"
    /// `Origin`: the site whose page asks, as browsers say.
    Origin "origin"
}

#[cfg(test)]
mod tests {
    use http::{HeaderValue, Method};

    use super::*;

    struct Numbers(Vec<u8>);

    impl HeaderField for Numbers {
        const NAME: &'static str = "x-numbers";

        fn parse(text: &str) -> Option<Self> {
            text.split(", ").map(|number| number.parse().ok()).collect::<Option<_>>().map(Self)
        }
    }

    async fn numbers(values: &[&'static [u8]]) -> Result<Vec<u8>> {
        let mut request = Request::new(Method::GET, "/").unwrap();
        for value in values {
            request.headers_mut().append("x-numbers", HeaderValue::from_bytes(value).unwrap());
        }
        Header::<Numbers>::from_request(&mut request).await.map(|header| header.0.0)
    }

    #[tokio::test]
    async fn fields_are_read_by_their_type() {
        assert_eq!(numbers(&[b"1, 2", b"3"]).await.unwrap(), [1, 2, 3]);
        assert_eq!(numbers(&[]).await.unwrap_err().detail(), "The header `x-numbers` is required.");
        for values in [&[&b"1, x"[..]][..], &[b"\xff"], &[b"1", b"\xff"], &[b""]] {
            let error = numbers(values).await.unwrap_err();
            assert_eq!(
                (error.status().as_u16(), error.detail()),
                (400, "The header `x-numbers` is malformed.")
            );
        }
        let mut request = Request::new(Method::GET, "/").unwrap();
        assert_eq!(Header::<Bearer>::from_request(&mut request).await.unwrap_err().status(), 401);
        assert_eq!(Bearer::parse("bearer abc=").unwrap().0, "abc=");
        for text in ["abc", "Basic abc", "Bearer ", "Bearer a b", "Bearer ü"] {
            assert_eq!(Bearer::parse(text), None, "{text}");
        }
    }
}
