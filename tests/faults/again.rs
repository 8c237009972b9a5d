//! A test in a process of its own, with a network, mounts or a clock that only that process has.

use std::process::Command;

/// Says which test the process was started for.
const AGAIN: &str = "HYPER_FAULTS_AGAIN";

/// Runs a test of this binary in another process, and says so; false in that process, which is to go on.
pub(crate) fn again(test: &str, command: impl FnOnce() -> Command) -> bool {
    if std::env::var_os(AGAIN).is_some_and(|name| name == test) {
        return false;
    }
    let mut command = command();
    command.arg(std::env::current_exe().unwrap()).args([test, "--exact", "--nocapture", "--test-threads=1"]);
    let output = command.env(AGAIN, test).output().unwrap();
    let (said, problems) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && said.contains("1 passed"), "{said}\n{problems}");
    said.lines().filter(|line| line.starts_with('|')).for_each(|line| println!("\n{line}"));
    true
}

/// In namespaces of its own: a network that has nobody in it, and mounts that nobody else sees.
pub(crate) fn in_namespaces() -> Command {
    use std::os::unix::fs::MetadataExt;

    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "KILL", "unshare", "--net", "--mount"]);
    if std::fs::metadata("/proc/self").unwrap().uid() != 0 {
        // As root of a namespace of its own, but with the number that it has: PostgreSQL refuses root.
        command.args(["--user", "--map-current-user", "--keep-caps"]);
    }
    command.arg("--");
    command
}

/// Runs a program that must succeed.
pub(crate) fn run(program: &str, arguments: &[&str]) {
    let output = Command::new(program).args(arguments).output().unwrap();
    let problem = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {arguments:?}: {problem}");
}
