//! What fuzzers call, a function for each parser of requests: any bytes are read or refused, and what must hold of the
//! outcome is asserted. Not for use by hand: it changes without notice.

use http::{HeaderMap, HeaderValue, Method};
use serde::Deserialize;

use super::content_type::ContentType;
use super::fields::{self, no_rules, pairs::pairs};
use super::forwarded::{address, forwarded};
use super::multipart::{Event, Head, Parser};
use super::upload::cleaned;
use super::{Cookies, Host, Request, json};
use crate::{Error, Result};

/// What forms and JSON are decoded to: all that structs can have, inside itself.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(dead_code)]
struct Anything {
    #[serde(default)]
    text: String,
    number: Option<i32>,
    #[serde(default)]
    real: f64,
    #[serde(default)]
    list: Vec<Anything>,
    #[serde(default)]
    bytes: Vec<u8>,
    pair: Option<(u8, bool)>,
    map: Option<std::collections::BTreeMap<String, i64>>,
    choice: Option<Choice>,
    address: Option<std::net::IpAddr>,
    inner: Option<Box<Anything>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Choice {
    One,
    Two,
}

/// A refusal is the client's fault, and says what.
fn answered<T>(result: &Result<T>) {
    if let Err(error) = result {
        assert!(error.status().is_client_error() && !error.detail().is_empty(), "{error:?}");
        assert!(
            error.status() != 422 || error.errors().is_some_and(|errors| !errors.is_empty()),
            "{error:?}"
        );
    }
}

fn multipart_in(input: &[u8], size: usize) -> Result<Vec<(Head, Vec<u8>)>> {
    let mut parser = Parser::new("b")?;
    let mut pieces = input.chunks(size.max(1));
    let mut parts: Vec<(Head, Vec<u8>)> = Vec::new();
    loop {
        match parser.next()? {
            Event::Part(head) => parts.push((head, Vec::new())),
            Event::Data(data) => {
                let Some((_, content)) = parts.last_mut() else { panic!("data before a part") };
                assert!(!data.is_empty(), "data without bytes");
                content.extend_from_slice(&data);
            }
            Event::End => return Ok(parts),
            Event::Starving => match pieces.next() {
                Some(piece) => parser.feed(piece),
                None => return Err(Error::bad_request("cut off")),
            },
        }
    }
}

/// A body of `multipart/form-data` with the boundary `b`. The first byte says how large the pieces are that it comes in:
/// they change nothing.
pub fn multipart(input: &[u8]) {
    let Some((size, input)) = input.split_first() else { return };
    let whole = multipart_in(input, usize::MAX);
    let pieces = multipart_in(input, usize::from(*size));
    answered(&whole);
    assert_eq!(whole.map_err(|error| error.to_string()), pieces.map_err(|error| error.to_string()));
}

/// The head of a part.
pub fn part_head(input: &[u8]) {
    answered(&Head::parse(input));
}

/// The name of a file.
pub fn file_name(input: &[u8]) {
    let name = cleaned(&String::from_utf8_lossy(input));
    assert!(!name.is_empty() && name.chars().count() <= 100 && !name.starts_with('.'), "{name}");
    assert!(!name.contains(['/', '\\', '\0', '\r', '\n']) && cleaned(&name) == name, "{name}");
}

/// A form, into a struct.
pub fn form(input: &[u8]) {
    answered(&pairs(input, "form", 1000).and_then(|pairs| fields::decode::<Anything>(&pairs, no_rules)));
}

/// A JSON text, into a struct. What serde takes is taken.
pub fn json_body(input: &[u8]) {
    let decoded = json::decode::<Anything>(input, no_rules);
    answered(&decoded);
    if !input.starts_with(b"\xef\xbb\xbf") {
        assert_eq!(decoded.is_ok(), serde_json::from_slice::<Anything>(input).is_ok());
    }
}

/// A `Cookie` header.
pub fn cookies(input: &[u8]) {
    let mut cookies = Cookies::default();
    cookies.read(input);
    for (name, value) in cookies.iter() {
        assert!(!name.is_empty() && !name.contains([';', '=']), "{name}={value}");
    }
}

/// A `Forwarded` header, an entry of `X-Forwarded-For`, and who they make the client, however many proxies there are.
pub fn proxies(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    if let Some(hops) = forwarded(&text) {
        assert!(hops.len() <= text.len());
    }
    if let Some(ip) = address(&text) {
        assert_eq!(address(&ip.to_string()), Some(ip));
    }
    let Ok(value) = HeaderValue::from_bytes(input) else { return };
    let headers: HeaderMap =
        [(http::header::FORWARDED, value.clone()), (http::HeaderName::from_static("x-forwarded-for"), value)]
            .into_iter()
            .collect();
    for pairs in [
        [("TRUSTED_PROXY_COUNT", "2"), ("TRUSTED_PROXY_HEADER", "Forwarded")],
        [("TRUSTED_PROXY_COUNT", "1"), ("USE_X_FORWARDED_HOST", "1")],
        [("TRUSTED_PROXIES", "10.0.0.0/8,unix"), ("TRUSTED_PROXY_HEADER", "Forwarded")],
    ] {
        let Ok(proxies) = crate::Settings::from_pairs(pairs).and_then(|s| super::proxies::Proxies::new(&s))
        else {
            panic!("these settings are well-formed");
        };
        proxies.client(super::Peer::Unix, &headers);
    }
}

/// A `Host` header.
pub fn host(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    if let Some(host) = Host::parse(&text) {
        assert_eq!(Host::parse(&host.to_string()), Some(host));
    }
    let (Ok(value), Ok(mut request)) = (HeaderValue::from_bytes(input), Request::new(Method::GET, "/"))
    else {
        return;
    };
    request.headers_mut().insert(http::header::HOST, value);
    answered(&request.host());
}

/// A `Content-Type` header.
pub fn content_type(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let read = ContentType::new(&text);
    if let Some(boundary) = read.parameter("boundary") {
        assert!(boundary.len() <= text.len());
        answered(&Parser::new(&boundary));
    }
    answered(&read.require_utf8());
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Words of all formats, so that more is reached than by bytes alone.
    fn words() -> impl Strategy<Value = Vec<u8>> {
        const WORDS: [&str; 40] = [
            "text",
            "number",
            "real",
            "list",
            "bytes",
            "pair",
            "map",
            "choice",
            "address",
            "inner",
            "=",
            "&",
            ".",
            "[",
            "]",
            "-",
            "0",
            "1",
            "one",
            "{",
            "}",
            ":",
            ",",
            "\"",
            "null",
            "true",
            "\\",
            "\r\n",
            "--b",
            "--",
            "Content-Disposition: form-data; name=\"a\"",
            "; filename=",
            "for=",
            "127.0.0.1",
            "[::1]",
            ";",
            " ",
            "%",
            "é",
            "\0",
        ];
        let word = prop_oneof![
            8 => (0..WORDS.len()).prop_map(|index| WORDS[index].as_bytes().to_vec()),
            1 => any::<u8>().prop_map(|byte| vec![byte]),
        ];
        proptest::collection::vec(word, 0..30).prop_map(|words| words.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn any_input_is_read_or_refused(input in words()) {
            for parser in [multipart, part_head, file_name, form, json_body, cookies, proxies, host, content_type] {
                parser(&input);
            }
        }
    }
}
