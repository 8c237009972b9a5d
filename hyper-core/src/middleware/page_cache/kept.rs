//! A page as it is kept.

use bytes::Bytes;
use http::StatusCode;
use http::header::{AGE, HeaderMap, HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};

use super::policy::Plan;
use super::{HIT, X_CACHE, now};
use crate::http::{Body, Response};

/// Which fields of a request the pages of an address depend on, and which cookies they do not.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Learned {
    pub(super) fields: Vec<String>,
    pub(super) ignored_cookies: Vec<String>,
}

impl Learned {
    pub(super) fn has(&self, name: &HeaderName) -> bool {
        self.fields.iter().any(|field| field == name.as_str())
    }
}

/// A page with what is sent before it.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Kept {
    status: u16,
    #[serde(with = "fields")]
    fields: HeaderMap,
    body: Bytes,
    /// Whether it is the same for visitors who say who they are.
    pub(super) is_for_all: bool,
    /// When it was made, and until when it is good, in milliseconds.
    made: u64,
    until: u64,
    /// How old it was then, in seconds.
    age: u64,
}

impl Kept {
    /// None if it is not all there.
    pub(super) fn of(response: &Response, plan: &Plan) -> Option<Self> {
        let made = now();
        Some(Self {
            status: response.status().as_u16(),
            fields: response.headers().clone(),
            body: Bytes::copy_from_slice(response.body().as_bytes()?),
            is_for_all: plan.is_for_all,
            made,
            until: made + u64::from(plan.seconds) * 1000,
            age: plan.age,
        })
    }

    /// Whether it is not too old. A clock that was set back makes it too old as well.
    pub(super) fn is_good(&self) -> bool {
        (self.made.saturating_sub(1000)..self.until).contains(&now())
    }

    #[cfg(test)]
    pub(super) fn seconds(&self) -> u64 {
        (self.until - self.made) / 1000
    }

    /// As it is sent.
    pub(super) fn answer(&self) -> Response {
        let mut response = Response::new(Body::from(self.body.clone()));
        *response.status_mut() = StatusCode::from_u16(self.status).unwrap_or(StatusCode::OK);
        let headers = response.headers_mut();
        headers.clone_from(&self.fields);
        headers.insert(AGE, HeaderValue::from(self.age + now().saturating_sub(self.made) / 1000));
        headers.insert(X_CACHE, HIT);
        response
    }
}

/// Header fields as pairs of a name and bytes.
mod fields {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    use super::{Bytes, HeaderMap, HeaderName, HeaderValue};

    pub(super) fn serialize<S: Serializer>(fields: &HeaderMap, serializer: S) -> Result<S::Ok, S::Error> {
        let bytes = |value: &HeaderValue| Bytes::copy_from_slice(value.as_bytes());
        serializer.collect_seq(fields.iter().map(|(name, value)| (name.as_str(), bytes(value))))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<HeaderMap, D::Error> {
        let pairs = Vec::<(String, Bytes)>::deserialize(deserializer)?;
        let mut fields = HeaderMap::with_capacity(pairs.len() + 2);
        for (name, value) in pairs {
            let name = HeaderName::from_bytes(name.as_bytes()).map_err(D::Error::custom)?;
            fields.append(name, HeaderValue::from_maybe_shared(value).map_err(D::Error::custom)?);
        }
        Ok(fields)
    }
}
