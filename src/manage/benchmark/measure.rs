//! Running queries a number of times, and what is kept of that.

use std::collections::BTreeSet;

use hyper_core::app::Benchmark;
use hyper_core::db::{DatabaseError, Db, Measured, Transaction, explain};
use hyper_orm::query::Explanation;

use super::progress::Progress;
use super::queries::Query;
use super::report::QueryReport;

/// What the application's own queries begin with.
pub(super) const OWN: &str = "app.";

/// A statement with its plan.
type Statement = (String, Explanation);

/// How often each query runs before it is measured.
const WARM_UP: u32 = 1;

/// What a query's runs found out.
#[derive(Default)]
struct Runs {
    execution: Vec<f64>,
    planning: Vec<f64>,
    last: Vec<Statement>,
}

impl Runs {
    fn add(&mut self, statements: Vec<Statement>) {
        let sum =
            |time: fn(&Explanation) -> Option<f64>| statements.iter().filter_map(|(_, how)| time(how)).sum();
        self.execution.push(sum(|how| how.execution_time));
        self.planning.push(sum(|how| how.planning_time));
        self.last = statements;
    }

    fn report(self, name: String) -> QueryReport {
        let plans = || self.last.iter().map(|(_, how)| how);
        let distinct = |names: fn(&Explanation) -> Vec<&str>| -> Vec<String> {
            let names: BTreeSet<&str> = plans().flat_map(names).collect();
            names.into_iter().map(str::to_owned).collect()
        };
        let seq_scan_tables = distinct(Explanation::seq_scan_tables);
        let dearest = plans().max_by(|a, b| a.plan.total_cost.total_cmp(&b.plan.total_cost));
        let texts: Vec<&str> = self.last.iter().map(|(sql, _)| &**sql).collect();
        QueryReport {
            name,
            sql: texts.join("; "),
            has_seq_scan: !seq_scan_tables.is_empty(),
            seq_scan_tables,
            index_scans: distinct(Explanation::index_scans),
            node_type: dearest.map(|how| how.plan.node_type.clone()).unwrap_or_default(),
            total_cost: plans().map(|how| how.plan.total_cost).sum(),
            actual_rows: plans().filter_map(|how| how.plan.actual_rows).sum::<f64>().round() as u64,
            execution_time_ms: median(self.execution),
            planning_time_ms: median(self.planning),
        }
    }
}

/// The one in the middle, or half-way between the two there; 0 of none.
fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    let upper = times.get(times.len() / 2).copied().unwrap_or_default();
    let lower = times.get(times.len().wrapping_sub(1) / 2).copied().unwrap_or_default();
    // To microseconds, as PostgreSQL says them.
    ((upper + lower) * 500.0).round() / 1000.0
}

/// Runs the benchmark's own queries in turn, so that what disturbs a moment disturbs no query's every run.
pub(super) async fn ours(
    tx: &Transaction,
    queries: &[&Query],
    runs: u32,
    progress: &Progress,
) -> Result<Vec<QueryReport>, String> {
    let mut all: Vec<Runs> = queries.iter().map(|_| Runs::default()).collect();
    progress.begin("queries", u64::from(WARM_UP + runs));
    for run in 0..WARM_UP + runs {
        for (query, of_query) in queries.iter().zip(&mut all) {
            let wrong = |error: DatabaseError| format!("`{}` cannot be measured: {error}.", query.name);
            let plan = explain(tx, &query.sql, &[]).await.map_err(wrong)?;
            let how = Explanation::from_json(plan).map_err(wrong)?;
            if run >= WARM_UP {
                of_query.add(vec![(query.sql.clone(), how)]);
            }
        }
        progress.at(u64::from(run + 1));
    }
    Ok(queries.iter().zip(all).map(|(query, runs)| runs.report(query.name.to_owned())).collect())
}

/// Runs the application's queries in turn, each time in a transaction that only reads.
pub(super) async fn own(
    db: &Db,
    benchmarks: &[&Benchmark],
    runs: u32,
    progress: &Progress,
) -> Result<Vec<QueryReport>, String> {
    let mut all: Vec<Runs> = benchmarks.iter().map(|_| Runs::default()).collect();
    if !benchmarks.is_empty() {
        progress.begin("the application's queries", u64::from(WARM_UP + runs));
    }
    for run in 0..WARM_UP + runs {
        for (benchmark, of_benchmark) in benchmarks.iter().zip(&mut all) {
            let name = benchmark.name();
            let statements = once(db, benchmark)
                .await
                .map_err(|error| format!("`{OWN}{name}` cannot be measured: {error}"))?;
            if run >= WARM_UP {
                of_benchmark.add(statements);
            }
        }
        progress.at(u64::from(run + 1));
    }
    let named = benchmarks.iter().zip(all);
    Ok(named.map(|(benchmark, runs)| runs.report(format!("{OWN}{}", benchmark.name()))).collect())
}

async fn once(db: &Db, benchmark: &Benchmark) -> Result<Vec<Statement>, String> {
    let sentence = |error: DatabaseError| format!("{}.", error.to_string().trim_end_matches('.'));
    let measured = Measured::begin(db).await.map_err(sentence)?;
    benchmark.run(&measured).await.map_err(|error| {
        let mut causes = vec![error.to_string()];
        let mut cause = std::error::Error::source(&error);
        while let Some(next) = cause {
            let text = next.to_string();
            if !causes.iter().any(|known| known.contains(&text)) {
                causes.push(text);
            }
            cause = next.source();
        }
        format!("{}.", causes.join(": ").trim_end_matches('.'))
    })?;
    let statements = measured.end().await.map_err(sentence)?;
    if statements.is_empty() {
        return Err("it ran no query on the `db` it was given.".to_owned());
    }
    let explained = statements.into_iter().map(|statement| {
        Explanation::from_json(statement.plan).map(|how| (statement.sql, how)).map_err(sentence)
    });
    explained.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle() {
        assert_eq!(median(vec![]), 0.0);
        assert_eq!(median(vec![3.0]), 3.0);
        assert_eq!(median(vec![9.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(vec![4.0, 100.0, 1.0, 2.0]), 3.0);
        assert_eq!(median(vec![0.123, 0.124]), 0.124);
    }

    #[test]
    fn several_statements_are_one_query() {
        let plan = |node: &str, table: &str, cost: f64| {
            let answer = serde_json::json!([{
                "Plan": {"Node Type": node, "Relation Name": table, "Index Name": format!("{table}_i"),
                    "Total Cost": cost, "Actual Rows": 3},
                "Planning Time": 0.5, "Execution Time": 1.5,
            }]);
            Explanation::from_json(answer).unwrap()
        };
        let mut runs = Runs::default();
        runs.add(vec![
            ("SELECT 1".to_owned(), plan("Index Scan", "posts", 9.0)),
            ("SELECT 2".to_owned(), plan("Seq Scan", "users", 10.0)),
            ("SELECT 2".to_owned(), plan("Seq Scan", "users", 1.0)),
        ]);
        let report = runs.report("app.page".to_owned());
        let expected = QueryReport {
            name: "app.page".to_owned(),
            sql: "SELECT 1; SELECT 2; SELECT 2".to_owned(),
            execution_time_ms: 4.5,
            planning_time_ms: 1.5,
            has_seq_scan: true,
            seq_scan_tables: vec!["users".to_owned()],
            index_scans: vec!["posts_i".to_owned()],
            node_type: "Seq Scan".to_owned(),
            total_cost: 20.0,
            actual_rows: 9,
        };
        assert_eq!(report, expected);
    }
}
