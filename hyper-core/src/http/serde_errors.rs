//! What serde's sentences about wrong input mean.

/// What is wrong at a place.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Mistake {
    /// A field of this name is not there.
    Missing(String),
    /// A field of this name is none.
    Unknown(String),
    /// A field of this name is there again.
    Twice(String),
    /// The value.
    Value,
}

/// What a sentence of serde means, and how it is said to the client.
pub(super) fn describe(message: &str) -> (Mistake, String) {
    let message = without_position(message);
    if let Some(name) = quoted(message, "missing field `") {
        return (Mistake::Missing(name), "This field is required.".to_owned());
    }
    if let Some(name) = quoted(message, "duplicate field `") {
        return (Mistake::Twice(name), "This field is there more than once.".to_owned());
    }
    if let Some(name) = quoted(message, "unknown field `") {
        let known = message.rsplit_once("`, ").map_or("there are none", |_| {
            let after = message.find(&format!("{name}`, ")).map_or(0, |at| at + name.len() + 3);
            &message[after..]
        });
        return (Mistake::Unknown(name), format!("There is no such field: {known}."));
    }
    (Mistake::Value, capital(message))
}

/// Without ` at line 1 column 2`, which serde_json adds; the field says it better.
fn without_position(message: &str) -> &str {
    let Some((sentence, position)) = message.rsplit_once(" at line ") else { return message };
    let numbers = position.split_once(" column ").is_some_and(|(line, column)| {
        [line, column].iter().all(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
    });
    if numbers { sentence } else { message }
}

fn quoted(message: &str, before: &str) -> Option<String> {
    let (name, _) = message.strip_prefix(before)?.split_once('`')?;
    Some(name.to_owned())
}

fn capital(message: &str) -> String {
    let mut characters = message.chars();
    let first = characters.next().map(|first| first.to_ascii_uppercase());
    let sentence: String = first.into_iter().chain(characters).collect();
    if sentence.ends_with('.') { sentence } else { sentence + "." }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_are_understood() {
        let name = || "title".to_owned();
        for (message, mistake, sentence) in [
            ("missing field `title` at line 1 column 2", Mistake::Missing(name()), "This field is required."),
            ("duplicate field `title`", Mistake::Twice(name()), "This field is there more than once."),
            (
                "unknown field `title`, expected one of `a`, `b` at line 1 column 2",
                Mistake::Unknown(name()),
                "There is no such field: expected one of `a`, `b`.",
            ),
            (
                "unknown field `title`, there are no fields",
                Mistake::Unknown(name()),
                "There is no such field: there are no fields.",
            ),
            (
                "invalid type: string \"x\", expected u32 at line 1 column 9",
                Mistake::Value,
                "Invalid type: string \"x\", expected u32.",
            ),
            ("invalid value: \"see you at line 7\"", Mistake::Value, "Invalid value: \"see you at line 7\"."),
        ] {
            assert_eq!(describe(message), (mistake, sentence.to_owned()));
        }
    }
}
