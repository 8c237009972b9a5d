//! One server for all processes of a project, as long as there are any.

use hyper_core::embedded::{Postgres, Source};

use crate::project::{Holder, Project, sql};

#[test]
fn it_starts_and_stops_and_keeps_its_data() {
    let project = Project::new();
    let postgres = Postgres::start(project.options()).unwrap();
    sql(postgres.url(), "CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)").unwrap();
    let line = postgres.source().to_string();
    assert!(line.starts_with("PostgreSQL ") && line.ends_with("(started)"), "{line}");
    assert!(line.contains(&project.cluster().join("data").display().to_string()), "{line}");
    assert!(postgres.stop().unwrap(), "this was its last user");
    assert_eq!(project.server(), None);

    let postgres = Postgres::start(project.options()).unwrap();
    assert_eq!(sql(postgres.url(), "SELECT n FROM kept").unwrap(), ["7"]);
}

#[test]
fn the_second_user_joins_and_the_server_stays_for_him() {
    let project = Project::new();
    let first = Postgres::start(project.options()).unwrap();
    let server = project.server();
    let second = Postgres::start(project.options()).unwrap();
    assert!(matches!(second.source(), Source::Own { started: false, version, .. } if version.minor > 0));
    assert!(!first.stop().unwrap(), "another one uses it");
    assert_eq!(project.server(), server);
    assert_eq!(sql(second.url(), "SELECT 1").unwrap(), ["1"]);
    drop(second);
    project.wait_until_stopped();
}

#[test]
fn it_writes_to_the_disk_for_a_project() {
    let project = Project::new();
    let postgres = Postgres::start(project.options()).unwrap();
    for (setting, value) in
        [("fsync", "on"), ("full_page_writes", "on"), ("listen_addresses", ""), ("server_encoding", "UTF8")]
    {
        assert_eq!(sql(postgres.url(), &format!("SHOW {setting}")).unwrap(), [value], "{setting}");
    }
}

#[test]
fn databases_are_made_once() {
    let project = Project::new();
    let postgres = Postgres::start(project.options().database("it's \"mine\"")).unwrap();
    assert_eq!(sql(postgres.url(), "SELECT current_database()").unwrap(), ["it's \"mine\""]);
    assert!(postgres.create_database("other").unwrap());
    assert!(!postgres.create_database("other").unwrap());
    assert_eq!(sql(&postgres.url_of("other"), "SELECT current_database()").unwrap(), ["other"]);
}

#[test]
fn of_many_starters_at_once_one_starts_and_the_others_join() {
    let project = Project::new();
    let children: Vec<_> = (0..6).map(|_| Holder::spawn(&project.folder)).collect();
    let holders: Vec<_> = children.into_iter().map(Holder::wait).collect();
    assert_eq!(holders.iter().filter(|holder| holder.started).count(), 1);
    for holder in holders {
        assert_eq!(sql(&holder.url, "SELECT 1").unwrap(), ["1"]);
        holder.end();
    }
    project.wait_until_stopped();
}

/// Users come while the last one leaves: each must have a server that stays for as long as he does.
#[test]
fn who_comes_while_the_last_one_leaves_has_a_server() {
    let project = Project::new();
    drop(Postgres::start(project.options()).unwrap());
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                for _ in 0..12 {
                    let holder = Holder::new(&project.folder);
                    let slept = sql(&holder.url, "SELECT pg_sleep(0.02)");
                    assert_eq!(slept, Ok(vec![String::new()]), "the server was stopped under its user");
                    holder.kill();
                }
            });
        }
    });
    project.wait_until_stopped();
}
