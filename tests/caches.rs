//! Redis, a cluster of it, and memcached, in folders of their own. All of it goes with the test.
//!
//! As in tests, what goes wrong is a panic that says what.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// How long a server may take to start.
const PATIENCE: Duration = Duration::from_secs(30);

/// How nodes of a cluster are started: soon out, and the others go on.
const OPTIONS: [&str; 6] =
    ["--cluster-enabled", "yes", "--cluster-node-timeout", "1000", "--cluster-require-full-coverage", "no"];

/// One server, which can be killed, frozen and started again.
#[derive(Debug)]
pub struct CacheServer {
    folder: PathBuf,
    program: &'static str,
    arguments: Vec<String>,
    /// Its port on loopback; none is a socket in its folder.
    port: Option<u16>,
    process: Option<Child>,
}

impl CacheServer {
    /// A Redis on a unix socket, or on a port of loopback.
    #[must_use]
    pub fn redis(port: Option<u16>) -> Self {
        Self::redis_with(port, &[])
    }

    fn redis_with(port: Option<u16>, more: &[&str]) -> Self {
        let folder = folder();
        let text = |path: &str| folder.join(path).display().to_string();
        let mut arguments: Vec<String> =
            ["--save", "", "--appendonly", "no", "--daemonize", "no", "--dir"].map(str::to_owned).to_vec();
        arguments.extend([folder.display().to_string(), "--logfile".to_owned(), text("log")]);
        match port {
            Some(port) => {
                arguments.extend(["--bind", "127.0.0.1", "--port", &port.to_string()].map(str::to_owned))
            }
            None => arguments.extend(["--port", "0", "--unixsocket", &text("socket")].map(str::to_owned)),
        }
        arguments.extend(more.iter().map(|argument| (*argument).to_owned()));
        Self::start("redis-server", folder, arguments, port)
    }

    /// A memcached on a unix socket, or on a port of loopback.
    #[must_use]
    pub fn memcached(port: Option<u16>) -> Self {
        let folder = folder();
        let socket = folder.join("socket").display().to_string();
        let mut arguments = match port {
            Some(port) => ["-l", "127.0.0.1", "-U", "0", "-p", &port.to_string()].map(str::to_owned).to_vec(),
            None => ["-s", &socket].map(str::to_owned).to_vec(),
        };
        if fs::metadata("/proc/self").unwrap().uid() == 0 {
            arguments.extend(["-u", "root"].map(str::to_owned));
        }
        Self::start("memcached", folder, arguments, port)
    }

    fn start(program: &'static str, folder: PathBuf, arguments: Vec<String>, port: Option<u16>) -> Self {
        let mut this = Self { folder, program, arguments, port, process: None };
        this.launch();
        this
    }

    /// Starts it again after it was killed, empty, and waits until it takes connections.
    pub fn launch(&mut self) {
        let deadline = Instant::now() + PATIENCE;
        let _ = fs::remove_file(self.folder.join("socket"));
        while Instant::now() < deadline {
            let log = fs::OpenOptions::new().create(true).append(true).open(self.folder.join("log")).unwrap();
            // It ends with the thread of the test.
            let mut process = Command::new("setpriv")
                .args(["--pdeathsig", "KILL", self.program])
                .args(&self.arguments)
                .current_dir(&self.folder)
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(log)
                .spawn()
                .unwrap_or_else(|error| panic!("{} cannot be started: {error}", self.program));
            while process.try_wait().unwrap().is_none() && Instant::now() < deadline {
                if self.takes_connections() {
                    self.process = Some(process);
                    return;
                }
                std::thread::sleep(Duration::from_millis(10));
            }
            let _ = process.kill();
            let _ = process.wait();
            std::thread::sleep(Duration::from_millis(50));
        }
        let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
        panic!("{} does not start:\n{}", self.program, &log[log.len().saturating_sub(2000)..]);
    }

