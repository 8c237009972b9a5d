//! `benchmark`: how long queries take on this PostgreSQL and by which plans, beside a baseline.
//!
//! Fourteen queries of a link aggregator run on rows of the benchmark's own ([`rows`]), in tables that only its transaction
//! sees ([`schema`]); the application's queries on its own tables, in transactions that only read.

mod compare;
mod measure;
mod options;
mod outcome;
mod progress;
mod queries;
mod report;
mod rows;
mod schema;
mod table;

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use hyper_core::app::Benchmark;
use hyper_core::db::{Db, Reader, Sql};
use hyper_core::{App, Component, Settings};
use tokio::signal::unix::{SignalKind, signal};

use super::log;
use compare::compare;
use options::Options;
use outcome::{Outcome, UnexpectedPlan};
use progress::Progress;
use queries::{PLANS_FROM, queries};
use report::{QueryReport, Report};
use table::{Paint, table};

/// A query is slower than the baseline, or its plan is not what it should be.
const WORSE: u8 = 1;

/// There is nothing to say of the queries: wrong options, a baseline that does not fit, no database.
const NOT_RUN: u8 = 2;

/// Ended by Ctrl-C, as shells say it.
const INTERRUPTED: u8 = 130;

/// How long a broken-off run waits until its tables are gone.
const UNDOING: Duration = Duration::from_secs(30);

/// Measures, compares and says what it found.
pub(super) fn benchmark<A: App>(arguments: impl Iterator<Item = String>) -> ExitCode {
    let options = match Options::read(arguments) {
        Ok(options) => options,
        Err(problem) => return not_run(&problem),
    };
    log::install();
    let settings = match settings(&A::benchmarks()) {
        Ok(settings) => settings,
        Err(error) => return not_run(&format!("The settings are not right: {error}.")),
    };
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return not_run(&format!("No runtime can be started: {error}.")),
    };
    runtime.block_on(until_told_to_stop(&settings, &A::benchmarks(), options))
}

fn not_run(problem: &str) -> ExitCode {
    eprintln!("{problem}");
    ExitCode::from(NOT_RUN)
}

/// Of the environment. The application's queries may read what is encrypted.
fn settings(benchmarks: &[Benchmark]) -> Result<Settings, hyper_core::settings::SettingsError> {
    let settings = Settings::from_env()?;
    if benchmarks.is_empty() {
        return Ok(settings);
    }
    let settings = settings.with_secret_key()?;
    #[cfg(feature = "encrypted")]
    hyper_orm::field::configure_encryption(&settings)?;
    Ok(settings)
}

