//! What is said when there is no PostgreSQL that fits.

use std::fs;

use hyper_core::embedded::{Error, Options, Postgres};

use crate::project::Project;

#[test]
fn without_any_postgresql_the_message_says_how_to_install_one() {
    let project = Project::new();
    let none: [&str; 0] = [];
    let options = project.options().search_only(none).fetch(false).cache(project.folder.join("cache"));
    let error = Postgres::start(options).unwrap_err();
    assert!(matches!(error, Error::NotFound { .. }));
    let text = error.to_string();
    for part in ["no PostgreSQL 13 or newer", "Install it with `", "DATABASE_URL", "PG_BINDIR"] {
        assert!(text.contains(part), "{part} is missing in: {text}");
    }
    assert!(!project.cluster().join("data").exists());
}

#[test]
fn data_of_another_major_version_is_left_alone_and_named() {
    let project = Project::new();
    Postgres::start(project.options()).unwrap().stop().unwrap();
    let version = project.cluster().join("data/PG_VERSION");
    fs::write(&version, "12\n").unwrap();
    let error = Postgres::start(project.options()).unwrap_err();
    assert!(matches!(error, Error::WrongVersion { made_by: 12, .. }), "{error}");
    let text = error.to_string();
    for part in ["was made by PostgreSQL 12", "pg_upgrade", "installed: ", "move that folder away"] {
        assert!(text.contains(part), "{part} is missing in: {text}");
    }
    assert!(project.cluster().join("data/base").exists());
}

#[test]
fn database_url_comes_first_and_its_password_is_not_shown() {
    let project = Project::new();
    let options = |url: &str| Options::project(&project.folder).database_url(Some(url.to_owned()));
    let given = Postgres::start(options("postgres://me:secret@db.example:6432/news")).unwrap();
    assert_eq!(given.source().to_string(), "PostgreSQL at db.example:6432, from DATABASE_URL");
    assert_eq!(given.url_of("other"), "postgres://me:secret@db.example:6432/other");
    assert!(!given.stop().unwrap(), "it is not ours to stop");
    assert!(!project.folder.join(".hyper").exists());

    let error = Postgres::start(options("postgres://me:secret@h:port/x")).unwrap_err().to_string();
    assert!(error.starts_with("DATABASE_URL is not a PostgreSQL URL"), "{error}");
    assert!(!error.contains("secret"), "{error}");
}
