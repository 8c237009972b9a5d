//! How settings are read.

use std::str::FromStr;

use super::SettingsError;

/// How settings are read: with the key, the value and what is expected in each error.
pub(crate) trait Read {
    fn get(&self, key: &str) -> Option<&str>;

    fn malformed(&self, key: &str, expected: &str, value: &str) -> SettingsError {
        SettingsError::new(key, format!("should be {expected}, and is `{value}`"))
    }

    fn parse<T: FromStr>(&self, key: &str, expected: &str) -> Result<Option<T>, SettingsError> {
        let parse = |text: &str| text.parse().map_err(|_| self.malformed(key, expected, text));
        self.get(key).map(parse).transpose()
    }

    fn flag(&self, key: &str, default: bool) -> Result<bool, SettingsError> {
        match self.get(key).map(str::to_ascii_lowercase).as_deref() {
            None => Ok(default),
            Some("false" | "0" | "no" | "off") => Ok(false),
            Some("true" | "1" | "yes" | "on") => Ok(true),
            Some(other) => Err(self.malformed(key, "`true` or `false`", other)),
        }
    }

    fn number(
        &self,
        key: &str,
        range: std::ops::RangeInclusive<usize>,
        default: usize,
    ) -> Result<usize, SettingsError> {
        let expected = match *range.end() {
            usize::MAX => format!("a number from {}", range.start()),
            end => format!("a number from {} to {end}", range.start()),
        };
        match self.parse(key, &expected)? {
            Some(number) if range.contains(&number) => Ok(number),
            Some(number) => Err(self.malformed(key, &expected, &number.to_string())),
            None => Ok(default),
        }
    }
}
