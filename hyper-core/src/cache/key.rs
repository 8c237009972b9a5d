//! Keys from parts, some of them a stranger's, so that different parts are different keys.

use std::borrow::Cow;
use std::fmt::{Display, Write};

use sha2::{Digest, Sha256};

/// How many bytes a key has at most; a longer one is told by its digest. memcached takes 250, with the prefix.
const LONGEST: usize = 200;

/// What a value is found by: a text, or a tuple of parts.
///
/// A tuple's parts are joined with their lengths, so that `("a", "b:c")` and `("a:b", "c")` are different keys whoever chose
/// them. Put no text together from parts that strangers choose.
///
/// ```
/// use hyper_core::cache::Key;
///
/// assert_eq!("front".key(), "front");
/// assert_eq!(("user", 7).key(), "4:user1:7");
/// assert_ne!(("a", "b1:c").key(), ("a1:b", "c").key());
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no key of a cache",
    label = "expected a text, or a tuple of 1 to 6 parts that can be displayed",
    note = "write `\"front\"`, or `(\"user\", id)`"
)]
pub trait Key: Sync {
    /// The key as a text.
    fn key(&self) -> Cow<'_, str>;
}

impl Key for str {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(self)
    }
}

impl Key for String {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(self)
    }
}

impl<K: Key + ?Sized> Key for &K {
    fn key(&self) -> Cow<'_, str> {
        (**self).key()
    }
}

/// A part of a key.
fn part(value: &dyn Display, text: &mut String) {
    let written = value.to_string();
    let _ = write!(text, "{}:{written}", written.len());
}

macro_rules! tuples {
    ($(($($part:ident $number:tt),+);)+) => {$(
        impl<$($part: Display + Sync),+> Key for ($($part,)+) {
            fn key(&self) -> Cow<'_, str> {
                let mut text = String::with_capacity(32);
                $(part(&self.$number, &mut text);)+
                Cow::Owned(text)
            }
        }
    )+};
}

tuples! {
    (A 0);
    (A 0, B 1);
    (A 0, B 1, C 2);
    (A 0, B 1, C 2, D 3);
    (A 0, B 1, C 2, D 3, E 4);
    (A 0, B 1, C 2, D 3, E 4, F 5);
}

/// A key as backends have it: with what is before it, no longer than they take, and without bytes they do not.
pub(super) fn full(before: &str, key: &str) -> String {
    let mut text = String::with_capacity(before.len() + key.len());
    text.push_str(before);
    if key.len() <= LONGEST && key.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'%') {
        text.push_str(key);
    } else {
        // A `%` begins no other key.
        text.push('%');
        for byte in &Sha256::digest(key)[..20] {
            let _ = write!(text, "{byte:02x}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn keys_are_as_short_as_memcached_takes() {
        assert_eq!(full("site:v1:", "front"), "site:v1:front");
        for odd in ["a b", "ü", "", &"x".repeat(201), "%00"] {
            let key = full("site:v1:", odd);
            assert!(odd.is_empty() || key.len() == 8 + 41, "{key}");
            assert!(key.bytes().all(|byte| byte.is_ascii_graphic()), "{key}");
        }
    }

    proptest! {
        #[test]
        fn different_parts_are_different_keys(
            one in proptest::collection::vec(".{0,3}", 3),
            other in proptest::collection::vec("[0-9:a]{0,3}", 3),
            third in proptest::collection::vec("[0-9:a]{0,3}", 3),
        ) {
            for (one, other) in [(&one, &other), (&other, &third)] {
                let key = |parts: &[String]| full("p", &(&parts[0], &parts[1], &parts[2]).key());
                prop_assert_eq!(one == other, key(one) == key(other));
                // Parts that are put together differently.
                let two = |parts: &[String]| full("p", &(&parts[0], format!("{}{}", parts[1], parts[2])).key());
                prop_assert_ne!(key(one), two(one));
            }
        }
    }
}
