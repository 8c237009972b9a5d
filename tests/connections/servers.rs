//! A PostgreSQL of a test's own, with a configuration of its own; and certificates.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

pub(crate) use hyper_tests::Authority;
use hyperdjango::db::{DatabaseError, Db, Executor, Sql};

/// The first column of a query's rows, as text.
pub(crate) async fn texts(db: &impl Executor, query: &str) -> Result<Vec<String>, DatabaseError> {
    let text = format!("SELECT t.v::text FROM ({query}) t (v)");
    let mut texts = Vec::new();
    db.read(Sql::rendered(&text), &[], |row| {
        texts.push(row.try_get(0)?);
        Ok(())
    })
    .await?;
    Ok(texts)
}

/// A server on a port of 127.0.0.1 and a socket in its folder. It stops when dropped, or with the process.
pub(crate) struct Server {
    pub(crate) folder: PathBuf,
    pub(crate) port: u16,
    process: Child,
}

impl Server {
    /// With these lines in `postgresql.conf` and `pg_hba.conf`, and these files in its data folder.
    pub(crate) async fn start(settings: &str, hba: &str, files: &[(&str, &str)]) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        // The programs and the account of the PostgreSQL that all tests have.
        let database = hyper_tests::postgres();
        let other = Db::new(database.url().parse().unwrap());
        let bin =
            texts(&other, "SELECT setting FROM pg_config() WHERE name = 'BINDIR'").await.unwrap().remove(0);
        let sockets =
            texts(&other, "SELECT current_setting('unix_socket_directories')").await.unwrap().remove(0);
        let account = fs::metadata(&sockets).unwrap();
        let account = fs::metadata(Path::new(&sockets).read_dir().unwrap().next().unwrap().unwrap().path())
            .unwrap_or(account);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("hyper-server-{}-{number}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        chown(&folder, Some(account.uid()), Some(account.gid())).unwrap();
        let data = folder.join("data");
        let by_account = |program: &str| {
            let mut command = Command::new(program);
            command.current_dir(&folder).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
            command.uid(account.uid()).gid(account.gid());
            command
        };
        let made = by_account(&format!("{bin}/initdb"))
            .args(["-A", "trust", "-U", "hyper", "-N", "--locale=C", "-E", "UTF8", "-D"])
            .arg(&data)
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let write = |name: &str, text: &str| {
            let path = data.join(name);
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
            chown(&path, Some(account.uid()), Some(account.gid())).unwrap();
        };
        for (name, text) in files {
            write(name, text);
        }
        write("pg_hba.conf", &format!("local all all trust\n{hba}\n"));
        // Somebody else may take the port before PostgreSQL does.
        for _ in 0..5 {
            let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
            write(
                "postgresql.conf",
                &format!(
                    "listen_addresses = '127.0.0.1'\nport = {port}\nunix_socket_directories = '{}'\nfsync = off\n\
                     shared_buffers = 1MB\n{settings}\n",
                    folder.display()
                ),
            );
            let log = fs::File::create(folder.join("log")).unwrap();
            let script = "\"$0\" -D \"$1\" & child=$!; read -r _; kill -QUIT $child; wait $child";
            let process = by_account("sh")
                .args(["-c", script, &format!("{bin}/postgres")])
                .arg(&data)
                .stderr(log)
                .spawn()
                .unwrap();
            let this = Self { folder: folder.clone(), port, process };
            let started = Instant::now();
            while started.elapsed() < Duration::from_secs(20) {
                if this.local().execute_batch("SELECT 1").await.is_ok() {
                    return this;
                }
                let log = fs::read_to_string(folder.join("log")).unwrap();
                if log.contains("FATAL")
                    && !log.contains("Address already in use")
                    && !log.contains("starting up")
                {
                    panic!("{log}");
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            std::mem::forget(this);
        }
        panic!("{}", fs::read_to_string(folder.join("log")).unwrap());
    }

    /// A handle by the socket, as superuser.
    pub(crate) fn local(&self) -> Db {
        let url = format!("host={} port={} user=hyper dbname=postgres", self.folder.display(), self.port);
        Db::new(url.parse().unwrap())
    }

    /// A URL by TCP, to a host, with what follows the `?`.
    pub(crate) fn url(&self, account: &str, host: &str, query: &str) -> String {
        format!("postgres://{account}@{host}:{}/postgres?{query}", self.port)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        let _ = self.process.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}
