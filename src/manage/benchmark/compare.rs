//! A run beside the baseline.

use serde::Serialize;

use super::report::Report;

/// A query that takes this much longer is no slower, whatever the threshold: a hundredth of a millisecond more or less is noise.
pub(super) const FLOOR_MS: f64 = 0.5;

/// Below this part of the baseline's time a query is said to be faster.
const FASTER: f64 = 0.5;

/// What has changed since the baseline, each in the order of the queries.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub(super) struct Comparison {
    /// Those that take longer than the threshold allows.
    pub(super) regressions: Vec<Times>,
    /// Those that read a table as a whole and did not.
    pub(super) new_seq_scans: Vec<Scans>,
    /// Those that take less than half as long.
    pub(super) improvements: Vec<Times>,
    /// Those that the baseline has not.
    pub(super) new: Vec<String>,
    /// Those that only the baseline has.
    pub(super) gone: Vec<String>,
}

/// How long a query took, now and then.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Times {
    pub(super) name: String,
    pub(super) execution_time_ms: f64,
    pub(super) baseline_time_ms: f64,
}

/// The tables that a query reads as a whole, and did not.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Scans {
    pub(super) name: String,
    pub(super) tables: Vec<String>,
}

impl Comparison {
    /// Whether there is what a gate has to stop.
    pub(super) fn is_worse(&self) -> bool {
        !self.regressions.is_empty() || !self.new_seq_scans.is_empty()
    }
}

