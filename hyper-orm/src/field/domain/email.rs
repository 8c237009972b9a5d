//! Addresses of mail.

use validator::ValidateEmail;

use super::Invalid;
use super::text::text_of_a_kind;

text_of_a_kind!(
    /// An email address, as HTML defines it, of at most 254 characters: `varchar(254)`.
    ///
    /// ```
    /// use hyperdjango::orm::field::Email;
    ///
    /// let email = Email::new("ana@example.org").unwrap();
    /// assert_eq!(email.domain(), "example.org");
    /// assert_eq!(Email::new("ana@").unwrap_err().to_string(), "Enter a valid email address.");
    /// ```
    Email,
    254,
    "varchar(254)",
    |text| text.validate_email(),
    "Enter a valid email address."
);

impl Email {
    /// What stands behind the `@`.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.rsplit_once('@').map_or("", |(_, domain)| domain)
    }
}
