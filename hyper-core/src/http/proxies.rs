//! Which proxies are believed, and what they say of a request.

use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr};

use cidr::IpCidr;
use http::{HeaderMap, HeaderName, HeaderValue, header};

use super::Peer;
use super::forwarded::{Hop, address, forwarded};
use crate::Settings;
use crate::settings::SettingsError;

static X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
static X_FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
static X_FORWARDED_PORT: HeaderName = HeaderName::from_static("x-forwarded-port");

/// The settings of proxies, read once.
#[derive(Debug, Default)]
pub(crate) struct Proxies {
    /// `TRUSTED_PROXIES`.
    networks: Vec<IpCidr>,
    /// `unix` among them.
    unix: bool,
    /// `TRUSTED_PROXY_COUNT`.
    count: usize,
    /// `TRUSTED_PROXY_HEADER`; `X-Forwarded-For` unless set.
    header: Option<HeaderName>,
    /// `SECURE_PROXY_SSL_HEADER`.
    scheme: Option<HeaderName>,
    /// `USE_X_FORWARDED_HOST`.
    host: bool,
    /// `USE_X_FORWARDED_PORT`.
    port: bool,
}

impl Proxies {
    pub(crate) fn new(settings: &Settings) -> Result<Self, SettingsError> {
        let mut proxies = Self::default();
        for part in
            settings.get("TRUSTED_PROXIES").unwrap_or("").split([',', ' ']).filter(|part| !part.is_empty())
        {
            match part.parse() {
                _ if part.eq_ignore_ascii_case("unix") => proxies.unix = true,
                Ok(network) => proxies.networks.push(network),
                Err(_) => {
                    let problem = format!(
                        "should be addresses, networks such as `10.0.0.0/8`, or `unix`, with commas between them, and has `{part}`"
                    );
                    return Err(SettingsError::new("TRUSTED_PROXIES", problem));
                }
            }
        }
        proxies.count =
            settings.parse("TRUSTED_PROXY_COUNT", "the number of proxies on the way")?.unwrap_or(0);
        proxies.header = header_name(settings, "TRUSTED_PROXY_HEADER")?;
        proxies.scheme = header_name(settings, "SECURE_PROXY_SSL_HEADER")?;
        proxies.host = flag(settings, "USE_X_FORWARDED_HOST")?;
        proxies.port = flag(settings, "USE_X_FORWARDED_PORT")?;
        let believes = [
            ("SECURE_PROXY_SSL_HEADER", proxies.scheme.is_some()),
            ("USE_X_FORWARDED_HOST", proxies.host),
            ("USE_X_FORWARDED_PORT", proxies.port),
            ("TRUSTED_PROXY_HEADER", proxies.header.is_some()),
        ];
        match believes.into_iter().find(|(_, set)| *set && !proxies.any()) {
            Some((key, _)) => Err(SettingsError::new(
                key,
                "believes what proxies say, so it needs TRUSTED_PROXIES, such as `127.0.0.1`, or TRUSTED_PROXY_COUNT: \
                 else every client could say it",
            )),
            None => Ok(proxies),
        }
    }

    fn any(&self) -> bool {
        self.count > 0 || self.unix || !self.networks.is_empty()
    }

    fn lists(&self, address: IpAddr) -> bool {
        self.networks.iter().any(|network| network.contains(&address))
    }

    /// Whether this peer is a proxy whose word counts.
    pub(super) fn believe(&self, peer: Peer) -> bool {
        if self.networks.is_empty() && !self.unix {
            return self.count > 0;
        }
        match peer {
            Peer::Tcp(address) => self.lists(address.ip().to_canonical()),
            Peer::Unix => self.unix,
            Peer::InProcess => false,
        }
    }

