//! Texts that match a regular expression.

use std::fmt;

#[doc(hidden)]
pub use regex::Regex;

/// A regular expression of the `regex` crate, compiled when it is first used. It is searched for anywhere in the text, as
/// Django does it: `^` and `$` are for those who want all of it to match.
///
/// ```
/// use hyperdjango::orm::validation::{Pattern, Rules};
///
/// const ISBN: Pattern = hyperdjango::orm::pattern!(r"^97[89]-\d{10}$");
/// const RULES: Rules = Rules { pattern: Some(ISBN), ..Rules::NONE };
///
/// assert!(ISBN.matches("978-0131103627"));
/// let mut errors = hyperdjango::ValidationErrors::new();
/// RULES.text("a book", "isbn", &mut errors);
/// assert_eq!(errors.field("isbn"), ["Enter a valid value."]);
/// ```
#[derive(Clone, Copy)]
pub struct Pattern {
    text: &'static str,
    regex: fn() -> &'static Regex,
}

impl Pattern {
    /// A pattern, and what compiles it; [`pattern!`](crate::pattern) writes both.
    #[must_use]
    pub const fn new(text: &'static str, regex: fn() -> &'static Regex) -> Self {
        Self { text, regex }
    }

    /// As it was written.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        self.text
    }

    /// Whether it is found in a text. The time it takes grows with the text's length and no faster.
    ///
    /// # Panics
    /// What was written is no regular expression.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        (self.regex)().is_match(text)
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pattern({:?})", self.text)
    }
}

/// A [`Pattern`](crate::validation::Pattern) of a literal.
#[macro_export]
macro_rules! pattern {
    ($text:literal) => {
        $crate::validation::Pattern::new($text, || {
            static REGEX: ::std::sync::LazyLock<$crate::validation::Regex> =
                ::std::sync::LazyLock::new(|| match $crate::validation::Regex::new($text) {
                    ::std::result::Result::Ok(regex) => regex,
                    ::std::result::Result::Err(error) => ::std::panic!("the pattern {:?}: {error}", $text),
                });
            &REGEX
        })
    };
}
