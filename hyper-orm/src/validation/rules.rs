//! The rules of one column.

use std::borrow::Cow;

use hyper_core::ValidationErrors;
#[cfg(feature = "decimal")]
use rust_decimal::Decimal;
use validator::{ValidateEmail, ValidateLength, ValidateUrl};

use super::Pattern;

/// A bound of a range.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Limit {
    /// Of whole numbers.
    Int(i64),
    /// Of floating-point numbers.
    Float(f64),
}

impl Limit {
    pub(super) const fn float(self) -> f64 {
        match self {
            Self::Int(n) => n as f64,
            Self::Float(x) => x,
        }
    }

    fn text(self) -> String {
        match self {
            Self::Int(n) => n.to_string(),
            Self::Float(x) => x.to_string(),
        }
    }
}

/// What the field attributes say of a column's values. [`Rules::NONE`] allows everything.
#[derive(Debug, Clone, Copy)]
pub struct Rules {
    /// Fewest characters (not bytes) of a text.
    pub min_length: Option<u64>,
    /// Most characters of a text.
    pub max_length: Option<u64>,
    /// Least value.
    pub ge: Option<Limit>,
    /// Greatest value.
    pub le: Option<Limit>,
    /// The value must be greater.
    pub gt: Option<Limit>,
    /// The value must be less.
    pub lt: Option<Limit>,
    /// Most digits of an exact number, before and behind the point.
    pub max_digits: Option<u32>,
    /// Most digits behind the point of an exact number.
    pub decimal_places: Option<u32>,
    /// What the text has to match.
    pub pattern: Option<Pattern>,
    /// The text is an email address, as HTML defines it.
    pub email: bool,
    /// The text is an absolute URL of scheme http, https, ftp or ftps.
    pub url: bool,
    /// The text is ASCII letters, digits, `_` and `-`.
    pub slug: bool,
}

impl Rules {
    /// Everything is allowed, but NUL in text, which PostgreSQL cannot keep.
    pub const NONE: Self = Self {
        min_length: None,
        max_length: None,
        ge: None,
        le: None,
        gt: None,
        lt: None,
        max_digits: None,
        decimal_places: None,
        pattern: None,
        email: false,
        url: false,
        slug: false,
    };

    /// Checks a text.
    pub fn text(&self, value: &str, field: &'static str, errors: &mut ValidationErrors) {
        let mut wrong = |message: Cow<'static, str>| errors.add(field, message);
        if value.contains('\0') {
            wrong("Null characters are not allowed.".into());
        }
        let plural = |n: u64| if n == 1 { "" } else { "s" };
        let length = || value.chars().count();
        if let Some(min) = self.min_length
            && !value.validate_length(Some(min), None, None)
        {
            wrong(if value.is_empty() {
                "This field cannot be blank.".into()
            } else {
                format!(
                    "Ensure this value has at least {min} character{} (it has {}).",
                    plural(min),
                    length()
                )
                .into()
            });
        }
        if let Some(max) = self.max_length
            && !value.validate_length(None, Some(max), None)
        {
            wrong(
                format!(
                    "Ensure this value has at most {max} character{} (it has {}).",
                    plural(max),
                    length()
                )
                .into(),
            );
        }
        if let Some(pattern) = &self.pattern
            && !pattern.matches(value)
        {
            wrong("Enter a valid value.".into());
        }
        if self.email && !value.validate_email() {
            wrong("Enter a valid email address.".into());
        }
        if self.url && !is_url(value) {
            wrong("Enter a valid URL.".into());
        }
        if self.slug && !is_slug(value) {
            wrong("Enter a valid “slug” consisting of letters, numbers, underscores or hyphens.".into());
        }
    }

    /// Checks a whole number.
    pub fn integer(&self, value: i64, field: &'static str, errors: &mut ValidationErrors) {
        // Whole numbers are compared as such: beyond 2^53 a float would not tell neighbours apart.
        self.range(field, errors, |limit, side| match limit {
            Limit::Int(n) => in_range(value, n, side),
            Limit::Float(x) => in_range(value as f64, x, side),
        });
    }

    /// Checks a floating-point number; NaN is in no range.
    pub fn float(&self, value: f64, field: &'static str, errors: &mut ValidationErrors) {
        self.range(field, errors, |limit, side| !value.is_nan() && in_range(value, limit.float(), side));
    }

    /// Checks an exact number: its bounds, of which those with a point are taken as they are written, and its digits.
    #[cfg(feature = "decimal")]
    pub fn decimal(&self, value: Decimal, field: &'static str, errors: &mut ValidationErrors) {
        self.range(field, errors, |limit, side| {
            let limit = match limit {
                Limit::Int(n) => Decimal::from(n),
                // The shortest text that is the number is what somebody wrote.
                Limit::Float(x) => match x.to_string().parse() {
                    Ok(limit) => limit,
                    Err(_) => return (x > 0.0) == matches!(side, Side::AtMost | Side::Below),
                },
            };
            in_range(value, limit, side)
        });
        let digits = |n: u32| if n == 1 { "digit" } else { "digits" };
        let value = value.normalize();
        let whole = value.trunc().abs().to_string();
        let whole = if whole == "0" { 0 } else { whole.len() as u32 };
        if let Some(most) = self.max_digits
            && whole + value.scale() > most
        {
            errors
                .add(field, format!("Ensure that there are no more than {most} {} in total.", digits(most)));
        } else if let (Some(most), Some(places)) = (self.max_digits, self.decimal_places)
            && whole > most.saturating_sub(places)
        {
            // Fewer in total than the column has, but it keeps some of them for behind the point.
            let most = most.saturating_sub(places);
            let digits = digits(most);
            errors.add(
                field,
                format!("Ensure that there are no more than {most} {digits} before the decimal point."),
            );
        }
        if let Some(most) = self.decimal_places
            && value.scale() > most
        {
            errors.add(
                field,
                format!(
                    "Ensure that there are no more than {most} decimal {}.",
                    if most == 1 { "place" } else { "places" }
                ),
            );
        }
    }

