//! Sending the client elsewhere.

use http::StatusCode;
use http::header::{HeaderValue, LOCATION};

use super::{Body, IntoResponse, Request, Response};
use crate::Error;

/// A redirect to another page of this site.
///
/// The target must be a local path (`/posts/7`): an address from a client, as in `?next=`, cannot
/// lead anywhere else. A target that is not local answers 400. For other sites there is
/// [`Redirect::external`].
///
/// ```
/// use hyper_core::http::{IntoResponse, Method, Redirect, Request};
///
/// let request = Request::new(Method::GET, "/").unwrap();
/// assert_eq!(Redirect::to("/posts").into_response(&request).headers()["location"], "/posts");
/// assert_eq!(Redirect::to("//evil.example").into_response(&request).status(), 400);
/// ```
#[derive(Debug, Clone)]
pub struct Redirect {
    status: StatusCode,
    target: String,
    kind: Kind,
}

/// Where a redirect may lead.
#[derive(Debug, Clone)]
enum Kind {
    Local,
    /// To this site, or one of `ALLOWED_HOSTS`; else to this local path.
    Untrusted(String),
    External,
}

impl Redirect {
    /// 302 Found, as Django's `redirect`: browsers follow with `GET`.
    #[must_use]
    pub fn to(target: impl Into<String>) -> Self {
        Self { status: StatusCode::FOUND, target: target.into(), kind: Kind::Local }
    }

    /// 303 See Other: clients follow with `GET`, whatever the method was.
    #[must_use]
    pub fn see_other(target: impl Into<String>) -> Self {
        Self { status: StatusCode::SEE_OTHER, ..Self::to(target) }
    }

    /// 308 Permanent Redirect: clients remember it, and keep method and body.
    #[must_use]
    pub fn permanent(target: impl Into<String>) -> Self {
        Self { status: StatusCode::PERMANENT_REDIRECT, ..Self::to(target) }
    }

    /// 302 to where a client wants to go on, as in `?next=`, if that is safe: a path of this site, or an address at one of
    /// `ALLOWED_HOSTS`. To `fallback`, a local path, if it is not, or nothing.
    ///
    /// ```
    /// use hyper_core::http::{IntoResponse, Method, Redirect, Request};
    ///
    /// let request = Request::new(Method::GET, "/").unwrap();
    /// let leads_to = |next: &str| {
    ///     let response = Redirect::to_untrusted(next, "/welcome").into_response(&request);
    ///     response.headers()["location"].to_str().unwrap().to_owned()
    /// };
    /// assert_eq!(leads_to("/posts/7"), "/posts/7");
    /// assert_eq!(leads_to("https://evil.example/"), "/welcome");
    /// assert_eq!(leads_to("/\\evil.example"), "/welcome");
    /// assert_eq!(leads_to(""), "/welcome");
    /// ```
    #[must_use]
    pub fn to_untrusted(next: impl Into<String>, fallback: impl Into<String>) -> Self {
        Self { kind: Kind::Untrusted(fallback.into()), ..Self::to(next) }
    }

    /// The same with 303 instead of 302: right after a form, whose `POST` is not to be repeated.
    #[must_use]
    pub fn with_see_other(self) -> Self {
        Self { status: StatusCode::SEE_OTHER, ..self }
    }

    /// 302 to any address. Never give it one that came from a client.
    #[must_use]
    pub fn external(target: impl Into<String>) -> Self {
        Self { kind: Kind::External, ..Self::to(target) }
    }
}

/// Whether browsers stay on this site: they read `\` as `/`, skip control characters, and take
/// `//host` for another site.
fn is_local(target: &str) -> bool {
    target.starts_with('/')
        && !target.starts_with("//")
        && !target.bytes().any(|byte| byte == b'\\' || byte.is_ascii_control())
}

