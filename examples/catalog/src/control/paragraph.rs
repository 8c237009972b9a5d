//! Paragraphs of fields, with blank lines between them.

use std::ops::Range;

use super::problem::{Problem, shown};

/// A field: `Name: value`, with its continuation lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field<'a> {
    /// The name as it is written; names are equal whatever the case.
    pub name: &'a str,
    /// The value, from behind the colon to the end of the last continuation line; those keep their first space.
    pub value: &'a str,
    /// The line it begins in, from 1.
    pub line: usize,
}

impl<'a> Field<'a> {
    /// The first line of the value.
    #[must_use]
    pub fn first(&self) -> &'a str {
        self.value.lines().next().unwrap_or("").trim()
    }

    /// The value as one line: that of a folded field.
    #[must_use]
    pub fn folded(&self) -> String {
        self.value.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The lines behind the first as text: each without its first space, a `.` alone an empty line.
    #[must_use]
    pub fn text(&self) -> String {
        let lines = self.value.lines().skip(1).map(|line| match line.get(1..).unwrap_or("").trim_end() {
            "." => "",
            line => line,
        });
        lines.collect::<Vec<_>>().join("\n")
    }
}

/// The fields of one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paragraph<'a> {
    /// The line it begins in, from 1.
    pub line: usize,
    /// The fields in order, no two of one name.
    pub fields: Vec<Field<'a>>,
}

impl<'a> Paragraph<'a> {
    /// The field of this name, whatever the case.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Field<'a>> {
        self.fields.iter().find(|field| field.name.eq_ignore_ascii_case(name))
    }
}

/// The paragraphs of a file, each with what is wrong in it or without.
///
/// ```
/// use catalog::control::Paragraphs;
///
/// let mut found = Paragraphs::new("Package: sed\nDescription: a stream editor\n It edits.\n\nPackage: tar\n");
/// let sed = found.next().unwrap().unwrap();
/// assert_eq!(sed.get("description").unwrap().text(), "It edits.");
/// assert_eq!(found.next().unwrap().unwrap().get("Package").unwrap().first(), "tar");
/// assert_eq!(found.next(), None);
///
/// let mut malformed = Paragraphs::new("Package: sed\nwhat is this\n\nPackage: tar\n");
/// assert_eq!(
///     malformed.next().unwrap().unwrap_err().to_string(),
///     r#"line 2: "what is this" is no field: expected `Name: value`, or a space before a line that goes on"#
/// );
/// assert!(malformed.next().unwrap().is_ok());
/// ```
#[derive(Debug, Clone)]
pub struct Paragraphs<'a> {
    text: &'a str,
    /// Where the next line begins, and its number.
    at: usize,
    line: usize,
}

impl<'a> Paragraphs<'a> {
    /// Those of a text.
    #[must_use]
    pub fn new(text: &'a str) -> Self {
        Self { text, at: 0, line: 1 }
    }

    /// The next line, as from where to where it goes without its end.
    fn line(&mut self) -> Option<Range<usize>> {
        let rest = self.text.get(self.at..).filter(|rest| !rest.is_empty())?;
        let length = rest.find('\n').unwrap_or(rest.len());
        let line = self.at..self.at + length;
        self.at = (line.end + 1).min(self.text.len());
        self.line += 1;
        Some(line)
    }
}

impl<'a> Iterator for Paragraphs<'a> {
    type Item = Result<Paragraph<'a>, Problem>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut paragraph = Paragraph { line: 0, fields: Vec::new() };
        let mut problem = None;
        // Where the value of the last field begins.
        let mut value = 0;
        loop {
            let number = self.line;
            let Some(at) = self.line() else { break };
            let line = &self.text[at.clone()];
            if line.trim().is_empty() {
                if paragraph.line == 0 {
                    continue;
                }
                break;
            }
            if paragraph.line == 0 {
                paragraph.line = number;
            }
            let outcome = match paragraph.fields.last_mut() {
                _ if line.contains('\0') => Err("a NUL character stands there".to_owned()),
                None if line.starts_with([' ', '\t']) => {
                    Err("a line that goes on stands before any field".to_owned())
                }
                Some(field) if line.starts_with([' ', '\t']) => {
                    field.value = &self.text[value..at.end];
                    Ok(())
                }
                _ => field(line, number).and_then(|field| {
                    if paragraph.get(field.name).is_some() {
                        return Err(format!("the field {} is there twice", shown(field.name)));
                    }
                    value = at.end - field.value.len();
                    paragraph.fields.push(field);
                    Ok(())
                }),
            };
            if let Err(what) = outcome {
                problem.get_or_insert_with(|| Problem::new(number, what));
            }
        }
        match problem {
            Some(problem) => Some(Err(problem)),
            None => (paragraph.line > 0).then_some(Ok(paragraph)),
        }
    }
}

