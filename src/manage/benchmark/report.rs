//! What a run found out, and the file in which one is kept as the baseline.

use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::rows::SEED;

/// The file's name, in the project's folder.
const FILE: &str = ".hyper.benchmark.json";

/// A whole run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Report {
    /// When it began: RFC 3339.
    pub(super) timestamp: String,
    /// The database's name.
    pub(super) database: String,
    /// PostgreSQL's version, such as `15.14`.
    pub(super) postgres: String,
    /// Which rows were made.
    pub(super) seed: u32,
    /// How many posts there were.
    pub(super) posts: u32,
    /// How many rows there were in all.
    pub(super) seed_rows: u64,
    /// How often each query was measured.
    pub(super) runs: u32,
    /// The sum of all queries' times.
    pub(super) total_time_ms: f64,
    /// In the order in which they are shown.
    pub(super) queries: Vec<QueryReport>,
}

/// A query: times are medians, the rest is of the last run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct QueryReport {
    pub(super) name: String,
    /// Its text; of several statements with `; ` between them.
    pub(super) sql: String,
    pub(super) execution_time_ms: f64,
    pub(super) planning_time_ms: f64,
    pub(super) has_seq_scan: bool,
    pub(super) seq_scan_tables: Vec<String>,
    pub(super) index_scans: Vec<String>,
    /// The last step; of several statements that of the one PostgreSQL thinks the most expensive.
    pub(super) node_type: String,
    pub(super) total_cost: f64,
    pub(super) actual_rows: u64,
}

impl Report {
    /// PostgreSQL's major version.
    pub(super) fn major(&self) -> Option<u32> {
        major(&self.postgres)
    }

    pub(super) fn sum(&mut self) {
        self.total_time_ms = self.queries.iter().map(|query| query.execution_time_ms).sum();
    }

    pub(super) fn query(&self, name: &str) -> Option<&QueryReport> {
        self.queries.iter().find(|query| query.name == name)
    }

    /// What is wrong with it as a baseline, if anything.
    fn flaw(&self) -> Option<String> {
        if self.major().is_none() {
            return Some(format!("`postgres` is `{}`, which is no version", self.postgres));
        }
        if self.queries.is_empty() {
            return Some("it has no queries".to_owned());
        }
        self.queries.iter().enumerate().find_map(|(i, query)| {
            let name = &query.name;
            let time = query.execution_time_ms;
            if !(time.is_finite() && time >= 0.0) {
                return Some(format!("`{name}` took {time} ms"));
            }
            let twice = self.queries[..i].iter().any(|other| other.name == *name);
            twice.then(|| format!("`{name}` is there twice"))
        })
    }
}

/// The major version in PostgreSQL's `server_version`, such as `15.14 (Debian 15.14-1)` or `18beta1`.
pub(super) fn major(version: &str) -> Option<u32> {
    let end = version.find(|c: char| !c.is_ascii_digit()).unwrap_or(version.len());
    version[..end].parse().ok()
}

/// Where the baseline of a project is.
pub(super) fn path(project: &Path) -> PathBuf {
    project.join(FILE)
}

/// Reads the baseline; none where there is no such file.
pub(super) fn read(path: &Path) -> Result<Option<Report>, String> {
    let shown = path.display();
    let text = match std::fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(format!("The baseline {shown} cannot be read: {error}.")),
    };
    let report = serde_json::from_slice::<Report>(&text).map_err(|error| error.to_string());
    match report.and_then(|report| report.flaw().map_or(Ok(report), Err)) {
        Ok(report) => Ok(Some(report)),
        Err(problem) => Err(format!("{shown} is no baseline: {problem}. `--save-baseline` makes a new one.")),
    }
}

/// Says why a baseline cannot be compared with a run of so many posts on such a PostgreSQL.
pub(super) fn unlike(baseline: &Report, posts: u32, postgres: &str) -> Result<(), String> {
    let again = "`--save-baseline` makes a new one";
    if baseline.posts != posts {
        let then = baseline.posts;
        return Err(format!(
            "The baseline is of {then} posts, and this run of {posts}: say `--posts {then}`; or {again}."
        ));
    }
    if baseline.seed != SEED {
        let then = baseline.seed;
        return Err(format!(
            "The baseline is of other rows than this version makes (seed {then}, now {SEED}): {again}."
        ));
    }
    if baseline.major() != major(postgres) {
        let then = &baseline.postgres;
        return Err(format!(
            "The baseline is of PostgreSQL {then}, and this is {postgres}: times and plans of different major \
             versions are not compared; {again}."
        ));
    }
    Ok(())
}

/// Writes the baseline: all of it, or what was there before stays.
pub(super) fn save(path: &Path, report: &Report) -> Result<(), String> {
    let write = || {
        let mut text = serde_json::to_vec_pretty(report)?;
        text.push(b'\n');
        let partial = path.with_extension(format!("json.{}", std::process::id()));
        let written = std::fs::File::create(&partial).and_then(|mut file| {
            file.write_all(&text)?;
            file.sync_all()?;
            std::fs::rename(&partial, path)
        });
        if written.is_err() {
            let _ = std::fs::remove_file(&partial);
        }
        written
    };
    write().map_err(|error| format!("The baseline {} cannot be written: {error}.", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_all_sorts_have_a_major_one() {
        for (version, expected) in [
            ("15.14 (Debian 15.14-1)", Some(15)),
            ("18beta1", Some(18)),
            ("17", Some(17)),
            ("x", None),
            ("", None),
        ] {
            assert_eq!(major(version), expected, "{version}");
        }
    }
}
