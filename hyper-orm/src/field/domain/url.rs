//! Addresses of the web.

use super::Invalid;
use super::text::text_of_a_kind;
use crate::validation::is_url;

text_of_a_kind!(
    /// An absolute URL of scheme http, https, ftp or ftps, of at most 2048 characters: `varchar(2048)`.
    ///
    /// ```
    /// use hyperdjango::orm::field::Url;
    ///
    /// assert!(Url::new("https://example.org/a?b=c").is_ok());
    /// assert_eq!(Url::new("javascript:alert(1)").unwrap_err().to_string(), "Enter a valid URL.");
    /// ```
    Url,
    2048,
    "varchar(2048)",
    is_url,
    "Enter a valid URL."
);
