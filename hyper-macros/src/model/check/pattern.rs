//! Regular expressions, which the `regex` crate must take when the program runs.

use regex_syntax::Parser;
use syn::{Error, LitStr};

use crate::diagnostic::Flaw;

const HELP: &str = "a character that means itself has a `\\` before it: r\"\\(\"";
const LOOK: &str = "what takes that is a rule of its own: `validate` on a type by `#[derive(Field)]`";

pub(super) fn check(pattern: &LitStr, errors: &mut Vec<Error>) {
    let text = pattern.value();
    if let Err(flaw) = parse(&text) {
        errors.push(flaw.error(&text, pattern.span()));
    }
}

fn parse(text: &str) -> Result<(), Flaw> {
    let (at, problem) = match Parser::new().parse(text) {
        Ok(_) => return Ok(()),
        Err(regex_syntax::Error::Parse(error)) => (error.span().start.offset, error.kind().to_string()),
        Err(regex_syntax::Error::Translate(error)) => (error.span().start.offset, error.kind().to_string()),
        Err(other) => (0, other.to_string()),
    };
    let help = if problem.starts_with("look-around") || problem.starts_with("backref") { LOOK } else { HELP };
    Err(Flaw::new(at, format!("this is no regular expression: {problem}"), help))
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn what_is_wrong_is_told_where() {
        for pattern in ["", "^[A-Z]+$", r"^97[89]-\d{10}$", r"\p{Greek}+", "日本|(?i)x", r"\("] {
            assert_eq!(parse(pattern), Ok(()), "{pattern}");
        }
        for (pattern, at, problem) in [
            ("a(b", 1, "unclosed group"),
            ("ü[z-a]", 3, "invalid character class range"),
            ("*", 0, "repetition operator missing expression"),
            (r"x(?=y)", 1, "look-around"),
            (r"(a)\1", 3, "backreferences"),
            (r"\p{Nowhere}", 0, "Unicode property not found"),
        ] {
            let flaw = parse(pattern).unwrap_err();
            assert!(flaw.at == at && flaw.message.contains(problem), "{pattern}: {flaw:?}");
        }
    }
}