/// Whether it is the address of a page at one of the hosts, which are written as in `ALLOWED_HOSTS`: a name, with its
/// port unless that is the usual one, or `.name` for it and all below it. `*` is for requests, and allows nothing here.
fn is_at(target: &str, hosts: &str) -> bool {
    let odd = |byte: u8| byte == b'\\' || byte <= b' ' || byte >= 0x7f;
    let Some((scheme, rest)) = target.split_once("://") else { return false };
    if target.bytes().any(odd) || !["http", "https"].iter().any(|known| scheme.eq_ignore_ascii_case(known)) {
        return false;
    }
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default().to_ascii_lowercase();
    let hosts = hosts.split([',', ' ']).map(|host| host.trim().to_ascii_lowercase());
    hosts.filter(|host| !matches!(host.as_str(), "" | "*")).any(|host| match host.strip_prefix('.') {
        // A user's name before an `@` has no place in either.
        Some(name) => {
            let below = authority.strip_suffix(&host);
            authority == name
                || below.is_some_and(|below| !below.is_empty() && !below.contains(['@', ':', '[']))
        }
        None => authority == host,
    })
}

impl IntoResponse for Redirect {
    fn into_response(self, request: &Request) -> Response {
        let target = match &self.kind {
            Kind::Local | Kind::External => self.target,
            Kind::Untrusted(_) if is_local(&self.target) => self.target,
            Kind::Untrusted(_)
                if is_at(&self.target, request.settings().get("ALLOWED_HOSTS").unwrap_or_default()) =>
            {
                return found(self.status, self.target, request);
            }
            Kind::Untrusted(fallback) => fallback.clone(),
        };
        if !matches!(self.kind, Kind::External) && !is_local(&target) {
            return Error::bad_request("A redirect leads to another site.").into_response(request);
        }
        found(self.status, target, request)
    }
}

fn found(status: StatusCode, target: String, request: &Request) -> Response {
    let Ok(location) = HeaderValue::try_from(target) else {
        return Error::bad_request("The target of a redirect has characters no address has.")
            .into_response(request);
    };
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response.headers_mut().insert(LOCATION, location);
    response
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn other_sites_are_not_local() {
        for target in
            ["//evil", "/\\evil", "https://evil", "javascript:1", "/\t/evil", "", "evil", "\\\\evil", " /a"]
        {
            assert!(!is_local(target), "{target}");
        }
        assert!(is_local("/a?next=//b") && is_local("/"));
    }

    #[test]
    fn only_allowed_hosts_are_led_to() {
        let hosts = "example.com, .example.org shop.example:8443";
        for target in [
            "https://example.com",
            "HTTP://EXAMPLE.COM/a?b",
            "https://a.example.org/",
            "https://example.org",
            "https://shop.example:8443/x",
        ] {
            assert!(is_at(target, hosts), "{target}");
        }
        for target in [
            "https://evil.com",
            "https://example.com.evil.com",
            "https://evilexample.org",
            "https://example.com@evil.com/",
            "https://evil.com/example.com",
            "https://example.com:99",
            "https://evil.com#.example.org",
            "https://evil.com\\.example.org",
            "https://a@b.example.org",
            "javascript://example.com/%0aalert(1)",
            "//example.com",
            "https:/example.com",
            "https:///example.com",
            "https://",
            " https://example.com",
            "https://.example.org",
            "https://evil.com?.example.org",
            "https://e:x.example.org",
            "ftp://example.com",
        ] {
            assert!(!is_at(target, hosts), "{target}");
        }
        assert!(!is_at("https://evil.com", "*") && !is_at("https://*", "* "));
    }

    proptest! {
        #[test]
        fn what_is_untrusted_stays_here(next in "[/\\\\:@.a-c\t ]{0,12}|.*") {
            let request = Request::new(http::Method::GET, "/").unwrap();
            let response = Redirect::to_untrusted(next.clone(), "/safe").into_response(&request);
            // Text that no header field can hold is not led to either.
            let location = response.headers().get(LOCATION).map(|value| String::from_utf8(value.as_bytes().to_vec()).unwrap());
            prop_assert!(location.is_none_or(|location| location == "/safe" || (location == next && is_local(&next))));
        }
    }
}