    fn takes_connections(&self) -> bool {
        match self.port {
            Some(port) => std::net::TcpStream::connect(("127.0.0.1", port)).is_ok(),
            None => std::os::unix::net::UnixStream::connect(self.folder.join("socket")).is_ok(),
        }
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().unwrap();
            process.wait().unwrap();
        }
    }

    /// Stops it where it is, or has it go on.
    pub fn freeze(&self, frozen: bool) {
        let process = self.process.as_ref().unwrap().id().to_string();
        let signal = if frozen { "-STOP" } else { "-CONT" };
        assert!(Command::new("kill").args([signal, &process]).status().unwrap().success());
    }

    /// Where it is, for `CACHE_URL`.
    #[must_use]
    pub fn url(&self) -> String {
        let scheme = if self.program == "memcached" { "memcached" } else { "redis" };
        match self.port {
            Some(port) => format!("{scheme}://127.0.0.1:{port}"),
            None => format!("unix://{}", self.folder.join("socket").display()),
        }
    }

    /// What `redis-cli` says to a command.
    #[must_use]
    pub fn cli(&self, arguments: &[&str]) -> String {
        let mut command = Command::new("redis-cli");
        match self.port {
            Some(port) => command.args(["-p", &port.to_string()]),
            None => command.arg("-s").arg(self.folder.join("socket")),
        };
        text(&command.args(arguments).stdin(Stdio::null()).output().unwrap())
    }
}

impl Drop for CacheServer {
    fn drop(&mut self) {
        if let Some(mut process) = self.process.take() {
            let _ = process.kill();
            let _ = process.wait();
        }
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// A cluster of three Redis, each with a third of the slots, and none that takes over.
#[derive(Debug)]
pub struct RedisCluster {
    /// Its nodes.
    pub nodes: Vec<CacheServer>,
}

impl RedisCluster {
    /// Starts it, and waits until all of its nodes agree.
    #[must_use]
    pub fn start() -> Self {
        let nodes: Vec<CacheServer> =
            (0..3).map(|_| CacheServer::redis_with(Some(free_port()), &OPTIONS)).collect();
        let places: Vec<String> =
            nodes.iter().map(|node| format!("127.0.0.1:{}", node.port.unwrap())).collect();
        let made = Command::new("redis-cli")
            .args(["--cluster", "create"])
            .args(&places)
            .arg("--cluster-yes")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", text(&made));
        let this = Self { nodes };
        this.wait_until_whole();
        this
    }

    /// Adds a node that takes over when the first is gone, and waits until it has what that has.
    pub fn add_replica(&mut self) {
        let node = CacheServer::redis_with(Some(free_port()), &OPTIONS);
        let [place, first] = [&node, &self.nodes[0]].map(|node| format!("127.0.0.1:{}", node.port.unwrap()));
        let id = self.nodes[0].cli(&["cluster", "myid"]);
        let added = Command::new("redis-cli")
            .args([
                "--cluster",
                "add-node",
                &place,
                &first,
                "--cluster-slave",
                "--cluster-master-id",
                id.trim(),
            ])
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert!(added.status.success(), "{}", text(&added));
        let deadline = Instant::now() + PATIENCE;
        while !node.cli(&["info", "replication"]).contains("master_link_status:up") {
            assert!(Instant::now() < deadline, "{}", node.cli(&["info", "replication"]));
            std::thread::sleep(Duration::from_millis(50));
        }
        self.nodes.push(node);
        // All have to know of it, to vote for it.
        while !self
            .nodes
            .iter()
            .all(|node| node.cli(&["cluster", "nodes"]).matches(" connected").count() == 4)
        {
            assert!(Instant::now() < deadline, "{}", self.nodes[1].cli(&["cluster", "nodes"]));
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Waits until all nodes know all slots to be served.
    pub fn wait_until_whole(&self) {
        let deadline = Instant::now() + PATIENCE;
        let is_whole = |node: &CacheServer| {
            let info = node.cli(&["cluster", "info"]);
            info.contains("cluster_state:ok") && info.contains("cluster_slots_ok:16384")
        };
        while !self.nodes.iter().all(is_whole) {
            assert!(Instant::now() < deadline, "{}", self.nodes[0].cli(&["cluster", "nodes"]));
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// The URLs of all nodes, for `CACHE_URL`.
    #[must_use]
    pub fn url(&self) -> String {
        self.nodes.iter().map(CacheServer::url).collect::<Vec<_>>().join(",")
    }
}

/// A port of loopback that nobody has, nor the one 10,000 above it, where nodes of a cluster talk.
#[must_use]
pub fn free_port() -> u16 {
    loop {
        let port = 20_000 + (rand() % 25_000) as u16;
        let is_free = |port: u16| TcpListener::bind(("127.0.0.1", port)).is_ok();
        if is_free(port) && is_free(port + 10_000) {
            return port;
        }
    }
}

fn rand() -> u64 {
    use std::hash::{BuildHasher, RandomState};

    RandomState::new().hash_one(std::process::id())
}

fn folder() -> PathBuf {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let folder = std::env::temp_dir().join(format!("hyper-caches-{}-{number}", std::process::id()));
    fs::create_dir(&folder).unwrap();
    folder
}

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}
