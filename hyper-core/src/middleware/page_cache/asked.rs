//! What a request asks for, as keys.

use std::fmt::Write;

use http::HeaderMap;

use super::cookies::Counting;
use super::kept::Learned;
use crate::cache::Key;

/// What a request that can be answered from the cache asks for.
#[derive(Debug)]
pub(super) struct Wish {
    /// The scheme, the host, the target as it was sent, and the version of the site.
    pub(super) of: [String; 4],
    /// Whether a page cache around has let it pass. What this one keeps is nothing for that: it would not ask those in between.
    pub(super) has_passed: bool,
    /// Its cookies that count.
    pub(super) cookies: Counting,
    /// Whether it has `Authorization`.
    pub(super) has_authorization: bool,
    /// Whether its answer may be kept: it is a `GET`, and does not forbid it.
    pub(super) keeps: bool,
    /// Whether it wants none that is kept.
    pub(super) anew: bool,
}

/// The same with the fields of the request as they are now.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) wish: &'a Wish,
    pub(super) headers: &'a HeaderMap,
}

impl Asked<'_> {
    /// Whether it has a cookie that counts, as far as is known of this address.
    pub(super) fn has_cookie(&self, learned: Option<&Learned>) -> bool {
        self.wish.cookies.any_but(learned.map_or(&[], |learned| &learned.ignored_cookies))
    }

    /// The key of the fields that pages of this depend on.
    pub(super) fn learned(&self) -> String {
        let [scheme, host, target, version] = &self.wish.of;
        let name = if self.wish.has_passed { "@page-vary-inside" } else { "@page-vary" };
        format!("{name}:{}", (scheme, host, target, version).key())
    }

    /// The key of the page, with the values of these fields.
    pub(super) fn page(&self, learned: Option<&Learned>) -> String {
        let [scheme, host, target, version] = &self.wish.of;
        let fields = self.values(learned);
        let name = if self.wish.has_passed { "@page-inside" } else { "@page" };
        format!("{name}:{}", (scheme, host, target, version, fields).key())
    }

    /// The names of the fields with all their values, so that different ones are different texts.
    fn values(&self, learned: Option<&Learned>) -> String {
        let mut text = String::new();
        for name in learned.iter().flat_map(|learned| &learned.fields) {
            let values = self.headers.get_all(name);
            let _ = write!(text, "{}:{name}{},", name.len(), values.iter().count());
            for value in values {
                let _ = write!(text, "{}:", value.len());
                // A character for each byte, whatever it is.
                text.extend(value.as_bytes().iter().copied().map(char::from));
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};
    use proptest::prelude::*;

    use super::*;

    fn key(parts: &[String], fields: &[(String, Vec<Vec<u8>>)]) -> String {
        let mut headers = HeaderMap::new();
        for (name, values) in fields {
            for value in values {
                let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
                headers.append(name, HeaderValue::from_bytes(value).unwrap());
            }
        }
        let of = std::array::from_fn(|i| parts[i].clone());
        let wish = Wish {
            of,
            has_passed: false,
            cookies: Counting::default(),
            has_authorization: false,
            keeps: true,
            anew: false,
        };
        let fields = fields.iter().map(|(name, _)| name.clone()).collect();
        let learned = Learned { fields, ignored_cookies: Vec::new() };
        Asked { wish: &wish, headers: &headers }.page(Some(&learned))
    }

    fn fields() -> impl Strategy<Value = Vec<(String, Vec<Vec<u8>>)>> {
        let value = proptest::collection::vec(prop_oneof![0x30_u8..0x3c, 0xc3_u8..0xc5], 0..3);
        let values = proptest::collection::vec(value, 0..3);
        let name = prop_oneof!["a", "a1", "b"].prop_map(|name| name.to_owned());
        proptest::collection::btree_map(name, values, 0..3).prop_map(|all| all.into_iter().collect())
    }

    proptest! {
        #[test]
        fn different_requests_are_different_keys(
            one in proptest::collection::vec("[0-1:a]{0,3}", 4),
            other in proptest::collection::vec("[0-1:a]{0,3}", 4),
            (of_one, of_other) in (fields(), fields()),
        ) {
            prop_assert_eq!(
                one == other && of_one == of_other,
                key(&one, &of_one) == key(&other, &of_other)
            );
        }
    }
}
