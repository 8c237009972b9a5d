//! A PostgreSQL that a test may break.

use std::path::PathBuf;
use std::process::Command;

use hyper_core::embedded::{Options, Postgres};

/// Its data outlives its server, in a folder that is removed.
pub(super) struct Cluster {
    folder: PathBuf,
    postgres: Vec<Postgres>,
}

impl Cluster {
    pub(super) fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("hyperdjango-health-{name}-{}", std::process::id()));
        std::fs::create_dir(&folder).unwrap();
        std::fs::set_permissions(&folder, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        let mut this = Self { folder, postgres: Vec::new() };
        this.start();
        this
    }

    /// Starts it, again.
    pub(super) fn start(&mut self) {
        let options = Options::project(&self.folder).database_url(None);
        self.postgres.push(Postgres::start(options).unwrap_or_else(|error| panic!("{error}")));
    }

    pub(super) fn url(&self) -> &str {
        self.postgres[0].url()
    }

    fn postmaster(&self) -> u32 {
        let file = self.folder.join(".hyper/pg/data/postmaster.pid");
        std::fs::read_to_string(file).unwrap().lines().next().unwrap().parse().unwrap()
    }

    /// Ends it without notice.
    pub(super) fn kill(&self) {
        signal(&[self.postmaster()], "KILL");
    }

    /// Stops all its processes, which go on where they are with [`thaw`](Self::thaw).
    pub(super) fn freeze(&self) {
        signal(&self.processes(), "STOP");
    }

    pub(super) fn thaw(&self) {
        signal(&self.processes(), "CONT");
    }

    fn processes(&self) -> Vec<u32> {
        let postmaster = self.postmaster();
        let children =
            Command::new("ps").args(["-o", "pid=", "--ppid", &postmaster.to_string()]).output().unwrap();
        let children = String::from_utf8(children.stdout).unwrap();
        let children = children.lines().map(|line| line.trim().parse().unwrap());
        [postmaster].into_iter().chain(children).collect()
    }
}

fn signal(processes: &[u32], signal: &str) {
    // One of them may have ended by itself.
    let processes: String = processes.iter().map(|process| format!(" {process}")).collect();
    Command::new("/bin/sh").arg("-c").arg(format!("kill -{signal}{processes}")).status().unwrap();
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.thaw();
        if let Some(last) = self.postgres.pop() {
            self.postgres.clear();
            let _ = last.stop();
        }
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
