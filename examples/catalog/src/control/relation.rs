//! Relations between packages: `libc6 (>= 2.36), default-mta | mail-transport-agent`. Debian Policy, 7.1.

use std::cmp::Ordering;
use std::fmt;

use hyperdjango::prelude::*;

use super::problem::shown;
use super::version::Version;

/// What a version is asked to be.
#[derive(Choices, Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// `<<`
    #[choices(value = "<<", label = "earlier than")]
    Earlier,
    /// `<=`
    #[choices(value = "<=", label = "at most")]
    AtMost,
    /// `=`
    #[choices(value = "=", label = "exactly")]
    Exactly,
    /// `>=`
    #[choices(value = ">=", label = "at least")]
    AtLeast,
    /// `>>`
    #[choices(value = ">>", label = "later than")]
    Later,
}

impl Operator {
    /// Whether a version is so beside the one that is asked for.
    #[must_use]
    pub fn holds(self, version: Version<'_>, asked: Version<'_>) -> bool {
        let order = version.cmp(&asked);
        match self {
            Self::Earlier => order == Ordering::Less,
            Self::AtMost => order != Ordering::Greater,
            Self::Exactly => order == Ordering::Equal,
            Self::AtLeast => order != Ordering::Less,
            Self::Later => order == Ordering::Greater,
        }
    }
}

/// One package that is enough: `name[:qualifier] [(operator version)]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alternative {
    /// The name of a package, or of a virtual one.
    pub name: String,
    /// Of which architecture, or `any`.
    pub qualifier: Option<String>,
    /// Which versions are enough.
    pub version: Option<(Operator, String)>,
    /// What stands in brackets: on which architectures it is asked for, and in which build profiles. Binary packages, those
    /// that are installed, have none.
    pub restrictions: Vec<String>,
}

/// Alternatives of which one is enough, in the order of preference.
pub type Clause = Vec<Alternative>;

impl fmt::Display for Alternative {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        if let Some(qualifier) = &self.qualifier {
            write!(f, ":{qualifier}")?;
        }
        if let Some((operator, version)) = &self.version {
            write!(f, " ({operator} {version})")?;
        }
        self.restrictions.iter().try_for_each(|restriction| write!(f, " {restriction}"))
    }
}

/// Reads the clauses of a field, which commas separate.
///
/// ```
/// use catalog::control::{Operator, clauses};
///
/// let found = clauses("libc6 (>= 2.36), default-mta | mail-transport-agent").unwrap();
/// assert_eq!(found[0][0].version, Some((Operator::AtLeast, "2.36".into())));
/// assert_eq!(found[1][1].name, "mail-transport-agent");
///
/// assert_eq!(
///     clauses("libc6 (2.36)").unwrap_err(),
///     r#""libc6 (2.36)" has no version in its parentheses: expected `<<`, `<=`, `=`, `>=` or `>>`, and a version"#
/// );
/// ```
///
/// # Errors
/// What is wrong with the first that is malformed, as a sentence.
pub fn clauses(text: &str) -> Result<Vec<Clause>, String> {
    let clauses = text.split(',').map(str::trim);
    // A comma at the end is common, and harmless.
    clauses
        .filter(|clause| !clause.is_empty())
        .map(|clause| clause.split('|').map(alternative).collect())
        .collect()
}

/// Reads what a package provides: names, each with the version of it or without.
///
/// # Errors
/// As [`clauses`]; and that there is a choice, or another operator than `=`.
pub fn provisions(text: &str) -> Result<Vec<Alternative>, String> {
    clauses(text)?
        .into_iter()
        .map(|clause| match <[Alternative; 1]>::try_from(clause) {
            Ok([one]) if one.version.as_ref().is_none_or(|(operator, _)| *operator == Operator::Exactly) => {
                Ok(one)
            }
            Ok([one]) => {
                Err(format!("{} is no version that can be provided: expected `=`", shown(&one.to_string())))
            }
            Err(several) => Err(format!("{} is a choice, and nothing to provide", shown(&several[0].name))),
        })
        .collect()
}

/// Whether it can be the name of a package: of lower-case letters, digits and `+-.`, beginning with a letter or digit. Upper
/// case is no name in Debian, and was one in old packages.
pub(super) fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
}

fn alternative(text: &str) -> Result<Alternative, String> {
    let text = text.trim();
    let (head, mut rest) = text.split_at(text.find(['(', '[', '<']).unwrap_or(text.len()));
    let (name, qualifier) = match head.trim().split_once(':') {
        Some((name, qualifier)) => (name, Some(qualifier)),
        None => (head.trim(), None),
    };
    if !is_name(name) || qualifier.is_some_and(|qualifier| !is_name(qualifier)) {
        return Err(format!("{} does not begin with the name of a package", shown(text)));
    }
    let mut found = Alternative {
        name: name.to_owned(),
        qualifier: qualifier.map(str::to_owned),
        version: None,
        restrictions: Vec::new(),
    };
    if let Some(inside) = rest.strip_prefix('(') {
        let asked = inside.split_once(')').and_then(|(inside, behind)| Some((version(inside)?, behind)));
        let Some((version, behind)) = asked else {
            return Err(format!(
                "{} has no version in its parentheses: expected `<<`, `<=`, `=`, `>=` or `>>`, and a version",
                shown(text)
            ));
        };
        found.version = Some(version);
        rest = behind.trim_start();
    }
    while let Some(open) = rest.chars().next() {
        let close = match open {
            '[' => ']',
            '<' => '>',
            _ => return Err(format!("{} goes on where it should end: {}", shown(text), shown(rest))),
        };
        let Some((inside, behind)) = rest[1..].split_once(close) else {
            return Err(format!("{} has a `{open}` without a `{close}`", shown(text)));
        };
        let inside = inside.split_whitespace().collect::<Vec<_>>().join(" ");
        found.restrictions.push(format!("{open}{inside}{close}"));
        rest = behind.trim_start();
    }
    Ok(found)
}

