//! `routes`: the table of what answers where.

use std::fmt::Write as _;
use std::process::ExitCode;

use hyper_core::App;
use hyper_core::routing::{RouteInfo, describe};
use serde::Serialize;

/// A route, and how large its future is where that is asked for.
#[derive(Serialize)]
struct Row {
    #[serde(flatten)]
    route: RouteInfo,
    #[serde(skip_serializing_if = "Option::is_none")]
    future_size: Option<usize>,
}

/// Prints the routes by path: `--json` all that is known of them, `--sizes` with the bytes of their futures.
pub(super) fn routes<A: App>(options: impl Iterator<Item = String>) -> ExitCode {
    let (mut json, mut with_sizes) = (false, false);
    for option in options {
        match option.as_str() {
            "--json" => json = true,
            "--sizes" => with_sizes = true,
            other => {
                eprintln!("`routes` has no option `{other}`; it has `--json` and `--sizes`.");
                return ExitCode::from(2);
            }
        }
    }
    let sizes = if with_sizes { A::sizes() } else { Vec::new() };
    let with_size = |(i, route)| Row { route, future_size: sizes.get(i).copied() };
    let mut rows: Vec<Row> = describe::<A>().into_iter().enumerate().map(with_size).collect();
    rows.sort_by(|a, b| (&a.route.path, a.route.method).cmp(&(&b.route.path, b.route.method)));
    if json {
        match serde_json::to_string_pretty(&rows) {
            Ok(text) => println!("{text}"),
            Err(error) => {
                eprintln!("The routes cannot be written as JSON: {error}");
                return ExitCode::FAILURE;
            }
        }
    } else {
        print!("{}", table(&rows));
    }
    ExitCode::SUCCESS
}

/// Method, path, handler, middleware and summary, in columns; the size first, where it is asked for.
fn table(rows: &[Row]) -> String {
    let width = |column: &dyn Fn(&Row) -> usize| rows.iter().map(column).max().unwrap_or(0);
    let path_width = width(&|row| row.route.path.chars().count());
    let name_width = width(&|row| row.route.name.chars().count());
    let layers_width = width(&|row| layers(&row.route).chars().count());
    let mut table = String::new();
    for Row { route, future_size } in rows {
        if let Some(size) = future_size {
            let _ = write!(table, "{size:>8} B  ");
        }
        let RouteInfo { method, path, name, summary, .. } = route;
        let line = format!(
            "{method:<6}  {path:<path_width$}  {name:<name_width$}  {:<layers_width$}  {summary}",
            layers(route)
        );
        let _ = writeln!(table, "{}", line.trim_end());
    }
    table
}

/// `[Timing, Cors]`, outermost first; nothing without middleware.
fn layers(route: &RouteInfo) -> String {
    if route.middleware.is_empty() { String::new() } else { format!("[{}]", route.middleware.join(", ")) }
}
