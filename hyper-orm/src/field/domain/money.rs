//! Amounts of money.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Mul, Neg, Sub, SubAssign};

use hyper_core::ValidationErrors;
use hyper_core::db::types::Type;
use serde::{Deserialize, Serialize};

use super::text::sql_by;
use crate::field::{DecodeError, Field, Single};
use crate::validation::{Check, Rules};

/// An amount in the smallest unit of its currency, such as cents: `bigint`, and a whole number in JSON. Which currency it is
/// in belongs to the column, or stands in another.
///
/// Sums and products stop at the ends of `i64`, which is beyond all money there is in cents; [`checked_add`](Self::checked_add)
/// tells.
///
/// ```
/// use hyperdjango::orm::field::Money;
///
/// let price = Money::minor(1999);
/// assert_eq!((price * 3 - Money::minor(1)).in_minor(), 5996);
/// assert_eq!(price.with_places(2).to_string(), "19.99");
/// assert_eq!(Money::minor(-5).with_places(2).to_string(), "-0.05");
/// assert_eq!(Money::minor(500).with_places(0).to_string(), "500");
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Money(i64);

impl Money {
    /// So many of the smallest unit.
    #[must_use]
    pub const fn minor(units: i64) -> Self {
        Self(units)
    }

    /// The amount in the smallest unit.
    #[must_use]
    pub const fn in_minor(self) -> i64 {
        self.0
    }

    /// Adds, unless the sum is out of range.
    #[must_use]
    pub const fn checked_add(self, other: Self) -> Option<Self> {
        match self.0.checked_add(other.0) {
            Some(units) => Some(Self(units)),
            None => None,
        }
    }

    /// To be shown with so many digits behind the point: 2 for cents.
    #[must_use]
    pub fn with_places(self, places: u32) -> impl fmt::Display {
        let unit = 10_u64.saturating_pow(places);
        let (whole, rest) = (self.0.unsigned_abs() / unit, self.0.unsigned_abs() % unit);
        let sign = if self.0 < 0 { "-" } else { "" };
        if places == 0 {
            format!("{sign}{whole}")
        } else {
            format!("{sign}{whole}.{rest:0width$}", width = places as usize)
        }
    }
}

impl Add for Money {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sub for Money {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Mul<i64> for Money {
    type Output = Self;

    fn mul(self, times: i64) -> Self {
        Self(self.0.saturating_mul(times))
    }
}

impl Neg for Money {
    type Output = Self;

    fn neg(self) -> Self {
        Self(self.0.saturating_neg())
    }
}

impl AddAssign for Money {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl SubAssign for Money {
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self(0), Add::add)
    }
}

impl Check for Money {
    fn check(&self, rules: &Rules, field: &'static str, errors: &mut ValidationErrors) {
        rules.integer(self.0, field, errors);
    }
}

#[diagnostic::do_not_recommend]
impl Field for Money {
    type Base = Self;
    type Kind = Single;
    type Nullable = Option<Self>;
    const TYPE: Type = Type::INT8;
    const ARRAY: Type = Type::INT8_ARRAY;
    const DECLARATION: &'static str = "bigint";

    fn decode(raw: &[u8]) -> Result<Self, DecodeError> {
        i64::decode(raw).map(Self)
    }

    fn write_json(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
        i64::write_json(raw, out)
    }
}

sql_by!(Money, |this| this.0);
