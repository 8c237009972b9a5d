//! Columns with few values, each of which has a name: what `#[derive(Choices)]` stands on.

use std::borrow::Cow;
use std::fmt;

use bytes::{BufMut, BytesMut};
use serde::de::Error;
use serde::{Deserialize, Deserializer};

use super::DecodeError;
use super::escape::write_json_str;
use super::text::utf8;

/// An enum that is a column's type, by `#[derive(Choices)]`: Django's `TextChoices`.
///
/// A variant's value is its name in snake case, and its label that name in words; `#[choices(value = "..", label = "..")]`
/// says otherwise. The column is `text`, and its table checks that nothing else gets in; with `#[choices(native = "name")]`
/// on the enum it is an enum type of PostgreSQL's of that name. In JSON, forms and paths it is the value, and any other is
/// refused.
///
/// ```
/// use hyperdjango::prelude::*;
///
/// #[derive(Choices, Debug, Clone, Copy, PartialEq)]
/// enum Status {
///     Draft,
///     #[choices(label = "Waiting for review")]
///     InReview,
///     #[choices(value = "live")]
///     Published,
/// }
///
/// assert_eq!(Status::VALUES, ["draft", "in_review", "live"]);
/// assert_eq!(Status::LABELS, ["Draft", "Waiting for review", "Published"]);
/// assert_eq!(Status::Published.to_string(), "live");
/// assert_eq!("in_review".parse(), Ok(Status::InReview));
/// assert_eq!(
///     "gone".parse::<Status>().unwrap_err().to_string(),
///     "Select a valid choice: `gone` is none of draft, in_review, live."
/// );
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no choices",
    label = "is not an enum with choices",
    note = "add `#[derive(Choices)]` to `{Self}`"
)]
pub trait Choices: Sized + 'static {
    /// All of them, in the order they are declared.
    const ALL: &'static [Self];
    /// What stands in the database, in the same order.
    const VALUES: &'static [&'static str];
    /// What people read, in the same order.
    const LABELS: &'static [&'static str];

    /// Which of [`ALL`](Self::ALL) it is.
    fn index(&self) -> usize;

    /// The choice with this value.
    fn from_value(value: &str) -> Option<Self>;

    /// What stands in the database.
    fn value(&self) -> &'static str {
        Self::VALUES[self.index()]
    }

    /// What people read: Django's `get_.._display`.
    fn label(&self) -> &'static str {
        Self::LABELS[self.index()]
    }

    /// Values with labels, for a `<select>`.
    fn choices() -> impl Iterator<Item = (&'static str, &'static str)> {
        Self::VALUES.iter().copied().zip(Self::LABELS.iter().copied())
    }
}

/// A text that is none of an enum's [`Choices`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownChoice(String);

impl UnknownChoice {
    fn new<T: Choices>(value: &str) -> Self {
        Self(format!("Select a valid choice: `{value}` is none of {}.", T::VALUES.join(", ")))
    }
}

impl fmt::Display for UnknownChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for UnknownChoice {}

#[doc(hidden)]
pub fn parse<T: Choices>(value: &str) -> Result<T, UnknownChoice> {
    T::from_value(value).ok_or_else(|| UnknownChoice::new::<T>(value))
}

#[doc(hidden)]
pub fn deserialize<'de, T: Choices, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    let value = Cow::<'de, str>::deserialize(deserializer)?;
    parse(&value).map_err(|error| D::Error::custom(error.0.trim_end_matches('.')))
}

#[doc(hidden)]
pub fn decode<T: Choices>(raw: &[u8]) -> Result<T, DecodeError> {
    let value = utf8(raw)?;
    T::from_value(value).ok_or_else(|| {
        let name = std::any::type_name::<T>();
        let name = name.rsplit("::").next().unwrap_or(name);
        format!("`{value}` is no choice of `{name}`, which are {}", T::VALUES.join(", ")).into()
    })
}

#[doc(hidden)]
pub fn write_json<T: Choices>(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
    write_json_str(decode::<T>(raw)?.value(), out);
    Ok(())
}

#[doc(hidden)]
pub fn encode<T: Choices>(choice: &T, out: &mut BytesMut) {
    out.put_slice(choice.value().as_bytes());
}
