//! Times of the day, and days with a time, in no zone.

use hyper_core::db::types::Type;
use jiff::civil::{DateTime, Time};

use super::date_time::{EPOCH_SECONDS, date_of, write_civil};
use super::{DecodeError, Field, Single, fixed, write_quoted};

const DAY: i64 = 86_400_000_000;

#[diagnostic::do_not_recommend]
impl Field for Time {
    type Base = Self;
    type Kind = Single;
    type Nullable = Option<Self>;
    const TYPE: Type = Type::TIME;
    const ARRAY: Type = Type::TIME_ARRAY;
    const DECLARATION: &'static str = "time";

    fn decode(raw: &[u8]) -> Result<Self, DecodeError> {
        time_of(i64::from_be_bytes(fixed(raw)?))
            .ok_or_else(|| "it is 24:00:00, and a `Time` ends before midnight".into())
    }

    /// `"08:15:00.25"`
    fn write_json(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
        write_quoted(Self::decode(raw)?, out);
        Ok(())
    }
}

fn time_of(micros: i64) -> Option<Time> {
    let (seconds, micros) = ((0..DAY).contains(&micros).then_some(micros / 1_000_000)?, micros % 1_000_000);
    let part = |seconds: i64| seconds as i8;
    Time::new(part(seconds / 3600), part(seconds / 60 % 60), part(seconds % 60), micros as i32 * 1000).ok()
}

#[diagnostic::do_not_recommend]
impl Field for DateTime {
    type Base = Self;
    type Kind = Single;
    type Nullable = Option<Self>;
    const TYPE: Type = Type::TIMESTAMP;
    const ARRAY: Type = Type::TIMESTAMP_ARRAY;
    const DECLARATION: &'static str = "timestamp";

    fn decode(raw: &[u8]) -> Result<Self, DecodeError> {
        let micros = i64::from_be_bytes(fixed(raw)?);
        let date = date_of(micros.div_euclid(DAY));
        date.zip(time_of(micros.rem_euclid(DAY)))
            .map(|(date, time)| Self::from_parts(date, time))
            .ok_or_else(|| "it is infinite, or beyond the years -9999 to 9999".into())
    }

    /// ISO 8601 without a zone: `"2026-11-21T08:15:00.25"`.
    fn write_json(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
        Self::decode(raw)?;
        write_civil(i64::from_be_bytes(fixed(raw)?) + EPOCH_SECONDS * 1_000_000, out);
        out.push(b'"');
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use bytes::BytesMut;
    use hyper_core::db::types::ToSql;
    use proptest::prelude::*;

    use super::*;

    const MOST: i64 = 8000 * 366 * DAY;

    proptest! {
        #[test]
        fn any_time_without_a_zone_reads_as_jiff_prints_it(micros in -2 * MOST..MOST, random: i64) {
            for micros in [micros, random, micros / 1_000_000 * 1_000_000] {
                let Ok(at) = DateTime::decode(&micros.to_be_bytes()) else { continue };
                let mut wire = BytesMut::new();
                at.to_sql(&Type::TIMESTAMP, &mut wire).unwrap();
                prop_assert_eq!(wire.as_ref(), micros.to_be_bytes());
                let mut out = Vec::new();
                DateTime::write_json(&wire, &mut out).unwrap();
                prop_assert_eq!(String::from_utf8(out).unwrap(), serde_json::to_string(&at).unwrap());
            }
        }

        #[test]
        fn any_time_of_the_day_reads_back(micros in 0..DAY) {
            let time = Time::decode(&micros.to_be_bytes()).unwrap();
            let mut wire = BytesMut::new();
            time.to_sql(&Type::TIME, &mut wire).unwrap();
            prop_assert_eq!(wire.as_ref(), micros.to_be_bytes());
        }
    }

    #[test]
    fn there_is_no_end_of_time() {
        for micros in [i64::MAX, i64::MIN] {
            assert!(DateTime::decode(&micros.to_be_bytes()).unwrap_err().contains("infinite"));
        }
        assert!(Time::decode(&DAY.to_be_bytes()).unwrap_err().contains("24:00:00"));
        assert!(Time::decode(&(-1_i64).to_be_bytes()).is_err());
    }
}