    /// Who asked. Proxies add to the end of what they got, so only what trusted ones added is looked at.
    pub(super) fn client(&self, peer: Peer, headers: &HeaderMap) -> IpAddr {
        let nearest = match peer {
            Peer::Tcp(address) => address.ip().to_canonical(),
            // Whoever it is, it runs on this machine.
            Peer::Unix | Peer::InProcess => IpAddr::V4(Ipv4Addr::LOCALHOST),
        };
        if !self.any() || !self.believe(peer) {
            return nearest;
        }
        let chain: Vec<Option<IpAddr>> = if self.speaks_forwarded() {
            hops(headers).into_iter().map(|hop| hop.client).collect()
        } else {
            let header = self.header.as_ref().unwrap_or(&X_FORWARDED_FOR);
            values(headers, header).into_iter().map(|value| value.as_deref().and_then(address)).collect()
        };
        if self.count > 0 {
            let entry = chain.get(chain.len().saturating_sub(self.count)).copied();
            return entry.flatten().unwrap_or(nearest);
        }
        let mut known = nearest;
        for entry in chain.into_iter().rev() {
            match entry {
                Some(address) if self.lists(address) => known = address,
                Some(address) => return address,
                None => return known,
            }
        }
        known
    }

    /// Whether the client's connection, to the outermost proxy, is encrypted.
    pub(super) fn is_secure(&self, peer: Peer, headers: &HeaderMap) -> bool {
        let Some(header) = self.scheme.as_ref().filter(|_| self.believe(peer)) else { return false };
        let scheme = if header == header::FORWARDED {
            self.outermost(hops(headers)).and_then(|hop| hop.proto)
        } else {
            self.outermost(values(headers, header)).flatten()
        };
        scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case("https"))
    }

    /// The host the client asked for, where a proxy says it.
    pub(super) fn host<'h>(&self, peer: Peer, headers: &'h HeaderMap) -> Option<Cow<'h, str>> {
        if !self.host || !self.believe(peer) {
            return None;
        }
        if self.speaks_forwarded() {
            return self.outermost(hops(headers))?.host;
        }
        self.outermost(values(headers, &X_FORWARDED_HOST)).flatten()
    }

    /// The port the client asked at, where a proxy says it.
    pub(super) fn port(&self, peer: Peer, headers: &HeaderMap) -> Option<u16> {
        if !self.port || !self.believe(peer) {
            return None;
        }
        self.outermost(values(headers, &X_FORWARDED_PORT)).flatten()?.parse().ok()
    }

    fn speaks_forwarded(&self) -> bool {
        self.header.as_ref() == Some(&header::FORWARDED)
    }

    /// What the outermost trusted proxy added to a list: the one as many from the end as there are proxies.
    fn outermost<T>(&self, mut list: Vec<T>) -> Option<T> {
        let at = list.len().saturating_sub(self.count.max(1));
        (at < list.len()).then(|| list.swap_remove(at))
    }
}

/// The elements of all lines of a header with commas between them; `None` for what is not visible ASCII.
fn values<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Vec<Option<Cow<'h, str>>> {
    let line = |value: &'h HeaderValue| -> Vec<Option<Cow<'h, str>>> {
        match value.to_str() {
            Ok(text) => text.split(',').map(|part| Some(Cow::Borrowed(part.trim()))).collect(),
            Err(_) => vec![None],
        }
    };
    headers.get_all(name).into_iter().flat_map(line).collect()
}

/// The hops of all lines of `Forwarded`; those before a malformed line are not believed.
fn hops(headers: &HeaderMap) -> Vec<Hop<'_>> {
    let mut hops = Vec::new();
    for value in headers.get_all(header::FORWARDED) {
        match value.to_str().ok().and_then(forwarded) {
            Some(more) => hops.extend(more),
            None => {
                hops.clear();
                hops.push(Hop::default());
            }
        }
    }
    hops
}

fn flag(settings: &Settings, key: &str) -> Result<bool, SettingsError> {
    match settings.get(key).map(str::to_ascii_lowercase).as_deref() {
        None | Some("false" | "0" | "no" | "off") => Ok(false),
        Some("true" | "1" | "yes" | "on") => Ok(true),
        Some(other) => Err(SettingsError::new(key, format!("should be `true` or `false`, and is `{other}`"))),
    }
}

