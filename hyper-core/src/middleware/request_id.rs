//! Ids of requests.

use std::fmt;
use std::future::Future;
use std::time::{SystemTime, UNIX_EPOCH};

use http::{HeaderName, HeaderValue};
use uuid::Uuid;

use super::then::then;
use super::{Capability, Layer, Middleware, Next, REQUEST_ID};
use crate::http::{FromRequest, Request, Response};
use crate::{Error, Result, Settings};

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The longest id that is taken over, in bytes.
const LONGEST: usize = 128;

/// Gives each request an id, and sends it back in `X-Request-Id`.
///
/// | setting | default | |
/// |---|---|---|
/// | `TRUSTED_PROXIES` | | addresses, networks (`10.0.0.0/8`) and `unix`, from which an id that came along is kept |
/// | `REQUEST_ID_TRUSTED` | `false` | keep it from whomever |
///
/// An id is kept when it has 1 to 128 letters, digits and `-._~:/+=@`. All others get a UUID of version 7, which
/// begins with the time. [`AccessLog`](super::AccessLog) and the records of errors have the id;
/// [`Request::id`] and the argument [`RequestId`] are for middleware and handlers.
///
/// It stands outside of all that logs or answers.
#[derive(Debug, Clone)]
pub struct RequestIds {
    everybody: bool,
}

/// The id of a request: an argument of handlers with [`RequestIds`] around them. `Display` writes it.
///
/// ```
/// use hyper_core::middleware::RequestId;
///
/// async fn report(id: RequestId) -> String {
///     format!("Tell us {id} when you ask.")
/// }
/// # drop(report);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(Id);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Id {
    Made(Uuid),
    /// It came along, and is well-formed.
    Given(HeaderValue),
}

impl RequestId {
    /// A new one.
    fn new() -> Self {
        let millis = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as u64);
        // Ids are told from each other, not kept from anybody.
        let random = fastrand::u128(..);
        // 48 bits of time, 74 of chance, and between them what says that it is of version 7.
        let id = u128::from(millis) << 80 | random & !(u128::MAX << 80);
        Self(Id::Made(Uuid::from_u128(id & !(0xf << 76 | 0b11 << 62) | 7 << 76 | 0b10 << 62)))
    }

    /// One that came along.
    fn given(value: &HeaderValue) -> Option<Self> {
        let is_fit = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~:/+=@".contains(byte);
        let bytes = value.as_bytes();
        let fits = (1..=LONGEST).contains(&bytes.len()) && bytes.iter().all(is_fit);
        fits.then(|| Self(Id::Given(value.clone())))
    }

    fn header(&self) -> HeaderValue {
        match &self.0 {
            Id::Given(value) => value.clone(),
            Id::Made(uuid) => {
                let mut buffer = Uuid::encode_buffer();
                let text = uuid.hyphenated().encode_lower(&mut buffer);
                HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static(""))
            }
        }
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Id::Made(uuid) => uuid.hyphenated().fmt(f),
            Id::Given(value) => f.write_str(value.to_str().unwrap_or_default()),
        }
    }
}

impl FromRequest for RequestId {
    const NEEDS: &'static [Capability] = &[REQUEST_ID];

    async fn from_request(request: &mut Request) -> Result<Self> {
        request.reads_itself();
        request.id().cloned().ok_or_else(|| Error::internal("the request has no id"))
    }
}

impl Layer for RequestIds {
    const PROVIDES: &'static [Capability] = &[REQUEST_ID];

    async fn start(settings: &Settings) -> Result<Self> {
        let everybody = settings.flag("REQUEST_ID_TRUSTED", false)?;
        Ok(Self { everybody })
    }
}

impl<S: Sync + 'static> Middleware<S> for RequestIds {
    fn call(
        &self,
        _: &'static S,
        request: &mut Request,
        next: impl Next,
    ) -> impl Future<Output = Response> + Send {
        let trusted = self.everybody || request.came_through_trusted_proxy();
        let given = if trusted { request.headers().get(X_REQUEST_ID) } else { None };
        let id = given.and_then(RequestId::given).unwrap_or_else(RequestId::new);
        let header = id.header();
        request.set_id(id);
        then(
            move || next.run(request),
            move |response| {
                response.headers_mut().insert(X_REQUEST_ID, header);
            },
        )
    }
}

#[cfg(test)]
mod tests {
    use super::super::proof::{all, answer, context, get, settings, through};
    use super::*;
    use proptest::prelude::*;

    async fn sent(pairs: &[(&str, &str)], incoming: &str) -> String {
        let ids = RequestIds::start(&settings(pairs)).await.unwrap();
        let mut inside = String::new();
        let mut request = get(&[("x-request-id", incoming)]);
        request.set_context(context(pairs));
        let response = through(&ids, &mut request, |request| {
            inside = request.id().unwrap().to_string();
            answer(&[], "page")
        })
        .await;
        assert_eq!(all(response.headers(), "x-request-id"), inside);
        assert_eq!(RequestId::from_request(&mut request).await.unwrap().to_string(), inside);
        inside
    }

    #[tokio::test]
    async fn an_id_is_made_unless_the_one_that_came_is_trusted() {
        let made = sent(&[], "mine").await;
        let uuid = Uuid::parse_str(&made).unwrap();
        assert_eq!((uuid.get_version_num(), uuid.get_variant()), (7, uuid::Variant::RFC4122));
        assert_ne!(made, sent(&[], "mine").await);
        assert_eq!(sent(&[("REQUEST_ID_TRUSTED", "true")], "mine").await, "mine");
        // Requests of this process come from no proxy that is named, but where their number is, each has come by one.
        assert_ne!(sent(&[("TRUSTED_PROXIES", "unix")], "mine").await, "mine");
        assert_eq!(sent(&[("TRUSTED_PROXY_COUNT", "1")], "mine").await, "mine");
    }

    #[tokio::test]
    async fn an_id_that_is_not_well_formed_is_replaced() {
        for incoming in ["", "two words", "a\"b", "a\tb", &"x".repeat(129)] {
            assert_ne!(sent(&[("REQUEST_ID_TRUSTED", "true")], incoming).await, incoming);
        }
        let longest = "x".repeat(128);
        assert_eq!(sent(&[("REQUEST_ID_TRUSTED", "true")], &longest).await, longest);
    }

    #[tokio::test]
    async fn without_the_middleware_there_is_none() {
        assert!(RequestId::from_request(&mut get(&[])).await.is_err());
    }

    proptest! {
        #[test]
        fn what_is_kept_is_as_it_came(bytes in proptest::collection::vec(any::<u8>(), 0..140)) {
            if let Ok(value) = HeaderValue::from_bytes(&bytes)
                && let Some(id) = RequestId::given(&value)
            {
                let text = id.to_string();
                prop_assert_eq!(text.as_bytes(), &bytes[..]);
                prop_assert!(!bytes.is_empty() && bytes.len() <= LONGEST);
            }
        }
    }
}
