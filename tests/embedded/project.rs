//! A project's folder, processes that use its PostgreSQL, and what can be seen of the server.

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use hyper_core::embedded::Options;

/// A folder that is removed again, with what its PostgreSQL made elsewhere.
pub(crate) struct Project {
    pub(crate) folder: PathBuf,
}

impl Project {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name =
            format!("hyperdjango-project-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let folder = std::env::temp_dir().join(name);
        fs::create_dir(&folder).unwrap();
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
        Self { folder: fs::canonicalize(folder).unwrap() }
    }

    pub(crate) fn options(&self) -> Options {
        Options::project(&self.folder).database_url(None)
    }

    pub(crate) fn cluster(&self) -> PathBuf {
        self.folder.join(".hyper/pg")
    }

    /// The server's process, from when it begins to start until it has ended.
    pub(crate) fn server(&self) -> Option<u32> {
        server_of(&self.cluster().join("data"))
    }

    pub(crate) fn wait_until_stopped(&self) {
        wait_until("the server to stop", || self.server().is_none());
    }
}

pub(crate) fn server_of(data: &Path) -> Option<u32> {
    fs::read_to_string(data.join("postmaster.pid")).ok()?.lines().next()?.trim().parse().ok()
}

impl Drop for Project {
    fn drop(&mut self) {
        let started = Instant::now();
        while self.server().is_some() && started.elapsed() < Duration::from_secs(10) {
            std::thread::sleep(Duration::from_millis(10));
        }
        if let Ok(options) = fs::read_to_string(self.cluster().join("data/postmaster.opts")) {
            let socket =
                options.split("unix_socket_directories=").nth(1).and_then(|rest| rest.split('"').next());
            socket.into_iter().for_each(|socket| remove(Path::new(socket)));
        }
        remove(&self.folder);
    }
}

/// Removes a folder in which a server that ends may be removing and writing its last files.
pub(crate) fn remove(folder: &Path) {
    let started = Instant::now();
    while fs::remove_dir_all(folder).is_err()
        && folder.exists()
        && started.elapsed() < Duration::from_secs(10)
    {
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Another process that uses a PostgreSQL until it is told to end, or killed.
pub(crate) struct Holder {
    child: Child,
    pub(crate) started: bool,
    pub(crate) url: String,
}

pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_hold-postgres");

impl Holder {
    /// Starts one without waiting for its PostgreSQL.
    pub(crate) fn spawn(what: impl AsRef<std::ffi::OsStr>) -> Child {
        Self::prepare(Command::new(PROGRAM).arg(what))
    }

    pub(crate) fn prepare(command: &mut Command) -> Child {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    pub(crate) fn new(what: impl AsRef<std::ffi::OsStr>) -> Self {
        Self::wait(Self::spawn(what))
    }

    /// Waits for its line; fails with what it complains of.
    pub(crate) fn wait(mut child: Child) -> Self {
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let Some((how, url)) = line.trim().split_once(' ') else {
            let output = child.wait_with_output().unwrap();
            panic!("no PostgreSQL for the other process: {}", String::from_utf8_lossy(&output.stderr));
        };
        Self { started: how == "started", url: url.to_owned(), child }
    }

    /// Ends it as `kill -9` does.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Lets it end by itself.
    pub(crate) fn end(mut self) {
        drop(self.child.stdin.take());
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits for a condition, for as long as a busy machine may need.
#[track_caller]
pub(crate) fn wait_until(what: &str, condition: impl Fn() -> bool) {
    let started = Instant::now();
    while !condition() {
        assert!(started.elapsed() < Duration::from_secs(60), "waited 60 s for {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Kills a process, unless it has ended by itself since it was seen.
pub(crate) fn kill_9(process: u32) {
    let script = format!("kill -9 {process} || ! kill -0 {process}");
    let status = Command::new("/bin/sh").arg("-c").arg(script).status().unwrap();
    assert!(status.success());
}

/// All processes as (number, parent).
pub(crate) fn processes() -> Vec<(u32, u32)> {
    let output = Command::new("ps").args(["-A", "-o", "pid=,ppid="]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let pair = |line: &str| {
        let mut numbers = line.split_whitespace().map(|number| number.parse().unwrap());
        (numbers.next().unwrap(), numbers.next().unwrap())
    };
    text.lines().map(pair).collect()
}

/// Runs statements, and gives the first column of each row of the last.
pub(crate) fn sql(url: &str, statements: &str) -> Result<Vec<String>, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (client, connection) =
            tokio_postgres::connect(url, tokio_postgres::NoTls).await.map_err(|error| error.to_string())?;
        let connection = tokio::spawn(connection);
        let messages = client.simple_query(statements).await.map_err(|error| error.to_string())?;
        drop(client);
        let _ = connection.await;
        let rows = messages.into_iter().filter_map(|message| match message {
            tokio_postgres::SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
            _ => None,
        });
        Ok(rows.collect())
    })
}

pub(crate) fn i_am_root() -> bool {
    let output = Command::new("id").arg("-u").output().unwrap();
    output.stdout == b"0\n"
}
