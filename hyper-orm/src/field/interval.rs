//! Spans of time as PostgreSQL has them.

use std::fmt;
use std::str::FromStr;

use bytes::{BufMut, BytesMut};
use hyper_core::db::types::{IsNull, ToSql, Type, to_sql_checked};
use jiff::{SignedDuration, Span};

use super::{DecodeError, Field, Invalid, Single, fixed, serde_as_text, write_quoted};

/// A span of time in months, days and microseconds, which PostgreSQL keeps apart, as no number of days is a month and not
/// every day has 24 hours. As text and in JSON it is ISO 8601, each part with its own sign: `P1Y2M3DT4H5M6.5S`.
///
/// Two are equal when all three parts are. PostgreSQL itself compares with months of 30 days and days of 24 hours.
///
/// ```
/// use hyperdjango::orm::field::Interval;
///
/// let interval = Interval { months: 14, days: 3, microseconds: 5_400_000_000 };
/// assert_eq!(interval.to_string(), "P1Y2M3DT1H30M");
/// assert_eq!("P1Y2M3DT90M".parse::<Interval>().unwrap(), interval);
/// assert_eq!(interval, Interval::try_from(jiff::Span::new().months(14).days(3).minutes(90)).unwrap());
/// assert!("tomorrow".parse::<Interval>().is_err());
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Interval {
    /// Months; a year is twelve.
    pub months: i32,
    /// Days; a week is seven.
    pub days: i32,
    /// The rest.
    pub microseconds: i64,
}

const TOO_LONG: Invalid = Invalid::new("The span of time is too long.");
const MALFORMED: Invalid = Invalid::new("Enter a valid span of time in ISO 8601, such as P1DT2H30M.");

impl Interval {
    /// So many days.
    #[must_use]
    pub const fn days(days: i32) -> Self {
        Self { months: 0, days, microseconds: 0 }
    }

    /// So many months.
    #[must_use]
    pub const fn months(months: i32) -> Self {
        Self { months, days: 0, microseconds: 0 }
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::default() {
            return f.write_str("PT0S");
        }
        let part = |f: &mut fmt::Formatter<'_>, number: i64, unit: char| match number {
            0 => Ok(()),
            _ => write!(f, "{number}{unit}"),
        };
        f.write_str("P")?;
        part(f, i64::from(self.months / 12), 'Y')?;
        part(f, i64::from(self.months % 12), 'M')?;
        part(f, i64::from(self.days), 'D')?;
        if self.microseconds == 0 {
            return Ok(());
        }
        f.write_str("T")?;
        let seconds = self.microseconds / 1_000_000;
        part(f, seconds / 3600, 'H')?;
        part(f, seconds / 60 % 60, 'M')?;
        let (seconds, micros) =
            ((seconds % 60).unsigned_abs(), (self.microseconds % 1_000_000).unsigned_abs());
        if seconds == 0 && micros == 0 {
            return Ok(());
        }
        let sign = if self.microseconds < 0 { "-" } else { "" };
        let fraction = if micros == 0 { String::new() } else { format!(".{micros:06}") };
        write!(f, "{sign}{seconds}{}S", fraction.trim_end_matches('0'))
    }
}

impl FromStr for Interval {
    type Err = Invalid;

    /// Reads ISO 8601, with a sign before all of it or before each number, and up to six digits behind the point of hours,
    /// minutes and seconds.
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let (sign, text) = sign(text);
        let text = text.strip_prefix('P').ok_or(MALFORMED)?;
        let (date, time) = text.split_once('T').unwrap_or((text, ""));
        if text.is_empty() || text.ends_with('T') {
            return Err(MALFORMED);
        }
        let [years, months, weeks, days] = millionths(date, ['Y', 'M', 'W', 'D'])?;
        let [hours, minutes, seconds] = millionths(time, ['H', 'M', 'S'])?;
        let whole = |millionths: i128| match millionths % 1_000_000 {
            0 => i32::try_from(sign * millionths / 1_000_000).map_err(|_| TOO_LONG),
            _ => Err(MALFORMED),
        };
        Ok(Self {
            months: whole(years * 12 + months)?,
            days: whole(weeks * 7 + days)?,
            microseconds: i64::try_from(sign * (hours * 3600 + minutes * 60 + seconds))
                .map_err(|_| TOO_LONG)?,
        })
    }
}

