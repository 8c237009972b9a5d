//! The same file read in the simplest way, to compare with.

use std::collections::{BTreeMap, BTreeSet};

use catalog::control::Version;

/// The fields of each installed package, by name, and by `name:architecture` where the name is taken.
pub(crate) fn packages(text: &str) -> BTreeMap<String, BTreeMap<String, String>> {
    let mut packages = BTreeMap::new();
    for paragraph in text.split("\n\n") {
        let unfolded = paragraph.replace("\n ", " ").replace("\n\t", " ");
        let fields: BTreeMap<String, String> = unfolded
            .lines()
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
            .collect();
        let installed = fields.get("Status").is_none_or(|status| status.ends_with(" installed"));
        if let Some(name) = fields.get("Package").cloned()
            && installed
        {
            let taken = packages.contains_key(&name);
            let label = if taken { format!("{name}:{}", fields["Architecture"]) } else { name };
            packages.insert(label, fields);
        }
    }
    packages
}

/// The names of all that a package needs, itself among them if it comes to that.
pub(crate) fn needed(packages: &BTreeMap<String, BTreeMap<String, String>>, root: &str) -> BTreeSet<String> {
    let mut needed = BTreeSet::new();
    let mut waiting = vec![root.to_owned()];
    while let Some(name) = waiting.pop() {
        for field in ["Pre-Depends", "Depends"] {
            let Some(value) = packages[&name].get(field) else { continue };
            for asked in value.split([',', '|']) {
                for found in satisfying(packages, asked.trim()) {
                    if needed.insert(found.clone()) {
                        waiting.push(found);
                    }
                }
            }
        }
    }
    needed
}

/// The packages that are enough for `name[:any] [(operator version)]`.
fn satisfying(packages: &BTreeMap<String, BTreeMap<String, String>>, asked: &str) -> Vec<String> {
    let (name, condition) = split(asked);
    let enough = |version: Option<&str>| match (condition, version) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some((operator, asked)), Some(version)) => {
            let (a, b) = (Version::parse(version).unwrap(), Version::parse(asked).unwrap());
            match operator {
                "<<" => a < b,
                "<=" => a <= b,
                "=" => a == b,
                ">=" => a >= b,
                ">>" => a > b,
                other => panic!("{other} in {asked}"),
            }
        }
    };
    let mut found = BTreeSet::new();
    for (other, fields) in packages {
        if other == name && enough(Some(&fields["Version"])) {
            found.insert(other.clone());
        }
        for provided in fields.get("Provides").iter().flat_map(|value| value.split(',')) {
            let (provided, version) = split(provided.trim());
            if provided == name && enough(version.map(|(_, version)| version)) {
                found.insert(other.clone());
            }
        }
    }
    found.into_iter().collect()
}

fn split(text: &str) -> (&str, Option<(&str, &str)>) {
    let (name, condition) = text.split_once('(').unwrap_or((text, ""));
    let name = name.trim().split(':').next().unwrap();
    (name, condition.trim_end_matches(')').split_once(' '))
}
