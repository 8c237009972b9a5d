//! What a paragraph says of a package.

use super::paragraph::{Field, Paragraph};
use super::problem::{Problem, shown};
use super::relation::{Alternative, Clause, clauses, is_name, provisions};
use super::version::Version;
use crate::models::Kind;

/// The most characters of a name, a section, a tag; Debian's longest has 60.
const NAME: usize = 200;
/// The most characters of a description; Debian's longest has 14,000.
const DESCRIPTION: usize = 100_000;

/// Who looks after a package.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Person {
    /// What they are called.
    pub name: String,
    /// Where they are written to; empty where nothing says it.
    pub email: String,
}

/// A package as a paragraph describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stanza {
    /// The line its paragraph begins in.
    pub line: usize,
    /// What it is called.
    pub name: String,
    /// Its version.
    pub version: String,
    /// For which architecture; `all` for every one.
    pub architecture: String,
    /// `same`, `foreign` or `allowed`: what it is to packages of other architectures.
    pub multi_arch: Option<String>,
    /// Whether it is there: always in a `Packages` file; in dpkg's status there are also those of which a trace is left.
    pub installed: bool,
    /// Which section it is in.
    pub section: Option<String>,
    /// How important it is.
    pub priority: Option<String>,
    /// Who looks after it.
    pub maintainer: Option<Person>,
    /// The source package, where it has another name.
    pub source: Option<String>,
    /// Whether the system is broken without it.
    pub essential: bool,
    /// Installed, in KiB.
    pub installed_size: Option<i64>,
    /// To download, in bytes.
    pub size: Option<i64>,
    /// Where its project is.
    pub homepage: Option<String>,
    /// What it is, in a line.
    pub summary: String,
    /// What it is, in full.
    pub description: String,
    /// Debtags, as `role::program`.
    pub tags: Vec<String>,
    /// Virtual packages that it is one of.
    pub provides: Vec<Alternative>,
    /// What it needs of others, and what it cannot stand.
    pub relations: Vec<(Kind, Clause)>,
}

/// The fields that relate packages.
const RELATIONS: [(&str, Kind); 8] = [
    ("Pre-Depends", Kind::PreDepends),
    ("Depends", Kind::Depends),
    ("Recommends", Kind::Recommends),
    ("Suggests", Kind::Suggests),
    ("Enhances", Kind::Enhances),
    ("Breaks", Kind::Breaks),
    ("Conflicts", Kind::Conflicts),
    ("Replaces", Kind::Replaces),
];

impl Stanza {
    /// Reads a paragraph. A field that is malformed is left out, and added to the problems.
    ///
    /// # Errors
    /// The paragraph has no name, version or architecture, or one that is none.
    pub fn read(paragraph: &Paragraph<'_>, problems: &mut Vec<Problem>) -> Result<Self, Problem> {
        let needed = |name: &'static str, is: fn(&str) -> bool| match paragraph.get(name) {
            None => Err(Problem::new(paragraph.line, format!("the paragraph has no `{name}`"))),
            Some(field) if is(field.first()) && field.first().len() <= NAME => Ok(field.first().to_owned()),
            Some(field) => Err(Problem::new(field.line, format!("{} is no `{name}`", shown(field.first())))),
        };
        let name = needed("Package", is_name)?;
        let short = |field: &Field<'_>| {
            let text = field.folded();
            match text.chars().count() {
                0 => Ok(None),
                1..=NAME => Ok(Some(text)),
                many => Err(format!("has {many} characters, and not at most {NAME}")),
            }
        };
        let mut read = Reading { paragraph, package: &name, problems };
        let section = read.field("Section", short).flatten();
        let priority = read.field("Priority", short).flatten();
        let multi_arch = read.field("Multi-Arch", short).flatten();
        let source = read.field("Source", short).flatten();
        let homepage = read
            .field("Homepage", |field| Ok(Some(field.folded()).filter(|url| url.len() <= 2000)))
            .flatten();
        let maintainer = read.field("Maintainer", |field| person(&field.folded()));
        let essential = read.field("Essential", |field| Ok(field.first() == "yes")).unwrap_or(false);
        let installed_size = read.field("Installed-Size", |field| number(field.first()));
        let size = read.field("Size", |field| number(field.first()));
        let tags = read.field("Tag", |field| tags(field.value)).unwrap_or_default();
        let provides = read.field("Provides", |field| provisions(field.value)).unwrap_or_default();
        let (summary, description) = read
            .field("Description", |field| match field.value.chars().count() {
                0..=DESCRIPTION => Ok((field.first().to_owned(), field.text())),
                many => Err(format!("has {many} characters, and not at most {DESCRIPTION}")),
            })
            .unwrap_or_default();
        let mut relations = Vec::new();
        for (name, kind) in RELATIONS {
            let found = read.field(name, |field| clauses(field.value)).unwrap_or_default();
            relations.extend(found.into_iter().map(|clause| (kind, clause)));
        }
        let installed = paragraph
            .get("Status")
            .is_none_or(|status| status.first().split_whitespace().next_back() == Some("installed"));
        Ok(Self {
            line: paragraph.line,
            version: needed("Version", |text| Version::parse(text).is_some())?,
            architecture: needed("Architecture", is_name)?,
            multi_arch,
            installed,
            section,
            priority,
            maintainer,
            source,
            essential,
            installed_size,
            size,
            homepage,
            summary,
            description,
            tags,
            provides,
            relations,
            name,
        })
    }
}

