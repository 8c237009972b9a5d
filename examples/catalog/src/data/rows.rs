//! The rows of all tables, from the text of a file.

use std::collections::{BTreeSet, HashMap};

use super::graph::Graph;
use crate::control::{Paragraphs, Person, Problem, Stanza, Version};

/// What a package belongs to when nothing says it.
const UNKNOWN: &str = "unknown";

/// What stands in a file. A package's number is its place in `packages`, from 1; a maintainer's likewise.
pub(super) struct Rows {
    pub(super) packages: Vec<Entry>,
    pub(super) sections: BTreeSet<String>,
    pub(super) maintainers: Vec<Person>,
    pub(super) tags: BTreeSet<String>,
    pub(super) graph: Graph,
    pub(super) problems: Vec<Problem>,
    pub(super) left_out: i64,
}

/// A package, and what is found out about it by looking at the others.
pub(super) struct Entry {
    pub(super) stanza: Stanza,
    pub(super) label: String,
    pub(super) maintainer: Option<i64>,
    pub(super) tags: Vec<String>,
}

impl Entry {
    pub(super) fn section(&self) -> &str {
        self.stanza.section.as_deref().unwrap_or(UNKNOWN)
    }
}

impl Rows {
    /// Reads all of a file; `seen` hears of each paragraph.
    pub(super) fn read(text: &str, mut seen: impl FnMut()) -> Self {
        let mut problems = Vec::new();
        let mut left_out = 0;
        let mut stanzas: Vec<Stanza> = Vec::new();
        let mut places: HashMap<(String, String), usize> = HashMap::new();
        for paragraph in Paragraphs::new(text) {
            seen();
            let stanza = match paragraph.and_then(|paragraph| Stanza::read(&paragraph, &mut problems)) {
                Ok(stanza) if stanza.installed => stanza,
                Ok(_) => {
                    left_out += 1;
                    continue;
                }
                Err(problem) => {
                    problems.push(problem);
                    continue;
                }
            };
            // An archive can hold several versions of one package: the latest counts.
            let key = (stanza.name.clone(), stanza.architecture.clone());
            match places.get(&key) {
                None => {
                    places.insert(key, stanzas.len());
                    stanzas.push(stanza);
                }
                Some(&place) => {
                    left_out += 1;
                    if Version::parse(&stanza.version) > Version::parse(&stanzas[place].version) {
                        stanzas[place] = stanza;
                    }
                }
            }
        }
        let graph = Graph::new(&stanzas);
        let mut rows = Self {
            packages: Vec::with_capacity(stanzas.len()),
            sections: BTreeSet::new(),
            maintainers: Vec::new(),
            tags: BTreeSet::new(),
            graph,
            problems,
            left_out,
        };
        let mut labels = BTreeSet::new();
        let mut people: HashMap<Person, i64> = HashMap::new();
        for stanza in stanzas {
            let mut label = stanza.name.clone();
            if labels.contains(&label) {
                label = format!("{label}:{}", stanza.architecture);
            }
            labels.insert(label.clone());
            let maintainer = stanza.maintainer.clone().map(|person| {
                *people.entry(person).or_insert_with_key(|person| {
                    rows.maintainers.push(person.clone());
                    number(rows.maintainers.len())
                })
            });
            let mut entry = Entry { label, maintainer, tags: Vec::new(), stanza };
            entry.tags =
                if entry.stanza.tags.is_empty() { keywords(&entry) } else { entry.stanza.tags.clone() };
            rows.sections.insert(entry.section().to_owned());
            rows.tags.extend(entry.tags.iter().cloned());
            rows.packages.push(entry);
        }
        rows
    }
}

/// The number of the row at the end of so many.
pub(super) fn number(rows: usize) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}

/// What serves as tags where there are none.
fn keywords(entry: &Entry) -> Vec<String> {
    let mut keywords = vec![format!("section::{}", entry.section())];
    keywords.extend(entry.stanza.priority.iter().map(|priority| format!("priority::{priority}")));
    keywords
}
