//! Names for the paths of URLs.

use hyper_core::http::PathParam;
use hyper_core::routing::converters;
use unicode_normalization::UnicodeNormalization;

use super::Invalid;
use super::text::text_of_a_kind;
use crate::validation::is_slug;

text_of_a_kind!(
    /// A name for paths of at most 50 characters, ASCII letters, digits, `_` and `-`: `varchar(50)`.
    ///
    /// ```
    /// use hyperdjango::orm::field::Slug;
    ///
    /// assert_eq!(Slug::from_title("  Crème brûlée, 2nd try! "), Some(Slug::new("creme-brulee-2nd-try").unwrap()));
    /// assert_eq!(Slug::from_title("你好"), None);
    /// assert!(Slug::new("a b").is_err());
    /// ```
    Slug,
    50,
    "varchar(50)",
    is_slug,
    "Enter a valid “slug” consisting of letters, numbers, underscores or hyphens."
);

impl Slug {
    /// Makes one of a title as Django's `slugify` does: without accents, in small letters, hyphens for spaces, nothing
    /// else. It is cut at 50 characters; `None` when nothing is left.
    #[must_use]
    pub fn from_title(title: &str) -> Option<Self> {
        let mut slug = String::new();
        for c in title.nfkd().filter(char::is_ascii) {
            match c {
                'a'..='z' | '0'..='9' | '_' => slug.push(c),
                'A'..='Z' => slug.push(c.to_ascii_lowercase()),
                '-' | ' ' | '\t'..='\r' if !slug.ends_with('-') => slug.push('-'),
                _ => {}
            }
        }
        let slug = slug.trim_matches(['-', '_']);
        let slug = slug.get(..Self::MAX_LENGTH).unwrap_or(slug).trim_end_matches(['-', '_']);
        Self::new(slug).ok()
    }
}

/// A part of a path that is no slug is a 404.
impl converters::AsSlug for Slug {}

impl PathParam for Slug {
    fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }

    fn text(&self) -> String {
        self.to_string()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn whatever_comes_of_a_title_is_one(title: String, ascii in "[ -~]{0,90}") {
            for title in [title, ascii] {
                if let Some(slug) = Slug::from_title(&title) {
                    prop_assert_eq!(Slug::from_title(&slug), Some(slug.clone()));
                }
            }
        }
    }
}
