//! Both forms of text, cut into keys and values.

use percent_encoding::percent_decode_str;

/// Keys with values; of a key that stands there twice the last one counts.
pub(super) type Pairs = Vec<(String, Vec<u8>)>;

/// `user:password@host:port,host:port/name?key=value`, as libpq cuts it: what is before an `@` that no `/` is before
/// says who connects.
pub(super) fn of_url(text: &str) -> Result<Pairs, String> {
    let mut pairs = Pairs::new();
    let mut add = |key: &str, value: &str| {
        if !value.is_empty() {
            pairs.push((key.to_owned(), percent_decode_str(value).collect()));
        }
    };
    let (account, rest) = match text.find(['@', '/']) {
        Some(at) if text[at..].starts_with('@') => (&text[..at], &text[at + 1..]),
        _ => ("", text),
    };
    let (user, password) = account.split_once(':').unwrap_or((account, ""));
    add("user", user);
    add("password", password);
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (places, name) = rest.split_once('/').unwrap_or((rest, ""));
    let (mut hosts, mut ports) = (Vec::new(), Vec::new());
    for place in places.split(',') {
        let (host, port) = match place.strip_prefix('[') {
            Some(v6) => v6.split_once(']').ok_or("the host has a `[` and no `]`")?,
            None => place.split_at(place.find(':').unwrap_or(place.len())),
        };
        hosts.push(host);
        ports.push(port.strip_prefix(':').unwrap_or(port));
    }
    add("host", hosts.join(",").trim_matches(','));
    if ports.iter().any(|port| !port.is_empty()) {
        add("port", &ports.join(","));
    }
    add("dbname", name);
    for (number, pair) in query.split('&').filter(|pair| !pair.is_empty()).enumerate() {
        let Some((key, value)) = pair.split_once('=') else {
            return Err(format!("parameter {} after the `?` has no `=`", number + 1));
        };
        match (key, value) {
            // As JDBC has it, and libpq takes it.
            ("ssl", "true") => add("sslmode", "require"),
            _ => add(&String::from_utf8_lossy(&percent_decode_str(key).collect::<Vec<_>>()), value),
        }
    }
    Ok(pairs)
}

/// `key=value key = 'a value'`, with `\` before what would end a value.
pub(super) fn of_pairs(text: &str) -> Result<Pairs, String> {
    let mut pairs = Pairs::new();
    let mut chars = text.chars().peekable();
    loop {
        while chars.next_if(|c| c.is_whitespace()).is_some() {}
        if chars.peek().is_none() {
            return Ok(pairs);
        }
        let number = pairs.len() + 1;
        let mut key = String::new();
        while let Some(c) = chars.next_if(|c| *c != '=' && !c.is_whitespace()) {
            key.push(c);
        }
        while chars.next_if(|c| c.is_whitespace()).is_some() {}
        if chars.next() != Some('=') {
            return Err(format!("pair {number} has no `=`"));
        }
        while chars.next_if(|c| c.is_whitespace()).is_some() {}
        let quoted = chars.next_if_eq(&'\'').is_some();
        let mut value = String::new();
        loop {
            match chars.next() {
                Some('\'') if quoted => break,
                Some(c) if !quoted && c.is_whitespace() => break,
                Some('\\') => value.extend(chars.next()),
                Some(c) => value.push(c),
                None if quoted => {
                    return Err(format!("the value of pair {number} has a `'` and no other one"));
                }
                None => break,
            }
        }
        if !value.is_empty() {
            pairs.push((key, value.into_bytes()));
        }
    }
}
