//! Puts a file into the tables, by COPY.

use std::io::{IsTerminal, Write};
use std::path::Path;
use std::time::{Instant, UNIX_EPOCH};

use hyperdjango::orm;
use hyperdjango::prelude::*;

use super::rows::{Entry, Rows, number};
use crate::control::Problem;
use crate::models::{
    Alternative, Dependency, Edge, Fault, Maintainer, Package, Provision, Section, Source, Tag, Tagging,
};

/// At most so many of a file's faults are kept.
const FAULTS: usize = 1000;

/// Imports a file, unless it is the one that is there already. Says on the standard error how far it is.
///
/// # Errors
/// As [`import`].
pub async fn import_if_new(db: &Db, path: &Path) -> Result<()> {
    let modified = modified(path)?;
    let source = Source::objects().filter(Source.path.eq(shown(path)) & Source.modified.eq(modified));
    if source.exists(db).await? {
        return Ok(());
    }
    import(db, path).await
}

/// Replaces all that is there by what stands in a file, in one transaction: who reads meanwhile sees the old, and so does
/// everybody when it fails.
///
/// # Errors
/// The file cannot be read, or has no packages; the database cannot be reached, or refuses a row.
pub async fn import(db: &Db, path: &Path) -> Result<()> {
    let started = Instant::now();
    let modified = modified(path)?;
    let bytes = std::fs::read(path).map_err(|error| unreadable(path, &error.to_string()))?;
    let (text, mangled) = decoded(&bytes);
    let mut progress = Progress::new(paragraphs(&bytes));
    let mut rows = Rows::read(&text, || progress.step());
    rows.problems.extend(mangled);
    rows.problems.sort_by_key(|problem| problem.line);
    if rows.packages.is_empty() {
        let first = rows.problems.first().map_or_else(|| "it is empty".to_owned(), ToString::to_string);
        return Err(unreadable(
            path,
            &format!(
                "there is no package in it ({first}). A compressed file is to be unpacked first, by `xz -d` or so"
            ),
        ));
    }
    let (packages, problems) = (rows.packages.len(), rows.problems.len());
    let source = (shown(path), modified);
    if std::io::stderr().is_terminal() {
        eprint!("\rLoading {packages} packages into the database ...{:30}", "");
    }
    db.atomic(async move |tx| replace(tx, rows, source).await).await?;
    // The old rows go for good, the planner learns of the new, and what waits to be sorted into GIN indexes is.
    db.execute_batch(
        "VACUUM (ANALYZE) sections, maintainers, tags, packages, taggings, provisions, dependencies, alternatives, edges, \
         sources, faults",
    )
    .await?;
    let seconds = started.elapsed().as_secs_f64();
    eprintln!(
        "\rImported {packages} packages from {} in {seconds:.1} s; {problems} problems.{:20}",
        path.display(),
        ""
    );
    Ok(())
}

async fn replace(
    tx: &impl Executor,
    rows: Rows,
    (path, modified): (String, Timestamp),
) -> Result<(), orm::Error> {
    // Two programs may start on one database: the second waits here, and imports again.
    tx.execute_batch("LOCK TABLE sources IN EXCLUSIVE MODE").await?;
    // Each row refers to another of the same file, and nothing of the old stays: a million checks are left out where the
    // database allows that.
    tx.execute_batch(
        "DO $$ BEGIN SET LOCAL session_replication_role = replica; \
         EXCEPTION WHEN insufficient_privilege THEN NULL; END $$",
    )
    .await?;
    Edge::objects().all_rows().delete(tx).await?;
    Alternative::objects().all_rows().delete(tx).await?;
    Dependency::objects().all_rows().delete(tx).await?;
    Provision::objects().all_rows().delete(tx).await?;
    Tagging::objects().all_rows().delete(tx).await?;
    Package::objects().all_rows().delete(tx).await?;
    Section::objects().all_rows().delete(tx).await?;
    Maintainer::objects().all_rows().delete(tx).await?;
    Tag::objects().all_rows().delete(tx).await?;
    Source::objects().all_rows().delete(tx).await?;
    Fault::objects().all_rows().delete(tx).await?;

    Section::objects().copy_in(tx, Section.name, rows.sections).await?;
    Tag::objects().copy_in(tx, Tag.name, rows.tags).await?;
    let maintainers = (1..).zip(rows.maintainers).map(|(id, person)| (id, person.name, person.email));
    Maintainer::objects()
        .copy_in(tx, (Maintainer.id, Maintainer.name, Maintainer.email), maintainers)
        .await?;
    let taggings: Vec<(i64, String)> = (1..)
        .zip(&rows.packages)
        .flat_map(|(id, package)| package.tags.iter().map(move |tag| (id, tag.clone())))
        .collect();
    copy_packages(tx, rows.packages).await?;
    Tagging::objects().copy_in(tx, (Tagging.package, Tagging.tag), taggings).await?;

    let graph = rows.graph;
    let columns = (Provision.id, Provision.package, Provision.name, Provision.version);
    Provision::objects().copy_in(tx, columns, graph.provisions).await?;
    let columns = (Dependency.id, Dependency.package, Dependency.kind, Dependency.position);
    Dependency::objects().copy_in(tx, columns, graph.dependencies).await?;
    let columns =
        (Alternative.id, Alternative.dependency, Alternative.position, Alternative.name, Alternative.text);
    Alternative::objects().copy_in(tx, columns, graph.alternatives).await?;
    let columns = (Edge.id, Edge.package, Edge.target, Edge.kind, Edge.alternative);
    Edge::objects().copy_in(tx, columns, graph.edges).await?;

    let faults = (1..)
        .zip(rows.problems.into_iter().take(FAULTS))
        .map(|(id, problem)| (id, number(problem.line), problem.what));
    Fault::objects().copy_in(tx, (Fault.id, Fault.line, Fault.what), faults).await?;
    let source = (Source.path.set(path), Source.modified.set(modified), Source.left_out.set(rows.left_out));
    Source::objects().create(tx, source).await?;
    Ok(())
}

