//! PgBouncer in front of a PostgreSQL, for tests.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// A PgBouncer that ends when this is dropped, or with the process.
#[derive(Debug)]
pub struct PgBouncer {
    folder: PathBuf,
    process: Child,
}

impl PgBouncer {
    /// Starts `pgbouncer` of `PATH` in front of the server that a URL (of [`Database`](crate::Database)) is of, with one
    /// connection to PostgreSQL for each database, in transaction mode and without an account of prepared statements
    /// unless `more`, lines of its `[pgbouncer]` section, says otherwise.
    ///
    /// # Panics
    /// It cannot be started, with what it said.
    #[must_use]
    pub fn start(url: &str, more: &str) -> Self {
        Self::of("pgbouncer", url, more)
    }

    /// The same with a program.
    ///
    /// # Panics
    /// It cannot be started, with what it said.
    #[must_use]
    pub fn of(program: &str, url: &str, more: &str) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("hyper-bouncer-{}-{number}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        // It gives up root, and makes its socket after that.
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o777)).expect("a folder of one's own");
        let place =
            url.split_once('@').and_then(|(_, rest)| rest.split_once('/')).expect("a URL of a test").0;
        let server = percent_decode_str(place).decode_utf8().expect("a path");
        // A new one keeps them by itself; an old one knows no such setting.
        let keeps = if is_new(program) { "max_prepared_statements = 0" } else { "" };
        let settings = format!(
            "[databases]\n* = host={server} user=hyper\n[pgbouncer]\nlisten_addr =\nunix_socket_dir = {folder}\n\
             listen_port = 6432\nauth_type = any\npool_mode = transaction\nmax_client_conn = 500\ndefault_pool_size = 1\n\
             logfile = {folder}/log\n{keeps}\n{more}\n",
            folder = folder.display()
        );
        fs::write(folder.join("pgbouncer.ini"), settings).expect("a file");
        // It goes when the pipe does: also when the tests are killed.
        let script = "cd \"$1\" && { if [ \"$(id -u)\" = 0 ]; then set -- \"$1\" -u postgres; else set -- \"$1\"; fi; \
                      dir=$1; shift; \"$0\" -q \"$@\" pgbouncer.ini & child=$!; read -r _; kill $child; }";
        let process = Command::new("sh")
            .args(["-c", script, program])
            .arg(&folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .env("PATH", path())
            .spawn()
            .expect("a shell");
        let this = Self { folder, process };
        let started = Instant::now();
        while UnixStream::connect(this.folder.join(".s.PGSQL.6432")).is_err() {
            if started.elapsed() > Duration::from_secs(20) {
                let log = fs::read_to_string(this.folder.join("log")).unwrap_or_default();
                panic!("{program} did not start; its log: {log}");
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        this
    }

    /// The program of one that keeps prepared statements, 1.21 or later: the one that `HYPER_PGBOUNCER_NEW` names, else that
    /// of `PATH` if it is such a one.
    #[must_use]
    pub fn new_one() -> Option<String> {
        let named = std::env::var("HYPER_PGBOUNCER_NEW").ok().filter(|named| !named.is_empty());
        let program = named.unwrap_or_else(|| "pgbouncer".to_owned());
        is_new(&program).then_some(program)
    }

    /// Whether there is none for this system, which `./test` says and sets `HYPER_PGBOUNCER_NEW` to `none`.
    #[must_use]
    pub fn is_not_to_be_had() -> bool {
        std::env::var("HYPER_PGBOUNCER_NEW").is_ok_and(|named| named == "none")
    }

    /// The URL of a database through it.
    #[must_use]
    pub fn url_of(&self, database: &str) -> String {
        let folder = self.folder.to_string_lossy().into_owned();
        format!("postgres://hyper@{}:6432/{database}", utf8_percent_encode(&folder, NON_ALPHANUMERIC))
    }
}

fn path() -> String {
    format!("{}:/usr/sbin", std::env::var("PATH").unwrap_or_default())
}

fn is_new(program: &str) -> bool {
    let said = Command::new(program).arg("--version").env("PATH", path()).output();
    let said = said.map(|said| String::from_utf8_lossy(&said.stdout).into_owned()).unwrap_or_default();
    let version = said.lines().find_map(|line| line.strip_prefix("PgBouncer "));
    let mut numbers = version.unwrap_or_default().split('.').map(|number| number.parse::<u32>().unwrap_or(0));
    (numbers.next(), numbers.next()) >= (Some(1), Some(21))
}

impl PgBouncer {
    /// What it said until now.
    #[must_use]
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }
}

impl Drop for PgBouncer {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        let _ = self.process.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}