struct Reading<'a> {
    paragraph: &'a Paragraph<'a>,
    package: &'a str,
    problems: &'a mut Vec<Problem>,
}

impl Reading<'_> {
    /// A field, if it is there and makes sense.
    fn field<T>(&mut self, name: &str, read: impl FnOnce(&Field<'_>) -> Result<T, String>) -> Option<T> {
        let field = self.paragraph.get(name)?;
        let problem =
            |what| Problem::new(field.line, format!("`{name}` of {} is left out: {what}", self.package));
        read(field).map_err(|what| self.problems.push(problem(what))).ok()
    }
}

fn number(text: &str) -> Result<i64, String> {
    let number = text.parse().ok().filter(|number| (0..=1 << 50).contains(number));
    number.ok_or_else(|| format!("{} is no number of sizes that are", shown(text)))
}

/// `Ada Lovelace <ada@example.org>`
fn person(text: &str) -> Result<Person, String> {
    let (name, email) = match text.split_once('<') {
        Some((name, email)) => (name.trim(), email.trim_end().strip_suffix('>').unwrap_or("")),
        None => (text.trim(), ""),
    };
    let unquoted = name.strip_prefix('"').and_then(|name| name.strip_suffix('"')).unwrap_or(name);
    let fits = !unquoted.is_empty() && unquoted.chars().count() <= NAME && email.chars().count() <= NAME;
    let person = Person { name: unquoted.to_owned(), email: email.to_owned() };
    fits.then_some(person).ok_or_else(|| format!("{} is nobody", shown(text)))
}

