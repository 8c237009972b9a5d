//! What proxies say of the client.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::str::FromStr;

use http::header::{FORWARDED, HeaderMap, HeaderName, HeaderValue};

use crate::Settings;
use crate::fuzz::{about, kind};
use crate::http::Peer;
use crate::http::forwarded::{address, forwarded as read};
use crate::http::proxies::Proxies;

/// Cuts at each of these characters that is not between quotes.
fn cut(text: &str, at: char) -> Vec<String> {
    let mut parts = vec![String::new()];
    let (mut quoted, mut escaped) = (false, false);
    for c in text.chars() {
        if c == at && !quoted {
            parts.push(String::new());
            continue;
        }
        quoted ^= c == '"' && !escaped;
        escaped = quoted && c == '\\' && !escaped;
        parts.last_mut().expect("one at least").push(c);
    }
    parts
}

fn is_token(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c))
}

fn value(text: &str) -> Option<String> {
    if is_token(text) {
        return Some(text.to_owned());
    }
    let mut inside = text.strip_prefix('"')?.strip_suffix('"').filter(|_| text.len() > 1)?.chars();
    let mut value = String::new();
    while let Some(c) = inside.next() {
        match c {
            '\\' => value.push(inside.next()?),
            '"' => return None,
            c if c.is_control() && c != '\t' => return None,
            c => value.push(c),
        }
    }
    Some(value)
}

type Hop = (Option<String>, Option<String>, Option<String>);

/// The hops of a field, cut first and looked at then: `for`, `host`, `proto`.
fn naive(text: &str) -> Option<Vec<Hop>> {
    let mut hops = Vec::new();
    for element in cut(text, ',') {
        let (mut pairs, mut any) = (std::collections::BTreeMap::new(), false);
        for pair in cut(&element, ';') {
            let pair = pair.trim_matches([' ', '\t']);
            if pair.is_empty() {
                continue;
            }
            let (name, text) = pair.split_once('=').filter(|(name, _)| is_token(name))?;
            any = true;
            let (name, value) = (name.to_ascii_lowercase(), value(text)?);
            if pairs.insert(name.clone(), value).is_some() && ["for", "host", "proto", "by"].contains(&&*name)
            {
                return None;
            }
        }
        if any {
            hops.push((pairs.remove("for"), pairs.remove("host"), pairs.remove("proto")));
        }
    }
    Some(hops)
}

fn naive_address(text: &str) -> Option<IpAddr> {
    let text = text.trim_matches([' ', '\t']);
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
    let bare = bare.and_then(|inner| std::net::Ipv6Addr::from_str(inner).ok()).map(IpAddr::V6);
    let address = bare.or(text.parse().ok()).or(text.parse().ok().map(|address: SocketAddr| address.ip()))?;
    Some(address.to_canonical())
}

/// A `Forwarded` field is read as one is that is cut at its commas and semicolons.
pub fn forwarded(data: &[u8]) -> u64 {
    let Ok(text) = std::str::from_utf8(data) else { return 0 };
    let hops = read(text);
    let expected = naive(text);
    let found = hops.as_ref().map(|hops| {
        let hop = |hop: &super::super::forwarded::Hop<'_>| {
            (hop.client, hop.host.as_deref().map(str::to_owned), hop.proto.as_deref().map(str::to_owned))
        };
        hops.iter().map(hop).collect::<Vec<_>>()
    });
    let expected = expected.map(|hops| {
        let hop = |(client, host, proto): Hop| (client.as_deref().and_then(naive_address), host, proto);
        hops.into_iter().map(hop).collect::<Vec<_>>()
    });
    assert_eq!(found, expected, "{text:?}");
    if let Some(ip) = address(text) {
        assert_eq!(address(&ip.to_string()), Some(ip), "{text:?}");
    }
    let hops = found.unwrap_or_default();
    let named = hops.iter().filter(|(client, ..)| client.is_some()).count();
    kind([u64::from(expected.is_some()), about(hops.len()), about(named), address(text).is_some().into()])
}

/// Who the client is by `X-Forwarded-For` or `Forwarded`, against what is written there, from its end. The first byte
/// says which settings there are and who asks, the lines are those of the header.
pub fn proxies(data: &[u8]) -> u64 {
    let Some((choice, lines)) = data.split_first() else { return 0 };
    let standard = choice & 1 != 0;
    let count = usize::from(choice >> 1 & 3);
    let listed = count == 0 || choice & 8 != 0;
    let mut settings = vec![("TRUSTED_PROXY_HEADER", if standard { "Forwarded" } else { "X-Forwarded-For" })];
    let count_text = count.to_string();
    if count > 0 {
        settings.push(("TRUSTED_PROXY_COUNT", &count_text));
    }
    if listed {
        settings.push(("TRUSTED_PROXIES", "10.0.0.0/8"));
    }
    let settings = Settings::from_pairs(settings).expect("these settings are well-formed");
    let proxies = Proxies::new(&settings).expect("these settings are well-formed");
    let (trusted, other) = (Ipv4Addr::new(10, 0, 0, 1), Ipv4Addr::new(192, 0, 2, 1));
    let peer = |ip: Ipv4Addr| Peer::Tcp(SocketAddr::new(IpAddr::V4(ip), 80));

    let name = if standard { FORWARDED } else { HeaderName::from_static("x-forwarded-for") };
    let mut headers = HeaderMap::new();
    let mut chain: Vec<Option<IpAddr>> = Vec::new();
    for line in lines.split(|byte| *byte == b'\n') {
        let Ok(value) = HeaderValue::from_bytes(line) else { return 0 };
        let text = value.to_str().ok();
        match (standard, text, text.and_then(naive)) {
            (false, Some(text), _) => chain.extend(text.split(',').map(naive_address)),
            (false, None, _) => chain.push(None),
            (true, _, Some(hops)) => {
                chain.extend(hops.iter().map(|hop| hop.0.as_deref().and_then(naive_address)));
            }
            // What stands before a line nobody can read is not believed.
            (true, _, None) => chain = vec![None],
        }
        headers.append(&name, value);
    }

    let is_trusted = |ip: &IpAddr| matches!(ip, IpAddr::V4(ip) if ip.octets()[0] == 10);
    let nearest = IpAddr::V4(trusted);
    let expected = if count > 0 {
        let from_end = count.min(chain.len());
        let entry = if from_end == 0 { None } else { chain[chain.len() - from_end] };
        entry.unwrap_or(nearest)
    } else {
        let mut known = nearest;
        while let Some(Some(ip)) = chain.pop() {
            known = ip;
            if !is_trusted(&ip) {
                break;
            }
        }
        known
    };
    assert_eq!(proxies.client(peer(trusted), &headers), expected, "{choice:#x} {}", lines.escape_ascii());
    if listed {
        assert_eq!(proxies.client(peer(other), &headers), IpAddr::V4(other), "nobody else is believed");
    }
    kind([
        u64::from(choice & 15),
        u64::from(expected == nearest),
        is_trusted(&expected).into(),
        expected.is_ipv6().into(),
    ])
}
