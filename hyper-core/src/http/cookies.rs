//! Cookies: reading those of a request, setting those of an answer (RFC 6265).

use std::fmt;

use http::header::{COOKIE, HeaderValue, SET_COOKIE};

use super::{FromRequest, Request, Response};
use crate::{Error, Result};

/// The cookies of a request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cookies(Vec<(String, String)>);

impl Cookies {
    /// Reads the `Cookie` headers; pairs that are not visible ASCII are left out.
    #[must_use]
    pub fn of(request: &Request) -> Self {
        let values = request.headers().get_all(COOKIE).into_iter();
        let pairs = values.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(';'));
        Self(pairs.filter_map(pair).map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }

    /// The value of a cookie, the first of several.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter().find(|(other, _)| *other == name).map(|(_, value)| value)
    }

    /// All of them, in the order they were sent.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

fn pair(text: &str) -> Option<(&str, &str)> {
    let (name, value) = text.split_once('=')?;
    let value = value.trim();
    let value = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value);
    Some((name.trim(), value))
}

impl FromRequest for Cookies {
    async fn from_request(request: &mut Request) -> Result<Self> {
        Ok(Self::of(request))
    }
}

/// When a cookie goes along with requests that other sites cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SameSite {
    /// Never.
    Strict,
    /// Only when the user follows a link.
    Lax,
    /// Always; browsers then demand `Secure`.
    None,
}

/// A cookie to set: for the whole site, `HttpOnly` and `SameSite=Lax` unless said otherwise.
///
/// ```
/// use hyper_core::http::Cookie;
///
/// let cookie = Cookie::new("theme", "dark").max_age(3600).secure(true);
/// assert_eq!(cookie.to_string(), "theme=dark; Path=/; Max-Age=3600; Secure; HttpOnly; SameSite=Lax");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cookie {
    name: String,
    value: String,
    path: String,
    domain: Option<String>,
    max_age: Option<i64>,
    secure: bool,
    http_only: bool,
    same_site: SameSite,
}

impl Cookie {
    /// A cookie that lasts until the browser is closed.
    #[must_use]
    pub fn new(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            value: value.into(),
            path: "/".to_owned(),
            domain: None,
            max_age: None,
            secure: false,
            http_only: true,
            same_site: SameSite::Lax,
        }
    }

    /// A cookie that removes the one of this name.
    #[must_use]
    pub fn removal(name: impl Into<String>) -> Self {
        Self::new(name, "").max_age(0)
    }

    /// How long it lasts, in seconds; 0 removes it.
    #[must_use]
    pub fn max_age(mut self, seconds: i64) -> Self {
        self.max_age = Some(seconds);
        self
    }

    /// Whether it goes over HTTPS only. Default: no.
    #[must_use]
    pub fn secure(mut self, secure: bool) -> Self {
        self.secure = secure;
        self
    }

    /// Whether scripts cannot read it. Default: they cannot.
    #[must_use]
    pub fn http_only(mut self, http_only: bool) -> Self {
        self.http_only = http_only;
        self
    }

    /// When other sites' requests carry it. Default: [`SameSite::Lax`].
    #[must_use]
    pub fn same_site(mut self, same_site: SameSite) -> Self {
        self.same_site = same_site;
        self
    }

    /// The part of the site it belongs to. Default: `/`.
    #[must_use]
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.path = path.into();
        self
    }

    /// The domain it belongs to with all below it. Default: this host only.
    #[must_use]
    pub fn domain(mut self, domain: impl Into<String>) -> Self {
        self.domain = Some(domain.into());
        self
    }

    /// Adds it to an answer.
    ///
    /// # Errors
    /// 500 when name, value, path or domain hold what a cookie cannot: control characters,
    /// spaces, `;`, `,`, quotes, backslashes or what is not ASCII.
    pub fn set(&self, response: &mut Response) -> Result<()> {
        let part = |text: &str| text.bytes().all(|b| b.is_ascii_graphic() && !b"\";,\\".contains(&b));
        let name = !self.name.is_empty() && part(&self.name) && !self.name.contains('=');
        if !(name && part(&self.value) && part(&self.path) && self.domain.as_deref().is_none_or(part)) {
            return Err(Error::internal(format!("the cookie `{}` has characters no cookie has", self.name)));
        }
        let value = HeaderValue::try_from(self.to_string()).map_err(Error::internal)?;
        response.headers_mut().append(SET_COOKIE, value);
        Ok(())
    }
}

impl fmt::Display for Cookie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}; Path={}", self.name, self.value, self.path)?;
        if let Some(domain) = &self.domain {
            write!(f, "; Domain={domain}")?;
        }
        if let Some(seconds) = self.max_age {
            write!(f, "; Max-Age={seconds}")?;
        }
        f.write_str(if self.secure { "; Secure" } else { "" })?;
        f.write_str(if self.http_only { "; HttpOnly" } else { "" })?;
        write!(f, "; SameSite={:?}", self.same_site)
    }
}

#[cfg(test)]
mod tests {
    use http::Method;

    use super::*;
    use crate::http::Body;

    #[test]
    fn cookies_of_several_headers_are_read() {
        let mut request = Request::new(Method::GET, "/").unwrap();
        request.headers_mut().append(COOKIE, HeaderValue::from_static("a=1; b=\"2\"; broken; a=3"));
        request.headers_mut().append(COOKIE, HeaderValue::from_static("c=4=5"));
        let cookies = Cookies::of(&request);
        assert_eq!(cookies.get("a"), Some("1"));
        assert_eq!(cookies.get("b"), Some("2"));
        assert_eq!(cookies.get("c"), Some("4=5"));
        assert_eq!(cookies.get("broken"), None);
    }

    #[test]
    fn a_value_cannot_bring_attributes_along() {
        let mut response = Response::new(Body::empty());
        assert!(Cookie::new("a", "1; Domain=evil").set(&mut response).is_err());
        assert!(Cookie::new("a=b", "1").set(&mut response).is_err());
        assert!(Cookie::new("a", "1\r\n").set(&mut response).is_err());
        assert!(Cookie::new("a", "1").set(&mut response).is_ok());
        assert_eq!(response.headers()[SET_COOKIE], "a=1; Path=/; HttpOnly; SameSite=Lax");
    }
}
