//! Which package satisfies which: by its name and version, or by what it provides.

use std::collections::HashMap;

use super::rows::number;
use crate::control::{Alternative, Stanza, Version};
use crate::models::Kind;

/// The clauses of all packages, their alternatives and the packages that satisfy those, numbered from 1.
#[derive(Default)]
pub(super) struct Graph {
    /// Number, package, kind, position.
    pub(super) dependencies: Vec<(i64, i64, Kind, i32)>,
    /// Number, dependency, position, name, text.
    pub(super) alternatives: Vec<(i64, i64, i32, String, String)>,
    /// Number, package, target, kind, alternative.
    pub(super) edges: Vec<(i64, i64, i64, Kind, i64)>,
    /// Number, package, name, version.
    pub(super) provisions: Vec<(i64, i64, String, Option<String>)>,
}

/// A package under one of the names it answers to.
struct Candidate<'a> {
    package: usize,
    /// Of the package itself, or of what it provides, if that has one.
    version: Option<Version<'a>>,
}

impl Graph {
    pub(super) fn new(stanzas: &[Stanza]) -> Self {
        let mut graph = Self::default();
        let mut candidates: HashMap<&str, Vec<Candidate<'_>>> = HashMap::new();
        for (package, stanza) in stanzas.iter().enumerate() {
            let version = Version::parse(&stanza.version);
            candidates.entry(&stanza.name).or_default().push(Candidate { package, version });
            for provided in &stanza.provides {
                let version = provided.version.as_ref().map(|(_, version)| version);
                graph.provisions.push((
                    number(graph.provisions.len() + 1),
                    number(package + 1),
                    provided.name.clone(),
                    version.cloned(),
                ));
                let version = version.and_then(|version| Version::parse(version));
                candidates.entry(&provided.name).or_default().push(Candidate { package, version });
            }
        }
        for (package, stanza) in stanzas.iter().enumerate() {
            for (position, (kind, clause)) in (0..).zip(&stanza.relations) {
                let dependency = number(graph.dependencies.len() + 1);
                graph.dependencies.push((dependency, number(package + 1), *kind, position));
                for (position, alternative) in (0..).zip(clause) {
                    let id = number(graph.alternatives.len() + 1);
                    let name = alternative.name.clone();
                    graph.alternatives.push((id, dependency, position, name, alternative.to_string()));
                    let named = candidates.get(alternative.name.as_str()).map_or(&[][..], Vec::as_slice);
                    let mut targets: Vec<usize> = named
                        .iter()
                        // What is in conflict with a thing and provides it itself means the others.
                        .filter(|candidate| !(candidate.package == package && kind.is_hostile()))
                        .filter(|candidate| {
                            satisfies(candidate, &stanzas[candidate.package], alternative, stanza)
                        })
                        .map(|candidate| candidate.package)
                        .collect();
                    // A package can provide its own name, too.
                    targets.dedup();
                    for target in targets {
                        let edge = number(graph.edges.len() + 1);
                        graph.edges.push((edge, number(package + 1), number(target + 1), *kind, id));
                    }
                }
            }
        }
        graph
    }
}

fn satisfies(candidate: &Candidate<'_>, stanza: &Stanza, asked: &Alternative, by: &Stanza) -> bool {
    let version = match &asked.version {
        None => true,
        Some((operator, version)) => match (candidate.version, Version::parse(version)) {
            (Some(version), Some(asked)) => operator.holds(version, asked),
            _ => false,
        },
    };
    let every = |architecture: &str| architecture == "all";
    let architecture = match asked.qualifier.as_deref() {
        Some("any") => {
            stanza.multi_arch.as_deref() == Some("allowed") || stanza.architecture == by.architecture
        }
        Some(asked) => stanza.architecture == asked,
        None => {
            stanza.architecture == by.architecture
                || every(&stanza.architecture)
                || every(&by.architecture)
                || stanza.multi_arch.as_deref() == Some("foreign")
        }
    };
    version && architecture
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::control::Paragraphs;

    /// The edges of a file, as names.
    fn edges(text: &str) -> Vec<String> {
        let mut problems = Vec::new();
        let stanzas: Vec<Stanza> = Paragraphs::new(text)
            .map(|paragraph| Stanza::read(&paragraph.unwrap(), &mut problems).unwrap())
            .collect();
        assert_eq!(problems, []);
        let name = |id: i64| {
            let stanza = &stanzas[usize::try_from(id - 1).unwrap()];
            format!("{}:{}", stanza.name, stanza.architecture)
        };
        let graph = Graph::new(&stanzas);
        graph
            .edges
            .iter()
            .map(|(_, package, target, ..)| format!("{} {}", name(*package), name(*target)))
            .collect()
    }

    #[test]
    fn names_versions_and_what_is_provided() {
        let b = "Package: b\nVersion: 2\nArchitecture: all\nProvides: v (= 5), w\n\n";
        for (wanted, found) in [
            ("b", 1),
            ("b (>= 2)", 1),
            ("b (>> 2)", 0),
            ("v", 1),
            ("v (>= 5)", 1),
            ("v (>= 6)", 0),
            ("w", 1),
            ("w (>= 1)", 0),
            ("nobody", 0),
            ("nobody | b", 1),
            ("b, v", 2),
        ] {
            let text = format!("{b}Package: a\nVersion: 1\nArchitecture: all\nDepends: {wanted}\n");
            assert_eq!(edges(&text), vec!["a:all b:all"; found], "{wanted}");
        }
    }

    #[test]
    fn architectures_are_told_apart() {
        let package = |name: &str, architecture: &str, more: &str| {
            format!("Package: {name}\nVersion: 1\nArchitecture: {architecture}\n{more}\n")
        };
        let libraries = package("b", "amd64", "") + &package("b", "i386", "");
        assert_eq!(edges(&(package("a", "amd64", "Depends: b\n") + &libraries)), ["a:amd64 b:amd64"]);
        assert_eq!(edges(&(package("a", "amd64", "Depends: b:i386\n") + &libraries)), ["a:amd64 b:i386"]);
        assert_eq!(
            edges(&(package("a", "all", "Depends: b\n") + &libraries)),
            ["a:all b:amd64", "a:all b:i386"]
        );
        let foreign = package("c", "i386", "Multi-Arch: foreign\n");
        assert_eq!(edges(&(package("a", "amd64", "Depends: c\n") + &foreign)), ["a:amd64 c:i386"]);
        let allowed = package("c", "i386", "Multi-Arch: allowed\n");
        assert_eq!(edges(&(package("a", "amd64", "Depends: c:any\n") + &allowed)), ["a:amd64 c:i386"]);
        assert_eq!(edges(&(package("a", "amd64", "Depends: c\n") + &allowed)), Vec::<String>::new());
    }

    #[test]
    fn nobody_is_in_conflict_with_themselves() {
        let text =
            "Package: a\nVersion: 1\nArchitecture: all\nProvides: v\nConflicts: v\nReplaces: v\nDepends: v\n";
        assert_eq!(edges(text), ["a:all a:all"]);
    }
}
