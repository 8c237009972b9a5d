//! Who asks, for which host, and how: through proxies that are trusted, or directly.

use std::borrow::Cow;
use std::fmt;
use std::net::IpAddr;

use http::header::HOST;

use super::{FromRequest, Request};
use crate::{Error, Result};

impl Request {
    /// The address of the client. Behind proxies it is what they say, if they are trusted: see
    /// [`ClientAddr`]. Over a unix socket that says nothing, and in tests, it is `127.0.0.1`.
    ///
    /// ```
    /// use hyper_core::http::{Method, Request};
    ///
    /// let request = Request::new(Method::GET, "/").unwrap();
    /// assert_eq!(request.client_ip().to_string(), "127.0.0.1");
    /// ```
    #[must_use]
    pub fn client_ip(&self) -> IpAddr {
        self.reads_itself();
        self.unnoted_client_ip()
    }

    /// Whether the client's connection is encrypted: by this server itself, or as `SECURE_PROXY_SSL_HEADER` of a
    /// trusted proxy says.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.came_over_tls() || self.context().proxies.is_secure(self.peer, self.unnoted_headers())
    }

    /// Whether the other end of the connection is a proxy that is believed.
    pub(crate) fn came_through_trusted_proxy(&self) -> bool {
        self.context().proxies.believe(self.peer)
    }

    /// How the client asks.
    #[must_use]
    pub fn scheme(&self) -> Scheme {
        if self.is_secure() { Scheme::Https } else { Scheme::Http }
    }

    /// The host the client asked for, with the port where it names one, in lower case: that of a target in absolute
    /// form, else the `Host` header; with `USE_X_FORWARDED_HOST` what a trusted proxy says. Anybody can send any: hold
    /// it against the hosts of the site before it is used in links.
    ///
    /// # Errors
    /// 400 when there is none, or it is no host.
    pub fn host(&self) -> Result<Host> {
        // The scheme and the host are in every key.
        let headers = self.unnoted_headers();
        let text = match (self.context().proxies.host(self.peer, headers), self.uri().authority()) {
            (Some(text), _) => text,
            (None, Some(authority)) => Cow::Borrowed(authority.as_str()),
            (None, None) => {
                let mut hosts = headers.get_all(HOST).into_iter();
                match (hosts.next(), hosts.next()) {
                    (Some(host), None) => Cow::Borrowed(host.to_str().unwrap_or("\u{fffd}")),
                    (Some(_), Some(_)) => {
                        return Err(Error::bad_request("The request has more than one `Host`."));
                    }
                    (None, _) => return Err(Error::bad_request("The request has no `Host`.")),
                }
            }
        };
        let mut host =
            Host::parse(&text).ok_or_else(|| Error::bad_request(format!("`{text}` is no host.")))?;
        if let Some(port) = self.context().proxies.port(self.peer, headers) {
            host.port = Some(port);
        }
        Ok(host)
    }
}

/// The address of the client, as an argument.
///
/// It is the other end of the connection, unless that is a proxy which is trusted:
///
/// - `TRUSTED_PROXIES` lists addresses, networks (`10.0.0.0/8`) and `unix`. The client is then the last one in
///   `X-Forwarded-For` that is not one of them: whatever the client itself sent stands before.
/// - `TRUSTED_PROXY_COUNT` is for proxies whose address is not known. With 2 the client is the last but one of
///   `X-Forwarded-For`; with fewer, the first.
/// - With both, the other end must be listed, and the number counts.
/// - `TRUSTED_PROXY_HEADER` is the header that your proxies write, in place of `X-Forwarded-For`: `Forwarded`
///   (RFC 7239) or one with a single address, as `X-Real-IP`. No other is read.
///
/// An entry that is no address, as `unknown`, ends the search: the client is then the last proxy known.
///
/// ```
/// use hyper_core::http::ClientAddr;
///
/// async fn whoami(client: ClientAddr) -> String {
///     format!("You are {client}.")
/// }
/// # drop(whoami);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClientAddr(pub IpAddr);

impl fmt::Display for ClientAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromRequest for ClientAddr {
    async fn from_request(request: &mut Request) -> Result<Self> {
        Ok(Self(request.client_ip()))
    }
}

/// How the client asks, as an argument: [`Request::is_secure`] says what is believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// In the open.
    Http,
    /// Encrypted.
    Https,
}

/// As in a URL: `http` or `https`.
impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Http => "http",
            Self::Https => "https",
        })
    }
}

