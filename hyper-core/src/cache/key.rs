//! Keys from parts, some of them a stranger's, so that different parts are different keys.

use std::borrow::Cow;
use std::fmt::{Display, Write};

use sha2::{Digest, Sha256};

/// How many bytes a key has at most; a longer one is told by its digest. memcached takes 250, with the prefix.
const LONGEST: usize = 200;

/// What most keys fit in, so that their memory is asked for once.
const USUAL: usize = 40;

/// What a value is found by: a text, or a tuple of parts.
///
/// A tuple's parts are joined with their lengths, so that `("a", "b:c")` and `("a:b", "c")` are different keys whoever chose
/// them. Put no text together from parts that strangers choose. A text that looks like the key of a tuple or of a `#[cached]`
/// function has a `~` before it, so that it is another key as well, should strangers choose all of it.
///
/// ```
/// use hyper_core::cache::Key;
///
/// assert_eq!("front".key(), "front");
/// assert_eq!(("user", 7).key(), "4:user1:7");
/// assert_ne!(("a", "b1:c").key(), ("a1:b", "c").key());
/// assert_eq!("4:user1:7".key(), "~4:user1:7");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no key of a cache",
    label = "expected a text, or a tuple of 1 to 6 parts that can be displayed",
    note = "write `\"front\"`, or `(\"user\", id)`"
)]
pub trait Key: Sync {
    /// The key as a text.
    fn key(&self) -> Cow<'_, str>;

    /// Writes it behind what a text has.
    #[doc(hidden)]
    fn write(&self, text: &mut String) {
        text.push_str(&self.key());
    }
}

impl Key for str {
    fn key(&self) -> Cow<'_, str> {
        // A digit begins a tuple's key, and only its lengths are followed by a colon.
        let after_digits = self.trim_start_matches(|character: char| character.is_ascii_digit());
        let is_like_parts = after_digits.len() < self.len() && after_digits.starts_with(':');
        if is_like_parts || self.starts_with(['~', '@']) {
            return Cow::Owned(format!("~{self}"));
        }
        Cow::Borrowed(self)
    }
}

impl Key for String {
    fn key(&self) -> Cow<'_, str> {
        self.as_str().key()
    }
}

/// A key of the framework's own, as it is: `@`, what it is for, a colon, and what others have chosen.
pub(crate) struct Made<T>(pub(crate) T);

impl<T: AsRef<str> + Sync> Key for Made<T> {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(self.0.as_ref())
    }
}

impl<K: Key + ?Sized> Key for &K {
    fn key(&self) -> Cow<'_, str> {
        (**self).key()
    }

    fn write(&self, text: &mut String) {
        (**self).write(text);
    }
}

/// The lengths that most parts have, as they are written before them.
const LENGTHS: [&str; 16] =
    ["0:", "1:", "2:", "3:", "4:", "5:", "6:", "7:", "8:", "9:", "10:", "11:", "12:", "13:", "14:", "15:"];

/// A part of a key.
fn part(value: &dyn Display, text: &mut String) {
    let start = text.len();
    let _ = write!(text, "{value}");
    let length = text.len() - start;
    match LENGTHS.get(length) {
        Some(length) => text.insert_str(start, length),
        None => text.insert_str(start, &format!("{length}:")),
    }
}