/// The name of a header, also as Django has it: `HTTP_X_FORWARDED_PROTO`, with `https` after it.
fn header_name(settings: &Settings, key: &str) -> Result<Option<HeaderName>, SettingsError> {
    let Some(text) = settings.get(key) else { return Ok(None) };
    let (name, value) = text.split_once([',', ':', '=']).unwrap_or((text, "https"));
    let name = name.trim();
    let name = name.strip_prefix("HTTP_").map_or(name.to_owned(), |name| name.replace('_', "-"));
    match name.parse() {
        Ok(name) if value.trim().eq_ignore_ascii_case("https") => Ok(Some(name)),
        _ => {
            let problem =
                format!("should be the name of a header, such as `X-Forwarded-Proto`, and is `{text}`");
            Err(SettingsError::new(key, problem))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxies(settings: &[(&str, &str)]) -> Proxies {
        Proxies::new(&Settings::from_pairs(settings.iter().copied()).unwrap()).unwrap()
    }

    fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
        lines.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap())).collect()
    }

    fn peer(address: &str) -> Peer {
        Peer::Tcp(format!("{address}:4711").parse().unwrap())
    }

    fn client(proxies: &Proxies, from: &str, forwarded_for: &[&str]) -> String {
        let lines: Vec<_> = forwarded_for.iter().map(|value| ("x-forwarded-for", *value)).collect();
        proxies.client(peer(from), &headers(&lines)).to_string()
    }

    #[test]
    fn nobody_is_believed_unless_told() {
        assert_eq!(client(&proxies(&[]), "192.0.2.1", &["198.51.100.7"]), "192.0.2.1");
        let listed = proxies(&[("TRUSTED_PROXIES", "10.0.0.0/8, ::1 unix")]);
        assert_eq!(client(&listed, "192.0.2.1", &["198.51.100.7"]), "192.0.2.1");
        assert_eq!(client(&listed, "10.1.2.3", &["198.51.100.7"]), "198.51.100.7");
        assert_eq!(
            listed.client(Peer::Unix, &headers(&[("x-forwarded-for", "198.51.100.7")])).to_string(),
            "198.51.100.7"
        );
        assert_eq!(listed.client(Peer::Unix, &headers(&[])).to_string(), "127.0.0.1");
        let tcp_only = proxies(&[("TRUSTED_PROXIES", "10.0.0.0/8")]);
        assert_eq!(
            tcp_only.client(Peer::Unix, &headers(&[("x-forwarded-for", "198.51.100.7")])).to_string(),
            "127.0.0.1"
        );
    }

    #[test]
    fn what_a_client_sends_along_is_passed_over() {
        let listed = proxies(&[("TRUSTED_PROXIES", "10.0.0.0/8")]);
        for (chain, expected) in [
            (&["1.2.3.4, 198.51.100.7"][..], "198.51.100.7"),
            (&["1.2.3.4", "198.51.100.7, 10.0.0.9"], "198.51.100.7"),
            (&["garbage, 198.51.100.7,10.0.0.9"], "198.51.100.7"),
            (&["198.51.100.7, unknown, 10.0.0.9"], "10.0.0.9"),
            (&["10.0.0.8, 10.0.0.9"], "10.0.0.8"),
            (&[""], "10.0.0.1"),
            (&[], "10.0.0.1"),
            (&["[2001:db8::1]:443"], "2001:db8::1"),
            (&["::ffff:198.51.100.7"], "198.51.100.7"),
        ] {
            assert_eq!(client(&listed, "10.0.0.1", chain), expected, "{chain:?}");
        }
        for (count, chain, expected) in [
            ("1", "1.2.3.4, 198.51.100.7", "198.51.100.7"),
            ("2", "1.2.3.4, 198.51.100.7, 10.0.0.9", "198.51.100.7"),
            ("5", "198.51.100.7, 10.0.0.9", "198.51.100.7"),
            ("1", "1.2.3.4, unknown", "192.0.2.1"),
            ("1", "", "192.0.2.1"),
        ] {
            let counted = proxies(&[("TRUSTED_PROXY_COUNT", count)]);
            assert_eq!(client(&counted, "192.0.2.1", &[chain]), expected, "{chain}");
        }
        let both = proxies(&[("TRUSTED_PROXY_COUNT", "1"), ("TRUSTED_PROXIES", "10.0.0.0/8")]);
        assert_eq!(client(&both, "192.0.2.1", &["198.51.100.7"]), "192.0.2.1");
    }

    #[test]
    fn other_headers_are_read_when_told() {
        let real = proxies(&[("TRUSTED_PROXY_COUNT", "1"), ("TRUSTED_PROXY_HEADER", "X-Real-IP")]);
        let lines = headers(&[("x-forwarded-for", "1.2.3.4"), ("x-real-ip", "198.51.100.7")]);
        assert_eq!(real.client(peer("10.0.0.1"), &lines).to_string(), "198.51.100.7");
        let standard = proxies(&[
            ("TRUSTED_PROXIES", "10.0.0.0/8"),
            ("TRUSTED_PROXY_HEADER", "Forwarded"),
            ("SECURE_PROXY_SSL_HEADER", "Forwarded"),
            ("USE_X_FORWARDED_HOST", "1"),
        ]);
        let lines = headers(&[
            ("forwarded", "for=1.2.3.4;proto=http"),
            ("forwarded", "for=198.51.100.7;proto=https;host=\"a.example:8443\""),
        ]);
        assert_eq!(standard.client(peer("10.0.0.1"), &lines).to_string(), "198.51.100.7");
        assert!(
            standard.is_secure(peer("10.0.0.1"), &lines) && !standard.is_secure(peer("192.0.2.1"), &lines)
        );
        assert_eq!(standard.host(peer("10.0.0.1"), &lines).as_deref(), Some("a.example:8443"));
        // The second proxy says no more than its secret; what the client made up does not move up.
        let counted = proxies(&[("TRUSTED_PROXY_COUNT", "2"), ("TRUSTED_PROXY_HEADER", "Forwarded")]);
        let lines = headers(&[("forwarded", "for=1.2.3.4, for=198.51.100.7, secret=x")]);
        assert_eq!(counted.client(peer("10.0.0.1"), &lines).to_string(), "198.51.100.7");
        let broken = headers(&[("forwarded", "for=198.51.100.7"), ("forwarded", "for=\"open")]);
        assert_eq!(standard.client(peer("10.0.0.1"), &broken).to_string(), "10.0.0.1");
    }

    #[test]
    fn scheme_host_and_port_are_the_proxys() {
        let proxies = proxies(&[
            ("TRUSTED_PROXIES", "10.0.0.1"),
            ("SECURE_PROXY_SSL_HEADER", "HTTP_X_FORWARDED_PROTO,https"),
            ("USE_X_FORWARDED_HOST", "true"),
            ("USE_X_FORWARDED_PORT", "true"),
        ]);
        let lines = headers(&[
            ("x-forwarded-proto", "http, HTTPS"),
            ("x-forwarded-host", "evil.example, a.example"),
            ("x-forwarded-port", "8443"),
        ]);
        let (trusted, other) = (peer("10.0.0.1"), peer("10.0.0.2"));
        assert!(proxies.is_secure(trusted, &lines) && !proxies.is_secure(other, &lines));
        assert_eq!(proxies.host(trusted, &lines).as_deref(), Some("a.example"));
        assert_eq!((proxies.host(other, &lines), proxies.port(other, &lines)), (None, None));
        assert_eq!(proxies.port(trusted, &lines), Some(8443));
    }

    #[test]
    fn malformed_settings_are_named() {
        for (key, value) in [
            ("TRUSTED_PROXIES", "10.0.0.1/8"),
            ("TRUSTED_PROXIES", "proxy.local"),
            ("TRUSTED_PROXY_COUNT", "-1"),
            ("SECURE_PROXY_SSL_HEADER", "X Y"),
            ("SECURE_PROXY_SSL_HEADER", "X-Forwarded-Proto"),
            ("USE_X_FORWARDED_HOST", "true"),
            ("USE_X_FORWARDED_PORT", "maybe"),
        ] {
            let error = Proxies::new(&Settings::from_pairs([(key, value)]).unwrap()).unwrap_err();
            assert_eq!(error.key(), key, "{error}");
        }
    }
}