impl FromRequest for Scheme {
    async fn from_request(request: &mut Request) -> Result<Self> {
        Ok(request.scheme())
    }
}

/// The host the client asked for, as an argument: [`Request::host`] says where it is from.
///
/// ```
/// use hyper_core::http::Host;
///
/// let host = Host::parse("Example.org:8000").unwrap();
/// assert_eq!((host.name(), host.port(), host.to_string().as_str()), ("example.org", Some(8000), "example.org:8000"));
/// assert_eq!(Host::parse("evil@example.org"), None);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Host {
    name: String,
    port: Option<u16>,
}

impl Host {
    /// Reads a name or an address, with or without a port: `example.org`, `192.0.2.1:80`, `[::1]:8000`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        name_and_port(text).map(|(name, port)| Self { name: name.to_ascii_lowercase(), port })
    }

    /// Its name, in lower case; an IPv6 address in brackets.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its port, where one is named.
    #[must_use]
    pub fn port(&self) -> Option<u16> {
        self.port
    }
}

/// The longest name of a host, in bytes (RFC 1035, 2.3.4, without the length bytes).
const LONGEST_NAME: usize = 253;

/// The name or address of a host, without a dot at its end, and its port. All that asks for a host asks here.
pub(crate) fn name_and_port(text: &str) -> Option<(&str, Option<u16>)> {
    let (name, port) = if text.starts_with('[') {
        let (address, port) = text.split_at(text.find(']')? + 1);
        address[1..address.len() - 1].parse::<std::net::Ipv6Addr>().ok()?;
        (address, port)
    } else {
        let (name, port) = text.split_at(name_length(text.as_bytes())?);
        // A dot at the end is the same host.
        let name = name.strip_suffix('.').unwrap_or(name);
        ((!name.is_empty()).then_some(name)?, port)
    };
    match port.strip_prefix(':') {
        None if port.is_empty() => Some((name, None)),
        None => None,
        Some("") => Some((name, None)),
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            Some((name, Some(digits.parse().ok()?)))
        }
        Some(_) => None,
    }
}

/// Where the name ends: no part between dots is empty, but for what is after a last one.
fn name_length(text: &[u8]) -> Option<usize> {
    let mut before = b'.';
    for (at, &byte) in text.iter().enumerate() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => {}
            b'.' if before != b'.' => {}
            b':' => return (at <= LONGEST_NAME).then_some(at),
            _ => return None,
        }
        before = byte;
    }
    (text.len() <= LONGEST_NAME).then_some(text.len())
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.port {
            Some(port) => write!(f, "{}:{port}", self.name),
            None => f.write_str(&self.name),
        }
    }
}

impl FromRequest for Host {
    async fn from_request(request: &mut Request) -> Result<Self> {
        request.host()
    }
}

#[cfg(test)]
mod tests {
    use http::Method;
    use proptest::prelude::*;

    use super::*;

    fn host(target: &str, lines: &[&'static str]) -> Result<String> {
        let mut request = Request::new(Method::GET, target).unwrap();
        for line in lines {
            request.headers_mut().append(HOST, http::HeaderValue::from_static(line));
        }
        request.host().map(|host| host.to_string())
    }

    #[test]
    fn a_target_in_absolute_form_has_the_word() {
        assert_eq!(host("/", &["A.example:80"]).unwrap(), "a.example:80");
        assert_eq!(host("http://b.example/x", &["a.example"]).unwrap(), "b.example");
        for (target, lines) in [
            ("/", &[][..]),
            ("/", &[""]),
            ("/", &["a", "b"]),
            ("/", &["a b"]),
            ("/", &["a/b"]),
            ("/", &["a:x"]),
            ("/", &["a:99999"]),
            ("/", &["[::1"]),
            ("http://me@b.example/", &["b.example"]),
        ] {
            assert_eq!(host(target, lines).unwrap_err().status(), 400, "{target} {lines:?}");
        }
        assert_eq!(host("/", &["[::1]:8000"]).unwrap(), "[::1]:8000");
        assert_eq!(host("/", &["a.example."]).unwrap(), "a.example");
    }

    proptest! {
        #[test]
        fn a_host_reads_itself(text in "[a-zA-Z.:@0-9\\[\\]-]{0,20}") {
            if let Some(host) = Host::parse(&text) {
                prop_assert_eq!(Host::parse(&host.to_string()), Some(host));
            }
        }
    }
}
