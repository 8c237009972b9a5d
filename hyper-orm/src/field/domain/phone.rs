//! Numbers of telephones.

use super::Invalid;
use super::text::text_of_a_kind;

text_of_a_kind!(
    /// A telephone number with its country, as E.164 has it: `+` and 7 to 15 digits: `varchar(16)`.
    ///
    /// ```
    /// use hyperdjango::orm::field::Phone;
    ///
    /// assert_eq!(Phone::from_written("+49 (30) 123-456").unwrap(), "+4930123456");
    /// assert!(Phone::new("030 123456").is_err());
    /// ```
    Phone,
    16,
    "varchar(16)",
    is_e164,
    "Enter a phone number with its country, such as +4930123456."
);

fn is_e164(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|digits| {
        (7..=15).contains(&digits.len())
            && !digits.starts_with('0')
            && digits.bytes().all(|digit| digit.is_ascii_digit())
    })
}

impl Phone {
    /// Takes a number as people write it: spaces, hyphens, dots, slashes and parentheses are left out.
    ///
    /// # Errors
    /// What is left is no number with a country.
    pub fn from_written(text: &str) -> Result<Self, Invalid> {
        let left_out = |c: char| c.is_whitespace() || matches!(c, '-' | '.' | '/' | '(' | ')');
        Self::new(text.chars().filter(|&c| !left_out(c)).collect::<String>())
    }
}