macro_rules! tuples {
    ($(($($part:ident $number:tt),+);)+) => {$(
        impl<$($part: Display + Sync),+> Key for ($($part,)+) {
            fn key(&self) -> Cow<'_, str> {
                let mut text = String::with_capacity(USUAL);
                self.write(&mut text);
                Cow::Owned(text)
            }

            fn write(&self, text: &mut String) {
                $(part(&self.$number, text);)+
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

/// What is before all keys of a prefix and a version. The colons of the prefix are no colons here, and no two prefixes are the
/// same.
pub(super) fn before(prefix: &str, version: u32) -> String {
    let mut text = String::with_capacity(prefix.len() + 8);
    for byte in prefix.bytes() {
        if byte.is_ascii_graphic() && !b":%".contains(&byte) {
            text.push(char::from(byte));
        } else {
            let _ = write!(text, "%{byte:02x}");
        }
    }
    let _ = write!(text, ":v{version}:");
    text
}

/// A key as backends have it: with what is before it, no longer than they take, and without bytes they do not.
pub(super) fn full(before: &str, key: &(impl Key + ?Sized)) -> String {
    let mut text = String::with_capacity(before.len() + USUAL);
    text.push_str(before);
    key.write(&mut text);
    let key = &text[before.len()..];
    if key.len() > LONGEST || key.bytes().any(|byte| !byte.is_ascii_graphic() || byte == b'%') {
        let digest = Sha256::digest(key);
        text.truncate(before.len());
        // A `%` begins no other key.
        text.push('%');
        for byte in &digest[..20] {
            let _ = write!(text, "{byte:02x}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::cache::ArgKey;

    #[test]
    fn keys_are_as_short_as_memcached_takes() {
        assert_eq!(full("site:v1:", "front"), "site:v1:front");
        for odd in ["a b", "ü", "", &"x".repeat(201), "%00"] {
            let key = full("site:v1:", odd);
            assert!(odd.is_empty() || key.len() == 8 + 41, "{key}");
            assert!(key.bytes().all(|byte| byte.is_ascii_graphic()), "{key}");
        }
    }

    #[test]
    fn the_length_of_a_part_is_before_it() {
        for length in [0, 1, 9, 10, 15, 16, 150] {
            let part = "ü".repeat(length / 2) + &"x".repeat(length % 2);
            assert_eq!(("a", &part, 7).key(), format!("1:a{length}:{part}1:7"));
            assert_eq!(full("p:", &("a", length)), format!("p:1:a{}:{length}", length.to_string().len()));
        }
    }

    #[test]
    fn prefixes_are_no_parts_of_others() {
        assert_eq!(before("site", 2), "site:v2:");
        assert_eq!(before("", 1), ":v1:");
        assert_eq!(before("a:v1:b", 1), "a%3av1%3ab:v1:");
        assert_eq!(before("ü a%", 1), "%c3%bc%20a%25:v1:");
    }

    proptest! {
        /// Whoever chose it.
        #[test]
        fn no_text_is_the_key_of_parts(
            text in "[0-2:~@a%]{0,6}",
            other in "[0-2:~@a%]{0,6}",
            parts in proptest::collection::vec("[0-2:~@a]{0,2}", 2),
        ) {
            let key = |key: &dyn Key| full("p", &Made(key.key()));
            prop_assert_eq!(text == other, key(&text) == key(&other));
            let (one, two) = (&parts[0], &parts[1]);
            let made = ArgKey::new(one).with(two);
            let all: [&dyn Key; 3] = [&(one,), &(one, two), &made];
            for parts in all {
                prop_assert_ne!(key(&text), key(parts));
                // Nor is it chosen so that it is.
                prop_assert_ne!(key(&parts.key().into_owned()), key(parts));
            }
            prop_assert_ne!(key(&made), key(&(one, two)));
        }

        #[test]
        fn no_key_of_a_prefix_is_one_of_another(
            one in ("[ab:v1%]{0,6}", 1..3_u32, "[ab:v1]{0,6}"),
            other in ("[ab:v1%]{0,6}", 1..3_u32, "[ab:v1]{0,6}"),
        ) {
            let of = |(prefix, version, key): &(String, u32, String)| full(&before(prefix, *version), key);
            prop_assert_eq!(one == other, of(&one) == of(&other));
        }

        #[test]
        fn different_parts_are_different_keys(
            one in proptest::collection::vec(".{0,3}", 3),
            other in proptest::collection::vec("[0-9:a]{0,3}", 3),
            third in proptest::collection::vec("[0-9:a]{0,3}", 3),
        ) {
            for (one, other) in [(&one, &other), (&other, &third)] {
                let key = |parts: &[String]| full("p", &(&parts[0], &parts[1], &parts[2]));
                prop_assert_eq!(one == other, key(one) == key(other));
                // Parts that are put together differently.
                let two = |parts: &[String]| full("p", &(&parts[0], format!("{}{}", parts[1], parts[2])));
                prop_assert_ne!(key(one), two(one));
            }
        }
    }
}
