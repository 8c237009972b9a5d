//! Whatever is killed, the next start works, nothing acknowledged is lost, and no server is left over.

use hyper_core::embedded::Postgres;

use crate::project::{Holder, Project, kill_9, processes, sql, wait_until};

#[test]
fn a_killed_user_stops_the_server() {
    let project = Project::new();
    let holder = Holder::new(&project.folder);
    assert!(project.server().is_some());
    holder.kill();
    project.wait_until_stopped();
}

#[test]
fn after_a_killed_server_every_acknowledged_row_is_there() {
    let project = Project::new();
    let holder = Holder::new(&project.folder);
    sql(&holder.url, "CREATE TABLE acknowledged (n int)").unwrap();
    for n in 0..200 {
        sql(&holder.url, &format!("INSERT INTO acknowledged VALUES ({n})")).unwrap();
    }
    kill_9(project.server().unwrap());

    // The first user is still there: he keeps the new server as he kept the old one.
    let second = Postgres::start(project.options()).unwrap();
    assert_eq!(sql(second.url(), "SELECT count(*) FROM acknowledged").unwrap(), ["200"]);
    assert!(!second.stop().unwrap(), "the first user is still there");
    assert_eq!(sql(&holder.url, "SELECT count(*) FROM acknowledged").unwrap(), ["200"]);
    holder.kill();
    project.wait_until_stopped();
}

/// Who watches for the end of the users can be killed too: then the next one puts it right.
#[test]
fn after_a_killed_keeper_the_server_is_stopped_by_the_next_last_user() {
    for keep_watcher in [true, false] {
        let project = Project::new();
        let holder = Holder::new(&project.folder);
        let server = project.server().unwrap();
        let all = processes();
        let keeper = all.iter().find(|(process, _)| *process == server).unwrap().1;
        for (process, parent) in all {
            let watcher = parent == keeper && process != server;
            if (process == keeper && keep_watcher) || (watcher && !keep_watcher) {
                kill_9(process);
            }
        }
        let second = Postgres::start(project.options()).unwrap();
        assert_eq!(sql(second.url(), "SELECT 1").unwrap(), ["1"]);
        drop(second);
        holder.kill();
        project.wait_until_stopped();
    }
}

#[test]
fn a_starter_killed_at_any_moment_leaves_nothing_that_hinders_the_next() {
    let project = Project::new();
    let root = project.cluster();
    let moments: [(&str, &dyn Fn() -> bool); 4] = [
        ("the lock", &|| root.join("lock").exists()),
        ("initdb", &|| root.join("data.new/base").exists()),
        ("the data", &|| root.join("data").exists()),
        ("the server", &|| project.server().is_some()),
    ];
    for (moment, reached) in moments {
        let mut child = Holder::spawn(&project.folder);
        wait_until(moment, reached);
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let postgres = Postgres::start(project.options()).unwrap();
    assert_eq!(sql(postgres.url(), "SELECT 1").unwrap(), ["1"]);
    drop(postgres);
    project.wait_until_stopped();
}

#[test]
fn a_server_that_cannot_start_shows_its_last_lines() {
    let project = Project::new();
    Postgres::start(project.options()).unwrap().stop().unwrap();
    let settings = project.cluster().join("data/postgresql.conf");
    let mut text = std::fs::read_to_string(&settings).unwrap();
    text.push_str("no_such_setting = 1\n");
    std::fs::write(&settings, text).unwrap();
    let error = Postgres::start(project.options()).unwrap_err().to_string();
    assert!(error.starts_with("PostgreSQL did not start. The last lines of /"), "{error}");
    assert!(error.contains("no_such_setting"), "{error}");
}
