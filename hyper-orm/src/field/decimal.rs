//! Exact numbers with a decimal point.

use std::io::Write;

use hyper_core::db::types::Type;
use rust_decimal::Decimal;

use super::{DecodeError, Field, Single, fixed};

const NEGATIVE: u16 = 0x4000;

/// PostgreSQL's binary format: how many groups of four digits, the power of 10000 the first stands for, the sign, how
/// many digits are behind the point, and the groups.
struct Numeric<'r> {
    weight: i32,
    sign: u16,
    scale: u32,
    groups: &'r [[u8; 2]],
}

impl<'r> Numeric<'r> {
    fn new(raw: &'r [u8]) -> Result<Self, DecodeError> {
        let (head, rest) = raw.split_first_chunk::<8>().ok_or("it ends too early")?;
        let word = |at: usize| u16::from_be_bytes([head[at], head[at + 1]]);
        let (groups, odd) = rest.as_chunks::<2>();
        if groups.len() != usize::from(word(0)) || !odd.is_empty() {
            return Err(format!("expected {} groups of digits, got {}", word(0), groups.len()).into());
        }
        let weight = i32::from(i16::from_be_bytes(fixed(&head[2..4])?));
        Ok(Self { weight, sign: word(4), scale: u32::from(word(6)), groups })
    }

    /// Its name, when it is no number.
    fn special(&self) -> Option<&'static str> {
        match self.sign {
            0 | NEGATIVE => None,
            0xd000 => Some("Infinity"),
            0xf000 => Some("-Infinity"),
            _ => Some("NaN"),
        }
    }

    /// The group that stands for this power of 10000.
    fn group(&self, power: i32) -> u16 {
        let at = usize::try_from(self.weight - power).ok();
        at.and_then(|at| self.groups.get(at)).map_or(0, |group| u16::from_be_bytes(*group))
    }

    /// As a whole number of units of `10^-scale`, if it is one within 128 bits.
    fn scaled(&self, scale: u32) -> Option<i128> {
        let mut number = 0_i128;
        for group in self.groups {
            number = number.checked_mul(10_000)?.checked_add(i128::from(u16::from_be_bytes(*group)))?;
        }
        if number == 0 {
            return Some(0);
        }
        let power = (self.weight + 1 - self.groups.len() as i32) * 4 + scale as i32;
        let factor = 10_i128.checked_pow(power.unsigned_abs())?;
        let number = match power {
            0.. => number.checked_mul(factor)?,
            _ if number % factor == 0 => number / factor,
            _ => return None,
        };
        Some(if self.sign == NEGATIVE { -number } else { number })
    }
}

#[diagnostic::do_not_recommend]
impl Field for Decimal {
    type Base = Self;
    type Kind = Single;
    type Nullable = Option<Self>;
    const TYPE: Type = Type::NUMERIC;
    const ARRAY: Type = Type::NUMERIC_ARRAY;
    const DECLARATION: &'static str = "numeric";

    fn decode(raw: &[u8]) -> Result<Self, DecodeError> {
        let numeric = Numeric::new(raw)?;
        if let Some(name) = numeric.special() {
            return Err(format!("it is {name}, and a `Decimal` is a number").into());
        }
        // With all digits behind the point that PostgreSQL has, or without the last zeros of them where that is too many.
        for scale in (0..=numeric.scale.min(Self::MAX_SCALE)).rev() {
            let number = numeric.scaled(scale);
            if let Some(decimal) =
                number.and_then(|number| Self::try_from_i128_with_scale(number, scale).ok())
            {
                return Ok(decimal);
            }
        }
        Err("it has more than the 28 digits of a `Decimal`; round it in the database".into())
    }

    /// A string with all its digits, also where they are more than a `Decimal` has: `"12.50"`.
    fn write_json(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
        let numeric = Numeric::new(raw)?;
        out.push(b'"');
        if let Some(name) = numeric.special() {
            out.extend_from_slice(name.as_bytes());
        } else {
            if numeric.sign == NEGATIVE {
                out.push(b'-');
            }
            let mut power = numeric.weight.max(0);
            let _ = write!(out, "{}", numeric.group(power));
            while power > 0 {
                power -= 1;
                let _ = write!(out, "{:04}", numeric.group(power));
            }
            let mut digits = numeric.scale as usize;
            if digits > 0 {
                out.push(b'.');
            }
            while digits > 0 {
                power -= 1;
                let group = format!("{:04}", numeric.group(power));
                let shown = digits.min(4);
                out.extend_from_slice(&group.as_bytes()[..shown]);
                digits -= shown;
            }
        }
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

    fn raw(weight: i16, sign: u16, scale: u16, groups: &[u16]) -> Vec<u8> {
        let head = [groups.len() as u16, weight as u16, sign, scale];
        head.iter().chain(groups).flat_map(|word| word.to_be_bytes()).collect()
    }

    fn json(raw: &[u8]) -> String {
        let mut out = Vec::new();
        Decimal::write_json(raw, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    proptest! {
        #[test]
        fn any_decimal_reads_back(number in -(1_i128 << 96) + 1..1_i128 << 96, scale in 0_u32..=28) {
            let decimal = Decimal::from_i128_with_scale(number, scale);
            let mut wire = BytesMut::new();
            decimal.to_sql(&Type::NUMERIC, &mut wire).unwrap();
            prop_assert_eq!(Decimal::decode(&wire).unwrap(), decimal);
            prop_assert_eq!(json(&wire), format!("\"{}\"", Decimal::decode(&wire).unwrap()));
        }

        #[test]
        fn anything_else_is_refused_or_a_number(bytes: Vec<u8>) {
            let _ = Decimal::decode(&bytes);
        }
    }

    #[test]
    fn what_no_decimal_can_hold_is_said() {
        assert!(Decimal::decode(&raw(0, 0xc000, 0, &[])).unwrap_err().contains("it is NaN"));
        assert_eq!(json(&raw(0, 0xd000, 0, &[])), "\"Infinity\"");
        assert!(Decimal::decode(&raw(9, 0, 0, &[1])).unwrap_err().contains("28 digits"));
        assert_eq!(json(&raw(9, 0, 0, &[1])), format!("\"1{}\"", "0".repeat(36)));
        // 0.00001 with 40 digits behind the point.
        assert_eq!(
            Decimal::decode(&raw(-2, 0, 40, &[1000])).unwrap().to_string().trim_end_matches('0'),
            "0.00001"
        );
        assert!(Decimal::decode(&raw(-10, 0, 40, &[1])).is_err());
        assert_eq!(json(&raw(-2, NEGATIVE, 6, &[1200])), "\"-0.000012\"");
    }
}
