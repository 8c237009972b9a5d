//! The results for people: 80 columns, and colours where somebody looks.

use std::fmt::Write;
use std::io::IsTerminal;

use super::compare::Comparison;
use super::outcome::Outcome;
use super::queries::PLANS_FROM;
use super::report::{QueryReport, Report};
use super::rows::USERS;

/// How wide it is.
const WIDTH: usize = 80;

/// The longest name that is shown in full; the query's sentences have all of it.
const LONGEST: usize = 32;

/// Red, green and nothing, in a terminal's words.
#[derive(Clone, Copy)]
pub(super) struct Paint(bool);

impl Paint {
    /// Colours on a terminal, unless `NO_COLOR` says otherwise.
    pub(super) fn of_stdout() -> Self {
        let wanted = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        Self(wanted && std::io::stdout().is_terminal())
    }

    fn text(self, code: &str, text: &str) -> String {
        if self.0 { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    fn bad(self, text: &str) -> String {
        self.text("1;31", text)
    }

    fn good(self, text: &str) -> String {
        self.text("32", text)
    }

    fn faint(self, text: &str) -> String {
        self.text("2", text)
    }
}

/// All that there is to say of a run.
pub(super) fn table(outcome: &Outcome, baseline: Option<&Report>, threshold: f64, paint: Paint) -> String {
    let report = &outcome.report;
    let mut out = String::new();
    let posts = u64::from(report.posts);
    let _ = writeln!(
        out,
        "PostgreSQL {}, database `{}`. Medians of {}.",
        report.postgres.split(' ').next().unwrap_or_default(),
        report.database,
        count(u64::from(report.runs), "run"),
    );
    let (votes, comments) = (thousands(4 * posts), thousands(5 * posts));
    let _ = writeln!(
        out,
        "{} users, {}, {comments} comments, {votes} votes.\n",
        thousands(u64::from(USERS)),
        count(posts, "post")
    );
    rows(report, outcome.comparison.as_ref(), baseline, paint, &mut out);
    let _ = writeln!(out, "\nAll together: {} ms.", time(report.total_time_ms));
    findings(outcome, threshold, paint, &mut out);
    out
}

fn rows(
    report: &Report,
    comparison: Option<&Comparison>,
    baseline: Option<&Report>,
    paint: Paint,
    out: &mut String,
) {
    let name_width =
        report.queries.iter().map(|query| query.name.chars().count()).max().unwrap_or(0).min(LONGEST);
    let against = if baseline.is_some() { "  baseline" } else { "" };
    let head = format!("{:<name_width$}  {:>9}{against}  {:>7}  reads", "query", "ms", "rows");
    let _ = writeln!(out, "{}", paint.faint(&head));
    for query in &report.queries {
        let has = |list: &dyn Fn(&Comparison) -> bool| comparison.is_some_and(list);
        let slower = has(&|found| found.regressions.iter().any(|times| times.name == query.name));
        let faster = has(&|found| found.improvements.iter().any(|times| times.name == query.name));
        let scans = has(&|found| found.new_seq_scans.iter().any(|scans| scans.name == query.name));
        let mut line = format!("{:<name_width$}  ", cut(&query.name, name_width));
        let shown = format!("{:>9}", time(query.execution_time_ms));
        line += &if slower {
            paint.bad(&shown)
        } else if faster {
            paint.good(&shown)
        } else {
            shown
        };
        if let Some(baseline) = baseline {
            let ratio = baseline.query(&query.name).map_or_else(
                || "new".to_owned(),
                |then| ratio(query.execution_time_ms, then.execution_time_ms),
            );
            let _ = write!(line, "  {ratio:>8}");
        }
        let _ = write!(line, "  {:>7}  ", brief(query.actual_rows));
        let left = WIDTH - (name_width + 2 + 9 + against.len() + 2 + 7 + 2);
        let reads = cut(&reads(query), left);
        line += &if scans { paint.bad(&reads) } else { reads };
        let _ = writeln!(out, "{}", line.trim_end());
    }
}

/// What needs a sentence: first what stops a gate.
fn findings(outcome: &Outcome, threshold: f64, paint: Paint, out: &mut String) {
    let quoted = |names: &[String]| format!("`{}`", names.join("`, `"));
    let mut bad = |what: &str, name: &str, text: String| {
        let _ = writeln!(out, "{} {name}\n    {text}", paint.bad(what));
    };
    for unexpected in &outcome.unexpected_plans {
        bad("PLAN", &unexpected.name, format!("It {}.", unexpected.problem));
    }
    let Some(found) = &outcome.comparison else {
        if outcome.report.posts < PLANS_FROM {
            let _ = writeln!(out, "Plans are checked from {} posts on.", thousands(u64::from(PLANS_FROM)));
        }
        return;
    };
    for times in &found.regressions {
        let (now, then) = (times.execution_time_ms, times.baseline_time_ms);
        let (now_shown, then_shown) = (time(now), time(then));
        bad(
            "SLOWER",
            &times.name,
            format!(
                "{now_shown} ms, {then_shown} ms in the baseline: {}, allowed {threshold}x.",
                ratio(now, then)
            ),
        );
    }
    for scans in &found.new_seq_scans {
        let tables = quoted(&scans.tables);
        bad("SEQ SCAN", &scans.name, format!("It reads all of {tables}; in the baseline it did not."));
    }
    for times in &found.improvements {
        let (now, then) = (time(times.execution_time_ms), time(times.baseline_time_ms));
        let what = paint.good("FASTER");
        let _ = writeln!(out, "{what} {}\n    {now} ms, {then} ms in the baseline.", times.name);
    }
    for (names, text) in [(&found.new, "Not in the baseline"), (&found.gone, "Only in the baseline")] {
        if !names.is_empty() {
            let _ = writeln!(out, "{text}: {}.", quoted(names));
        }
    }
}

/// The tables it reads as a whole, and the indexes it reads.
fn reads(query: &QueryReport) -> String {
    let scans = query.seq_scan_tables.iter().map(|table| format!("all of {table}"));
    scans.chain(query.index_scans.iter().cloned()).collect::<Vec<_>>().join(", ")
}

fn cut(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    text.chars().take(width.saturating_sub(2)).chain("..".chars()).collect()
}

/// A time in milliseconds, in at most nine characters up to some hours.
pub(super) fn time(ms: f64) -> String {
    if ms < 1000.0 { format!("{ms:.3}") } else { format!("{ms:.0}") }
}

fn ratio(now: f64, then: f64) -> String {
    match now / then {
        ratio if !ratio.is_finite() => "-".to_owned(),
        ratio if ratio < 100.0 => format!("{ratio:.2}x"),
        ratio => format!("{ratio:.0}x"),
    }
}

/// A number in at most seven characters.
fn brief(number: u64) -> String {
    match number {
        0..=9_999_999 => number.to_string(),
        _ => format!("{:.1e}", number as f64),
    }
}

pub(super) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

fn count(number: u64, what: &str) -> String {
    format!("{} {what}{}", thousands(number), if number == 1 { "" } else { "s" })
}
