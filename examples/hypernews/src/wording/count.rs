//! Numbers and their nouns.

use std::fmt;

use sailfish::runtime::{Buffer, Render, RenderError};

/// A whole number written with a comma between thousands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grouped(i64);

/// Writes a number with a comma between thousands, and a real minus sign.
///
/// ```
/// assert_eq!(hypernews::wording::grouped(-12345).to_string(), "−12,345");
/// ```
#[must_use]
pub fn grouped(number: impl Into<i64>) -> Grouped {
    Grouped(number.into())
}

impl fmt::Display for Grouped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.0.unsigned_abs().to_string();
        if self.0 < 0 {
            f.write_str("−")?;
        }
        for (place, digit) in digits.char_indices() {
            if place > 0 && (digits.len() - place).is_multiple_of(3) {
                f.write_str(",")?;
            }
            write!(f, "{digit}")?;
        }
        Ok(())
    }
}

impl Render for Grouped {
    fn render(&self, b: &mut Buffer) -> Result<(), RenderError> {
        use fmt::Write;
        Ok(write!(b, "{self}")?)
    }
}

/// Writes a count with its noun, which gets an `s` unless the count is one.
///
/// ```
/// use hypernews::wording::plural;
/// assert_eq!(plural(1, "comment"), "1 comment");
/// assert_eq!(plural(1200, "comment"), "1,200 comments");
/// ```
#[must_use]
pub fn plural(count: impl Into<i64>, noun: &str) -> String {
    let count = count.into();
    format!("{} {noun}{}", grouped(count), if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn thousands_are_separated() {
        for (number, text) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (-1, "−1"),
            (123_456, "123,456"),
            (i64::MIN, "−9,223,372,036,854,775,808"),
        ] {
            assert_eq!(grouped(number).to_string(), text);
        }
    }

    #[test]
    fn only_one_is_singular() {
        assert_eq!(plural(0, "point"), "0 points");
        assert_eq!(plural(-1, "point"), "−1 points");
    }

    proptest! {
        #[test]
        fn the_digits_survive(number: i64) {
            let digits = grouped(number).to_string().replace(',', "").replace('−', "-");
            prop_assert_eq!(digits.parse::<i64>(), Ok(number));
        }
    }
}