/// Reads debtags: `role::program, implemented-in::{c,perl}`.
///
/// ```
/// use catalog::control::tags;
///
/// let found = tags("role::program,\n implemented-in::{c,perl}").unwrap();
/// assert_eq!(found, ["role::program", "implemented-in::c", "implemented-in::perl"]);
/// ```
///
/// # Errors
/// What is wrong with the first that is malformed, as a sentence.
pub fn tags(text: &str) -> Result<Vec<String>, String> {
    let mut found: Vec<String> = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let end = rest.find([',', '{']).unwrap_or(rest.len());
        let (tag, behind) = rest.split_at(end);
        let tag = tag.trim();
        let mut names = vec![tag.to_owned()];
        rest = behind.strip_prefix(',').unwrap_or(behind).trim_start();
        if let Some(inside) = behind.strip_prefix('{') {
            let Some((inside, behind)) = inside.split_once('}') else {
                return Err(format!("{} has a `{{` without a `}}`", shown(rest)));
            };
            names = inside.split(',').map(|value| format!("{tag}{}", value.trim())).collect();
            rest = behind.trim_start();
            rest = rest.strip_prefix(',').unwrap_or(rest).trim_start();
        }
        for name in names {
            let is = name.len() <= NAME
                && !name.is_empty()
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-+.:_".contains(&byte));
            if !is {
                return Err(format!("{} is no tag", shown(&name)));
            }
            if !found.contains(&name) {
                found.push(name);
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::control::Paragraphs;

    fn read(text: &str) -> (Result<Stanza, Problem>, Vec<String>) {
        let mut problems = Vec::new();
        let stanza = Stanza::read(&Paragraphs::new(text).next().unwrap().unwrap(), &mut problems);
        (stanza, problems.iter().map(ToString::to_string).collect())
    }

    const HEAD: &str = "Package: sed\nVersion: 4.9-1\nArchitecture: amd64\n";

    #[test]
    fn a_package_is_read() {
        let (stanza, problems) = read(&format!(
            "{HEAD}Essential: yes\nStatus: install ok installed\nSection: utils\nInstalled-Size: 987\n\
             Maintainer: \"Clint, A.\" <clint@debian.org>\nPre-Depends: libc6 (>= 2.34)\nDepends: a | b,\n c\n\
             Provides: editor (= 4), stream\nTag: role::program, uitoolkit::{{x,y}}\nDescription: GNU sed\n It edits.\n"
        ));
        let stanza = stanza.unwrap();
        assert_eq!(problems, Vec::<String>::new());
        assert!(stanza.installed && stanza.essential);
        let clint = Person { name: "Clint, A.".into(), email: "clint@debian.org".into() };
        assert_eq!(stanza.maintainer, Some(clint));
        assert_eq!(stanza.relations.len(), 3);
        assert_eq!(stanza.relations[1].1[1].name, "b");
        assert_eq!(stanza.provides.len(), 2);
        assert_eq!(stanza.tags, ["role::program", "uitoolkit::x", "uitoolkit::y"]);
        assert_eq!((stanza.summary.as_str(), stanza.description.as_str()), ("GNU sed", "It edits."));
    }

    #[test]
    fn what_is_left_of_a_removed_package_is_not_installed() {
        assert!(!read(&format!("{HEAD}Status: deinstall ok config-files\n")).0.unwrap().installed);
        assert!(!read(&format!("{HEAD}Status: install ok not-installed\n")).0.unwrap().installed);
    }

    #[test]
    fn without_what_is_needed_there_is_no_package() {
        for (text, what) in [
            ("Version: 1\nArchitecture: all", "line 1: the paragraph has no `Package`"),
            ("Package: a\nArchitecture: all", "line 1: the paragraph has no `Version`"),
            ("Package: a\nVersion: 1", "line 1: the paragraph has no `Architecture`"),
            ("Package: a b\nVersion: 1\nArchitecture: all", "line 1: \"a b\" is no `Package`"),
            ("Package: a\nVersion: ?\nArchitecture: all", "line 2: \"?\" is no `Version`"),
        ] {
            assert_eq!(read(text).0.unwrap_err().to_string(), what);
        }
    }

    #[test]
    fn a_field_that_makes_no_sense_is_left_out_and_said() {
        let long = "x".repeat(201);
        for (field, what) in [
            ("Depends: a (>= )", "has no version"),
            ("Installed-Size: -1", "is no number"),
            ("Installed-Size: 99999999999999999999", "is no number"),
            ("Size: \u{663}", "is no number"),
            ("Maintainer: <a@b>", "is nobody"),
            ("Tag: a b::c", "is no tag"),
            ("Tag: a::{b", "without a `}`"),
            (&format!("Section: {long}"), "201 characters"),
            (&format!("Description: {}", "x".repeat(100_001)), "characters"),
        ] {
            let (stanza, problems) = read(&format!("{HEAD}{field}\n"));
            assert!(stanza.is_ok(), "{field}");
            assert!(problems.len() == 1 && problems[0].starts_with("line 4: `"), "{problems:?}");
            assert!(
                problems[0].contains("` of sed is left out: ") && problems[0].contains(what),
                "{problems:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_field_is_read_or_left_out(
            name in proptest::sample::select(&["Depends", "Provides", "Tag", "Size", "Maintainer", "Description", "Status", "Section"][..]),
            value in "[^\n\r\0]{0,40}(\n [^\n\r\0]{0,20}[a-z]){0,3}",
        ) {
            let (stanza, problems) = read(&format!("{HEAD}{name}: {value}\n"));
            prop_assert!(stanza.is_ok() && problems.len() <= 1);
        }
    }
}
