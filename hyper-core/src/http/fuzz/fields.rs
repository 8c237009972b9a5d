//! Bodies of forms and JSON, and fields with parameters.

use std::collections::BTreeMap;

use futures_util::FutureExt;
use http::{HeaderValue, Method, header};
use percent_encoding::percent_decode_str;
use serde::Deserialize;

use super::answered;
use crate::fuzz::{about, kind};
use crate::http::content_type::{ContentType, parameters};
use crate::http::fields::pairs::pairs;
use crate::http::fields::{self, Value, no_rules};
use crate::http::file::disposition;
use crate::http::multipart::Parser;
use crate::http::{Form, FromRequest, Request, json};

/// What forms and JSON are decoded to: all that structs can have, inside itself.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
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
    map: Option<BTreeMap<String, i64>>,
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

impl Anything {
    fn kind(&self) -> u64 {
        let choice = self.choice.as_ref().map_or(0, |choice| match choice {
            Choice::One => 1,
            Choice::Two => 2,
        });
        let within = |inner: &Self| kind([self.list.len() as u64, inner.kind()]);
        kind([
            about(self.text.len()),
            self.number.is_some().into(),
            u64::from(self.real != 0.0),
            about(self.list.len()),
            about(self.bytes.len()),
            self.pair.is_some_and(|(number, flag)| flag && number > 0).into(),
            self.map.as_ref().map_or(0, |map| 1 + about(map.len())),
            choice,
            self.address.is_some().into(),
            self.inner.as_deref().or(self.list.first()).map_or(0, within),
        ])
    }
}

/// Why a form is refused, by a look at its bytes: a `%` without two digits, a NUL character, what is not UTF-8.
fn is_well_formed(input: &[u8]) -> bool {
    let is_part = |part: &[u8]| {
        let mut rest = part;
        while let Some(at) = rest.iter().position(|byte| *byte == b'%') {
            if !rest.get(at + 1..at + 3).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit)) {
                return false;
            }
            rest = &rest[at + 3..];
        }
        let decoded: Vec<u8> = percent_encoding::percent_decode(part).collect();
        !decoded.contains(&0) && String::from_utf8(decoded).is_ok()
    };
    input.split(|byte| *byte == b'&').all(|pair| match pair.iter().position(|byte| *byte == b'=') {
        Some(equals) => is_part(&pair[..equals]) && is_part(&pair[equals + 1..]),
        None => is_part(pair),
    })
}

/// A form is refused for a reason, else it has the pairs that the URL standard says; a struct of it is a value or a 4xx,
/// by the body of a request as by the text itself.
pub fn form(data: &[u8]) -> u64 {
    let read = pairs(data, "form", 1000);
    let count = data.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()).count();
    assert_eq!(read.is_ok(), is_well_formed(data) && count <= 1000, "{}", data.escape_ascii());
    let Ok(entries) = read else { return answered(&read) };
    let standard: Vec<_> = form_urlencoded::parse(data).collect();
    let found: Vec<_> = entries
        .iter()
        .map(|entry| match &entry.value {
            Value::Text(text) => (entry.key.clone(), text.clone()),
            Value::File(_) => panic!("a form without files has one"),
        })
        .collect();
    assert_eq!(found, standard, "{}", data.escape_ascii());
    let decoded = fields::decode::<Anything>(&entries, no_rules);
    let mut request = Request::new(Method::POST, "/").expect("a path").with_body(data.to_vec());
    let form = HeaderValue::from_static("application/x-www-form-urlencoded");
    request.headers_mut().insert(header::CONTENT_TYPE, form);
    let asked =
        Form::<Anything>::from_request(&mut request).now_or_never().expect("the body is there at once");
    match (&decoded, &asked) {
        (Ok(decoded), Ok(Form(asked))) => assert_eq!(decoded.kind(), asked.kind()),
        (Err(decoded), Err(asked)) => assert_eq!(decoded.to_string(), asked.to_string()),
        // A text without any pair is the empty form to one, and none to the other.
        _ => assert!(entries.is_empty() || entries.len() > 900, "{}", data.escape_ascii()),
    }
    kind([answered(&decoded), decoded.map_or(0, |decoded| decoded.kind())])
}

/// A JSON text is read as serde does, but for a mark of its encoding before it.
pub fn json_body(data: &[u8]) -> u64 {
    let decoded = json::decode::<Anything>(data, no_rules);
    let text = data.strip_prefix(b"\xef\xbb\xbf").unwrap_or(data);
    assert_eq!(decoded.is_ok(), serde_json::from_slice::<Anything>(text).is_ok(), "{}", data.escape_ascii());
    kind([answered(&decoded), decoded.map_or(0, |decoded| decoded.kind())])
}

/// The parameters of a `Content-Type` are read again as they are written anew, in quotes.
pub fn content_type(data: &[u8]) -> u64 {
    let Ok(text) = std::str::from_utf8(data) else { return 0 };
    let read = ContentType::new(text);
    let (_, after) = text.split_once(';').unwrap_or((text, ""));
    let found: Vec<_> =
        parameters(after).map(|(name, value)| (name.to_owned(), value.into_owned())).collect();
    let written: String =
        found.iter().map(|(name, value)| format!("; {name}=\"{}\"", value.replace('"', "\\\""))).collect();
    // A backslash is no escape, except before a quote, so not all values can be written.
    if !found.iter().any(|(_, value)| value.contains('\\')) {
        let again: Vec<_> =
            parameters(&written).map(|(name, value)| (name.to_owned(), value.into_owned())).collect();
        assert_eq!(again, found, "{text:?}");
    }
    let boundary = read.parameter("boundary");
    let first = found.iter().find(|(name, _)| name.eq_ignore_ascii_case("boundary"));
    assert_eq!(boundary.as_deref(), first.map(|(_, value)| value.as_str()), "{text:?}");
    let parser = boundary.map_or(0, |boundary| answered(&Parser::new(&boundary)));
    kind([about(found.len()), parser, answered(&read.require_utf8()), text.contains('"').into()])
}

/// The name of a file that is sent arrives, whatever characters it has, and brings no parameter along.
pub fn disposition(data: &[u8]) -> u64 {
    let Ok(name) = std::str::from_utf8(data) else { return 0 };
    let field = disposition::disposition("attachment", name);
    let field = field.to_str().expect("it is ASCII");
    let expected: String =
        name.rsplit(['/', '\\']).next().unwrap_or_default().chars().filter(|c| !c.is_control()).collect();
    let (kind_of, after) = field.split_once(';').unwrap_or((field, ""));
    assert_eq!(kind_of, "attachment");
    let found: Vec<_> = parameters(after).collect();
    match &found[..] {
        [] => assert_eq!(expected, ""),
        [("filename", plain)] => assert_eq!(*plain, expected),
        [("filename", plain), ("filename*", encoded)] => {
            assert!(plain.is_ascii() && plain.chars().count() == expected.chars().count(), "{field}");
            let encoded = encoded.strip_prefix("UTF-8''").expect("it says its encoding");
            assert_eq!(
                percent_decode_str(encoded).decode_utf8().ok().as_deref(),
                Some(&*expected),
                "{field}"
            );
        }
        _ => panic!("{field}"),
    }
    kind([found.len() as u64, about(expected.len()), u64::from(expected == name)])
}