fn sign(text: &str) -> (i128, &str) {
    match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    }
}

/// The numbers before these units, each of which may be missing, in millionths.
fn millionths<const N: usize>(mut text: &str, units: [char; N]) -> Result<[i128; N], Invalid> {
    let mut numbers = [0; N];
    let mut next = 0;
    while !text.is_empty() {
        let (sign, rest) = sign(text);
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').ok_or(MALFORMED)?;
        let unit = units[next..].iter().position(|unit| rest[end..].starts_with(*unit)).ok_or(MALFORMED)?;
        let (whole, fraction) = rest[..end].split_once('.').unwrap_or((&rest[..end], ""));
        if whole.is_empty() || fraction.len() > 6 || rest[..end].ends_with('.') {
            return Err(MALFORMED);
        }
        let digits = |digits: &str| digits.parse::<i64>().map_err(|_| TOO_LONG);
        let fraction = if fraction.is_empty() { 0 } else { digits(&format!("{fraction:0<6}"))? };
        numbers[next + unit] = sign * (i128::from(digits(whole)?) * 1_000_000 + i128::from(fraction));
        next += unit + 1;
        text = &rest[end + 1..];
    }
    Ok(numbers)
}

impl TryFrom<Span> for Interval {
    type Error = Invalid;

    /// Keeps months, days and the rest apart; parts of microseconds are an error, as PostgreSQL has none.
    fn try_from(span: Span) -> Result<Self, Invalid> {
        if span.get_nanoseconds() % 1000 != 0 {
            return Err(Invalid::new("PostgreSQL's spans of time are in microseconds: round it first."));
        }
        let months = i32::from(span.get_years()) * 12 + span.get_months();
        let days = span.get_weeks() * 7 + span.get_days();
        let micros = i128::from(span.get_hours()) * 3_600_000_000
            + i128::from(span.get_minutes()) * 60_000_000
            + i128::from(span.get_seconds()) * 1_000_000
            + i128::from(span.get_milliseconds()) * 1000
            + i128::from(span.get_microseconds())
            + i128::from(span.get_nanoseconds() / 1000);
        Ok(Self { months, days, microseconds: micros.try_into().map_err(|_| TOO_LONG)? })
    }
}

impl TryFrom<SignedDuration> for Interval {
    type Error = Invalid;

    /// Microseconds only; parts of them are an error.
    fn try_from(duration: SignedDuration) -> Result<Self, Invalid> {
        if duration.subsec_nanos() % 1000 != 0 {
            return Err(Invalid::new("PostgreSQL's spans of time are in microseconds: round it first."));
        }
        let microseconds = duration.as_micros().try_into().map_err(|_| TOO_LONG)?;
        Ok(Self { months: 0, days: 0, microseconds })
    }
}

impl TryFrom<Interval> for Span {
    type Error = Invalid;

    /// A `Span` has one sign for all of it: months forward and days back are an error.
    fn try_from(interval: Interval) -> Result<Self, Invalid> {
        let Interval { months, days, microseconds } = interval;
        let signs = [i64::from(months), i64::from(days), microseconds].map(i64::signum);
        if signs.contains(&1) && signs.contains(&-1) {
            return Err(Invalid::new("It goes forth and back, and a `Span` has one direction."));
        }
        Self::new()
            .try_months(months)
            .and_then(|span| span.try_days(days))
            .and_then(|span| span.try_microseconds(microseconds))
            .map_err(|_| TOO_LONG)
    }
}

serde_as_text!(Interval);

#[diagnostic::do_not_recommend]
impl Field for Interval {
    type Base = Self;
    type Kind = Single;
    type Nullable = Option<Self>;
    const TYPE: Type = Type::INTERVAL;
    const ARRAY: Type = Type::INTERVAL_ARRAY;
    const DECLARATION: &'static str = "interval";

