//! As root and as a plain user. Run as root these tests try both; run as a plain user, all tests are that.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;

use hyper_core::embedded::{Postgres, Source};

use crate::project::{Holder, PROGRAM, Project, i_am_root, sql};

/// A helper program that another account can run, wherever this one was built.
fn program_for_all(project: &Project) -> PathBuf {
    let copy = project.folder.join("hold-postgres");
    fs::copy(PROGRAM, &copy).unwrap();
    fs::set_permissions(&copy, fs::Permissions::from_mode(0o755)).unwrap();
    copy
}

fn nobody() -> (u32, u32) {
    let passwd = fs::read_to_string("/etc/passwd").unwrap();
    let line = passwd.lines().find(|line| line.starts_with("nobody:")).unwrap();
    let fields: Vec<_> = line.split(':').collect();
    (fields[2].parse().unwrap(), fields[3].parse().unwrap())
}

#[test]
fn a_plain_user_has_the_data_in_the_project() {
    if !i_am_root() {
        let project = Project::new();
        let _postgres = Postgres::start(project.options()).unwrap();
        assert!(project.server().is_some());
        return;
    }
    let project = Project::new();
    let program = program_for_all(&project);
    let (uid, gid) = nobody();
    chown(&project.folder, Some(uid), Some(gid)).unwrap();
    let mut command = Command::new(program);
    let holder =
        Holder::wait(Holder::prepare(command.arg(&project.folder).uid(uid).gid(gid).env("HOME", "/")));
    assert!(holder.started);
    assert_eq!(sql(&holder.url, "SELECT 1").unwrap(), ["1"]);
    assert_eq!(fs::metadata(project.cluster().join("data")).unwrap().uid(), uid);

    // Root comes into the same project: the server is its owner's, and shared.
    let mine = Postgres::start(project.options()).unwrap();
    assert!(matches!(mine.source(), Source::Own { started: false, .. }));
    holder.end();
    assert_eq!(sql(mine.url(), "SELECT 1").unwrap(), ["1"]);
    drop(mine);
    project.wait_until_stopped();

    // And root first is no different.
    let mine = Postgres::start(project.options()).unwrap();
    assert!(matches!(mine.source(), Source::Own { started: true, .. }));
    assert_eq!(fs::metadata(project.cluster().join("lock")).unwrap().uid(), uid);
}

#[test]
fn for_root_the_data_goes_where_the_servers_account_can_reach_it() {
    if !i_am_root() {
        return;
    }
    let project = Project::new();
    fs::set_permissions(&project.folder, fs::Permissions::from_mode(0o700)).unwrap();
    let postgres = Postgres::start(project.options()).unwrap();
    let Source::Own { data, socket, .. } = postgres.source().clone() else { panic!("not its own") };
    assert!(data.starts_with("/var/lib/hyperdjango"), "{}", data.display());
    assert_eq!(sql(postgres.url(), "SELECT 1").unwrap(), ["1"]);
    assert_ne!(fs::metadata(&data).unwrap().uid(), 0);
    assert_eq!(fs::metadata(&socket).unwrap().mode() & 0o777, 0o700);
    assert!(postgres.stop().unwrap());
    fs::remove_dir_all(data.parent().unwrap()).unwrap();
    fs::remove_dir_all(socket).unwrap();
}

#[test]
fn data_of_another_user_is_refused_by_his_name() {
    if !i_am_root() {
        return;
    }
    let project = Project::new();
    let program = program_for_all(&project);
    // Root's project, whose server runs as `postgres` or, without it, as `nobody`.
    drop(Postgres::start(project.options()).unwrap());
    let (uid, gid) = (4242, 4242);
    let output = Command::new(program).arg(&project.folder).uid(uid).gid(gid).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("belongs to") && said.contains("or as root"), "{said}");
}
