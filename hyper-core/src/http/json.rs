//! JSON, coming and going.

use std::ops::Deref;

use http::header::CONTENT_TYPE;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::into_response::{JSON, with_type};
use super::serde_errors::invalid_field;
use super::{FromRequest, IntoResponse, Request, Response};
use crate::{Error, Result};

/// JSON: as an argument the decoded body of the request, as an answer the value encoded.
///
/// As an argument it answers 415 when the content type is not JSON (`application/json` or `+json`),
/// 400 when the text is not JSON, and 422 with the field when a value does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Json<T>(pub T);

impl<T> Deref for Json<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// What `Json<T>`, `Form<T>` and `Query<T>` take: everything that serde decodes.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be decoded from a request",
    label = "not decoded by serde",
    note = "put `#[derive(serde::Deserialize)]` on `{Self}`, with `#[serde(crate = \"hyperdjango::serde\")]`; it owns what it holds"
)]
pub trait Decodable: DeserializeOwned {}

#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned> Decodable for T {}

/// What `Json<T>` answers: everything that serde encodes.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be answered as JSON",
    label = "not encoded by serde",
    note = "put `#[derive(serde::Serialize)]` on `{Self}`, with `#[serde(crate = \"hyperdjango::serde\")]`"
)]
pub trait Encodable: Serialize {}

#[diagnostic::do_not_recommend]
impl<T: Serialize> Encodable for T {}

impl<T: Decodable> FromRequest for Json<T> {
    const READS_BODY: bool = true;

    async fn from_request(request: &mut Request) -> Result<Self> {
        require_json(request)?;
        let body = request.bytes().await?;
        match serde_json::from_slice(&body) {
            Ok(value) => Ok(Self(value)),
            Err(error) => Err(explain::<T>(&body, &error)),
        }
    }
}

fn require_json(request: &Request) -> Result<()> {
    let given = request.header(CONTENT_TYPE).unwrap_or("");
    let essence = given.split(';').next().unwrap_or("").trim();
    let json = essence.eq_ignore_ascii_case("application/json")
        || essence
            .get(essence.len().saturating_sub(5)..)
            .is_some_and(|end| end.eq_ignore_ascii_case("+json"));
    if json {
        return Ok(());
    }
    Err(unsupported(given, "application/json"))
}

/// 415: the body is of another kind than the one that is read here.
pub(super) fn unsupported(given: &str, expected: &str) -> Error {
    let given = if given.is_empty() { "nothing" } else { given };
    Error::new(
        http::StatusCode::UNSUPPORTED_MEDIA_TYPE,
        format!("The content type should be `{expected}`, and says `{given}`."),
    )
}

/// Decodes once more, slowly, to learn which field it was.
#[cold]
fn explain<T: DeserializeOwned>(body: &[u8], error: &serde_json::Error) -> Error {
    if !error.is_data() {
        return Error::bad_request(format!("The body is not valid JSON: {error}."));
    }
    let mut decoder = serde_json::Deserializer::from_slice(body);
    match serde_path_to_error::deserialize::<_, T>(&mut decoder) {
        Err(error) => invalid_field(&error.path().to_string(), error.inner()),
        Ok(_) => invalid_field(".", error),
    }
}

impl<T: Encodable> IntoResponse for Json<T> {
    fn into_response(self, request: &Request) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(body) => with_type(body, JSON),
            Err(error) => Error::internal(error).into_response(request),
        }
    }
}

impl IntoResponse for serde_json::Value {
    fn into_response(self, request: &Request) -> Response {
        Json(self).into_response(request)
    }
}
