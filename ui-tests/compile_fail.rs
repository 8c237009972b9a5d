//! Each mistake in `cases/` is refused with the message beside it, of which the first is at most 25 lines
//! long and says what to write.
//!
//! `TRYBUILD=overwrite cargo test -p hyper-ui-tests` writes the messages anew: read them as a user would before
//! they are committed.

use std::path::Path;

/// Longest message a user should have to read.
const LINES: usize = 25;

/// What the mistakes are about.
const FOLDERS: [&str; 9] =
    ["model", "query", "shape", "route", "app", "middleware", "error", "test", "cached"];

#[test]
fn mistakes_are_refused() {
    let cases = trybuild::TestCases::new();
    // With a case that compiles among them trybuild builds instead of checking: mistakes that only show in constants
    // of generic code, such as a required field without a value, are found by building.
    cases.pass("cases/pass/*.rs");
    for folder in FOLDERS {
        cases.compile_fail(format!("cases/{folder}/*.rs"));
    }
    // Dropped, they run, and write the messages anew where that is wanted.
    drop(cases);
    messages_are_short();
}

fn messages_are_short() {
    let mut checked = 0;
    for folder in FOLDERS {
        for entry in Path::new(env!("CARGO_MANIFEST_DIR")).join("cases").join(folder).read_dir().unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "stderr") {
                let text = std::fs::read_to_string(&path).unwrap();
                // What follows the first message is the compiler's about the same mistake.
                let message = text.split("\nerror").next().unwrap_or_default();
                let message = message.split("\nwarning").next().unwrap_or_default();
                // Nor is the compiler's list of what implements a trait ours to shorten.
                let listed =
                    |line: &&str| line.starts_with("             ") && !line.contains(['|', '^', '=']);
                let lines = message.trim_end().lines().filter(|line| !listed(line)).count();
                assert!(lines <= LINES, "{} starts with a message of {lines} lines", path.display());
                checked += 1;
            }
        }
    }
    assert!(checked > 0, "no messages found");
}