fn field(line: &str, number: usize) -> Result<Field<'_>, String> {
    let named = |name: &str| {
        !name.is_empty() && !name.starts_with('-') && name.bytes().all(|byte| byte.is_ascii_graphic())
    };
    match line.split_once(':') {
        Some((name, value)) if named(name) => Ok(Field { name, value, line: number }),
        _ => Err(format!(
            "{} is no field: expected `Name: value`, or a space before a line that goes on",
            shown(line)
        )),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all(text: &str) -> Vec<Result<Vec<(&str, &str)>, Problem>> {
        Paragraphs::new(text)
            .map(|found| {
                found.map(|found| found.fields.iter().map(|field| (field.name, field.value)).collect())
            })
            .collect()
    }

    #[test]
    fn values_go_on() {
        assert_eq!(all("A: 1\n 2\n\t3\r\nB:\n x\n"), [Ok(vec![("A", " 1\n 2\n\t3\r"), ("B", "\n x")])]);
        assert_eq!(all("\n \n\nA: 1\n \nA: 2"), [Ok(vec![("A", " 1")]), Ok(vec![("A", " 2")])]);
        assert_eq!(all(""), []);
        assert_eq!(all("\n\n"), []);
    }

    #[test]
    fn descriptions_are_text() {
        let text = "Description: short \n One.\n .\n  - verbatim\n last\n";
        let paragraph = Paragraphs::new(text).next().unwrap().unwrap();
        let field = paragraph.get("DESCRIPTION").unwrap();
        assert_eq!(field.first(), "short");
        assert_eq!(field.text(), "One.\n\n - verbatim\nlast");
        assert_eq!(field.folded(), "short One. . - verbatim last");
    }

    #[test]
    fn what_is_malformed_is_said_with_its_line_and_the_next_paragraph_is_read() {
        for (text, line, what) in [
            ("A: 1\nB\n\nC: 3", 2, "\"B\" is no field"),
            (" x\nA: 1\n\nC: 3", 1, "before any field"),
            ("\nA: 1\na: 2\n\nC: 3", 3, "\"a\" is there twice"),
            (": 1\n\nC: 3", 1, "is no field"),
            ("A B: 1\n\nC: 3", 1, "is no field"),
            ("\u{fc}: 1\n\nC: 3", 1, "is no field"),
            ("A: 1\n 2\0\n\nC: 3", 2, "NUL"),
        ] {
            let found = all(text);
            let problem = found[0].clone().unwrap_err();
            assert!(problem.line == line && problem.what.contains(what), "{text:?}: {problem}");
            assert_eq!(found[1], Ok(vec![("C", " 3")]), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_to_its_end(text in "([ -~]{0,6}[\n\r\t:\0 \u{fc}]?){0,30}") {
            for found in Paragraphs::new(&text) {
                match found {
                    Ok(paragraph) => for field in &paragraph.fields {
                        let line = text.split('\n').nth(field.line - 1).unwrap();
                        prop_assert!(line.starts_with(field.name), "{field:?}");
                        let _ = (field.first(), field.text(), field.folded());
                    },
                    Err(problem) => prop_assert!(problem.line <= text.split('\n').count()),
                }
            }
        }

        #[test]
        fn what_was_written_is_read(
            paragraphs in proptest::collection::vec(
                proptest::collection::btree_map("[A-Z][a-z-]{0,8}[0-9]", "[!-~][ -~]{0,20}(\n [ -~]{0,9}[!-~]){0,3}", 1..6),
                0..6,
            )
        ) {
            let text: Vec<String> = paragraphs
                .iter()
                .map(|fields| fields.iter().map(|(name, value)| format!("{name}:{value}\n")).collect())
                .collect();
            let text = text.join("\n");
            let read: Vec<Vec<(String, String)>> = Paragraphs::new(&text)
                .map(|found| {
                    let fields = found.unwrap().fields;
                    fields.into_iter().map(|field| (field.name.to_lowercase(), field.value.to_owned())).collect()
                })
                .collect();
            let written: Vec<Vec<(String, String)>> = paragraphs
                .into_iter()
                .map(|fields| fields.into_iter().map(|(name, value)| (name.to_lowercase(), value)).collect())
                .collect();
            prop_assert_eq!(read, written);
        }
    }
}