async fn copy_packages(tx: &impl Executor, packages: Vec<Entry>) -> Result<u64, orm::Error> {
    let columns = (
        Package.id,
        Package.label,
        Package.name,
        Package.version,
        Package.architecture,
        Package.section,
        Package.priority,
        Package.maintainer,
        Package.source,
        Package.essential,
        Package.installed_size,
        Package.size,
        Package.homepage,
        Package.summary,
        Package.description,
    );
    let rows = (1..).zip(packages).map(|(id, entry)| {
        let section = entry.section().to_owned();
        let Entry { stanza, label, maintainer, .. } = entry;
        (
            id,
            label,
            stanza.name,
            stanza.version,
            stanza.architecture,
            section,
            stanza.priority,
            maintainer,
            stanza.source,
            stanza.essential,
            stanza.installed_size,
            stanza.size,
            stanza.homepage,
            stanza.summary,
            stanza.description,
        )
    });
    Package::objects().copy_in(tx, columns, rows).await
}

fn shown(path: &Path) -> String {
    path.display().to_string().replace('\0', "")
}

fn unreadable(path: &Path, problem: &str) -> Error {
    Error::internal(format!(
        "{} cannot be imported: {problem}. PACKAGES names the file, a Packages file of Debian or dpkg's status",
        path.display()
    ))
}

fn modified(path: &Path) -> Result<Timestamp> {
    let modified = std::fs::metadata(path)
        .and_then(|found| found.modified())
        .map_err(|error| unreadable(path, &error.to_string()))?;
    let since = modified.duration_since(UNIX_EPOCH).unwrap_or_default();
    // PostgreSQL counts microseconds.
    let microseconds = i64::try_from(since.as_micros()).unwrap_or_default();
    Timestamp::from_microsecond(microseconds).map_err(Error::internal)
}

/// The bytes as text; with what is no UTF-8 replaced, and said.
fn decoded(bytes: &[u8]) -> (std::borrow::Cow<'_, str>, Option<Problem>) {
    let problem = std::str::from_utf8(bytes).err().map(|error| {
        let before = bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count();
        Problem::new(before + 1, "here are bytes that are no UTF-8; they and any further ones are replaced")
    });
    (String::from_utf8_lossy(bytes), problem)
}

/// How many paragraphs there are, about.
fn paragraphs(bytes: &[u8]) -> usize {
    bytes.windows(2).filter(|pair| pair == b"\n\n").count()
}

/// A bar where somebody watches, nothing in a file.
struct Progress {
    done: usize,
    total: usize,
    shown: usize,
}

impl Progress {
    fn new(total: usize) -> Self {
        Self { done: 0, total: total.max(1), shown: usize::MAX }
    }

    fn step(&mut self) {
        self.done += 1;
        let percent = (self.done * 100 / self.total).min(100);
        if percent != self.shown && std::io::stderr().is_terminal() {
            self.shown = percent;
            let full = percent / 4;
            eprint!("\rReading the packages [{:=<full$}{:width$}] {percent:3} %", "", "", width = 25 - full);
            let _ = std::io::stderr().flush();
        }
    }
}
