//! `routes`: the table of what answers where.

use std::fmt::Write as _;
use std::process::ExitCode;

use hyper_core::App;
use hyper_core::routing::Tree;

pub(super) fn routes<A: App>() -> ExitCode {
    print!("{}", table(A::tree()));
    ExitCode::SUCCESS
}

/// Method, path, handler and summary, in columns, by path.
fn table(tree: &Tree) -> String {
    let mut rows: Vec<(String, &str, &str, &str)> = tree
        .routes
        .iter()
        .map(|route| (route.path(), route.def.verb.as_str(), route.def.name, route.def.summary))
        .collect();
    rows.sort();
    let width = |column: fn(&(String, &str, &str, &str)) -> usize| rows.iter().map(column).max().unwrap_or(0);
    let (path_width, name_width) = (width(|row| row.0.chars().count()), width(|row| row.2.chars().count()));
    let mut table = String::new();
    for (path, method, name, summary) in &rows {
        let line = format!("{method:<6}  {path:<path_width$}  {name:<name_width$}  {summary}");
        let _ = writeln!(table, "{}", line.trim_end());
    }
    table
}
