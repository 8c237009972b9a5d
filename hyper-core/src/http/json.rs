//! JSON, coming and going.

use std::ops::{Deref, DerefMut};

use serde::Serialize;
use serde::de::{DeserializeOwned, IgnoredAny};

use super::content_type::ContentType;
use super::fields::mend::{Failure, all_errors};
use super::fields::{Rules, no_rules};
use super::into_response::{JSON, with_type};
use super::valid::Extract;
use super::{FromRequest, IntoResponse, Request, Response};
use crate::{Error, Result, ValidationErrors};

/// JSON: as an argument the decoded body of the request, as an answer the value encoded.
///
/// As an argument it answers 415 when the content type is not JSON (`application/json` or `+json`) or not in UTF-8, 400
/// when the text is not JSON or deeper than 128 levels, and 422 with all fields whose value does not fit. A byte order
/// mark before the text is passed over.
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

impl<T> DerefMut for Json<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T: Decodable> FromRequest for Json<T> {
    const READS_BODY: bool = true;

    async fn from_request(request: &mut Request) -> Result<Self> {
        Self::extract(request, no_rules).await
    }
}

#[diagnostic::do_not_recommend]
impl<T: Decodable> Extract for Json<T> {
    type Value = T;

    async fn extract(request: &mut Request, rules: Rules<T>) -> Result<Self> {
        require_json(request)?;
        let body = request.bytes().await?;
        decode(&body, rules).map(Self)
    }
}

fn require_json(request: &Request) -> Result<()> {
    const KIND: &str = "application/json";
    if ContentType::says_only(request, KIND) {
        return Ok(());
    }
    let given = ContentType::of(request);
    let essence = given.essence();
    let suffix = essence.get(essence.len().saturating_sub(5)..).unwrap_or("");
    if !essence.eq_ignore_ascii_case(KIND) && !suffix.eq_ignore_ascii_case("+json") {
        return Err(given.unsupported(KIND));
    }
    given.require_utf8()
}

/// Makes a `T` of a JSON text.
///
/// # Errors
/// 400 for what is no JSON, 422 with all that does not fit, by field.
pub(crate) fn decode<T: DeserializeOwned>(body: &[u8], rules: Rules<T>) -> Result<T> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    match serde_json::from_slice(body) {
        Ok(value) => {
            let mut errors = ValidationErrors::new();
            rules(&value, &mut errors);
            errors.into_result()?;
            Ok(value)
        }
        Err(error) => Err(explain::<T>(body, rules, &error)),
    }
}

/// Decodes once more, slowly, to learn what is wrong where.
#[cold]
fn explain<T: DeserializeOwned>(body: &[u8], rules: Rules<T>, error: &serde_json::Error) -> Error {
    // A text with a value of the wrong type and broken further on is no JSON, too.
    let whole = serde_json::from_slice::<IgnoredAny>(body);
    if let Some(error) = whole.as_ref().err().or(Some(error).filter(|error| !error.is_data())) {
        let mut decoder = serde_json::Deserializer::from_slice(body);
        let place = serde_path_to_error::deserialize::<_, T>(&mut decoder)
            .err()
            .map(|error| error.path().to_string());
        let place = place.filter(|path| !path.is_empty() && path != "." && !path.ends_with('?'));
        let place = place.map_or(String::new(), |path| format!(", in `{path}`"));
        let hint = if std::str::from_utf8(body).is_err() { " It should be in UTF-8." } else { "" };
        return Error::bad_request(format!("The body is not valid JSON: {error}{place}.{hint}"));
    }
    Error::invalid(all_errors(body.len(), rules, |mends| {
        let decoded = T::deserialize(mends.around(&mut serde_json::Deserializer::from_slice(body)));
        decoded.map_err(|error| Failure { fatal: !error.is_data(), message: error.to_string() })
    }))
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
