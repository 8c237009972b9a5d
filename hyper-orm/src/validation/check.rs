//! Which rules apply to which type.

use hyper_core::ValidationErrors;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};

use super::rules::Rules;

/// A value that can be held against the rules of its column.
pub trait Check {
    /// Adds what is wrong with it to `errors`. Nothing is, unless the type says otherwise.
    fn check(&self, _rules: &Rules, _field: &'static str, _errors: &mut ValidationErrors) {}
}

impl Check for str {
    fn check(&self, rules: &Rules, field: &'static str, errors: &mut ValidationErrors) {
        rules.text(self, field, errors);
    }
}

impl Check for String {
    fn check(&self, rules: &Rules, field: &'static str, errors: &mut ValidationErrors) {
        rules.text(self, field, errors);
    }
}

macro_rules! numbers {
    ($($type:ty => $rule:ident),+) => {$(
        impl Check for $type {
            fn check(&self, rules: &Rules, field: &'static str, errors: &mut ValidationErrors) {
                rules.$rule((*self).into(), field, errors);
            }
        }
    )+};
}

numbers!(i16 => integer, i32 => integer, i64 => integer, f32 => float, f64 => float);

macro_rules! anything {
    ($($type:ty),+) => {$(
        impl Check for $type {}
    )+};
}

anything!(bool, u8, uuid::Uuid, serde_json::Value);
anything!(jiff::civil::Time);
anything!(std::net::IpAddr, cidr::IpInet);

/// Where PostgreSQL's calendar begins; jiff's begins earlier, and both end late enough.
const FIRST: Date = jiff::civil::date(-4713, 11, 24);

fn check_date(date: Date, field: &'static str, errors: &mut ValidationErrors) {
    if date < FIRST {
        errors.add(field, "Enter a date not before November 24, 4714 BC.");
    }
}

impl Check for Date {
    fn check(&self, _: &Rules, field: &'static str, errors: &mut ValidationErrors) {
        check_date(*self, field, errors);
    }
}

impl Check for DateTime {
    fn check(&self, _: &Rules, field: &'static str, errors: &mut ValidationErrors) {
        check_date(self.date(), field, errors);
    }
}

impl Check for Timestamp {
    fn check(&self, _: &Rules, field: &'static str, errors: &mut ValidationErrors) {
        // In seconds, as every write comes by here.
        if self.as_second() < -210_866_803_200 {
            check_date(Date::MIN, field, errors);
        }
    }
}

#[cfg(feature = "decimal")]
impl Check for rust_decimal::Decimal {
    fn check(&self, rules: &Rules, field: &'static str, errors: &mut ValidationErrors) {
        rules.decimal(*self, field, errors);
    }
}

/// Rules of an array are about each of its elements.
impl<T: Check> Check for [T] {
    fn check(&self, rules: &Rules, field: &'static str, errors: &mut ValidationErrors) {
        self.iter().for_each(|element| element.check(rules, field, errors));
    }
}

impl<T: Check> Check for Vec<T> {
    fn check(&self, rules: &Rules, field: &'static str, errors: &mut ValidationErrors) {
        self.as_slice().check(rules, field, errors);
    }
}

impl<T: Check + ?Sized> Check for &T {
    fn check(&self, rules: &Rules, field: &'static str, errors: &mut ValidationErrors) {
        T::check(self, rules, field, errors);
    }
}

/// NULL breaks no rule: whether it is allowed is the column's business.
impl<T: Check> Check for Option<T> {
    fn check(&self, rules: &Rules, field: &'static str, errors: &mut ValidationErrors) {
        if let Some(value) = self {
            value.check(rules, field, errors);
        }
    }
}

impl Check for std::borrow::Cow<'_, str> {
    fn check(&self, rules: &Rules, field: &'static str, errors: &mut ValidationErrors) {
        rules.text(self, field, errors);
    }
}
