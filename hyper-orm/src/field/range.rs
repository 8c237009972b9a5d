//! Ranges of numbers and times.

use std::ops::{self, Bound};

use bytes::{BufMut, BytesMut};
use hyper_core::ValidationErrors;
use hyper_core::db::types::{IsNull, Kind, ToSql, Type, to_sql_checked};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};

use super::array::take;
use super::{DecodeError, Field, Single};
use crate::validation::{Check, Rules};

const EMPTY: u8 = 0x01;
const LOWER_INCLUDED: u8 = 0x02;
const UPPER_INCLUDED: u8 = 0x04;
const LOWER_MISSING: u8 = 0x08;
const UPPER_MISSING: u8 = 0x10;

/// A type PostgreSQL has ranges of.
#[diagnostic::on_unimplemented(
    message = "PostgreSQL has no ranges of `{Self}`",
    label = "no bound of a range",
    note = "bounds are i32, i64, Decimal, Date, DateTime or Timestamp"
)]
pub trait RangeBound: Field + PartialOrd + Clone {
    /// The type of the ranges.
    const RANGE: Type;
    /// The type of arrays of them.
    const RANGES: Type;
    /// How a table declares them.
    const RANGE_DECLARATION: &'static str;

    /// The value after this one, where there is a next one; `None` for what is continuous, and behind the last.
    fn next(&self) -> Option<Self> {
        None
    }
}

macro_rules! bound {
    ($($rust:ty, $range:ident, $ranges:ident, $declaration:literal $(, $next:expr)?;)+) => {$(
        impl RangeBound for $rust {
            const RANGE: Type = Type::$range;
            const RANGES: Type = Type::$ranges;
            const RANGE_DECLARATION: &'static str = $declaration;

            $(fn next(&self) -> Option<Self> {
                $next(*self)
            })?
        }
    )+};
}

bound! {
    i32, INT4_RANGE, INT4_RANGE_ARRAY, "int4range", |n: i32| n.checked_add(1);
    i64, INT8_RANGE, INT8_RANGE_ARRAY, "int8range", |n: i64| n.checked_add(1);
    Date, DATE_RANGE, DATE_RANGE_ARRAY, "daterange", |date: Date| date.tomorrow().ok();
    DateTime, TS_RANGE, TS_RANGE_ARRAY, "tsrange";
    Timestamp, TSTZ_RANGE, TSTZ_RANGE_ARRAY, "tstzrange";
}
#[cfg(feature = "decimal")]
bound! {
    rust_decimal::Decimal, NUM_RANGE, NUM_RANGE_ARRAY, "numrange";
}

/// A range: from one value to another, each with or without the value itself, or without an end; or nothing at all.
///
/// It is kept as PostgreSQL keeps it: whole numbers and dates from the first that is in it to the first that is not, and
/// all that contain nothing alike. In JSON it is `{"lower":1,"upper":5,"bounds":"[)"}`, an end that is missing `null`; or
/// `{"empty":true}`.
///
/// ```
/// use hyperdjango::orm::field::Range;
///
/// let range = Range::from(1..=4);
/// assert_eq!(range, Range::from(1..5));
/// assert!(range.contains(&4) && !range.contains(&5));
/// assert_eq!(Range::from(3..3), Range::empty());
/// assert_eq!(serde_json::to_string(&range).unwrap(), r#"{"lower":1,"upper":5,"bounds":"[)"}"#);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Range<T>(pub(super) Option<(Bound<T>, Bound<T>)>);

impl<T: RangeBound> Range<T> {
    /// From one end to the other.
    #[must_use]
    pub fn new(lower: Bound<T>, upper: Bound<T>) -> Self {
        // Before the ends are moved and after: nothing is between 5 and 5, nor between 5 and 6.
        if is_empty(&lower, &upper) {
            return Self::empty();
        }
        let lower = match lower {
            Bound::Excluded(value) => value.next().map_or(Bound::Excluded(value), Bound::Included),
            other => other,
        };
        let upper = match upper {
            Bound::Included(value) => value.next().map_or(Bound::Included(value), Bound::Excluded),
            other => other,
        };
        if is_empty(&lower, &upper) { Self::empty() } else { Self(Some((lower, upper))) }
    }

    /// What contains nothing.
    #[must_use]
    pub const fn empty() -> Self {
        Self(None)
    }

    /// Whether it contains nothing.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// The lower end; of the empty range none.
    #[must_use]
    pub fn lower(&self) -> Option<Bound<&T>> {
        self.0.as_ref().map(|(lower, _)| lower.as_ref())
    }

    /// The upper end; of the empty range none.
    #[must_use]
    pub fn upper(&self) -> Option<Bound<&T>> {
        self.0.as_ref().map(|(_, upper)| upper.as_ref())
    }

