//! Links as people typed them.

/// Tells whether a link leads to the web, and gives it back if so.
///
/// Anything else (`javascript:`, `data:`, a bare word) must never become an `href`.
///
/// ```
/// use hypernews::wording::web_url;
/// assert!(web_url("https://books.example/a").is_some());
/// assert!(web_url("javascript:alert(1)").is_none());
/// ```
#[must_use]
pub fn web_url(url: &str) -> Option<&str> {
    host_of(url).map(|_| url)
}

/// The host of a link, to be shown beside a title: without `www.`, user name and port.
///
/// `None` for what is no `http` or `https` link with a host.
///
/// ```
/// use hypernews::wording::host_of;
/// assert_eq!(host_of("https://www.books.example:8080/a?b#c"), Some("books.example"));
/// assert_eq!(host_of("mailto:ada@books.example"), None);
/// ```
#[must_use]
pub fn host_of(url: &str) -> Option<&str> {
    let rest = strip_scheme(url)?;
    if rest.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return None;
    }
    let authority = rest.split(['/', '?', '#', '\\']).next()?;
    let host = authority.rsplit('@').next()?;
    let host = match host.strip_prefix('[') {
        Some(v6) => v6.split(']').next()?,
        None => host.split(':').next()?,
    };
    let host = match host.get(..4) {
        Some(www) if www.eq_ignore_ascii_case("www.") && host.len() > 4 => &host[4..],
        _ => host,
    };
    (!host.is_empty()).then_some(host)
}

fn strip_scheme(url: &str) -> Option<&str> {
    for scheme in ["https://", "http://"] {
        if url.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)) {
            return Some(&url[scheme.len()..]);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_host_is_the_one_the_browser_goes_to() {
        for (url, host) in [
            ("https://a.example", Some("a.example")),
            ("HTTP://WWW.A.example/", Some("A.example")),
            ("https://www.", Some("www.")),
            ("https://bank.example@evil.example/", Some("evil.example")),
            ("https://evil.example\\@bank.example/", Some("evil.example")),
            ("http://[2001:db8::1]:80/x", Some("2001:db8::1")),
            ("https://münchen.example/ä", Some("münchen.example")),
            ("https://", None),
            ("https:///path", None),
            ("ftp://a.example", None),
            ("//a.example", None),
            (" https://a.example", None),
            ("https://a.example/ b", None),
            ("", None),
        ] {
            assert_eq!(host_of(url), host, "{url}");
        }
    }

    proptest! {
        #[test]
        fn never_panics_and_a_host_is_part_of_its_link(url in "(https?://)?.{0,40}") {
            if let Some(host) = host_of(&url) {
                prop_assert!(url.contains(host) && !host.is_empty());
            }
        }
    }
}
