//! What pages of other sites may ask of this one.

mod origin;

use std::future::{Future, ready};

use futures_util::future::Either;
use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, HeaderName, HeaderValue, ORIGIN,
};

pub use origin::{NoOrigin, Origin};

use super::lasting::{lasting, lasting_list};
use super::then::then;
use super::vary::vary;
use super::{CORS, Capability, Layer, Middleware, Next};
use crate::http::{Body, HeaderMap, Method, Request, Response, StatusCode};
use crate::settings::SettingsError;
use crate::{Result, Settings};

/// Lets pages of other sites ask this one: cross-origin resource sharing.
///
/// | setting | default | |
/// |---|---|---|
/// | `CORS_ORIGINS` | | origins that may ask, as `https://app.example`, `https://*.example`; `*` is everybody |
/// | `CORS_CREDENTIALS` | `false` | with cookies; not for `*` |
/// | `CORS_METHODS` | `GET, HEAD, POST, PUT, PATCH, DELETE` | |
/// | `CORS_HEADERS` | `*` | fields a request may have |
/// | `CORS_EXPOSE_HEADERS` | | fields of an answer that scripts may read |
/// | `CORS_MAX_AGE` | `86400` | seconds for which a browser remembers what it may |
///
/// `Cors` in a list is made of these settings, [`Cors::any`] and [`Cors::origins`] without them. It answers preflights
/// itself, with 204, whatever the method is that is asked for: a browser compares it with the list. Answers that
/// depend on who asks say so by `Vary: Origin`. It does not keep anybody out: programs that are no browsers ask without
/// it, and a browser sends simple requests before it asks.
///
/// It stands outside of whoever refuses requests: a refusal without its fields is one that a page cannot read.
///
/// ```
/// use hyper_core::middleware::Cors;
///
/// # fn main() -> hyper_core::Result<()> {
/// let everybody = Cors::any();
/// let ours = Cors::origins(["https://app.example", "https://*.app.example"])?.credentials()?.max_age(600);
/// // Everybody with the visitor's cookies is nobody's wish.
/// assert!(Cors::any().credentials().is_err());
/// # let _ = (everybody, ours); Ok(()) }
/// ```
#[derive(Debug, Clone)]
pub struct Cors {
    /// `None` is everybody.
    origins: Option<Vec<Listed>>,
    credentials: bool,
    methods: HeaderValue,
    /// `None` is all that are asked for.
    headers: Option<HeaderValue>,
    expose: Option<HeaderValue>,
    max_age: HeaderValue,
}

/// An origin that may ask.
#[derive(Debug, Clone)]
struct Listed {
    origin: Origin,
    /// What it is answered, where it is one and not many.
    answer: Option<HeaderValue>,
}

const VARY_ORIGIN: HeaderValue = HeaderValue::from_static("Origin");
const VARY_HEADERS: HeaderValue = HeaderValue::from_static("Access-Control-Request-Headers");
const EVERYBODY: HeaderValue = HeaderValue::from_static("*");

impl Cors {
    /// Everybody may ask, without cookies.
    #[must_use]
    pub fn any() -> Self {
        Self {
            origins: None,
            credentials: false,
            methods: HeaderValue::from_static("GET, HEAD, POST, PUT, PATCH, DELETE"),
            headers: None,
            expose: None,
            max_age: HeaderValue::from_static("86400"),
        }
    }

    /// Pages of these origins may ask. `*` is everybody.
    ///
    /// # Errors
    /// What is no origin.
    pub fn origins<T: AsRef<str>>(origins: impl IntoIterator<Item = T>) -> Result<Self> {
        Ok(Self::any().allow(origins)?)
    }

    /// Browsers send the visitor's cookies along, and let scripts read the answer.
    ///
    /// # Errors
    /// When everybody may ask: then any page could read what the visitor sees here.
    pub fn credentials(mut self) -> Result<Self> {
        if self.origins.is_none() {
            let problem = "with credentials names its origins: `Cors::origins([\"https://app.example\"])?.credentials()?`";
            return Err(SettingsError::new("Cors", problem).into());
        }
        self.credentials = true;
        Ok(self)
    }

    /// The methods that pages may use.
    #[must_use]
    pub fn methods(mut self, methods: impl IntoIterator<Item = Method>) -> Self {
        // A method is a token, which a field may hold.
        if let Ok(methods) = lasting_list("the methods", methods) {
            self.methods = methods;
        }
        self
    }

    /// The header fields that requests may have; without this, all.
    #[must_use]
    pub fn headers(mut self, headers: impl IntoIterator<Item = HeaderName>) -> Self {
        self.headers = lasting_list("the headers", headers).ok();
        self
    }

    /// The header fields that scripts may read of an answer, beside the simple ones.
    #[must_use]
    pub fn expose(mut self, headers: impl IntoIterator<Item = HeaderName>) -> Self {
        self.expose = lasting_list("the exposed headers", headers).ok();
        self
    }

    /// The seconds for which browsers remember what they may; 0 is not at all. Browsers have limits of their own.
    #[must_use]
    pub fn max_age(mut self, seconds: u32) -> Self {
        self.max_age = HeaderValue::from(seconds);
        self
    }

