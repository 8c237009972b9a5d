//! Texts that end after so many characters, and cost no more than those, however long what is written is.

use std::fmt::{self, Write};

use crate::db::sql::Param;

/// Takes characters until it is full.
pub(super) struct Cut {
    text: String,
    left: usize,
}

impl Cut {
    pub(super) fn at(length: usize) -> Self {
        Self { text: String::new(), left: length }
    }

    pub(super) fn text(mut self, text: &str) -> String {
        // That it is full is no error here.
        let _ = self.write_str(text);
        self.text
    }

    /// Parameters as Rust shows them, with commas between them.
    pub(super) fn list(mut self, params: &[Param<'_>]) -> String {
        for (number, param) in params.iter().enumerate() {
            let comma = if number == 0 { "" } else { ", " };
            if write!(self, "{comma}{param:?}").is_err() {
                break;
            }
        }
        self.text
    }
}

impl Write for Cut {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let (part, count, whole) = match text.char_indices().nth(self.left) {
            Some((at, _)) => (&text[..at], self.left, false),
            None => (text, text.chars().count(), true),
        };
        self.left -= count;
        // PostgreSQL has no text with this in it.
        self.text.extend(part.chars().map(|c| if c == '\0' { '\u{fffd}' } else { c }));
        if whole { Ok(()) } else { Err(fmt::Error) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ends_in_the_middle_of_a_parameter() {
        assert_eq!(Cut::at(8).list(&[&1_i32, &"äöü", &2_i64]), "1, \"äöü\"");
        assert_eq!(Cut::at(0).list(&[&1_i32]), "");
        assert_eq!(Cut::at(3).text("a\0b"), "a\u{fffd}b");
        assert_eq!(Cut::at(9).list(&[&None::<i32>, &vec![1_u8, 2]]), "None, [1,");
    }

    proptest! {
        #[test]
        fn keeps_the_first_characters(texts in proptest::collection::vec(".{0,20}", 0..6), length in 0..60_usize) {
            let params: Vec<Param<'_>> = texts.iter().map(|text| text as Param<'_>).collect();
            let whole: Vec<String> = texts.iter().map(|text| format!("{text:?}")).collect();
            let expected: String = whole.join(", ").chars().take(length).collect();
            prop_assert_eq!(Cut::at(length).list(&params), expected);
            let text = texts.concat();
            let expected: String = text.chars().take(length).collect();
            prop_assert_eq!(Cut::at(length).text(&text), expected.replace('\0', "\u{fffd}"));
        }
    }
}