async fn until_told_to_stop(settings: &Settings, benchmarks: &[Benchmark], options: Options) -> ExitCode {
    let (Ok(mut interrupt), Ok(mut terminate)) =
        (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        return not_run("Signals cannot be waited for.");
    };
    let db = tokio::select! {
        db = Db::start(settings) => db,
        _ = interrupt.recv() => return ExitCode::from(INTERRUPTED),
        _ = terminate.recv() => return ExitCode::from(INTERRUPTED),
    };
    let db = match db {
        Ok(db) => db,
        Err(error) => {
            let cause = std::error::Error::source(&error).map(ToString::to_string);
            return not_run(&format!("There is no database: {}", cause.unwrap_or_else(|| error.to_string())));
        }
    };
    let progress = Progress::new();
    let path = report::path(settings.project());
    let run = tokio::select! {
        run = run(&db, benchmarks, options, &path, &progress) => Some(run),
        _ = interrupt.recv() => None,
        _ = terminate.recv() => None,
    };
    progress.end();
    match run {
        Some(Ok((outcome, baseline))) => say(&outcome, baseline.as_ref(), options, &path),
        Some(Err(problem)) => not_run(&problem),
        None => {
            eprintln!("Stopping: what was made is undone.");
            tokio::select! {
                gone = tokio::time::timeout(UNDOING, schema::gone(&db)) => if !matches!(gone, Ok(Ok(()))) {
                    eprintln!("PostgreSQL is still undoing it.");
                },
                // Once more: it undoes it by itself.
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            ExitCode::from(INTERRUPTED)
        }
    }
}

/// A whole run, and the baseline it was compared with. Whatever is missing is an error, so that no part of a run is ever
/// taken for one.
async fn run(
    db: &Db,
    benchmarks: &[Benchmark],
    options: Options,
    path: &Path,
    progress: &Progress,
) -> Result<(Outcome, Option<Report>), String> {
    let Options { posts, runs, threshold, save_baseline, .. } = options;
    let baseline = if save_baseline { None } else { report::read(path)? };
    let mut now = Report {
        timestamp: jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        database: db.url().name().to_owned(),
        postgres: version(db).await?,
        seed: rows::SEED,
        posts,
        seed_rows: rows::TABLES.iter().map(|table| (table.rows)(posts)).sum(),
        runs,
        total_time_ms: 0.0,
        queries: Vec::new(),
    };
    if let Some(baseline) = &baseline {
        report::unlike(baseline, posts, &now.postgres)?;
    }
    // First, as making the other tables puts theirs out of PostgreSQL's cache.
    let every: Vec<&Benchmark> = benchmarks.iter().collect();
    let own = measure::own(db, &every, runs, progress).await?;
    let tx = schema::load(db, posts, progress).await?;
    let queries = queries(posts);
    now.queries = measure::ours(&tx, &queries.iter().collect::<Vec<_>>(), runs, progress).await?;
    now.queries.extend(own);
    if let Some(baseline) = &baseline {
        // A machine has its moments: nothing is called slower that is not so twice.
        for slow in compare(baseline, &now, threshold).regressions {
            let again = match slow.name.strip_prefix(measure::OWN) {
                Some(name) => {
                    let this: Vec<_> =
                        benchmarks.iter().filter(|benchmark| benchmark.name() == name).collect();
                    measure::own(db, &this, 2 * runs, progress).await?
                }
                None => {
                    let this: Vec<_> = queries.iter().filter(|query| query.name == slow.name).collect();
                    measure::ours(&tx, &this, 2 * runs, progress).await?
                }
            };
            keep_faster(&mut now.queries, again);
        }
    }
    tx.rollback().await.map_err(|error| format!("The benchmark's tables cannot be undone: {error}."))?;
    now.sum();
    let postgres = now.major().unwrap_or_default();
    let problem = |query: &queries::Query| {
        let found = now.query(query.name)?;
        let problem = query.problem(postgres, &found.index_scans, &found.seq_scan_tables)?;
        Some(UnexpectedPlan { name: query.name.to_owned(), problem })
    };
    let unexpected_plans =
        if posts < PLANS_FROM { Vec::new() } else { queries.iter().filter_map(problem).collect() };
    let comparison = baseline.as_ref().map(|baseline| compare(baseline, &now, threshold));
    if save_baseline {
        report::save(path, &now)?;
    }
    Ok((Outcome { report: now, unexpected_plans, comparison, saved: save_baseline }, baseline))
}

fn keep_faster(queries: &mut [QueryReport], again: Vec<QueryReport>) {
    for again in again {
        let first = queries.iter_mut().find(|query| query.name == again.name);
        if let Some(first) = first.filter(|first| again.execution_time_ms < first.execution_time_ms) {
            *first = again;
        }
    }
}

async fn version(db: &Db) -> Result<String, String> {
    let mut version = String::new();
    let asked = db.read(Sql::new("SELECT current_setting('server_version')"), &[], |row| {
        version = row.try_get(0)?;
        Ok(())
    });
    asked.await.map_err(|error| format!("The database cannot be asked: {error}."))?;
    Ok(version)
}

fn say(outcome: &Outcome, baseline: Option<&Report>, options: Options, path: &Path) -> ExitCode {
    if options.json {
        match serde_json::to_string_pretty(outcome) {
            Ok(text) => println!("{text}"),
            Err(error) => return not_run(&format!("The results cannot be written as JSON: {error}.")),
        }
    } else {
        print!("{}", table(outcome, baseline, options.threshold, Paint::of_stdout()));
        let file = path.display();
        match baseline {
            _ if outcome.saved => println!("It is the baseline from now on: {file}"),
            None => println!("There is no baseline to compare with; `--save-baseline` makes this one."),
            Some(then) if outcome.is_good() => println!("As good as the baseline of {}.", then.timestamp),
            Some(then) => println!("Compared with the baseline of {}.", then.timestamp),
        }
        if let Some(then) = baseline.filter(|then| then.database != outcome.report.database) {
            println!("That is of another database, `{}`.", then.database);
        }
    }
    if outcome.is_good() { ExitCode::SUCCESS } else { ExitCode::from(WORSE) }
}
