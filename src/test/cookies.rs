//! The cookies of a client (RFC 6265, chapter 5).

use std::time::{Duration, SystemTime};

use hyper_core::http::{HeaderMap, HeaderValue, header};
use jiff::Timestamp;

/// The cookies a client has. `Secure` ones are kept and sent as if all requests went over HTTPS.
#[derive(Debug, Default)]
pub(super) struct Jar(Vec<Kept>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Kept {
    name: String,
    value: String,
    path: String,
    /// None lasts as long as the client.
    until: Option<SystemTime>,
}

impl Jar {
    /// Keeps what an answer sets.
    pub(super) fn keep(&mut self, headers: &HeaderMap, path: &str, host: &str) {
        for cookie in headers.get_all(header::SET_COOKIE) {
            if let Ok(cookie) = cookie.to_str() {
                self.set(cookie, path, host);
            }
        }
    }

    /// Keeps one cookie, as `Set-Cookie` has it, from an answer to a request for this path. One of another domain is
    /// ignored, one that has expired removes what is there.
    pub(super) fn set(&mut self, cookie: &str, request_path: &str, host: &str) {
        let mut parts = cookie.split(';');
        let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else { return };
        let mut path = default_path(request_path).to_owned();
        let (mut max_age, mut expires) = (None, None);
        for part in parts {
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            let value = value.trim();
            match key.trim().to_ascii_lowercase().as_str() {
                "path" if value.starts_with('/') => value.clone_into(&mut path),
                "max-age" => max_age = value.parse::<i64>().ok().or(max_age),
                "expires" => expires = date(value).or(expires),
                "domain" if !is_of_domain(host, value) => return,
                _ => {}
            }
        }
        let now = SystemTime::now();
        let until = match max_age {
            Some(seconds) => {
                let life = Duration::from_secs(u64::try_from(seconds).unwrap_or(0));
                // As good as for ever, where the clock does not reach so far.
                (seconds <= 0).then_some(SystemTime::UNIX_EPOCH).or_else(|| now.checked_add(life))
            }
            None => expires,
        };
        let kept = Kept { name: name.trim().to_owned(), value: value.trim().to_owned(), path, until };
        self.0.retain(|other| other.name != kept.name || other.path != kept.path);
        if kept.until.is_none_or(|until| until > now) {
            self.0.push(kept);
        }
    }

    /// The `Cookie` field for a path: longer paths first, then in the order they were set.
    pub(super) fn header(&mut self, path: &str) -> Option<HeaderValue> {
        let now = SystemTime::now();
        self.0.retain(|kept| kept.until.is_none_or(|until| until > now));
        let mut sent: Vec<&Kept> = self.0.iter().filter(|kept| is_under(path, &kept.path)).collect();
        sent.sort_by_key(|kept| std::cmp::Reverse(kept.path.len()));
        let pairs: Vec<String> = sent.iter().map(|kept| format!("{}={}", kept.name, kept.value)).collect();
        if pairs.is_empty() { None } else { HeaderValue::try_from(pairs.join("; ")).ok() }
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let now = SystemTime::now();
        let alive = self.0.iter().filter(|kept| kept.until.is_none_or(|until| until > now));
        let found = alive.filter(|kept| kept.name == name).max_by_key(|kept| kept.path.len());
        found.map(|kept| kept.value.as_str())
    }

    pub(super) fn remove(&mut self, name: &str) {
        self.0.retain(|kept| kept.name != name);
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}

/// The folder of a request's path.
fn default_path(path: &str) -> &str {
    match path.rfind('/') {
        None | Some(0) => "/",
        Some(at) => &path[..at],
    }
}

fn is_under(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder)
        .is_some_and(|rest| rest.is_empty() || folder.ends_with('/') || rest.starts_with('/'))
}

fn is_of_domain(host: &str, domain: &str) -> bool {
    let domain = domain.trim_start_matches('.').to_ascii_lowercase();
    domain.is_empty() || host.strip_suffix(&domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// A date of HTTP's, such as `Wed, 21 Oct 2015 07:28:00 GMT`, also with dashes.
fn date(text: &str) -> Option<SystemTime> {
    let text = text.replace('-', " ").replace("GMT", "+0000");
    let zoned = jiff::fmt::rfc2822::DateTimeParser::new().parse_zoned(&text).ok()?;
    Some(Timestamp::from(zoned).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jar(cookies: &[&str]) -> Jar {
        let mut jar = Jar::default();
        for cookie in cookies {
            jar.set(cookie, "/posts/7", "testserver");
        }
        jar
    }

    fn sent(jar: &mut Jar, path: &str) -> String {
        jar.header(path).map_or(String::new(), |value| value.to_str().unwrap().to_owned())
    }

    #[test]
    fn cookies_go_to_their_paths() {
        let mut jar =
            jar(&["a=1", "b=2; Path=/", "c=3; path=/post", "d=4; Path=relative", "b=5; Path=/posts/"]);
        assert_eq!(sent(&mut jar, "/posts/8"), "b=5; a=1; d=4; b=2");
        assert_eq!(sent(&mut jar, "/posts"), "a=1; d=4; b=2");
        assert_eq!(sent(&mut jar, "/post/x"), "c=3; b=2");
        assert_eq!(sent(&mut jar, "/postscript"), "b=2");
        assert_eq!(jar.get("b"), Some("5"));
    }

    #[test]
    fn cookies_end() {
        let gone = [
            "a=; Max-Age=0; Path=/",
            "a=1; Expires=Wed, 21 Oct 2015 07:28:00 GMT; path=/",
            "a=; max-age=-5; Path=/",
        ];
        for gone in gone {
            let mut jar = jar(&["a=1; Path=/", "b=2; Path=/", gone]);
            assert_eq!(sent(&mut jar, "/"), "b=2", "{gone}");
        }
        let stay = [
            "a=1; Path=/; Max-Age=60; Expires=Wed, 21 Oct 2015 07:28:00 GMT",
            "a=1; Path=/; Expires=Wed, 21-Oct-2099 07:28:00 GMT",
            "a=1; Path=/; Max-Age=9223372036854775807",
            "a=1; Path=/; Expires=never; Secure; HttpOnly; SameSite=Strict",
        ];
        for stay in stay {
            assert_eq!(sent(&mut jar(&[stay]), "/"), "a=1", "{stay}");
        }
    }

    #[test]
    fn other_domains_have_none() {
        let mut jar = jar(&[
            "a=1; Domain=example.org",
            "b=2; Domain=.TestServer; Path=/",
            "c=3; Domain=server",
            "odd",
            "=x; Path=/",
        ]);
        assert_eq!(sent(&mut jar, "/"), "b=2; =x");
        let mut jar = Jar::default();
        jar.set("a=1; Domain=example.org", "/", "www.example.org");
        assert_eq!(sent(&mut jar, "/"), "a=1");
    }
}
