//! Cookies: reading those of a request, setting those of an answer (RFC 6265).

use std::fmt;

use http::header::{COOKIE, HeaderMap, HeaderValue, SET_COOKIE};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::{FromRequest, IntoResponse, Request, Response};
use crate::{Error, Result};

/// The cookies of a request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cookies(Vec<(String, String)>);

impl Cookies {
    /// Reads the `Cookie` headers. Pairs that are malformed are left out; of values, what [`Cookie`] percent-encodes is
    /// decoded, and what is no percent-encoding of UTF-8 stays as it is.
    #[must_use]
    pub fn of(request: &Request) -> Self {
        request.reads_field(&COOKIE);
        Self::of_fields(request.unnoted_headers())
    }

    /// As [`of`](Self::of), of header fields.
    pub(crate) fn of_fields(headers: &HeaderMap) -> Self {
        let mut cookies = Self::default();
        for value in headers.get_all(COOKIE) {
            cookies.read(value.as_bytes());
        }
        cookies
    }

    /// Adds the pairs of one header.
    pub(crate) fn read(&mut self, header: &[u8]) {
        let pairs = header.split(|byte| *byte == b';').filter_map(|pair| std::str::from_utf8(pair).ok());
        self.0.extend(pairs.filter_map(pair));
    }

    /// The value of a cookie, the first of several: that is the one of the longest path.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter().find(|(other, _)| *other == name).map(|(_, value)| value)
    }

    /// All of them, in the order they were sent.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

fn pair(text: &str) -> Option<(String, String)> {
    let (name, value) = text.split_once('=')?;
    // Only these: without another blank before it, `__Host-` would be a name that the browser has not looked after.
    let (name, value) = (name.trim_matches([' ', '\t']), value.trim_matches([' ', '\t']));
    if name.is_empty() {
        return None;
    }
    let value = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value);
    let decoded = percent_encoding::percent_decode_str(value).decode_utf8();
    let decoded = decoded.ok().filter(|decoded| !decoded.contains('\0'));
    Some((name.to_owned(), decoded.map_or_else(|| value.to_owned(), |decoded| decoded.into_owned())))
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
    /// Always. Browsers take it with `Secure` only, so it is set with it.
    None,
}

/// A cookie to set: for the whole site, `HttpOnly` and `SameSite=Lax` unless said otherwise.
///
/// Its value may be any text: what a cookie cannot hold is percent-encoded, and [`Cookies`] decodes it. `Secure` is added
/// where browsers demand it: with [`SameSite::None`], [`partitioned`](Self::partitioned), and names that begin with
/// `__Secure-` or `__Host-`; the latter are for this host and the whole site, and nothing else.
///
/// A handler answers it beside anything else: `(cookie, Redirect::to("/"))`.
///
/// ```
/// use hyper_core::http::{Cookie, SameSite};
///
/// let cookie = Cookie::new("theme", "dark").max_age(3600).secure(true);
/// assert_eq!(cookie.to_string(), "theme=dark; Path=/; Max-Age=3600; Secure; HttpOnly; SameSite=Lax");
/// let cookie = Cookie::new("q", "50 % off; ü").same_site(SameSite::None);
/// assert_eq!(cookie.to_string(), "q=50%20%25%20off%3B%20%C3%BC; Path=/; Secure; HttpOnly; SameSite=None");
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
    partitioned: bool,
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
            partitioned: false,
        }
    }

    /// A cookie that removes the one of this name. Path and domain are to be those it was set with.
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

    /// Whether it is kept apart for each site that embeds this one (CHIPS). Default: no.
    #[must_use]
    pub fn partitioned(mut self, partitioned: bool) -> Self {
        self.partitioned = partitioned;
        self
    }

    fn is_host_only(&self) -> bool {
        self.begins_with("__Host-")
    }

    /// In any case, as browsers compare it.
    fn begins_with(&self, prefix: &str) -> bool {
        self.name.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
    }

    fn is_secure(&self) -> bool {
        let demanded = self.partitioned || self.same_site == SameSite::None;
        self.secure || demanded || self.is_host_only() || self.begins_with("__Secure-")
    }

    /// Adds it to an answer.
    ///
    /// # Errors
    /// 500 when name, path or domain hold what they cannot: control characters, spaces, `;`, `,`, quotes, backslashes or
    /// what is not ASCII; when a cookie of a name with `__Host-` has a domain or a path; and when it is longer than the
    /// 4096 bytes that browsers keep.
    pub fn set(&self, response: &mut Response) -> Result<()> {
        response.headers_mut().append(SET_COOKIE, self.header()?);
        Ok(())
    }

    fn header(&self) -> Result<HeaderValue> {
        let wrong = |problem: &str| Err(Error::internal(format!("the cookie `{}` {problem}", self.name)));
        let part = |text: &str| text.bytes().all(|b| b.is_ascii_graphic() && !b"\";,\\".contains(&b));
        let name = !self.name.is_empty() && part(&self.name) && !self.name.contains('=');
        if !(name && part(&self.path) && self.domain.as_deref().is_none_or(part)) {
            return wrong("has characters no cookie has");
        }
        if self.is_host_only() && (self.domain.is_some() || self.path != "/") {
            return wrong("begins with `__Host-`, so it has no domain, and no path but `/`");
        }
        let text = self.to_string();
        if text.len() > 4096 {
            return wrong("is longer than the 4096 bytes that browsers keep");
        }
        HeaderValue::try_from(text).map_err(Error::internal)
    }
}

