//! The methods a route can have, and sets of them.

use std::fmt;

use http::Method;

/// The method of a route.
///
/// `HEAD` is answered by the `GET` route and `OPTIONS` from the tree itself, so neither is a verb.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Verb {
    /// `GET`, and `HEAD` with it.
    Get = 0,
    /// `POST`.
    Post = 1,
    /// `PUT`.
    Put = 2,
    /// `PATCH`.
    Patch = 3,
    /// `DELETE`.
    Delete = 4,
}

impl Verb {
    /// How many there are.
    pub const COUNT: usize = 5;
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; Self::COUNT] = [Self::Get, Self::Post, Self::Put, Self::Patch, Self::Delete];

    /// As it stands in a request line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }

    /// The verb that answers requests of this method; `None` for `OPTIONS` and what no route can have.
    #[must_use]
    pub fn of(method: &Method) -> Option<Self> {
        Some(match *method {
            Method::GET | Method::HEAD => Self::Get,
            Method::POST => Self::Post,
            Method::PUT => Self::Put,
            Method::PATCH => Self::Patch,
            Method::DELETE => Self::Delete,
            _ => return None,
        })
    }

    pub(super) const fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// A set of verbs: what a path allows. Displays as the value of an `Allow` header.
///
/// ```
/// use hyper_core::routing::{Verb, VerbSet};
///
/// let allowed = VerbSet::EMPTY.with(Verb::Get).with(Verb::Post);
/// assert_eq!(allowed.to_string(), "GET, HEAD, POST, OPTIONS");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct VerbSet(u8);

impl VerbSet {
    /// No verb at all.
    pub const EMPTY: Self = Self(0);

    /// All verbs.
    pub const ALL: Self = Self((1 << Verb::COUNT) - 1);

    pub(super) const fn from_bits(bits: u8) -> Self {
        Self(bits)
    }

    /// This set and one more verb.
    #[must_use]
    pub const fn with(self, verb: Verb) -> Self {
        Self(self.0 | verb.bit())
    }

    /// This set and another.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether the verb is in it.
    #[must_use]
    pub const fn contains(self, verb: Verb) -> bool {
        self.0 & verb.bit() != 0
    }

    /// Whether it holds nothing.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl fmt::Display for VerbSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for verb in Verb::ALL {
            if self.contains(verb) {
                f.write_str(verb.as_str())?;
                f.write_str(if verb == Verb::Get { ", HEAD, " } else { ", " })?;
            }
        }
        f.write_str("OPTIONS")
    }
}
