//! The host of a request: `app.example:8000`.

use crate::http::name_and_port;

/// The name or address in a `Host` field, without its port and a dot at its end; `None` for what is no host.
///
/// ```
/// use hyper_core::middleware::host_name;
///
/// assert_eq!(host_name("App.Example.:8000"), Some("App.Example"));
/// assert_eq!(host_name("[::1]:8000"), Some("[::1]"));
/// assert_eq!(host_name("a/b"), None);
/// ```
#[must_use]
pub fn host_name(host: &str) -> Option<&str> {
    name_and_port(host).map(|(name, _)| name)
}

/// The hosts of a site: `app.example`, `.app.example` with all below it, `*` for every host.
///
/// ```
/// use hyper_core::middleware::AllowedHosts;
///
/// let hosts = AllowedHosts::new(["app.example", ".api.example"]);
/// assert!(hosts.allow("APP.example:8000") && hosts.allow("api.example") && hosts.allow("v1.api.example"));
/// assert!(!hosts.allow("www.app.example") && !hosts.allow("evilapi.example") && !hosts.allow("app.example@evil"));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AllowedHosts {
    all: bool,
    exact: Vec<String>,
    /// With the dot they begin with.
    below: Vec<String>,
}

impl AllowedHosts {
    /// These hosts.
    #[must_use]
    pub fn new<T: AsRef<str>>(hosts: impl IntoIterator<Item = T>) -> Self {
        let mut allowed = Self::default();
        for host in hosts {
            let host = host.as_ref().to_ascii_lowercase();
            match host.as_str() {
                "*" => allowed.all = true,
                host if host.starts_with('.') => allowed.below.push(host.to_owned()),
                _ => allowed.exact.push(host),
            }
        }
        allowed
    }

    /// Whether none is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        !self.all && self.exact.is_empty() && self.below.is_empty()
    }

    /// Whether the `Host` field names one of them, with whatever port. What is no host is never one.
    #[must_use]
    pub fn allow(&self, host: &str) -> bool {
        let Some(name) = host_name(host) else { return false };
        if self.all || self.exact.iter().any(|exact| exact.eq_ignore_ascii_case(name)) {
            return true;
        }
        self.below.iter().any(|below| {
            name.eq_ignore_ascii_case(&below[1..])
                || name
                    .len()
                    .checked_sub(below.len())
                    .and_then(|start| name.get(start..))
                    .is_some_and(|end| end.eq_ignore_ascii_case(below))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What a host without brackets is, rule by rule.
    fn by_rules(host: &str) -> Option<&str> {
        let (name, port) = host.split_once(':').map_or((host, ""), |(name, port)| (name, port));
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
        let has_name = !name.is_empty() && !name.starts_with('.') && !name.contains("..");
        let name = name.strip_suffix('.').unwrap_or(name);
        let is_port = port.is_empty()
            || (port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok());
        (has_name && name.bytes().all(is_name) && is_port).then_some(name)
    }

    #[test]
    fn what_is_no_host_is_none() {
        for host in [
            "", ".", ":80", "a b", "a/b", "a@b", "a:b", "a:80:80", "a:99999", "[::1", "[x]", "[::1]x", "::1",
            "ä", "a\\b", "a..b", "a..", "a..:80", ".a", "a,b", "a\0",
        ] {
            assert_eq!(host_name(host), None, "{host:?}");
            assert!(!AllowedHosts::new(["*"]).allow(host), "{host:?}");
        }
        assert_eq!(host_name(&"a".repeat(254)), None);
        for (host, name) in
            [("a", "a"), ("a:", "a"), ("a_b.c:1", "a_b.c"), ("127.0.0.1:0", "127.0.0.1"), ("[::1]", "[::1]")]
        {
            assert_eq!(host_name(host), Some(name));
        }
    }

    #[test]
    fn addresses_are_hosts() {
        let hosts = AllowedHosts::new(["[::1]", "127.0.0.1"]);
        assert!(hosts.allow("[::1]:8000") && hosts.allow("127.0.0.1"));
        assert!(!hosts.allow("[::2]") && !hosts.allow("127.0.0.11"));
    }

    proptest! {
        #[test]
        fn nothing_panics_and_a_name_is_part_of_its_host(host in any::<String>()) {
            if let Some(name) = host_name(&host) {
                prop_assert!(host.starts_with(name));
                prop_assert!(AllowedHosts::new([name]).allow(&host));
                prop_assert_eq!(host_name(name), Some(name));
            }
        }

        #[test]
        fn one_pass_finds_what_many_do(host in "[aB0._:-]{0,9}|[a-b.]{0,5}:[0-9]{0,7}|any.:[0-9 ]{3}|\\PC{0,6}") {
            prop_assert_eq!(host_name(&host), by_rules(&host), "{}", host);
        }

        #[test]
        fn names_are_compared_without_regard_to_case(name in "[a-zA-Z][a-zA-Z0-9-]{0,9}(\\.[a-zA-Z]{1,5}){0,3}", port in any::<u16>()) {
            let hosts = AllowedHosts::new([name.to_ascii_uppercase()]);
            let with_port = format!("{name}.:{port}");
            prop_assert!(hosts.allow(&name) && hosts.allow(&with_port));
            let sub = format!("x.{name}");
            prop_assert!(!hosts.allow(&sub));
            let below = AllowedHosts::new([format!(".{name}")]);
            prop_assert!(below.allow(&sub) && below.allow(&name));
            let glued = format!("x{name}");
            prop_assert!(!below.allow(&glued));
        }
    }
}
