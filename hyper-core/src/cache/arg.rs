//! Arguments of a function as a part of a key.

use std::borrow::Cow;
use std::fmt::{self, Display, Write};
use std::net::IpAddr;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use uuid::Uuid;

use super::key::Key;

/// What can be an argument of a `#[cached]` function and a part of its key: numbers that are whole, `bool`, `char`, texts,
/// [`Uuid`], times, addresses; and references, `Option`s, tuples, slices, arrays and `Vec`s of those.
///
/// Different values are different keys. A type of one's own writes what tells its values apart, one after another:
///
/// ```
/// use hyper_core::cache::{ArgKey, CacheArg};
///
/// struct Page {
///     tag: String,
///     number: Option<u32>,
/// }
///
/// impl CacheArg for Page {
///     fn write(&self, key: &mut ArgKey) {
///         self.tag.write(key);
///         self.number.write(key);
///     }
/// }
///
/// let key = ArgKey::new("front").with(&Page { tag: "rust".to_owned(), number: Some(2) });
/// assert_eq!(key.as_str(), "@5:front4:rusts1:2");
/// ```
#[diagnostic::on_unimplemented(
    message = "a `{Self}` can be no part of a cache's key",
    label = "this argument does not say which values are equal",
    note = "leave it out of the key where results do not depend on it: `#[cached(ttl = .., skip = [name])]`",
    note = "or implement `hyperdjango::cache::CacheArg` for it, and write what tells its values apart"
)]
pub trait CacheArg {
    /// Adds this to a key, so that nothing that follows can make it look like another.
    fn write(&self, key: &mut ArgKey);
}

/// A key that is put together from arguments. No other key is the same: an `@` begins it, and a text that begins so is written in
/// another way.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ArgKey(String);

impl Key for ArgKey {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.0)
    }
}

impl Display for ArgKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl ArgKey {
    /// For a function.
    #[must_use]
    pub fn new(name: &str) -> Self {
        let mut key = Self(String::with_capacity(name.len() + 32));
        key.mark('@');
        key.text(name);
        key
    }

    /// With an argument.
    #[must_use]
    pub fn with(mut self, argument: &(impl CacheArg + ?Sized)) -> Self {
        argument.write(&mut self);
        self
    }

    /// Adds a text, after its length.
    pub fn text(&mut self, text: &str) {
        let _ = write!(self.0, "{}:{text}", text.len());
    }

    /// Adds what is displayed: for types whose different values are different texts.
    pub fn display(&mut self, value: impl Display) {
        self.text(&value.to_string());
    }

    /// A mark that begins no text, before what follows.
    fn mark(&mut self, mark: char) {
        self.0.push(mark);
    }

    /// The key as a text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl CacheArg for str {
    fn write(&self, key: &mut ArgKey) {
        key.text(self);
    }
}

impl CacheArg for String {
    fn write(&self, key: &mut ArgKey) {
        key.text(self);
    }
}

/// Types whose values are told apart by how they are displayed.
macro_rules! displayed {
    ($($ty:ty),+ $(,)?) => {$(
        impl CacheArg for $ty {
            fn write(&self, key: &mut ArgKey) {
                key.display(self);
            }
        }
    )+};
}

displayed! {
    i8, i16, i32, i64, i128, isize, u8, u16, u32, u64, u128, usize, bool, char, Uuid, Timestamp, Date, DateTime, Time,
    IpAddr,
}

/// What stands for another.
macro_rules! pointers {
    ($($ty:ty),+) => {$(
        #[diagnostic::do_not_recommend]
        impl<T: CacheArg + ?Sized> CacheArg for $ty {
            fn write(&self, key: &mut ArgKey) {
                (**self).write(key);
            }
        }
    )+};
}

pointers!(&T, Box<T>, Arc<T>);

#[diagnostic::do_not_recommend]
impl<T: CacheArg + ToOwned + ?Sized> CacheArg for Cow<'_, T> {
    fn write(&self, key: &mut ArgKey) {
        (**self).write(key);
    }
}

#[diagnostic::do_not_recommend]
impl<T: CacheArg> CacheArg for Option<T> {
    fn write(&self, key: &mut ArgKey) {
        match self {
            Some(value) => {
                key.mark('s');
                value.write(key);
            }
            None => key.mark('n'),
        }
    }
}

#[diagnostic::do_not_recommend]
impl<T: CacheArg> CacheArg for [T] {
    fn write(&self, key: &mut ArgKey) {
        key.mark('l');
        key.display(self.len());
        self.iter().for_each(|item| item.write(key));
    }
}

#[diagnostic::do_not_recommend]
impl<T: CacheArg> CacheArg for Vec<T> {
    fn write(&self, key: &mut ArgKey) {
        (**self).write(key);
    }
}

#[diagnostic::do_not_recommend]
impl<T: CacheArg, const N: usize> CacheArg for [T; N] {
    fn write(&self, key: &mut ArgKey) {
        self.as_slice().write(key);
    }
}

macro_rules! tuples {
    ($(($($part:ident $number:tt),+);)+) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($part: CacheArg),+> CacheArg for ($($part,)+) {
            fn write(&self, key: &mut ArgKey) {
                $(self.$number.write(key);)+
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    type Arguments =
        (Vec<Option<String>>, Option<Vec<(String, i32)>>, String, Vec<Vec<u8>>, (bool, Option<char>));

    fn arguments() -> impl Strategy<Value = Arguments> {
        // Few values of few characters, those of the keys' own among them, so that some are nearly the same.
        let text = || "[0-9:snl]{0,3}";
        (
            proptest::collection::vec(proptest::option::of(text()), 0..3),
            proptest::option::of(proptest::collection::vec((text(), -1..12), 0..3)),
            text(),
            proptest::collection::vec(proptest::collection::vec(0_u8..12, 0..3), 0..3),
            (any::<bool>(), proptest::option::of(proptest::char::range('0', ':'))),
        )
    }

    fn key(arguments: &Arguments) -> String {
        ArgKey::new("f").with(arguments).0
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]
        #[test]
        fn different_arguments_are_different_keys(one in arguments(), other in arguments()) {
            prop_assert_eq!(one == other, key(&one) == key(&other), "{:?} {:?}", one, other);
        }

        /// Read from the left, a key says what it was made of: nothing that follows makes it another.
        #[test]
        fn no_key_begins_another(one in arguments(), other in arguments()) {
            prop_assert!(one == other || !key(&one).starts_with(&key(&other)), "{:?} {:?}", one, other);
        }
    }

    #[test]
    fn each_sort_of_argument() {
        let key = |argument: &dyn CacheArg| {
            let mut key = ArgKey(String::new());
            argument.write(&mut key);
            key.0
        };
        assert_eq!(key(&i64::MIN), "20:-9223372036854775808");
        assert_eq!(key(&"ü".to_owned()), "2:ü");
        assert_eq!(key(&Some(Some(1))), "ss1:1");
        assert_eq!(key(&Some(None::<u8>)), "sn");
        assert_eq!(key(&vec!["", "a"]), "l1:20:1:a");
        assert_eq!(key(&[1, 2]), key(&vec![1, 2]));
        assert_eq!(key(&Arc::new("a")), key(&Cow::Borrowed("a")));
        assert_eq!(key(&Uuid::nil()), "36:00000000-0000-0000-0000-000000000000");
        assert_eq!(key(&Date::constant(2026, 1, 2)), "10:2026-01-02");
        let second = Timestamp::from_second(1).unwrap();
        let after = second + jiff::SignedDuration::from_nanos(1);
        assert_ne!(key(&second), key(&after));
    }
}
