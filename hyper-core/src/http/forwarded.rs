//! What proxies say of whom they speak for: `Forwarded` (RFC 7239) and the `X-Forwarded-*` before it.

use std::borrow::Cow;
use std::net::{IpAddr, SocketAddr};

/// One hop of a `Forwarded` header.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Hop<'a> {
    /// `for`: who asked. `unknown` and made-up names are no address.
    pub(crate) client: Option<IpAddr>,
    pub(crate) host: Option<Cow<'a, str>>,
    pub(crate) proto: Option<Cow<'a, str>>,
}

/// The hops of a `Forwarded` field, the first one first. `None` when it is malformed.
pub(crate) fn forwarded(value: &str) -> Option<Vec<Hop<'_>>> {
    let mut hops = Vec::new();
    let mut rest = value;
    loop {
        let mut hop = Hop::default();
        let (mut seen, mut is_empty) = ([false; 4], true);
        loop {
            rest = blank(rest);
            // Empty elements and pairs mean nothing, as in all lists.
            if !rest.is_empty() && !rest.starts_with([';', ',']) {
                let (name, after) = token(rest)?;
                let (value, after) = value_of(after.strip_prefix('=')?)?;
                rest = blank(after);
                is_empty = false;
                let known =
                    ["for", "host", "proto", "by"].iter().position(|known| name.eq_ignore_ascii_case(known));
                if let Some(known) = known {
                    // Each at most once.
                    if std::mem::replace(&mut seen[known], true) {
                        return None;
                    }
                    match known {
                        0 => hop.client = Some(address(&value)).flatten(),
                        1 => hop.host = Some(value),
                        2 => hop.proto = Some(value),
                        _ => {}
                    }
                }
            }
            match rest.strip_prefix(';') {
                Some(after) => rest = after,
                None => break,
            }
        }
        if !is_empty {
            hops.push(hop);
        }
        rest = match rest.strip_prefix(',') {
            Some(after) => after,
            None if rest.is_empty() => return Some(hops),
            None => return None,
        };
    }
}

fn blank(text: &str) -> &str {
    text.trim_start_matches([' ', '\t'])
}

fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

fn token(text: &str) -> Option<(&str, &str)> {
    let end = text.bytes().position(|byte| !is_token(byte)).unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

/// A token or a quoted string.
fn value_of(text: &str) -> Option<(Cow<'_, str>, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        return token(text).map(|(value, rest)| (Cow::Borrowed(value), rest));
    };
    let mut unescaped = String::new();
    let mut characters = quoted.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Some((Cow::Owned(unescaped), &quoted[at + 1..])),
            '\\' => unescaped.push(characters.next()?.1),
            character if character.is_control() && character != '\t' => return None,
            character => unescaped.push(character),
        }
    }
    None
}

/// An address with or without a port: `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:80`.
pub(crate) fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim_matches([' ', '\t']);
    let address = match text.parse::<IpAddr>() {
        Ok(address) => Some(address),
        Err(_) => match text.strip_prefix('[').and_then(|text| text.strip_suffix(']')) {
            Some(inner) => inner.parse::<std::net::Ipv6Addr>().ok().map(IpAddr::V6),
            None => text.parse::<SocketAddr>().ok().map(|address| address.ip()),
        },
    };
    address.map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn clients(value: &str) -> Option<Vec<String>> {
        let text = |hop: Hop<'_>| hop.client.map_or("-".to_owned(), |client| client.to_string());
        forwarded(value).map(|hops| hops.into_iter().map(text).collect())
    }

    #[test]
    fn the_examples_of_the_standard() {
        for (value, expected) in [
            ("for=\"_gazonk\"", &["-"][..]),
            ("For=\"[2001:db8:cafe::17]:4711\"", &["2001:db8:cafe::17"]),
            ("for=192.0.2.60;proto=http;by=203.0.113.43", &["192.0.2.60"]),
            ("for=192.0.2.43, for=198.51.100.17", &["192.0.2.43", "198.51.100.17"]),
            (
                "for=192.0.2.43,for=\"[2001:db8:cafe::17]\",for=unknown",
                &["192.0.2.43", "2001:db8:cafe::17", "-"],
            ),
            ("for=_hidden, for=_SEVKISEK", &["-", "-"]),
            ("", &[]),
            // Whoever adds an element is a hop, also when it says nothing that is known here.
            ("for=192.0.2.43, secret=x", &["192.0.2.43", "-"]),
            (",;, for=\"::ffff:192.0.2.1\" ,", &["192.0.2.1"]),
        ] {
            assert_eq!(clients(value).unwrap(), expected, "{value}");
        }
        let hops = forwarded("for=192.0.2.43;host=\"a\\\"b:8000\" ; PROTO=https;ext=\"x,y\"").unwrap();
        assert_eq!((hops[0].host.as_deref(), hops[0].proto.as_deref()), (Some("a\"b:8000"), Some("https")));
    }

    #[test]
    fn what_is_malformed_is_nothing() {
        for value in [
            "for",
            "for=",
            "=1",
            "for=\"open",
            "for=a b",
            "for=[::1]",
            "for =1.2.3.4",
            "for= 1.2.3.4",
            "for=1.2.3.4 proto=http",
            "for=1.2.3.4;for=1.2.3.5",
            "for=\"\\",
            "for=é",
            "for=\"a\"b",
        ] {
            assert_eq!(forwarded(value), None, "{value}");
        }
        for value in
            ["", "unknown", "1.2.3", "1.2.3.4:x", "[::1", "::1]", "1.2.3.4:99999", "[1.2.3.4]", "01.2.3.4"]
        {
            assert_eq!(address(value), None, "{value}");
        }
    }

    proptest! {
        #[test]
        fn any_value_is_read_or_refused(value in "(for=|proto=|host=|[\",;= \\\\é]|1\\.2\\.3\\.4|\\[::1\\]){0,12}") {
            if let Some(hops) = forwarded(&value) {
                prop_assert!(hops.len() <= value.len());
            }
        }

        #[test]
        fn addresses_come_back(v4: std::net::Ipv4Addr, v6: std::net::Ipv6Addr, port: u16) {
            for ip in [IpAddr::V4(v4), IpAddr::V6(v6)] {
                prop_assert_eq!(address(&ip.to_string()), Some(ip.to_canonical()));
                prop_assert_eq!(address(&SocketAddr::new(ip, port).to_string()), Some(ip.to_canonical()));
                let quoted = format!("for=\"{}\", for=x", SocketAddr::new(ip, port));
                prop_assert_eq!(forwarded(&quoted).unwrap()[0].client, Some(ip.to_canonical()));
            }
        }
    }
}