impl fmt::Display for Cookie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}; Path={}", self.name, utf8_percent_encode(&self.value, ENCODED), self.path)?;
        if let Some(domain) = &self.domain {
            write!(f, "; Domain={domain}")?;
        }
        if let Some(seconds) = self.max_age {
            write!(f, "; Max-Age={seconds}")?;
        }
        f.write_str(if self.is_secure() { "; Secure" } else { "" })?;
        f.write_str(if self.http_only { "; HttpOnly" } else { "" })?;
        write!(f, "; SameSite={:?}", self.same_site)?;
        f.write_str(if self.partitioned { "; Partitioned" } else { "" })
    }
}

/// What a value cannot hold, and the `%` itself.
const ENCODED: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b',').add(b';').add(b'\\').add(b'%');

/// Sets the cookie beside the answer.
impl<T: IntoResponse> IntoResponse for (Cookie, T) {
    fn into_response(self, request: &Request) -> Response {
        ([self.0], self.1).into_response(request)
    }
}

/// Sets the cookies beside the answer.
impl<T: IntoResponse, const N: usize> IntoResponse for ([Cookie; N], T) {
    fn into_response(self, request: &Request) -> Response {
        let mut response = self.1.into_response(request);
        for cookie in self.0 {
            if let Err(error) = cookie.set(&mut response) {
                return error.into_response(request);
            }
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use http::Method;

    use super::*;

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
    fn what_is_malformed_costs_itself_only() {
        let mut cookies = Cookies::default();
        cookies.read(b"a=1; \xff=2; b=\xc3\xbc; =3; c; d=%zz; e=%ff; f=a%00b; g=%C3%BC");
        let read: Vec<_> = cookies.iter().collect();
        assert_eq!(read, [("a", "1"), ("b", "ü"), ("d", "%zz"), ("e", "%ff"), ("f", "a%00b"), ("g", "ü")]);
    }

    /// To a browser it is a cookie like any other, which scripts and sites below may set; without its first character it
    /// would be one that only this host can have set.
    #[test]
    fn only_blanks_around_a_name_are_left_out() {
        let mut cookies = Cookies::default();
        cookies.read("\t \u{2000}__Host-id=1\t;\u{a0}__Secure-id=\u{3000}2".as_bytes());
        let read: Vec<_> = cookies.iter().collect();
        assert_eq!(read, [("\u{2000}__Host-id", "1"), ("\u{a0}__Secure-id", "\u{3000}2")]);
    }

    fn set(cookie: Cookie) -> Result<String> {
        cookie.header().map(|header| header.to_str().unwrap().to_owned())
    }

    #[test]
    fn a_value_cannot_bring_attributes_along() {
        assert_eq!(
            set(Cookie::new("a", "1; Domain=evil")).unwrap(),
            "a=1%3B%20Domain=evil; Path=/; HttpOnly; SameSite=Lax"
        );
        assert_eq!(
            set(Cookie::new("a", "1\r\nx: y")).unwrap(),
            "a=1%0D%0Ax:%20y; Path=/; HttpOnly; SameSite=Lax"
        );
        for cookie in [
            Cookie::new("a=b", "1"),
            Cookie::new("", "1"),
            Cookie::new("a", "1").path("/; Secure"),
            Cookie::new("a", "1").domain("a,b"),
            Cookie::new("a", "x".repeat(4096)),
        ] {
            assert!(set(cookie).is_err());
        }
    }

    #[test]
    fn what_browsers_demand_is_added() {
        for (cookie, expected) in [
            (Cookie::new("a", "1").same_site(SameSite::None), "a=1; Path=/; Secure; HttpOnly; SameSite=None"),
            (Cookie::new("__Secure-a", "1"), "__Secure-a=1; Path=/; Secure; HttpOnly; SameSite=Lax"),
            (Cookie::new("__host-a", "1"), "__host-a=1; Path=/; Secure; HttpOnly; SameSite=Lax"),
            (
                Cookie::new("a", "1").partitioned(true),
                "a=1; Path=/; Secure; HttpOnly; SameSite=Lax; Partitioned",
            ),
        ] {
            assert_eq!(set(cookie).unwrap(), expected);
        }
        assert!(set(Cookie::new("__Host-a", "1").path("/a")).is_err());
        assert!(set(Cookie::new("__Host-a", "1").domain("a.example")).is_err());
    }

    #[test]
    fn cookies_are_answered_beside_anything() {
        let request = Request::new(Method::GET, "/").unwrap();
        let response = ([Cookie::new("a", "1"), Cookie::new("b", "2")], "text").into_response(&request);
        assert_eq!(response.headers().get_all(SET_COOKIE).iter().count(), 2);
        assert_eq!((Cookie::new("", "1"), "text").into_response(&request).status(), 500);
    }

    proptest::proptest! {
        #[test]
        fn a_value_comes_back(value in "[^\\x00]{0,40}") {
            let text = set(Cookie::new("a", value.as_str())).unwrap();
            let mut cookies = Cookies::default();
            cookies.read(text.split("; ").next().unwrap().as_bytes());
            proptest::prop_assert_eq!(cookies.get("a"), Some(value.as_str()));
        }

        #[test]
        fn any_header_is_read(header: Vec<u8>) {
            let mut cookies = Cookies::default();
            cookies.read(&header);
            proptest::prop_assert!(cookies.iter().all(|(name, _)| !name.is_empty()));
        }
    }
}
