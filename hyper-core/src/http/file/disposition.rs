//! `Content-Disposition` (RFC 6266), with names in any script (RFC 8187).

use http::HeaderValue;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// All but the `attr-char` of RFC 8187.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b'-')
    .remove(b'.')
    .remove(b'^')
    .remove(b'_')
    .remove(b'`')
    .remove(b'|')
    .remove(b'~');

/// The field with a kind (`attachment`, `inline`) and a name, of which no path and no control character is left.
///
/// A name that is not plain ASCII is there twice: as it is, and for old clients with `_` for what they do not know.
pub(in crate::http) fn disposition(kind: &str, name: &str) -> HeaderValue {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = name.chars().filter(|c| !c.is_control()).collect();
    let is_plain = |c: char| matches!(c, ' '..='~') && !matches!(c, '"' | '\\' | '%');
    let plain: String = name.chars().map(|c| if is_plain(c) { c } else { '_' }).collect();
    let mut field = kind.to_owned();
    if !name.is_empty() {
        field.push_str(&format!("; filename=\"{plain}\""));
    }
    if plain != name {
        field.push_str(&format!("; filename*=UTF-8''{}", utf8_percent_encode(&name, ENCODED)));
    }
    // Only visible ASCII is in it.
    HeaderValue::try_from(field).unwrap_or(HeaderValue::from_static("attachment"))
}

#[cfg(test)]
mod tests {
    use percent_encoding::percent_decode_str;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_in_any_script() {
        for (name, expected) in [
            ("report.pdf", "attachment; filename=\"report.pdf\""),
            ("my report.pdf", "attachment; filename=\"my report.pdf\""),
            (
                "Übersicht €.pdf",
                "attachment; filename=\"_bersicht _.pdf\"; filename*=UTF-8''%C3%9Cbersicht%20%E2%82%AC.pdf",
            ),
            ("a\"; x=\"b", "attachment; filename=\"a_; x=_b\"; filename*=UTF-8''a%22%3B%20x%3D%22b"),
            ("../../etc/passwd", "attachment; filename=\"passwd\""),
            ("C:\\x\\y.txt", "attachment; filename=\"y.txt\""),
            ("a\r\nset-cookie: b", "attachment; filename=\"aset-cookie: b\""),
            ("100%.txt", "attachment; filename=\"100_.txt\"; filename*=UTF-8''100%25.txt"),
            ("", "attachment"),
        ] {
            assert_eq!(disposition("attachment", name), expected, "{name}");
        }
    }

    proptest! {
        #[test]
        fn every_name_arrives(name in "[^/\\\\\\p{Cc}]{1,40}") {
            let field = disposition("attachment", &name);
            let field = field.to_str().unwrap();
            let arrived = match field.split_once("filename*=UTF-8''") {
                Some((_, encoded)) => percent_decode_str(encoded).decode_utf8().unwrap().into_owned(),
                None => field.split('"').nth(1).unwrap().to_owned(),
            };
            prop_assert_eq!(arrived, name);
        }

        #[test]
        fn no_name_breaks_out_of_its_field(name in ".*") {
            let field = disposition("inline", &name);
            let quotes = field.to_str().unwrap().matches('"').count();
            prop_assert!(quotes == 0 || quotes == 2);
        }
    }
}
