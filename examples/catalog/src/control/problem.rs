//! What is wrong with a file, and where.

use std::fmt;

/// Something malformed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong, as a sentence.
    pub what: String,
}

impl Problem {
    /// Something malformed in this line.
    #[must_use]
    pub fn new(line: usize, what: impl Into<String>) -> Self {
        Self { line, what: what.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.what)
    }
}

/// At most so many characters of what stands in a file are repeated in a message.
const SHOWN: usize = 60;

/// A text of the file, short enough for a message, with what cannot be seen written out.
pub(super) fn shown(text: &str) -> String {
    let mut end = text.char_indices().skip(SHOWN);
    match end.next() {
        Some((at, _)) => format!("{:?}...", &text[..at]),
        None => format!("{text:?}"),
    }
}