fn version(inside: &str) -> Option<(Operator, String)> {
    let inside = inside.trim();
    let at = inside.find(|c| !"<=>".contains(c))?;
    let (operator, version) = (&inside[..at], inside[at..].trim());
    let operator = match operator {
        // What they once were called.
        "<" => Operator::AtMost,
        ">" => Operator::AtLeast,
        operator => operator.parse().ok()?,
    };
    Version::parse(version)?;
    Some((operator, version.to_owned()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn everything_the_grammar_has() {
        let text = "a, b:any(>=1:2~)|c (= 3) [amd64 !i386] <!nocheck> <cross>,\n d:arm64 ( << 4-5 ),";
        let found = clauses(text).unwrap();
        let shown: Vec<Vec<String>> =
            found.iter().map(|clause| clause.iter().map(ToString::to_string).collect()).collect();
        assert_eq!(
            shown,
            [
                vec!["a"],
                vec!["b:any (>= 1:2~)", "c (= 3) [amd64 !i386] <!nocheck> <cross>"],
                vec!["d:arm64 (<< 4-5)"]
            ]
        );
        assert_eq!(clauses("a (< 1), b (> 1)").unwrap()[0][0].version, Some((Operator::AtMost, "1".into())));
        assert_eq!(clauses("  ").unwrap(), Vec::<Clause>::new());
    }

    #[test]
    fn what_is_malformed_is_said() {
        for (text, what) in [
            ("a |", "name of a package"),
            ("| a", "name of a package"),
            ("a b", "name of a package"),
            ("\u{fc}", "name of a package"),
            ("a: (= 1)", "name of a package"),
            ("(>= 1)", "name of a package"),
            ("a (", "no version"),
            ("a ()", "no version"),
            ("a (>=)", "no version"),
            ("a (=> 1)", "no version"),
            ("a (>= 1_2)", "no version"),
            ("a (>= 1) b", "goes on"),
            ("a (>= 1) (= 2)", "goes on"),
            ("a [amd64", "`[` without a `]`"),
            ("a <x", "`<` without a `>`"),
        ] {
            let problem = clauses(text).unwrap_err();
            assert!(problem.contains(what), "{text}: {problem}");
        }
        assert!(provisions("a | b").unwrap_err().contains("is a choice"));
        assert!(provisions("a (>= 1)").unwrap_err().contains("expected `=`"));
        assert_eq!(provisions("a (= 1), b").unwrap().len(), 2);
    }

    #[test]
    fn versions_are_compared() {
        let holds = |operator: Operator, version, asked| {
            operator.holds(Version::parse(version).unwrap(), Version::parse(asked).unwrap())
        };
        for (operator, less, equal, more) in [
            (Operator::Earlier, true, false, false),
            (Operator::AtMost, true, true, false),
            (Operator::Exactly, false, true, false),
            (Operator::AtLeast, false, true, true),
            (Operator::Later, false, false, true),
        ] {
            assert_eq!(holds(operator, "1.9", "1.10"), less);
            assert_eq!(holds(operator, "1.10", "1.10-0"), equal);
            assert_eq!(holds(operator, "1:0", "1.10"), more);
        }
    }

    fn any_alternative() -> impl Strategy<Value = Alternative> {
        let operator = proptest::sample::select(Operator::ALL);
        let version = proptest::option::of((operator, "([0-9]:)?[0-9][0-9a-z.+~]{0,5}(-[0-9]{1,2})?"));
        let restrictions = proptest::collection::vec("\\[[a-z]{1,5}( ![a-z]{1,5})?\\]|<!?[a-z]{1,5}>", 0..3);
        ("[a-z0-9][a-z0-9+.-]{1,8}", proptest::option::of("[a-z0-9]{1,5}"), version, restrictions).prop_map(
            |(name, qualifier, version, restrictions)| Alternative { name, qualifier, version, restrictions },
        )
    }

    proptest! {
        #[test]
        fn what_was_written_is_read(
            written in proptest::collection::vec(proptest::collection::vec(any_alternative(), 1..4), 0..5)
        ) {
            let text: Vec<String> = written
                .iter()
                .map(|clause| clause.iter().map(ToString::to_string).collect::<Vec<_>>().join(" | "))
                .collect();
            prop_assert_eq!(clauses(&text.join(", ")), Ok(written));
        }

        #[test]
        fn any_text_is_read_or_refused(text in "([a-z0-9]{0,3}[ ,|:()<=>\\[\\]\u{fc}\0]{0,3}){0,12}") {
            if let Ok(found) = clauses(&text) {
                for clause in found {
                    prop_assert!(!clause.is_empty());
                }
            }
            let _ = provisions(&text);
        }
    }
}
