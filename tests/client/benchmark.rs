//! `benchmark`, as an operator runs it.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use hyper_tests::{Database, postgres};
use hyperdjango::db::{Db, Executor, Reader, Sql};
use serde_json::Value;
use tokio::runtime::Runtime;

/// A database with the site's tables, and a folder for the baseline.
struct Place {
    database: Database,
    runtime: Runtime,
    db: Db,
    folder: PathBuf,
}

/// How a run ended, and what it said.
#[derive(Debug)]
struct Ran {
    code: Option<i32>,
    out: String,
    err: String,
}

const NOTES: &str = "
    CREATE TABLE notes (id bigint PRIMARY KEY, author bigint NOT NULL, text text NOT NULL);
    INSERT INTO notes SELECT i, i % 500, repeat('words ', 20) FROM generate_series(1, 20000) i;
    CREATE INDEX notes_author ON notes (author, id DESC);
    CREATE TABLE pace (seconds float8 NOT NULL);
    INSERT INTO pace VALUES (0);
    ANALYZE notes, pace";

impl Place {
    fn new() -> Self {
        let database = postgres();
        let runtime = Runtime::new().unwrap();
        let name = format!("hyper-benchmark-{}-{}", std::process::id(), database.name());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir(&folder).unwrap();
        let db = Db::new(database.url().parse().unwrap());
        let this = Self { database, runtime, db, folder };
        this.sql(NOTES);
        this
    }

    fn sql(&self, text: &str) {
        self.runtime.block_on(self.db.execute_batch(text)).unwrap();
    }

    /// What a query of one text finds.
    fn ask(&self, text: &str) -> String {
        let mut found = String::new();
        let asked = self.db.read(Sql::rendered(text), &[], |row| {
            found = row.try_get(0)?;
            Ok(())
        });
        self.runtime.block_on(asked).unwrap();
        found
    }

    /// What there is in the database, and what runs in it.
    fn everything(&self) -> String {
        self.ask(
            "SELECT string_agg(nspname || '.' || relname, ' ' ORDER BY nspname, relname) FROM pg_class c \
             JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname NOT LIKE 'pg_%' \
             AND nspname <> 'information_schema'",
        ) + &self.ask(
            "SELECT string_agg(nspname, ' ' ORDER BY nspname) FROM pg_namespace WHERE nspname NOT LIKE 'pg_toast%'",
        ) + &self.ask("SELECT count(*)::text || sum(hashtext(n::text)) FROM notes n")
    }

    /// That nobody works for a benchmark any more.
    fn is_quiet(&self) -> bool {
        self.ask(
            "SELECT count(*)::text FROM pg_locks WHERE locktype = 'advisory' \
             AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
        ) == "0"
    }

    fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_benchmarked"));
        command
            .arg("benchmark")
            .args(arguments.split_whitespace())
            .env("DATABASE_URL", self.database.url())
            .env("CARGO_MANIFEST_DIR", &self.folder)
            .env("SECRET_KEY", "k".repeat(32));
        command
    }

    fn run(&self, arguments: &str) -> Ran {
        self.run_with(arguments, &[])
    }

    fn run_with(&self, arguments: &str, environment: &[(&str, &str)]) -> Ran {
        let output = self.command(arguments).envs(environment.iter().copied()).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Ran { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }

    fn baseline(&self) -> PathBuf {
        self.folder.join(".hyper.benchmark.json")
    }

    fn saved(&self) -> Value {
        serde_json::from_slice(&std::fs::read(self.baseline()).unwrap()).unwrap()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn until(what: &str, is_so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_secs(60), "not within a minute: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The queries in JSON, by what must be the same in each run.
fn same(report: &Value) -> Vec<(String, String, u64)> {
    let queries = report["queries"].as_array().unwrap();
    let text = |query: &Value, key: &str| query[key].as_str().unwrap().to_owned();
    queries
        .iter()
        .map(|query| (text(query, "name"), text(query, "sql"), query["actual_rows"].as_u64().unwrap()))
        .collect()
}

#[test]
fn two_whole_runs_are_of_the_same_rows_and_leave_nothing() {
    let place = Place::new();
    let before = place.everything();
    let first = place.run("--posts 500 --runs 5 --save-baseline");
    assert_eq!(first.code, Some(0), "{first:?}");
    assert!(first.out.contains("500 posts, 2,500 comments, 2,000 votes."), "{}", first.out);
    assert!(first.out.contains("It is the baseline from now on: "), "{}", first.out);
    assert!(!first.out.contains('\x1b'), "{}", first.out);
    assert!(first.err.contains("benchmark: comments (2500)\n"), "{}", first.err);
    let table = first.out.lines().take_while(|line| !line.starts_with("It is"));
    assert!(
        table.clone().count() > 20 && table.clone().all(|line| line.chars().count() <= 80),
        "{}",
        first.out
    );
    assert_eq!(place.everything(), before);
    // So much slower is nothing on a machine that does much else.
    let second = place.run("--posts=500 --runs 5 --threshold 1000 --json");
    assert_eq!(second.code, Some(0), "{second:?}");
    let (saved, json) = (place.saved(), serde_json::from_str::<Value>(&second.out).unwrap());
    assert_eq!(same(&saved), same(&json));
    assert_eq!(same(&json).len(), 18);
    assert_eq!(place.everything(), before);
    assert!(place.is_quiet());
    let found = |name: &str| same(&json).into_iter().find(|query| query.0 == name).unwrap().2;
    for page in ["hot", "new", "top", "controversial", "rising"] {
        assert_eq!(found(&format!("front_page_{page}")), 30);
    }
    for one in ["post_by_pk", "vote_check", "count_posts"] {
        assert_eq!(found(one), 1, "{one}");
    }
    for some in ["post_comments", "keyset_pagination", "search_title", "aggregate_scores", "join_post_author"]
    {
        assert!(found(some) > 0, "{some}");
    }
    assert_eq!((found("app.by_author"), found("app.first_and_count")), (40, 2));
    // What is documented.
    for report in [&saved, &json] {
        assert_eq!(
            (&report["seed_rows"], &report["posts"], &report["runs"]),
            (&6000.into(), &500.into(), &5.into())
        );
        assert_eq!(report["database"], place.database.name());
        assert!(report["timestamp"].as_str().unwrap().ends_with('Z'));
        assert!(report["postgres"].as_str().unwrap().contains('.'));
        let total: f64 = report["queries"]
            .as_array()
            .unwrap()
            .iter()
            .map(|query| query["execution_time_ms"].as_f64().unwrap())
            .sum();
        assert!((report["total_time_ms"].as_f64().unwrap() - total).abs() < 0.001);
        for query in report["queries"].as_array().unwrap() {
            let tables = query["seq_scan_tables"].as_array().unwrap();
            assert_eq!(query["has_seq_scan"].as_bool().unwrap(), !tables.is_empty());
            assert!(query["index_scans"].as_array().unwrap().iter().all(Value::is_string));
            assert!(
                query["planning_time_ms"].as_f64().unwrap() >= 0.0
                    && query["total_cost"].as_f64().unwrap() >= 0.0
            );
            assert!(!query["node_type"].as_str().unwrap().is_empty());
        }
    }
    assert_eq!(
        (&saved["comparison"], &json["saved"], &json["unexpected_plans"]),
        (&Value::Null, &false.into(), &Value::Array(vec![]))
    );
    let nothing = ["regressions", "new_seq_scans", "new", "gone"];
    assert!(
        nothing.iter().all(|key| json["comparison"][key].as_array().unwrap().is_empty()),
        "{}",
        json["comparison"]
    );
}

#[test]
fn json_and_a_new_baseline_go_together() {
    let place = Place::new();
    let ran = place.run("--posts 50 --runs 1 --save-baseline --json");
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let json: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((&json["saved"], &json["comparison"]), (&true.into(), &Value::Null));
    assert_eq!(json["queries"], place.saved()["queries"]);
    // Nothing else is in the folder.
    assert_eq!(std::fs::read_dir(&place.folder).unwrap().count(), 1);
}

#[test]
fn a_dropped_index_and_a_slowed_query_stop_a_gate() {
    let place = Place::new();
    assert_eq!(place.run("--posts 100 --save-baseline").code, Some(0));
    place.sql("DROP INDEX notes_author");
    let ran = place.run("--posts 100 --threshold 1000");
    assert_eq!(ran.code, Some(1), "{ran:?}");
    let said = "SEQ SCAN app.by_author\n    It reads all of `notes`; in the baseline it did not.\n";
    assert!(ran.out.contains(said), "{}", ran.out);
    assert!(!ran.out.contains("SLOWER"), "{}", ran.out);

    place.sql("CREATE INDEX notes_author ON notes (author, id DESC); UPDATE pace SET seconds = 0.3");
    // A hundredth of the baseline's time is below the floor: nothing else can be that much slower.
    let ran = place.run("--posts 100 --runs 3 --threshold 100");
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.out.contains("SLOWER app.paced\n    30"), "{}", ran.out);
    assert!(ran.out.contains(" in the baseline: ") && ran.out.contains("allowed 100x."), "{}", ran.out);
    let json: Value =
        serde_json::from_str(&place.run("--posts 100 --runs 3 --threshold 100 --json").out).unwrap();
    let slow = json["comparison"]["regressions"].as_array().unwrap();
    assert!(slow.iter().any(|query| query["name"] == "app.paced" && query["execution_time_ms"].as_f64().unwrap() > 299.0));

    assert_eq!(place.run("--posts 100 --runs 1 --save-baseline").code, Some(0));
    place.sql("UPDATE pace SET seconds = 0");
    let ran = place.run("--posts 100 --threshold 1000");
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.out.contains("FASTER app.paced\n"), "{}", ran.out);
}

#[test]
fn plans_are_as_expected_and_those_that_are_not_are_named() {
    let place = Place::new();
    let ran = place.run("--posts 5000 --runs 1 --json");
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let name = place.database.name();
    let off = ["enable_indexscan", "enable_bitmapscan", "enable_indexonlyscan"];
    place.sql(&off.map(|what| format!("ALTER DATABASE {name} SET {what} = off")).join("; "));
    let ran = place.run("--posts 5000 --runs 1 --save-baseline");
    assert_eq!(ran.code, Some(1), "{ran:?}");
    let said = "PLAN front_page_hot\n    It reads all of `posts` instead of the index `posts_hot`.\n";
    assert!(ran.out.contains(said), "{}", ran.out);
    assert!(ran.out.contains("PLAN vote_check\n    It reads all of `votes` instead of"), "{}", ran.out);
    // Few rows are rightly read as a whole.
    assert_eq!(place.run("--posts 4999 --runs 1 --save-baseline").code, Some(0));
}

#[test]
fn a_baseline_that_does_not_fit_is_refused_before_anything_is_made() {
    let place = Place::new();
    let refused = |arguments: &str, expected: &str| {
        let ran = place.run(arguments);
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{ran:?}");
        assert!(ran.err.contains(expected), "{}", ran.err);
        assert!(!ran.err.contains("benchmark: posts"), "{}", ran.err);
    };
    assert_eq!(place.run("--posts 50 --runs 1 --save-baseline").code, Some(0));
    let good = place.saved();
    refused(
        "--posts 60",
        "The baseline is of 50 posts, and this run of 60: say `--posts 50`; or `--save-baseline` makes",
    );
    let with = |key: &str, value: Value| {
        let mut changed = good.clone();
        changed[key] = value;
        std::fs::write(place.baseline(), changed.to_string()).unwrap();
    };
    with("postgres", "9.6.1".into());
    refused("--posts 50", "The baseline is of PostgreSQL 9.6.1, and this is 1");
    with("postgres", "new".into());
    refused("--posts 50", ".hyper.benchmark.json is no baseline: `postgres` is `new`, which is no version.");
    with("seed", 77.into());
    refused("--posts 50", "The baseline is of other rows than this version makes (seed 77, now 1)");
    with("queries", Value::Array(vec![]));
    refused("--posts 50", "is no baseline: it has no queries.");
    let mut twice = good["queries"].clone();
    twice.as_array_mut().unwrap().push(good["queries"][0].clone());
    with("queries", twice);
    refused("--posts 50", "is no baseline: `front_page_hot` is there twice.");
    let mut negative = good["queries"].clone();
    negative[3]["execution_time_ms"] = (-1.0).into();
    with("queries", negative);
    refused("--posts 50", "is no baseline: `front_page_controversial` took -1 ms.");
    // Half a file, another program's, and none at all.
    let text = good.to_string();
    for (damaged, expected) in [
        (&text[..text.len() / 2], "is no baseline: EOF while parsing"),
        ("", "is no baseline: EOF while parsing"),
        ("{\"results\": []}", "is no baseline: missing field `timestamp`"),
        ("\u{fffd}\0", "is no baseline: expected value"),
    ] {
        std::fs::write(place.baseline(), damaged).unwrap();
        refused("--posts 50", expected);
        assert_eq!(std::fs::read_to_string(place.baseline()).unwrap(), damaged);
    }
    // The way out that each of them names.
    assert_eq!(place.run("--posts 50 --runs 1 --save-baseline").code, Some(0));
    assert_eq!(place.run("--posts 50 --runs 1 --threshold 1000").code, Some(0));
    // Of another database it is compared, and that is said.
    with("database", "elsewhere".into());
    let ran = place.run("--posts 50 --runs 1 --threshold 1000");
    assert!(
        ran.code == Some(0) && ran.out.contains("That is of another database, `elsewhere`.\n"),
        "{ran:?}"
    );
    std::fs::remove_file(place.baseline()).unwrap();
    std::fs::create_dir(place.baseline()).unwrap();
    refused("--posts 50", ".hyper.benchmark.json cannot be read: ");
}

#[test]
fn queries_that_cannot_be_measured_say_why_and_make_no_baseline() {
    let place = Place::new();
    let before = place.everything();
    for (how, expected) in [
        ("write", "cannot execute INSERT in a read-only transaction"),
        ("nothing", "it ran no query on the `db` it was given."),
        (
            "begin",
            "a transaction in a benchmark cannot be measured: run its queries on the benchmark's `db`, which is one.",
        ),
        ("copy", "a COPY cannot be measured: measure the query whose rows it sends."),
        ("fail", "relation \"nowhere\" does not exist"),
    ] {
        let ran = place.run_with("--posts 50 --save-baseline", &[("MISBEHAVE", how)]);
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{ran:?}");
        assert!(
            ran.err.contains("`app.misbehaving` cannot be measured: ") && ran.err.contains(expected),
            "{}",
            ran.err
        );
        assert!(!place.baseline().exists());
    }
    assert_eq!(place.everything(), before);
    let ran = place.run("--post 50");
    assert_eq!(ran.code, Some(2));
    assert!(ran.err.starts_with("`benchmark` has no option `--post`; it has `--posts N`,"), "{}", ran.err);
    let ran = place.run_with("", &[("DATABASE_URL", "postgres://nobody@127.0.0.1:1/none")]);
    assert!(ran.code == Some(2) && ran.err.contains("The database cannot be asked: "), "{ran:?}");
}

#[test]
fn what_is_there_is_never_touched() {
    let place = Place::new();
    place.sql("CREATE SCHEMA hyper_benchmark; CREATE TABLE hyper_benchmark.posts (mine text)");
    let before = place.everything();
    let ran = place.run("--posts 50 --save-baseline");
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(
        ran.err.contains(
            "There is a schema `hyper_benchmark` in this database, and it is not the benchmark's: rename it."
        ),
        "{}",
        ran.err
    );
    assert_eq!(place.everything(), before);
    place.sql("DROP SCHEMA hyper_benchmark CASCADE");

    let role = format!("reader_of_{}", place.database.name());
    place.sql(&format!("CREATE ROLE {role} LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}"));
    let url = place.database.url().replace("postgres://hyper@", &format!("postgres://{role}@"));
    let ran = place.run_with("--posts 50 --save-baseline", &[("DATABASE_URL", &url)]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(
        ran.err.contains("permission denied for database")
            && ran.err.contains("The user needs CREATE on the database"),
        "{}",
        ran.err
    );
    assert!(!place.baseline().exists());
}

#[test]
fn a_run_that_is_broken_off_leaves_nothing() {
    let place = Place::new();
    let before = place.everything();
    // While it copies, while it makes indexes, while it measures; by Ctrl-C, by a polite end, and by force.
    for (posts, line, signal) in [
        ("20000", "benchmark: comments (100000)", "INT"),
        ("20000", "benchmark: indexes of posts", "TERM"),
        ("2000", "benchmark: queries (1001)", "INT"),
        ("20000", "benchmark: comments (100000)", "KILL"),
    ] {
        let mut child = place
            .command(&format!("--posts {posts} --runs 1000 --save-baseline"))
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
        assert!(said.any(|said| said == line), "{line}");
        // Two at once would disturb each other.
        let other = place.run("--posts 50 --runs 1");
        assert!(
            other.code == Some(2) && other.err.contains("Another benchmark runs on this database"),
            "{other:?}"
        );
        let sent =
            Command::new("kill").args([format!("-{signal}"), child.id().to_string()]).status().unwrap();
        assert!(sent.success());
        let rest: Vec<String> = said.collect();
        let code = child.wait().unwrap().code();
        if signal == "KILL" {
            until("PostgreSQL has noticed", || place.is_quiet());
        } else {
            assert_eq!(code, Some(130), "{line}: {rest:?}");
            assert_eq!(rest.last().map(String::as_str), Some("Stopping: what was made is undone."));
            assert!(place.is_quiet(), "{line}");
        }
        assert_eq!(place.everything(), before, "{line}");
        assert!(!place.baseline().exists(), "{line}");
    }
    until("the files are gone", || {
        place.ask("SELECT (pg_database_size(current_database()) < 40e6)::text") == "true"
    });
}
