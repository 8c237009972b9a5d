//! Where a page is from: `https://app.example:8443`.

use std::fmt;

/// An origin, or all origins one level and more below a host: `https://*.example`.
///
/// ```
/// use hyper_core::middleware::Origin;
///
/// let origin = Origin::parse("https://*.example.org").unwrap();
/// assert!(origin.matches("https://app.example.org") && !origin.matches("https://example.org"));
/// assert!(Origin::parse("example.org").is_err() && Origin::parse("https://example.org/").is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// Such as `https://`.
    scheme: String,
    /// Whether what follows is the end of the host, with its dot.
    below: bool,
    /// Host and port, as browsers write them.
    host: String,
}

/// Why a text is no origin; it continues the sentence "`..` is no origin: ".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoOrigin(&'static str);

impl fmt::Display for NoOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for NoOrigin {}

impl Origin {
    /// Reads an origin. What browsers leave out is left out: a default port, upper case.
    ///
    /// # Errors
    /// Why it is none.
    pub fn parse(text: &str) -> Result<Self, NoOrigin> {
        let (scheme, host) =
            text.split_once("://").ok_or(NoOrigin("it begins with `https://` or `http://`"))?;
        let scheme = scheme.to_ascii_lowercase();
        if !scheme.starts_with(|c: char| c.is_ascii_lowercase())
            || !scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
        {
            return Err(NoOrigin("it begins with `https://` or `http://`"));
        }
        if host.contains(['/', '?', '#', '@']) {
            return Err(NoOrigin("it ends with the host or the port, without a path or a slash"));
        }
        let (below, host) = match host.strip_prefix("*.") {
            Some(rest) => (true, rest),
            None => (false, host),
        };
        let host = host.to_ascii_lowercase();
        let (name, port) = split_port(&host).ok_or(NoOrigin("its port is a number"))?;
        if !is_host(name) {
            return Err(NoOrigin("its host is no host name or address"));
        }
        let is_default = matches!((scheme.as_str(), port), ("http", Some(80)) | ("https", Some(443)));
        let host = if is_default { name.to_owned() } else { host.clone() };
        let host = if below { format!(".{host}") } else { host };
        Ok(Self { scheme: format!("{scheme}://"), below, host })
    }

    /// Whether it is a single one.
    pub(super) fn is_one(&self) -> bool {
        !self.below
    }

    /// Whether a page of this origin is meant, as browsers write it.
    #[must_use]
    pub fn matches(&self, origin: &str) -> bool {
        let Some(host) = origin.strip_prefix(self.scheme.as_str()) else { return false };
        if !self.below {
            return host == self.host;
        }
        // What is before the end is names with dots between, and nothing that could end a host early.
        host.strip_suffix(self.host.as_str())
            .is_some_and(|before| is_host(before) && !before.starts_with('[') && !before.ends_with('.'))
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}{}", self.scheme, if self.below { "*" } else { "" }, self.host)
    }
}

fn split_port(host: &str) -> Option<(&str, Option<u16>)> {
    let after_address = host.rfind(']').map_or(0, |at| at + 1);
    match host[after_address..].rfind(':') {
        None => Some((host, None)),
        Some(at) => {
            let (name, port) = host.split_at(after_address + at);
            let digits = &port[1..];
            let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
            is_number.then(|| digits.parse().ok()).flatten().map(|port| (name, Some(port)))
        }
    }
}

fn is_host(name: &str) -> bool {
    match name.strip_prefix('[') {
        Some(address) => {
            address.strip_suffix(']').is_some_and(|address| address.parse::<std::net::Ipv6Addr>().is_ok())
        }
        None => {
            !name.is_empty()
                && !name.starts_with('.')
                && !name.contains("..")
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_origin_matches_itself_only() {
        let origin = Origin::parse("https://App.Example:443").unwrap();
        assert_eq!(origin.to_string(), "https://app.example");
        assert!(origin.matches("https://app.example"));
        for other in [
            "http://app.example",
            "https://app.example:8443",
            "https://app.example.evil",
            "https://evil-app.example",
            "https://app.example/",
            "null",
            "",
        ] {
            assert!(!origin.matches(other), "{other}");
        }
        assert!(Origin::parse("http://[::1]:3000").unwrap().matches("http://[::1]:3000"));
    }

    #[test]
    fn those_below_a_host_end_with_it() {
        let origin = Origin::parse("https://*.example").unwrap();
        assert!(origin.matches("https://a.example") && origin.matches("https://a.b.example"));
        for other in [
            "https://example",
            "https://.example",
            "https://evilexample",
            "https://evil/.example",
            "https://u@a.example",
            "https://evil:1.example",
            "https://a..example",
            "https://a..b.example",
            "https://.a.example",
            "https://[::1].example",
        ] {
            assert!(!origin.matches(other), "{other}");
        }
        assert!(Origin::parse("http://*.localhost:3000").unwrap().matches("http://a.localhost:3000"));
    }

    #[test]
    fn what_is_no_origin_is_told_why() {
        for (text, expected) in [
            ("*", "it begins with `https://` or `http://`"),
            ("app.example", "it begins with `https://` or `http://`"),
            ("https://app.example/", "it ends with the host or the port, without a path or a slash"),
            ("https://app.example:x", "its port is a number"),
            ("https://app.example:99999", "its port is a number"),
            ("https://a.*.example", "its host is no host name or address"),
            ("https://", "its host is no host name or address"),
            ("https://[::g]", "its host is no host name or address"),
        ] {
            assert_eq!(Origin::parse(text).unwrap_err().to_string(), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_read_matches_itself(scheme in "https?", host in "[a-z][a-z0-9-]{0,8}(\\.[a-z]{1,5}){0,3}", port in 1024u16..) {
            for text in [format!("{scheme}://{host}"), format!("{scheme}://{host}:{port}")] {
                let origin = Origin::parse(&text).unwrap();
                prop_assert!(origin.matches(&text));
                prop_assert_eq!(origin.to_string(), text.clone());
                let below = Origin::parse(&text.replacen("://", "://*.", 1)).unwrap();
                prop_assert!(!below.matches(&text));
                prop_assert!(below.matches(&text.replacen("://", "://sub.", 1)));
            }
        }

        #[test]
        fn nothing_panics(text in any::<String>(), other in any::<String>()) {
            if let Ok(origin) = Origin::parse(&text) {
                let _ = origin.matches(&other);
                prop_assert_eq!(Origin::parse(&origin.to_string()), Ok(origin));
            }
        }
    }
}