    fn range(&self, field: &'static str, errors: &mut ValidationErrors, holds: impl Fn(Limit, Side) -> bool) {
        let bounds = [
            (self.ge, Side::AtLeast, "greater than or equal to"),
            (self.le, Side::AtMost, "less than or equal to"),
            (self.gt, Side::Above, "greater than"),
            (self.lt, Side::Below, "less than"),
        ];
        for (limit, side, words) in bounds {
            if let Some(limit) = limit
                && !holds(limit, side)
            {
                errors.add(field, format!("Ensure this value is {words} {}.", limit.text()));
            }
        }
    }
}

#[derive(Clone, Copy)]
enum Side {
    AtLeast,
    AtMost,
    Above,
    Below,
}

fn in_range<T: PartialOrd>(value: T, limit: T, side: Side) -> bool {
    match side {
        Side::AtLeast => value >= limit,
        Side::AtMost => value <= limit,
        Side::Above => value > limit,
        Side::Below => value < limit,
    }
}

/// `javascript:` and the like parse as URLs too; what is shown as a link must not be one.
pub(crate) fn is_url(value: &str) -> bool {
    let known =
        |scheme: &str| value.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
    ["http://", "https://", "ftp://", "ftps://"].into_iter().any(known) && value.validate_url()
}

pub(crate) fn is_slug(value: &str) -> bool {
    !value.is_empty() && value.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(rules: Rules, value: &str) -> String {
        let mut errors = ValidationErrors::new();
        rules.text(value, "f", &mut errors);
        errors.to_string()
    }

    #[test]
    fn all_that_is_wrong_is_said() {
        let rules = Rules { max_length: Some(3), email: true, slug: true, ..Rules::NONE };
        assert_eq!(
            text(rules, "ä b\0"),
            "f: Null characters are not allowed.; f: Ensure this value has at most 3 characters (it has 4).; \
             f: Enter a valid email address.; \
             f: Enter a valid “slug” consisting of letters, numbers, underscores or hyphens."
        );
        assert_eq!(text(Rules::NONE, "anything"), "");
    }

    #[test]
    fn characters_are_counted_not_bytes() {
        assert_eq!(text(Rules { max_length: Some(2), ..Rules::NONE }, "äö"), "");
        assert_eq!(text(Rules { min_length: Some(1), ..Rules::NONE }, ""), "f: This field cannot be blank.");
    }

    #[test]
    fn a_url_leads_to_the_web() {
        let url = |value| text(Rules { url: true, ..Rules::NONE }, value).is_empty();
        assert!(url("https://example.org/a?b=c"));
        assert!(url("HTTP://example.org"));
        assert!(!url("javascript:alert(1)"));
        assert!(!url("example.org"));
        assert!(!url("http://"));
        assert!(!url("ftpü"));
    }

    #[test]
    fn whole_numbers_keep_their_precision() {
        let rules = Rules { le: Some(Limit::Int(i64::MAX - 1)), gt: Some(Limit::Int(0)), ..Rules::NONE };
        let mut errors = ValidationErrors::new();
        rules.integer(i64::MAX, "n", &mut errors);
        rules.integer(0, "n", &mut errors);
        rules.integer(i64::MAX - 1, "n", &mut errors);
        assert_eq!(
            errors.to_string(),
            "n: Ensure this value is less than or equal to 9223372036854775806.; n: Ensure this value is greater than 0."
        );
    }

    #[cfg(feature = "decimal")]
    #[test]
    fn exact_numbers_are_held_against_what_was_written() {
        let rules = Rules {
            ge: Some(Limit::Float(0.1)),
            lt: Some(Limit::Int(1000)),
            max_digits: Some(5),
            decimal_places: Some(2),
            ..Rules::NONE
        };
        let wrong = |value: &str| {
            let mut errors = ValidationErrors::new();
            rules.decimal(value.parse().unwrap(), "x", &mut errors);
            errors.to_string()
        };
        for value in ["0.1", "0.10000", "999.99", "000999.9"] {
            assert_eq!(wrong(value), "", "{value}");
        }
        assert_eq!(wrong("0.09"), "x: Ensure this value is greater than or equal to 0.1.");
        assert_eq!(
            wrong("1000.001"),
            "x: Ensure this value is less than 1000.; x: Ensure that there are no more than 5 digits in total.; \
             x: Ensure that there are no more than 2 decimal places."
        );
        assert!(wrong("79228162514264337593543950335").contains("in total"));
        let rules = Rules { lt: None, ge: None, ..rules };
        let mut errors = ValidationErrors::new();
        rules.decimal("-1000".parse().unwrap(), "x", &mut errors);
        assert_eq!(
            errors.to_string(),
            "x: Ensure that there are no more than 3 digits before the decimal point."
        );
    }

    #[test]
    fn nan_is_in_no_range() {
        let mut errors = ValidationErrors::new();
        Rules { ge: Some(Limit::Float(0.5)), ..Rules::NONE }.float(f64::NAN, "x", &mut errors);
        assert_eq!(errors.to_string(), "x: Ensure this value is greater than or equal to 0.5.");
    }
}
