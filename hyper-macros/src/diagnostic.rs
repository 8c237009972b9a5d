//! Errors as a user reads them: one line, the excerpt with a caret, and what to write instead.

use proc_macro2::Span;
use syn::Error;

/// A mistake inside a string literal, at a byte of its value.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Flaw {
    pub(crate) at: usize,
    pub(crate) message: String,
    pub(crate) help: String,
}

impl Flaw {
    pub(crate) fn new(at: usize, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { at, message: message.into(), help: help.into() }
    }

    /// The error at the literal. Spans inside a literal are not to be had, so the caret is drawn.
    pub(crate) fn error(&self, literal: &str, span: Span) -> Error {
        let column = literal.get(..self.at).map_or(self.at, |before| before.chars().count());
        let Self { message, help, .. } = self;
        let indent = " ".repeat(column + 1);
        Error::new(span, format!("{message}\n  \"{literal}\"\n  {indent}^ help: {help}"))
    }
}

/// The name most like `wanted`, if any is like it at all.
pub(crate) fn nearest<'a>(wanted: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (wanted.chars().count() / 3).max(1);
    let scored = names.into_iter().map(|name| (distance(wanted, name), name));
    scored
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// The message for an option nobody knows.
pub(crate) fn unknown(kind: &str, written: &str, known: &[&str]) -> String {
    match nearest(written, known.iter().copied()) {
        Some(name) => format!("unknown {kind} `{written}`\n  help: did you mean `{name}`?"),
        None => format!("unknown {kind} `{written}`\n  help: known are {}", known.join(", ")),
    }
}

/// How many characters are to be added, removed, replaced or swapped with the next.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for (i, row) in rows.iter_mut().enumerate() {
        row[0] = i;
    }
    for j in 0..=b.len() {
        rows[0][j] = j;
    }
    for i in 1..=a.len() {
        for j in 1..=b.len() {
            let replaced = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            rows[i][j] = replaced.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                rows[i][j] = rows[i][j].min(rows[i - 2][j - 2] + 1);
            }
        }
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_near() {
        assert_eq!(nearest("boxd", ["boxed", "name"]), Some("boxed"));
        assert_eq!(nearest("rotues", ["routes", "setup"]), Some("routes"));
        assert_eq!(nearest("colour", ["boxed", "name"]), None);
    }

    #[test]
    fn the_caret_stands_under_the_character() {
        let error = Flaw::new(7, "unclosed `{`", "close it").error("/posts/{id", Span::call_site());
        assert_eq!(error.to_string(), "unclosed `{`\n  \"/posts/{id\"\n          ^ help: close it");
    }
}
