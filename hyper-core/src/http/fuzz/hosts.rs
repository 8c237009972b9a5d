//! `Host` and `Origin`.

use http::Method;
use http::header::{HOST, HeaderValue};

use super::answered;
use crate::fuzz::{about, kind};
use crate::http::{Host, Request};
use crate::middleware::{AllowedHosts, Origin, host_name};

/// A host and its port, by the characters one may have.
fn naive(text: &str) -> Option<(String, Option<u16>)> {
    let colon = text.rfind(':').filter(|at| !text[*at..].contains(']'));
    let (name, port) = (&text[..colon.unwrap_or(text.len())], colon.map(|at| &text[at + 1..]));
    let port = match port {
        None | Some("") => None,
        Some(digits) if digits.chars().all(|c| c.is_ascii_digit()) => Some(digits.parse().ok()?),
        Some(_) => return None,
    };
    let name = name.to_ascii_lowercase();
    if let Some(inside) = name.strip_prefix('[') {
        inside.strip_suffix(']')?.parse::<std::net::Ipv6Addr>().ok()?;
        return Some((name, port));
    }
    let labels: Vec<&str> = name.strip_suffix('.').unwrap_or(&name).split('.').collect();
    let is_label = |label: &&str| {
        !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
    };
    (name.len() <= 253 && labels.iter().all(is_label)).then(|| (labels.join("."), port))
}

/// What routes, links and `TRUSTED_HOSTS` take for the host is the same, and an allowed one is one of the list.
pub fn host(data: &[u8]) -> u64 {
    let Ok(text) = std::str::from_utf8(data) else { return 0 };
    let expected = naive(text);
    let host = Host::parse(text);
    assert_eq!(host.as_ref().map(|host| (host.name().to_owned(), host.port())), expected, "{text:?}");
    assert_eq!(
        host_name(text).map(str::to_ascii_lowercase),
        expected.as_ref().map(|(name, _)| name.clone()),
        "{text:?}"
    );
    if let Some(host) = host {
        assert_eq!(Host::parse(&host.to_string()), Some(host));
    }
    let name = expected.as_ref().map_or("", |(name, _)| name);
    let allowed = name == "a.b" || name == "[::1]" || name == "c" || name.ends_with(".c");
    assert_eq!(AllowedHosts::new(["a.b", ".c", "[::1]"]).allow(text), allowed, "{text:?}");
    let (Ok(value), Ok(mut request)) = (HeaderValue::from_str(text), Request::new(Method::GET, "/")) else {
        return 1;
    };
    request.headers_mut().insert(HOST, value);
    assert_eq!(request.host().ok().map(|host| (host.name().to_owned(), host.port())), expected);
    let port = expected.as_ref().is_some_and(|(_, port)| port.is_some());
    kind([answered(&request.host()), allowed.into(), port.into(), about(name.matches('.').count())])
}

/// An origin as it is set, and one as browsers send it: the lines of the input.
pub fn origin(data: &[u8]) -> u64 {
    let Ok(text) = std::str::from_utf8(data) else { return 0 };
    let (set, sent) = text.split_once('\n').unwrap_or((text, text));
    let Ok(origin) = Origin::parse(set) else { return 1 };
    let written = origin.to_string();
    assert_eq!(Origin::parse(&written).as_ref(), Ok(&origin), "{set:?}");
    let expected = match written.split_once("://*.") {
        None => sent == written,
        // A name, with dots between, before what is written behind the star.
        Some((scheme, end)) => sent
            .strip_prefix(&format!("{scheme}://"))
            .and_then(|rest| rest.strip_suffix(&format!(".{end}")))
            .is_some_and(|name| {
                name.split('.').all(|label| {
                    !label.is_empty()
                        && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
                })
            }),
    };
    assert_eq!(origin.matches(sent), expected, "{set:?} {sent:?}");
    kind([2, expected.into(), written.contains("://*.").into(), about(written.matches(':').count())])
}
