//! Parts of a hundred.

use std::fmt;
use std::str::FromStr;

use hyper_core::ValidationErrors;
use hyper_core::db::types::Type;
use rust_decimal::Decimal;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Invalid;
use super::text::sql_by;
use crate::field::{DecodeError, Field, Single};
use crate::validation::{Check, Rules};

const INVALID: Invalid =
    Invalid::new("Enter a percentage from 0 to 100 with no more than two decimal places.");

/// A percentage from 0 to 100 with two digits behind the point: `numeric(5, 2)`, and a string in JSON, as exact numbers are.
///
/// ```
/// use hyperdjango::orm::field::Percent;
///
/// let rate: Percent = "19".parse().unwrap();
/// assert_eq!(rate.to_string(), "19.00");
/// assert_eq!(rate.of(200.into()), 38.into());
/// assert!("100.01".parse::<Percent>().is_err());
/// assert!("0.001".parse::<Percent>().is_err());
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Percent(Decimal);

impl Percent {
    /// Takes a number from 0 to 100.
    ///
    /// # Errors
    /// It is not, or has more than two digits behind the point.
    pub fn new(number: Decimal) -> Result<Self, Invalid> {
        let mut number = number.normalize();
        if number < Decimal::ZERO || number > Decimal::ONE_HUNDRED || number.scale() > 2 {
            return Err(INVALID);
        }
        number.rescale(2);
        Ok(Self(number))
    }

    /// The number, from 0 to 100.
    #[must_use]
    pub const fn number(self) -> Decimal {
        self.0
    }

    /// So many percent of an amount.
    #[must_use]
    pub fn of(self, amount: Decimal) -> Decimal {
        amount * (self.0 / Decimal::ONE_HUNDRED)
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}%", self.0)
    }
}

impl FromStr for Percent {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        Self::new(text.parse().map_err(|_| INVALID)?)
    }
}

impl Serialize for Percent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Serialize::serialize(&self.0, serializer)
    }
}

impl<'de> Deserialize<'de> for Percent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = <Decimal as Deserialize>::deserialize(deserializer)?;
        Self::new(number).map_err(|error| D::Error::custom(error.0.trim_end_matches('.')))
    }
}

impl Check for Percent {
    fn check(&self, rules: &Rules, field: &'static str, errors: &mut ValidationErrors) {
        rules.decimal(self.0, field, errors);
    }
}

#[diagnostic::do_not_recommend]
impl Field for Percent {
    type Base = Self;
    type Kind = Single;
    type Nullable = Option<Self>;
    const TYPE: Type = Type::NUMERIC;
    const ARRAY: Type = Type::NUMERIC_ARRAY;
    const DECLARATION: &'static str = "numeric(5, 2)";

    fn decode(raw: &[u8]) -> Result<Self, DecodeError> {
        let number = Decimal::decode(raw)?;
        Self::new(number).map_err(|_| {
            format!("{number} is no percentage from 0 to 100 with two digits behind the point").into()
        })
    }

    fn write_json(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
        crate::field::write_quoted(Self::decode(raw)?, out);
        Ok(())
    }
}

sql_by!(Percent, |this| this.0);
