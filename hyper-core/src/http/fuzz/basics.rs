//! Paths, query strings, and values that come back.

use std::collections::BTreeMap;

use futures_util::FutureExt;
use percent_encoding::percent_decode_str;
use serde::Deserialize;

use crate::Result;
use crate::fuzz::{about, kind};
use crate::http::{FromRequest, Method, Query, Request, Signer, StatusCode};
use crate::routing::normalise as normal_form;

/// A path in normal form is ASCII, stays as it is, and means what it meant.
pub fn normalise(data: &[u8]) -> u64 {
    let Ok(path) = std::str::from_utf8(data) else { return 0 };
    let normal = match normal_form(path) {
        Ok(normal) => normal,
        Err(error) => {
            assert_eq!(error.status(), StatusCode::BAD_REQUEST, "{path:?}");
            return 1;
        }
    };
    assert!(normal.is_ascii(), "{path:?}");
    assert_eq!(normal_form(&normal).expect("what is normal is well-formed"), normal, "{path:?}");
    assert_eq!(
        percent_decode_str(&normal).collect::<Vec<u8>>(),
        percent_decode_str(path).collect::<Vec<u8>>(),
        "{path:?}"
    );
    let count = |byte| normal.bytes().filter(|other| *other == byte).count();
    kind([2, about(count(b'%')), about(count(b'/')), u64::from(normal.as_ref() == path)])
}

#[derive(Deserialize)]
struct Fields {
    name: Option<String>,
    age: Option<u8>,
    #[serde(default)]
    tags: Vec<String>,
}

fn outcome<T>(result: Result<T>, of: impl FnOnce(T) -> u64) -> u64 {
    match result {
        Ok(value) => of(value),
        Err(error) => {
            assert!(error.status().is_client_error(), "{error:?}");
            kind([u64::from(error.status().as_u16()), error.errors().is_some().into()])
        }
    }
}

fn of_fields(fields: &Fields) -> u64 {
    let Fields { name, age, tags } = fields;
    kind([name.is_some().into(), age.is_some().into(), about(tags.len())])
}

/// Any query string is a value or a 4xx, twice the same.
pub fn query(data: &[u8]) -> u64 {
    let Ok(text) = std::str::from_utf8(data) else { return 0 };
    let Ok(mut request) = Request::new(Method::GET, &format!("/?{text}")) else { return 1 };
    let mut ask = || {
        let result = Query::<Fields>::from_request(&mut request).now_or_never();
        outcome(result.expect("a query is there at once"), |Query(fields)| of_fields(&fields))
    };
    let once = ask();
    assert_eq!(once, ask(), "{text:?}");
    let map = Query::<BTreeMap<String, String>>::from_request(&mut request).now_or_never();
    kind([once, outcome(map.expect("a query is there at once"), |Query(map)| about(map.len()))])
}

/// No text but a signed one has a signature that holds, and none of another key, of another purpose, or changed. The
/// first byte says which.
pub fn signatures(data: &[u8]) -> u64 {
    const KEY: &[u8] = b"a key of thirty-two characters or more";
    let Some((place, text)) = data.split_first() else { return 0 };
    let Ok(text) = std::str::from_utf8(text) else { return 0 };
    let signer = Signer::new(KEY, "fuzz");
    assert!(signer.verify(text).is_err(), "{text:?}");
    let signed = signer.sign(text);
    assert_eq!(signer.verify(&signed).ok(), Some(text));
    for other in [Signer::new(KEY, "buzz"), Signer::new(b"another key of thirty-two characters", "fuzz")] {
        assert!(other.verify(&signed).is_err(), "{text:?}");
    }
    let mut changed = signed.clone().into_bytes();
    let at = usize::from(*place) % changed.len();
    changed[at] ^= 1;
    if let Ok(changed) = std::str::from_utf8(&changed) {
        assert!(signer.verify(changed).is_err(), "{changed:?}");
    }
    if let Some(cut) = signed.get(..at) {
        assert!(signer.verify(cut).is_err(), "{cut:?}");
    }
    if let Some(cut) = signed.get(at + 1..) {
        assert!(signer.verify(cut).is_err(), "{cut:?}");
    }
    kind([about(text.matches(['.', ':']).count()), about(text.len()), u64::from(at < text.len())])
}