    fn decode(raw: &[u8]) -> Result<Self, DecodeError> {
        let raw = fixed::<16>(raw)?;
        let interval = Self {
            microseconds: i64::from_be_bytes(fixed(&raw[..8])?),
            days: i32::from_be_bytes(fixed(&raw[8..12])?),
            months: i32::from_be_bytes(fixed(&raw[12..])?),
        };
        // How PostgreSQL 17 and later write infinity.
        let ends = [
            Self { months: i32::MIN, days: i32::MIN, microseconds: i64::MIN },
            Self { months: i32::MAX, days: i32::MAX, microseconds: i64::MAX },
        ];
        if ends.contains(&interval) { Err("it is infinite".into()) } else { Ok(interval) }
    }

    /// ISO 8601: `"P1DT2H30M"`.
    fn write_json(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
        write_quoted(Self::decode(raw)?, out);
        Ok(())
    }
}

impl ToSql for Interval {
    fn to_sql(
        &self,
        _: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        out.put_i64(self.microseconds);
        out.put_i32(self.days);
        out.put_i32(self.months);
        Ok(IsNull::No)
    }

    fn accepts(ty: &Type) -> bool {
        *ty == Type::INTERVAL
    }

    to_sql_checked!();
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_interval_reads_back(months: i32, days: i32, microseconds: i64, few in -90_000_000_i64..90_000_000) {
            for microseconds in [microseconds, few, 0] {
                let interval = Interval { months, days, microseconds };
                prop_assert_eq!(interval.to_string().parse::<Interval>().unwrap(), interval);
                let mut wire = BytesMut::new();
                interval.to_sql(&Type::INTERVAL, &mut wire).unwrap();
                prop_assert_eq!(Interval::decode(&wire).unwrap(), interval);
                if let Ok(span) = Span::try_from(interval) {
                    prop_assert_eq!(Interval::try_from(span).unwrap(), interval);
                    prop_assert_eq!(span.to_string().parse::<Interval>().unwrap(), interval);
                }
            }
        }

        #[test]
        fn no_text_panics(text in "[-+]?P?[-+0-9.YMWDTHS ä]{0,20}", anything: String) {
            let _ = text.parse::<Interval>();
            prop_assert!(anything.starts_with('P') || anything.parse::<Interval>().is_err());
        }
    }

    #[test]
    fn texts_of_iso_8601() {
        for (text, months, days, microseconds) in [
            ("PT0S", 0, 0, 0),
            ("P0D", 0, 0, 0),
            ("P2W", 0, 14, 0),
            ("-P1Y-2M3DT-0.5S", -10, -3, 500_000),
            ("PT1.5H", 0, 0, 5_400_000_000),
            ("P-1M1D", -1, 1, 0),
            ("PT36H", 0, 0, 129_600_000_000),
        ] {
            assert_eq!(text.parse(), Ok(Interval { months, days, microseconds }), "{text}");
        }
        for text in [
            "",
            "P",
            "PT",
            "P1DT",
            "P1",
            "1D",
            "P1.5M",
            "P1D1D",
            "P1D1M",
            "PT1D",
            "PT1.0000001S",
            "PT.5S",
            "PT5.S",
        ] {
            assert_eq!(text.parse::<Interval>(), Err(MALFORMED), "{text}");
        }
        assert_eq!("P999999999999Y".parse::<Interval>(), Err(TOO_LONG));
        assert_eq!(
            Interval { months: i32::MIN, days: 1, microseconds: -1 }.to_string(),
            "P-178956970Y-8M1DT-0.000001S"
        );
    }

    #[test]
    fn what_has_no_counterpart_is_refused() {
        assert!(Span::try_from(Interval { months: 1, days: -1, microseconds: 0 }).is_err());
        assert!(Interval::try_from(Span::new().nanoseconds(1)).is_err());
        assert!(Interval::try_from(SignedDuration::MAX).is_err());
        assert!(
            Interval::decode(&[
                0x7f, 255, 255, 255, 255, 255, 255, 255, 0x7f, 255, 255, 255, 0x7f, 255, 255, 255
            ])
            .is_err()
        );
    }
}
