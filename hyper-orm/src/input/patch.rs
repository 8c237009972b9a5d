//! A value that may be missing, which is something else than NULL.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A new value, or none: then the column stays as it is. Of a column that can be NULL it is a `Patch<Option<T>>`, which
/// has three states: untouched, NULL, and a value.
///
/// ```
/// use hyperdjango::prelude::*;
///
/// let url: Patch<Option<String>> = Patch::default();
/// assert!(url.is_untouched());
/// assert_eq!(Patch::Set(None::<String>).set(), Some(None));
/// assert_eq!(Patch::from("x").as_set(), Some(&"x"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Patch<T> {
    /// The column stays as it is. What was not in the JSON object or form is this.
    #[default]
    Untouched,
    /// The column becomes this.
    Set(T),
}

impl<T> Patch<T> {
    /// Whether the column stays as it is.
    #[must_use]
    pub const fn is_untouched(&self) -> bool {
        matches!(self, Self::Untouched)
    }

    /// The new value, if there is one.
    #[must_use]
    pub fn set(self) -> Option<T> {
        match self {
            Self::Set(value) => Some(value),
            Self::Untouched => None,
        }
    }

    /// The new value, if there is one.
    #[must_use]
    pub const fn as_set(&self) -> Option<&T> {
        match self {
            Self::Set(value) => Some(value),
            Self::Untouched => None,
        }
    }
}

impl<T> From<T> for Patch<T> {
    fn from(value: T) -> Self {
        Self::Set(value)
    }
}

/// What is there is a new value, `null` being one of an `Option`. What is not there is for whoever reads the object:
/// `#[derive(Patch)]` does, and by hand it is `#[serde(default)]`.
impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patch<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self::Set)
    }
}

/// The new value; with `#[serde(skip_serializing_if = "Patch::is_untouched")]` nothing where there is none, which
/// otherwise is `null`.
impl<T: Serialize> Serialize for Patch<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Set(value) => value.serialize(serializer),
            Self::Untouched => serializer.serialize_none(),
        }
    }
}