/// Compares a run with the baseline: `threshold` is how many times the baseline a query may take.
pub(super) fn compare(baseline: &Report, now: &Report, threshold: f64) -> Comparison {
    let mut found = Comparison::default();
    for query in &now.queries {
        let Some(then) = baseline.query(&query.name) else {
            found.new.push(query.name.clone());
            continue;
        };
        let (time, before) = (query.execution_time_ms, then.execution_time_ms);
        let times = || Times { name: query.name.clone(), execution_time_ms: time, baseline_time_ms: before };
        if time > threshold * before && time - before > FLOOR_MS {
            found.regressions.push(times());
        } else if time < FASTER * before && before - time > FLOOR_MS {
            found.improvements.push(times());
        }
        let gained = query.seq_scan_tables.iter().filter(|table| !then.seq_scan_tables.contains(table));
        let tables: Vec<String> = gained.cloned().collect();
        if !tables.is_empty() {
            found.new_seq_scans.push(Scans { name: query.name.clone(), tables });
        }
    }
    let gone = baseline.queries.iter().filter(|query| now.query(&query.name).is_none());
    found.gone = gone.map(|query| query.name.clone()).collect();
    found
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::super::report::QueryReport;
    use super::*;

    fn report(queries: Vec<QueryReport>) -> Report {
        Report {
            timestamp: String::new(),
            database: String::new(),
            postgres: "15".to_owned(),
            seed: 1,
            posts: 1,
            seed_rows: 1,
            runs: 1,
            total_time_ms: 0.0,
            queries,
        }
    }

    fn query(name: &str, time: f64, tables: &[&str]) -> QueryReport {
        QueryReport {
            name: name.to_owned(),
            sql: String::new(),
            execution_time_ms: time,
            planning_time_ms: 0.0,
            has_seq_scan: !tables.is_empty(),
            seq_scan_tables: tables.iter().map(|table| (*table).to_owned()).collect(),
            index_scans: Vec::new(),
            node_type: String::new(),
            total_cost: 0.0,
            actual_rows: 0,
        }
    }

    /// Microseconds to minutes, at all scales; and which of three tables are scanned.
    fn any_query() -> impl Strategy<Value = (f64, Vec<&'static str>)> {
        let tables = proptest::sample::subsequence(vec!["a", "b", "c"], 0..=3);
        (prop_oneof![Just(0.0), (-4.0..5.0_f64).prop_map(|exponent| 10_f64.powf(exponent))], tables)
    }

    proptest! {
        #[test]
        fn a_run_is_no_worse_than_itself(queries in vec(any_query(), 0..6), threshold in 1.0..10.0_f64) {
            let named = queries.iter().enumerate().map(|(i, (time, tables))| query(&i.to_string(), *time, tables));
            let report = report(named.collect());
            prop_assert_eq!(compare(&report, &report, threshold), Comparison::default());
        }

        #[test]
        fn each_query_is_judged_by_its_own_numbers(
            pairs in vec((any_query(), any_query(), 0..4_u8), 0..8),
            threshold in 1.0..10.0_f64,
        ) {
            let (mut then, mut now) = (Vec::new(), Vec::new());
            for (i, ((before, old), (time, new), present)) in pairs.iter().enumerate() {
                // One in four is only there, one in four only here.
                if *present != 0 {
                    then.push(query(&i.to_string(), *before, old));
                }
                if *present != 1 {
                    now.push(query(&i.to_string(), *time, new));
                }
            }
            // The baseline's order does not matter.
            then.reverse();
            let found = compare(&report(then), &report(now), threshold);
            let mut judged = 0;
            for (i, ((before, old), (time, new), present)) in pairs.iter().enumerate() {
                let name = i.to_string();
                let slower = found.regressions.iter().any(|times| times.name == name);
                let faster = found.improvements.iter().any(|times| times.name == name);
                let scans = found.new_seq_scans.iter().find(|scans| scans.name == name);
                prop_assert_eq!(found.new.contains(&name), *present == 0);
                prop_assert_eq!(found.gone.contains(&name), *present == 1);
                let both = *present > 1;
                let more = time - before;
                prop_assert_eq!(slower, both && more > FLOOR_MS && *time > before * threshold);
                prop_assert_eq!(faster, both && -more > FLOOR_MS && *time * 2.0 < *before);
                let gained: Vec<&str> = new.iter().filter(|table| both && !old.contains(table)).copied().collect();
                prop_assert_eq!(scans.map_or(vec![], |scans| scans.tables.iter().map(String::as_str).collect()), gained);
                judged += usize::from(slower) + usize::from(scans.is_some());
            }
            prop_assert_eq!(found.regressions.len() + found.new_seq_scans.len(), judged);
            prop_assert_eq!(found.is_worse(), judged > 0);
        }

        #[test]
        fn a_higher_threshold_never_finds_more(
            pairs in vec((any_query(), any_query()), 0..8),
            low in 1.0..10.0_f64,
            more in 0.0..10.0_f64,
        ) {
            let named = |side: Vec<(f64, Vec<&'static str>)>| {
                let queries = side.iter().enumerate().map(|(i, (time, tables))| query(&i.to_string(), *time, tables));
                report(queries.collect())
            };
            let (then, now): (Vec<_>, Vec<_>) = pairs.into_iter().unzip();
            let (then, now) = (named(then), named(now));
            let (few, many) = (compare(&then, &now, low + more), compare(&then, &now, low));
            prop_assert!(few.regressions.iter().all(|times| many.regressions.contains(times)));
            prop_assert_eq!(few.new_seq_scans, many.new_seq_scans);
        }
    }

    #[test]
    fn noise_below_the_floor_is_no_regression() {
        let compare = |before, time| {
            let (then, now) = (report(vec![query("q", before, &[])]), report(vec![query("q", time, &[])]));
            let found = compare(&then, &now, 2.0);
            (found.regressions.len(), found.improvements.len())
        };
        assert_eq!(compare(0.02, 0.5), (0, 0));
        assert_eq!(compare(0.02, 0.6), (1, 0));
        assert_eq!(compare(1.0, 2.0), (0, 0));
        assert_eq!(compare(1.0, 2.1), (1, 0));
        assert_eq!(compare(0.5, 0.02), (0, 0));
        assert_eq!(compare(2.0, 0.9), (0, 1));
    }
}