    /// Whether a value is in it.
    #[must_use]
    pub fn contains(&self, value: &T) -> bool {
        self.0.as_ref().is_some_and(|bounds| ops::RangeBounds::contains(bounds, value))
    }

    /// Whether the lower end is behind the upper.
    pub(super) fn is_reversed(&self) -> bool {
        match &self.0 {
            Some((
                Bound::Included(from) | Bound::Excluded(from),
                Bound::Included(to) | Bound::Excluded(to),
            )) => from > to,
            _ => false,
        }
    }
}

fn is_empty<T: PartialEq>(lower: &Bound<T>, upper: &Bound<T>) -> bool {
    match (lower, upper) {
        (Bound::Included(from), Bound::Excluded(to))
        | (Bound::Excluded(from), Bound::Included(to) | Bound::Excluded(to)) => from == to,
        _ => false,
    }
}

macro_rules! from {
    ($($range:ty: |$name:ident| $lower:expr, $upper:expr;)+) => {$(
        impl<T: RangeBound> From<$range> for Range<T> {
            fn from($name: $range) -> Self {
                Self::new($lower, $upper)
            }
        }
    )+};
}

from! {
    ops::Range<T>: |range| Bound::Included(range.start), Bound::Excluded(range.end);
    ops::RangeFrom<T>: |range| Bound::Included(range.start), Bound::Unbounded;
    ops::RangeTo<T>: |range| Bound::Unbounded, Bound::Excluded(range.end);
    ops::RangeToInclusive<T>: |range| Bound::Unbounded, Bound::Included(range.end);
    ops::RangeFull: |_all| Bound::Unbounded, Bound::Unbounded;
}

impl<T: RangeBound> From<ops::RangeInclusive<T>> for Range<T> {
    fn from(range: ops::RangeInclusive<T>) -> Self {
        let (start, end) = range.into_inner();
        Self::new(Bound::Included(start), Bound::Included(end))
    }
}

impl<T: RangeBound> Check for Range<T> {
    /// Ends in the wrong order; rules are about both ends.
    fn check(&self, rules: &Rules, field: &'static str, errors: &mut ValidationErrors) {
        if self.is_reversed() {
            errors.add(field, "The start of the range must not exceed the end of the range.");
        }
        for end in [self.lower(), self.upper()].into_iter().flatten() {
            if let Bound::Included(value) | Bound::Excluded(value) = end {
                value.check(rules, field, errors);
            }
        }
    }
}

#[diagnostic::do_not_recommend]
impl<T: RangeBound> Field for Range<T> {
    type Base = Self;
    type Kind = Single;
    type Nullable = Option<Self>;
    const TYPE: Type = T::RANGE;
    const ARRAY: Type = T::RANGES;
    const DECLARATION: &'static str = T::RANGE_DECLARATION;

    fn decode(raw: &[u8]) -> Result<Self, DecodeError> {
        let Some(Wire { flags, lower, upper }) = Wire::new(raw)? else { return Ok(Self::empty()) };
        let end = |raw: Option<&[u8]>, included| {
            Ok::<_, DecodeError>(match raw.map(T::decode).transpose()? {
                None => Bound::Unbounded,
                Some(value) if flags & included != 0 => Bound::Included(value),
                Some(value) => Bound::Excluded(value),
            })
        };
        Ok(Self::new(end(lower, LOWER_INCLUDED)?, end(upper, UPPER_INCLUDED)?))
    }

    fn write_json(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
        let Some(Wire { flags, lower, upper }) = Wire::new(raw)? else {
            out.extend_from_slice(b"{\"empty\":true}");
            return Ok(());
        };
        for (key, end) in [("{\"lower\":", lower), (",\"upper\":", upper)] {
            out.extend_from_slice(key.as_bytes());
            match end {
                Some(raw) => T::write_json(raw, out)?,
                None => out.extend_from_slice(b"null"),
            }
        }
        let bounds = bounds(flags & LOWER_INCLUDED != 0, flags & UPPER_INCLUDED != 0);
        out.extend_from_slice(format!(",\"bounds\":\"{bounds}\"}}").as_bytes());
        Ok(())
    }
}

/// PostgreSQL's binary format: what is there, and the ends behind their lengths.
struct Wire<'r> {
    flags: u8,
    lower: Option<&'r [u8]>,
    upper: Option<&'r [u8]>,
}

impl<'r> Wire<'r> {
    /// `None` when it is empty.
    fn new(raw: &'r [u8]) -> Result<Option<Self>, DecodeError> {
        let (&flags, mut rest) = raw.split_first().ok_or("it ends too early")?;
        if flags & EMPTY != 0 {
            return Ok(None);
        }
        let mut end = |missing| if flags & missing == 0 { take(&mut rest) } else { Ok(None) };
        Ok(Some(Self { flags, lower: end(LOWER_MISSING)?, upper: end(UPPER_MISSING)? }))
    }
}