    fn allow<T: AsRef<str>>(mut self, origins: impl IntoIterator<Item = T>) -> Result<Self, SettingsError> {
        let mut listed = Vec::new();
        for text in origins {
            let text = text.as_ref();
            if text == "*" {
                self.origins = None;
                return Ok(self);
            }
            let origin = Origin::parse(text).map_err(|reason| {
                SettingsError::new("CORS_ORIGINS", format!("has `{text}`, which is no origin: {reason}"))
            })?;
            let answer = match origin.is_one() {
                true => Some(lasting("CORS_ORIGINS", origin.to_string())?),
                false => None,
            };
            listed.push(Listed { origin, answer });
        }
        self.origins = Some(listed);
        Ok(self)
    }

    /// What the request's origin is answered in `Access-Control-Allow-Origin`.
    fn allowed(&self, headers: &HeaderMap) -> Option<HeaderValue> {
        let origin = headers.get(ORIGIN)?;
        let Some(origins) = &self.origins else { return Some(EVERYBODY) };
        let text = origin.to_str().ok()?;
        let listed = origins.iter().find(|listed| listed.origin.matches(text))?;
        Some(listed.answer.as_ref().unwrap_or(origin).clone())
    }

    fn preflight(&self, request: &Request) -> Response {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NO_CONTENT;
        let headers = response.headers_mut();
        if let Some(origin) = self.allowed(request.headers()) {
            headers.reserve(8);
            headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            headers.insert(ACCESS_CONTROL_ALLOW_METHODS, self.methods.clone());
            headers.insert(ACCESS_CONTROL_MAX_AGE, self.max_age.clone());
            self.add_credentials(headers);
            let asked = request.headers().get(ACCESS_CONTROL_REQUEST_HEADERS);
            if let Some(allowed) = self.headers.as_ref().or(asked) {
                headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, allowed.clone());
            }
        }
        self.vary(headers);
        if self.headers.is_none() {
            vary(headers, &ACCESS_CONTROL_REQUEST_HEADERS, &VARY_HEADERS);
        }
        response
    }

    fn add_credentials(&self, headers: &mut HeaderMap) {
        if self.credentials {
            headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
        }
    }

    fn vary(&self, headers: &mut HeaderMap) {
        if self.origins.is_some() {
            vary(headers, &ORIGIN, &VARY_ORIGIN);
        }
    }
}

fn names(settings: &Settings, key: &str) -> Result<Option<HeaderValue>, SettingsError> {
    let names: Vec<&str> = settings.list(key).collect();
    if names.is_empty() || names.contains(&"*") {
        return Ok(None);
    }
    match names.iter().find(|name| HeaderName::try_from(**name).is_err()) {
        Some(name) => {
            Err(SettingsError::new(key, format!("should be names of header fields, and has `{name}`")))
        }
        None => lasting_list(key, names).map(Some),
    }
}

impl Layer for Cors {
    const PROVIDES: &'static [Capability] = &[CORS];

    async fn start(settings: &Settings) -> Result<Self> {
        let mut cors = Self::any().allow(settings.list("CORS_ORIGINS"))?;
        if settings.flag("CORS_CREDENTIALS", false)? {
            if cors.origins.is_none() {
                let problem = "cannot be `true` while CORS_ORIGINS is `*`: name the origins";
                return Err(SettingsError::new("CORS_CREDENTIALS", problem).into());
            }
            cors.credentials = true;
        }
        let methods: Vec<String> = settings.list("CORS_METHODS").map(str::to_ascii_uppercase).collect();
        if let Some(method) = methods.iter().find(|method| Method::from_bytes(method.as_bytes()).is_err()) {
            let problem = format!("should be methods, and has `{method}`");
            return Err(SettingsError::new("CORS_METHODS", problem).into());
        }
        if !methods.is_empty() {
            cors.methods = lasting_list("CORS_METHODS", methods)?;
        }
        cors.headers = names(settings, "CORS_HEADERS")?;
        cors.expose = names(settings, "CORS_EXPOSE_HEADERS")?;
        let seconds = settings.number("CORS_MAX_AGE", 0..=u32::MAX as usize, 86400)?;
        cors.max_age = lasting("CORS_MAX_AGE", seconds.to_string())?;
        Ok(cors)
    }
}

impl<S: Sync + 'static> Middleware<S> for Cors {
    fn call(
        &self,
        _: &'static S,
        request: &mut Request,
        next: impl Next,
    ) -> impl Future<Output = Response> + Send {
        request.reads_field(&ORIGIN);
        let is_preflight = request.method() == Method::OPTIONS
            && request.unnoted_headers().contains_key(ORIGIN)
            && request.unnoted_headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD);
        if is_preflight {
            return Either::Left(ready(self.preflight(request)));
        }
        let allowed = self.allowed(request.unnoted_headers());
        Either::Right(then(
            move || next.run(request),
            move |response| {
                let headers = response.headers_mut();
                if let Some(allowed) = allowed {
                    headers.reserve(4);
                    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, allowed);
                    self.add_credentials(headers);
                    if let Some(expose) = &self.expose {
                        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, expose.clone());
                    }
                }
                self.vary(headers);
            },
        ))
    }
}

#[cfg(test)]
mod tests;
