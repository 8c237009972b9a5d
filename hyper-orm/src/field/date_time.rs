//! Instants and days.

use hyper_core::db::types::Type;
use jiff::Timestamp;
use jiff::civil::Date;

use super::digits::digits;
use super::{DecodeError, Field, Single, fixed, write_quoted};

/// PostgreSQL counts from 2000-01-01, in UTC.
pub(super) const EPOCH_SECONDS: i64 = 946_684_800;
const DAY: i64 = 86_400;

#[diagnostic::do_not_recommend]
impl Field for Timestamp {
    type Base = Self;
    type Kind = Single;
    type Nullable = Option<Self>;
    const TYPE: Type = Type::TIMESTAMPTZ;
    const ARRAY: Type = Type::TIMESTAMPTZ_ARRAY;
    const DECLARATION: &'static str = "timestamptz";

    fn decode(raw: &[u8]) -> Result<Self, DecodeError> {
        let micros = i64::from_be_bytes(fixed(raw)?);
        micros
            .checked_add(EPOCH_SECONDS * 1_000_000)
            .and_then(|micros| {
                // `from_microsecond` ends at the last whole second, `MAX` behind it.
                let (seconds, micros) = (micros.div_euclid(1_000_000), micros.rem_euclid(1_000_000));
                Self::new(seconds, micros as i32 * 1000).ok()
            })
            .ok_or_else(|| "it is infinite, or beyond the years -9999 to 9999".into())
    }

    /// RFC 3339 in UTC, as jiff prints it: `"2026-11-21T08:15:00.25Z"`.
    fn write_json(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
        let micros = i64::from_be_bytes(fixed(raw)?).wrapping_add(EPOCH_SECONDS * 1_000_000);
        if !(Self::MIN.as_microsecond()..=Self::MAX.as_microsecond()).contains(&micros) {
            Self::decode(raw)?;
        }
        write_civil(micros, out);
        out.extend_from_slice(b"Z\"");
        Ok(())
    }
}

/// Writes an instant as a JSON string in RFC 3339, with as many digits of the second as it has.
pub fn write_timestamp(at: Timestamp, out: &mut Vec<u8>) {
    write_civil(at.as_microsecond(), out);
    out.extend_from_slice(b"Z\"");
}

/// Writes microseconds since 1970 as date and time in a JSON string, up to where a zone stands.
pub(super) fn write_civil(micros: i64, out: &mut Vec<u8>) {
    let (seconds, micros) = (micros.div_euclid(1_000_000), micros.rem_euclid(1_000_000) as u32);
    let (days, second) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY) as u32);
    let (year, month, day) = civil_from_days(days);
    let date = digits(year.unsigned_abs() * 10_000 + u64::from(month * 100 + day));
    let time = digits(u64::from(second / 3600 * 10_000 + second / 60 % 60 * 100 + second % 60));
    if year < 0 {
        // Six digits and a sign, as ISO 8601 extends it.
        out.extend_from_slice(b"\"-00");
    } else {
        out.push(b'"');
    }
    let [a, b, c, d, e, f, g, h] = date;
    let [_, _, i, j, k, l, m, n] = time;
    out.extend_from_slice(&[a, b, c, d, b'-', e, f, b'-', g, h, b'T', i, j, b':', k, l, b':', m, n]);
    if micros > 0 {
        let mut digits = digits(u64::from(micros));
        digits[1] = b'.';
        out.extend_from_slice(&digits[1..]);
        while out.last() == Some(&b'0') {
            out.pop();
        }
    }
}

/// The civil date of a day counted from 1970-01-01: Howard Hinnant, "chrono-Compatible Low-Level Date
/// Algorithms", `civil_from_days`.
fn civil_from_days(days: i64) -> (i64, u32, u32) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let day_of_era = z.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = (day_of_year - (153 * month_from_march + 2) / 5 + 1) as u32;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 } as u32;
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[diagnostic::do_not_recommend]
impl Field for Date {
    type Base = Self;
    type Kind = Single;
    type Nullable = Option<Self>;
    const TYPE: Type = Type::DATE;
    const ARRAY: Type = Type::DATE_ARRAY;
    const DECLARATION: &'static str = "date";

    fn decode(raw: &[u8]) -> Result<Self, DecodeError> {
        date_of(i64::from(i32::from_be_bytes(fixed(raw)?)))
            .ok_or_else(|| "it is infinite, or beyond the years -9999 to 9999".into())
    }

    fn write_json(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
        write_quoted(Self::decode(raw)?, out);
        Ok(())
    }
}

/// The date of a day counted from 2000-01-01.
pub(super) fn date_of(days: i64) -> Option<Date> {
    let (year, month, day) = civil_from_days(days + EPOCH_SECONDS / DAY);
    Date::new(i16::try_from(year).ok()?, month as i8, day as i8).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_instant_reads_as_jiff_prints_it(
            micros in Timestamp::MIN.as_microsecond() + 1..Timestamp::MAX.as_microsecond(),
        ) {
            let at = Timestamp::from_microsecond(micros).unwrap();
            let mut out = Vec::new();
            write_timestamp(at, &mut out);
            prop_assert_eq!(String::from_utf8(out).unwrap(), format!("\"{at}\""));
            let raw = (micros - EPOCH_SECONDS * 1_000_000).to_be_bytes();
            prop_assert_eq!(Timestamp::decode(&raw).unwrap(), at);
        }

        #[test]
        fn any_day_is_a_date_or_out_of_range(days in any::<i32>()) {
            let wanted = jiff::civil::date(2000, 1, 1).checked_add(jiff::Span::new().try_days(i64::from(days)).unwrap_or_default());
            if let (Ok(date), Ok(wanted)) = (Date::decode(&days.to_be_bytes()), wanted) {
                prop_assert_eq!(date, wanted);
            }
        }

        #[test]
        fn broken_values_are_refused(raw in proptest::collection::vec(any::<u8>(), 0..20)) {
            if raw.len() != 8 {
                prop_assert!(Timestamp::decode(&raw).is_err());
            }
            if raw.len() != 4 {
                prop_assert!(Date::decode(&raw).is_err());
            }
        }
    }

    #[test]
    fn instants_read_as_jiff_prints_them() {
        for text in [
            "1970-01-01T00:00:00Z",
            "2000-02-29T23:59:59.999999Z",
            "2026-11-21T08:15:00.25Z",
            "1969-12-31T23:59:59.5Z",
            "0001-03-01T12:00:00.000001Z",
            "9999-12-30T00:00:00Z",
            "-000001-06-15T01:02:03Z",
        ] {
            let at: Timestamp = text.parse().unwrap();
            let mut out = Vec::new();
            write_timestamp(at, &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), format!("\"{at}\""));
        }
    }

    #[test]
    fn dates_count_from_2000() {
        assert_eq!(Date::decode(&0_i32.to_be_bytes()).unwrap(), jiff::civil::date(2000, 1, 1));
        assert_eq!(Date::decode(&(-1_i32).to_be_bytes()).unwrap(), jiff::civil::date(1999, 12, 31));
        assert!(Date::decode(&i32::MAX.to_be_bytes()).is_err());
    }

    #[test]
    fn infinity_is_not_an_instant() {
        assert!(Timestamp::decode(&i64::MAX.to_be_bytes()).is_err());
        assert!(Timestamp::decode(&i64::MIN.to_be_bytes()).is_err());
    }
}
