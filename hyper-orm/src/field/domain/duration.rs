//! Lengths of time that are the same on every day.

use std::fmt;
use std::str::FromStr;

use hyper_core::db::types::Type;
use jiff::SignedDuration;

use super::Invalid;
use super::text::sql_by;
use crate::field::{DecodeError, Field, Interval, Single, serde_as_text, write_quoted};

const DAY: i64 = 86_400_000_000;

/// An exact length of time in microseconds: `interval`, and ISO 8601 in JSON. Django's `DurationField`.
///
/// Days of the database's are 24 hours each, as Django has it; months are no exact length, and an error when they are read.
///
/// ```
/// use hyperdjango::orm::field::Duration;
///
/// let length = Duration::from_seconds(5400);
/// assert_eq!(length.to_string(), "PT1H30M");
/// assert_eq!("PT90M".parse(), Ok(length));
/// assert_eq!("P1D".parse(), Ok(Duration::from_seconds(86_400)));
/// assert!("P1M".parse::<Duration>().is_err());
/// assert_eq!(std::time::Duration::try_from(length).unwrap().as_secs(), 5400);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Duration {
    microseconds: i64,
}

impl Duration {
    /// So many microseconds.
    #[must_use]
    pub const fn from_microseconds(microseconds: i64) -> Self {
        Self { microseconds }
    }

    /// So many seconds; more than 292,000 years are taken for that.
    #[must_use]
    pub const fn from_seconds(seconds: i64) -> Self {
        Self { microseconds: seconds.saturating_mul(1_000_000) }
    }

    /// All of it in microseconds.
    #[must_use]
    pub const fn in_microseconds(self) -> i64 {
        self.microseconds
    }

    fn of(interval: Interval) -> Option<Self> {
        let days = i64::from(interval.days).checked_mul(DAY)?;
        let microseconds = interval.microseconds.checked_add(days)?;
        (interval.months == 0).then_some(Self { microseconds })
    }

    const fn interval(self) -> Interval {
        Interval { months: 0, days: 0, microseconds: self.microseconds }
    }
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.interval().fmt(f)
    }
}

impl FromStr for Duration {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let interval = text.parse().ok();
        interval
            .and_then(Self::of)
            .ok_or(Invalid::new("Enter a length of time in ISO 8601, such as PT1H30M, without months."))
    }
}

impl TryFrom<std::time::Duration> for Duration {
    type Error = Invalid;

    /// Parts of microseconds are cut off.
    fn try_from(duration: std::time::Duration) -> Result<Self, Invalid> {
        let microseconds = duration.as_micros().try_into();
        microseconds.map(Self::from_microseconds).map_err(|_| Invalid::new("The length of time is too long."))
    }
}

impl TryFrom<Duration> for std::time::Duration {
    type Error = Invalid;

    fn try_from(duration: Duration) -> Result<Self, Invalid> {
        let microseconds = duration.microseconds.try_into();
        microseconds
            .map(Self::from_micros)
            .map_err(|_| Invalid::new("The length of time is less than nothing."))
    }
}

impl From<Duration> for SignedDuration {
    fn from(duration: Duration) -> Self {
        Self::from_micros(duration.microseconds)
    }
}

serde_as_text!(Duration);

#[diagnostic::do_not_recommend]
impl Field for Duration {
    type Base = Self;
    type Kind = Single;
    type Nullable = Option<Self>;
    const TYPE: Type = Type::INTERVAL;
    const ARRAY: Type = Type::INTERVAL_ARRAY;
    const DECLARATION: &'static str = "interval";

    fn decode(raw: &[u8]) -> Result<Self, DecodeError> {
        let interval = Interval::decode(raw)?;
        Self::of(interval).ok_or_else(|| {
            format!("{interval} is no exact length of time within 292,000 years; read it as `Interval`")
                .into()
        })
    }

    fn write_json(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
        write_quoted(Self::decode(raw)?, out);
        Ok(())
    }
}

sql_by!(Duration, |this| this.interval());
