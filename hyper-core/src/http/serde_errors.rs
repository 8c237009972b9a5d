//! From serde's words about wrong input to errors by field.

use std::fmt::Display;

use crate::{Error, NON_FIELD_ERRORS, ValidationErrors};

/// 422 with the field named: `path` is serde's way to the value, `message` its sentence.
pub(super) fn invalid_field(path: &str, message: impl Display) -> Error {
    let message = message.to_string();
    // serde_json adds where in the text it was; the field says it better.
    let message = message.split(" at line ").next().unwrap_or(&message);
    let inside = if path == "." { "" } else { path };
    let (field, sentence) = match quoted(message, "missing field `") {
        Some(name) => (join(inside, name), "This field is required.".to_owned()),
        None => match quoted(message, "unknown field `") {
            Some(name) => {
                let known = message.split_once(", ").map_or("", |(_, known)| known);
                let own = if inside == name || inside.ends_with(&format!(".{name}")) {
                    inside.to_owned()
                } else {
                    join(inside, name)
                };
                (own, format!("There is no such field: {known}."))
            }
            None => (inside.to_owned(), capital(message)),
        },
    };
    let field = if field.is_empty() { NON_FIELD_ERRORS.to_owned() } else { field };
    let mut errors = ValidationErrors::new();
    errors.add(field, sentence);
    Error::invalid(errors)
}

fn quoted<'a>(message: &'a str, before: &str) -> Option<&'a str> {
    message.strip_prefix(before)?.split('`').next()
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

fn capital(message: &str) -> String {
    let mut characters = message.chars();
    let first = characters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(characters).chain(['.']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_field_is_named() {
        for (path, message, expected) in [
            (".", "missing field `title` at line 1 column 2", "title: This field is required."),
            ("author", "missing field `name`", "author.name: This field is required."),
            (
                "page",
                "invalid type: string \"x\", expected u32 at line 1 column 9",
                "page: Invalid type: string \"x\", expected u32.",
            ),
            (
                "titel",
                "unknown field `titel`, expected `title`",
                "titel: There is no such field: expected `title`.",
            ),
            (
                ".",
                "invalid type: sequence, expected a map",
                "__all__: Invalid type: sequence, expected a map.",
            ),
        ] {
            assert_eq!(invalid_field(path, message).errors().unwrap().to_string(), expected);
        }
    }
}