pub(super) const fn bounds(lower: bool, upper: bool) -> &'static str {
    match (lower, upper) {
        (true, true) => "[]",
        (true, false) => "[)",
        (false, true) => "(]",
        (false, false) => "()",
    }
}

impl<T: RangeBound + ToSql> ToSql for Range<T> {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        let Some((lower, upper)) = &self.0 else {
            out.put_u8(EMPTY);
            return Ok(IsNull::No);
        };
        let flag = |bound: &Bound<T>, included, missing| match bound {
            Bound::Included(_) => included,
            Bound::Excluded(_) => 0,
            Bound::Unbounded => missing,
        };
        out.put_u8(flag(lower, LOWER_INCLUDED, LOWER_MISSING) | flag(upper, UPPER_INCLUDED, UPPER_MISSING));
        let element = match ty.kind() {
            Kind::Range(element) => element,
            _ => &T::TYPE,
        };
        for bound in [lower, upper] {
            let (Bound::Included(value) | Bound::Excluded(value)) = bound else { continue };
            let at = out.len();
            out.put_i32(0);
            value.to_sql(element, out)?;
            let length = i32::try_from(out.len() - at - 4)?;
            out[at..at + 4].copy_from_slice(&length.to_be_bytes());
        }
        Ok(IsNull::No)
    }

    fn accepts(ty: &Type) -> bool {
        matches!(ty.kind(), Kind::Range(element) if <T as ToSql>::accepts(element))
    }

    to_sql_checked!();
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn wire<T: RangeBound + ToSql>(range: &Range<T>) -> BytesMut {
        let mut out = BytesMut::new();
        range.to_sql(&T::RANGE, &mut out).unwrap();
        out
    }

    fn ends() -> impl Strategy<Value = (Bound<i64>, Bound<i64>)> {
        let value = || prop_oneof![-3_i64..3, Just(i64::MAX), any::<i64>()];
        let end = move || {
            prop_oneof![
                value().prop_map(Bound::Included),
                value().prop_map(Bound::Excluded),
                Just(Bound::Unbounded)
            ]
        };
        (end(), end())
    }

    proptest! {
        #[test]
        fn any_range_reads_back(ends in ends()) {
            let range = Range::new(ends.0, ends.1);
            prop_assert_eq!(Range::decode(&wire(&range)).unwrap(), range);
            let json = serde_json::to_string(&range).unwrap();
            let mut out = Vec::new();
            Range::<i64>::write_json(&wire(&range), &mut out).unwrap();
            prop_assert_eq!(std::str::from_utf8(&out).unwrap(), &json);
            if !range.is_reversed() {
                prop_assert_eq!(serde_json::from_str::<Range<i64>>(&json).unwrap(), range);
            }
        }

        #[test]
        fn a_value_is_in_it_as_in_the_range_it_was_made_of(ends in ends(), value in -4_i64..4) {
            prop_assert_eq!(Range::new(ends.0, ends.1).contains(&value), ops::RangeBounds::contains(&ends, &value));
        }

        #[test]
        fn broken_ranges_are_refused(raw: Vec<u8>, text: String) {
            let _ = Range::<Date>::decode(&raw);
            prop_assert!(serde_json::from_value::<Range<i32>>(text.into()).is_err());
        }
    }

    #[test]
    fn nothing_is_between_neighbours() {
        for upper in [Bound::Excluded(5), Bound::Excluded(6), Bound::Included(5)] {
            assert!(Range::new(Bound::Excluded(5), upper).is_empty());
        }
        assert!(!Range::new(Bound::Included(5), Bound::Included(5)).is_empty());
    }

    #[test]
    fn ends_in_the_wrong_order_are_refused() {
        let mut errors = ValidationErrors::new();
        Range::new(Bound::Included(5), Bound::Excluded(1)).check(&Rules::NONE, "hours", &mut errors);
        assert_eq!(errors.to_string(), "hours: The start of the range must not exceed the end of the range.");
        for json in [r#"{"lower":5,"upper":1}"#, r#"{"lower":1,"bounds":"[["}"#, r#"{"low":1}"#] {
            assert!(serde_json::from_str::<Range<i32>>(json).is_err(), "{json}");
        }
        assert_eq!(serde_json::from_str::<Range<i32>>("{}").unwrap(), Range::from(..));
        assert_eq!(serde_json::from_str::<Range<i32>>(r#"{"lower":2}"#).unwrap(), Range::from(2..));
    }
}
