//! How long a value is kept.

use std::time::Duration;

/// How long a value is kept: whole seconds, as from a number; a [`Duration`]; for ever; or as the cache does by default.
///
/// ```
/// use std::time::Duration;
///
/// use hyper_core::cache::Ttl;
///
/// assert_eq!(Ttl::from(60), Ttl::from(Duration::from_secs(60)));
/// // Django's `timeout=None` and `timeout=0`.
/// assert_eq!(Ttl::from(None), Ttl::FOREVER);
/// assert_eq!(Ttl::from(0), Ttl::AT_ONCE);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Ttl {
    /// As long as the cache's own default, `CACHE_TTL`.
    #[default]
    Default,
    /// Until there is no room for it.
    Forever,
    /// For as long as this. Zero is not at all: what is there is removed.
    For(Duration),
}

impl Ttl {
    /// As long as the cache's own default.
    pub const DEFAULT: Self = Self::Default;
    /// Until there is no room for it.
    pub const FOREVER: Self = Self::Forever;
    /// Not at all: what is there is removed.
    pub const AT_ONCE: Self = Self::For(Duration::ZERO);

    /// With the default put in: none is for ever.
    #[must_use]
    pub fn or(self, default: Option<Duration>) -> Option<Duration> {
        match self {
            Self::Default => default,
            Self::Forever => None,
            Self::For(time) => Some(time),
        }
    }

    /// This one, but no longer than another.
    #[must_use]
    pub fn at_most(self, most: Duration, default: Option<Duration>) -> Self {
        Self::For(self.or(default).map_or(most, |own| own.min(most)))
    }
}

/// Seconds.
impl From<u32> for Ttl {
    fn from(seconds: u32) -> Self {
        Self::For(Duration::from_secs(seconds.into()))
    }
}

impl From<Duration> for Ttl {
    fn from(time: Duration) -> Self {
        Self::For(time)
    }
}

/// None is for ever.
impl From<Option<Duration>> for Ttl {
    fn from(time: Option<Duration>) -> Self {
        time.map_or(Self::Forever, Self::For)
    }
}
