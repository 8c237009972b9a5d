//! A primary and two streaming standbys, or a primary alone, on unix sockets in a folder of their own. All of it goes
//! with the test.
//!
//! As in tests, what goes wrong is a panic that says what.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use hyper_core::db::{Db, DbOptions, PrimaryReplica};

/// How long a server may take to start, and a standby to follow.
const PATIENCE: Duration = Duration::from_secs(60);

/// The servers, by number: 0 is the primary, 1 and 2 the standbys.
#[derive(Debug)]
pub struct Cluster {
    folder: PathBuf,
    bin: PathBuf,
    servers: [Option<Child>; 3],
}

impl Cluster {
    /// Starts all three, with these settings of the primary besides, and waits until both standbys follow.
    #[must_use]
    pub fn start(settings: &str) -> Self {
        let mut this = Self::alone(settings);
        for standby in [1, 2] {
            this.make_standby(standby);
            this.launch(standby);
        }
        this
    }

    /// Starts a primary without standbys, with these settings besides.
    #[must_use]
    pub fn alone(settings: &str) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("hyper-replicas-{}-{number}", std::process::id()));
        fs::create_dir(&folder).unwrap();
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
        if let Some((uid, gid)) = account() {
            chown(&folder, Some(uid), Some(gid)).unwrap();
        }
        let mut this = Self { folder, bin: bin(), servers: [const { None }; 3] };
        this.make_primary(settings);
        this.launch(0);
        this
    }

    fn make_primary(&self, settings: &str) {
        let data = self.data(0);
        self.run(
            "initdb",
            &["-U", "app", "--auth=trust", "-E", "UTF8", "--locale=C", "--no-sync", "-D", &data],
        );
        let folder = self.folder.display();
        let text = format!(
            "listen_addresses = ''\nunix_socket_directories = '{folder}'\nport = 5432\nfsync = off\n\
             shared_buffers = 16MB\nmax_wal_senders = 8\nmax_connections = 90\nwal_keep_size = 64MB\n\
             wal_receiver_status_interval = 1\nwal_retrieve_retry_interval = 100\n{settings}\n"
        );
        let file = format!("{data}/postgresql.conf");
        fs::write(&file, fs::read_to_string(&file).unwrap() + &text).unwrap();
    }

    fn make_standby(&self, standby: usize) {
        let (data, folder) = (self.data(standby), self.folder.display().to_string());
        let base =
            ["-h", &folder, "-p", "5432", "-U", "app", "-D", &data, "-R", "-X", "stream", "-c", "fast"];
        self.run("pg_basebackup", &[&base[..], &["--no-sync"]].concat());
        let file = format!("{data}/postgresql.auto.conf");
        let text = fs::read_to_string(&file)
            .unwrap()
            .replace("user=app ", &format!("user=app application_name=s{standby} "));
        fs::write(&file, format!("{text}port = {}\nsynchronous_standby_names = ''\n", 5432 + standby))
            .unwrap();
    }

    /// Starts a server, again after it was killed, and waits until it answers.
    pub fn launch(&mut self, server: usize) {
        let deadline = Instant::now() + PATIENCE;
        // Of one that was killed some processes may still be there, and the next one refuses to start beside them.
        while Instant::now() < deadline {
            let log = fs::OpenOptions::new().create(true).append(true).open(self.folder.join("log")).unwrap();
            let mut child = self
                .command("postgres", &["-D", &self.data(server)])
                .stderr(log)
                .spawn()
                .unwrap_or_else(|error| panic!("postgres cannot be started: {error}"));
            while child.try_wait().unwrap().is_none() && Instant::now() < deadline {
                let (folder, port) = (self.folder.display().to_string(), (5432 + server).to_string());
                let ready = self.command("pg_isready", &["-q", "-h", &folder, "-p", &port]).status().unwrap();
                if ready.success() {
                    self.servers[server] = Some(child);
                    return;
                }
                std::thread::sleep(Duration::from_millis(20));
            }
            let _ = child.kill();
            let _ = child.wait();
            std::thread::sleep(Duration::from_millis(100));
        }
        let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
        panic!("server {server} does not start:\n{}", &log[log.len().saturating_sub(2000)..]);
    }

    /// Adds a setting, for the next start.
    pub fn append(&self, server: usize, setting: &str) {
        let file = format!("{}/postgresql.auto.conf", self.data(server));
        fs::write(&file, fs::read_to_string(&file).unwrap() + setting + "\n").unwrap();
    }

    /// `kill -9`.
    pub fn kill(&mut self, server: usize) {
        if let Some(mut child) = self.servers[server].take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// `kill -9` of a server and all of its processes, at one moment.
    pub fn kill_all(&mut self, server: usize) {
        self.signal(server, "KILL");
        self.kill(server);
    }

    /// Stops a server and all of its processes where they are, or has them go on.
    pub fn freeze(&self, server: usize, frozen: bool) {
        self.signal(server, if frozen { "STOP" } else { "CONT" });
    }

    fn signal(&self, server: usize, signal: &str) {
        let process = self.servers[server].as_ref().unwrap().id();
        // One of its processes may end by itself meanwhile.
        let all = format!(
            "all=$(ps -o pid= --ppid {process}); kill -{signal} {process} && {{ kill -{signal} $all 2>&- || true; }}"
        );
        assert!(Command::new("/bin/sh").args(["-c", &all]).status().unwrap().success());
    }

    /// Whether a server has ended by itself.
    pub fn has_ended(&mut self, server: usize) -> bool {
        self.servers[server].as_mut().is_none_or(|child| child.try_wait().unwrap().is_some())
    }

    /// Makes a primary of a standby.
    pub fn promote(&self, standby: usize) {
        self.run("pg_ctl", &["promote", "-w", "-D", &self.data(standby)]);
    }

    /// The folder that all of it is in, which the account that runs PostgreSQL has, too.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The URL of one server.
    pub fn url(&self, server: usize) -> String {
        format!(
            "host={} port={} user=app dbname=postgres connect_timeout=2",
            self.folder.display(),
            5432 + server
        )
    }

    /// The URL that finds the primary among them.
    pub fn url_of_primary(&self) -> String {
        let folder = self.folder.display();
        format!(
            "host={folder},{folder},{folder} port=5432,5433,5434 user=app dbname=postgres connect_timeout=2 \
             target_session_attrs=read-write"
        )
    }

    /// A handle to one server.
    #[must_use]
    pub fn db(&self, server: usize) -> Db {
        open(&self.url(server))
    }

    /// The database with its two standbys, of these weights, and all looked at.
    pub async fn routed(&self, weights: [u32; 2]) -> Db {
        self.routed_by(weights, |routing| routing).await
    }

    /// The same with what is to be said of the routing besides.
    pub async fn routed_by(
        &self,
        weights: [u32; 2],
        with: impl FnOnce(PrimaryReplica) -> PrimaryReplica,
    ) -> Db {
        let routing = PrimaryReplica::new()
            .replica("one", self.db(1), weights[0])
            .replica("two", self.db(2), weights[1])
            .probe(Duration::from_millis(200));
        let db = open(&self.url_of_primary()).with_replicas(with(routing));
        wait_for_all(&db).await;
        db
    }

    fn data(&self, server: usize) -> String {
        self.folder.join(server.to_string()).display().to_string()
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        let output = self.command(program, arguments).output().unwrap();
        let text = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{program} {arguments:?}: {text}");
    }

    /// PostgreSQL refuses root. What is started ends with the thread of the test.
    fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new("setpriv");
        if let Some((uid, gid)) = account() {
            command.args([format!("--reuid={uid}"), format!("--regid={gid}"), "--clear-groups".to_owned()]);
        }
        command.args(["--pdeathsig", "QUIT"]).arg(self.bin.join(program)).args(arguments);
        command.current_dir(&self.folder).env("LC_ALL", "C").stdin(Stdio::null()).stdout(Stdio::null());
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        for server in &mut self.servers {
            if let Some(mut child) = server.take() {
                let _ = child.kill();
                let _ = child.wait();
            }
        }
        // The processes of a server that was killed end by themselves, and may still write for a moment.
        for _ in 0..50 {
            if fs::remove_dir_all(&self.folder).is_ok() {
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

/// A handle with a pool of the size that these tests need.
#[must_use]
pub fn open(url: &str) -> Db {
    let mut options = DbOptions::default();
    options.pinned = 2;
    options.exclusive = 12;
    Db::with_options(url.parse().unwrap(), options)
}

/// Waits until both replicas are asked.
pub async fn wait_for_all(db: &Db) {
    wait_until(db, |db| db.replica_stats().replicas.iter().all(|replica| replica.why_out.is_none())).await;
}

/// Waits for a condition. Reads meanwhile, as it is reads that have replicas looked at.
pub async fn wait_until(db: &Db, condition: impl Fn(&Db) -> bool) {
    use hyper_core::db::{Reader, Sql};

    let deadline = Instant::now() + PATIENCE;
    while !condition(db) {
        assert!(Instant::now() < deadline, "not in time: {:?}", db.replica_stats());
        let _ = db.read(Sql::new("SELECT 1"), &[], |_| Ok(())).await;
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Waits until all replicas are known to have what was written before.
pub async fn wait_until_caught_up(db: &Db) {
    use hyper_core::db::{Reader, Sql};

    let mut written = 0;
    let each = |row: &tokio_postgres::Row| {
        written = row.try_get::<_, i64>(0)?.cast_unsigned();
        Ok(())
    };
    let sql = Sql::new("SELECT (pg_current_wal_insert_lsn() - '0/0')::bigint");
    db.primary().read(sql, &[], each).await.unwrap();
    let has = |replica: &hyper_core::db::ReplicaStats| replica.replayed.is_some_and(|at| at.lsn >= written);
    wait_until(db, |db| db.replica_stats().replicas.iter().all(has)).await;
}

/// The account that runs PostgreSQL where this is root.
fn account() -> Option<(u32, u32)> {
    use std::os::unix::fs::MetadataExt;

    if fs::metadata("/proc/self").unwrap().uid() != 0 {
        return None;
    }
    let users = fs::read_to_string("/etc/passwd").unwrap();
    let line = users
        .lines()
        .find(|line| line.starts_with("postgres:"))
        .expect("PostgreSQL's package makes the account");
    let number = |at| line.split(':').nth(at).and_then(|text| text.parse().ok()).unwrap();
    Some((number(2), number(3)))
}

/// The folder of PostgreSQL's programs.
fn bin() -> PathBuf {
    if let Some(bin) = std::env::var_os("PG_BINDIR") {
        return bin.into();
    }
    let packaged =
        fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|e| e.path().join("bin"));
    let packaged = packaged.filter(|bin| bin.join("pg_basebackup").is_file()).max();
    let on_path = || {
        let path = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&path).find(|folder| folder.join("pg_basebackup").is_file())
    };
    let found = packaged.or_else(on_path).expect("pg_basebackup is a part of PostgreSQL's packages");
    fs::canonicalize(&found).unwrap_or_else(|_| Path::new(&found).to_owned())
}
