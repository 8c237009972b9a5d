//! PostgreSQL breaks while the site serves: nothing acknowledged is lost, nothing hangs, and the same process
//! goes on when it is back.

use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::Ordering::SeqCst;

use hyper_core::embedded::{Options, Postgres};
use serde_json::json;

use crate::load::{Counts, assert_kept, start};
use crate::served::{Served, signed, wait_until};

/// A cluster of its own whose data outlives its server, in a folder that is removed.
struct Cluster {
    folder: PathBuf,
    postgres: Vec<Postgres>,
}

impl Cluster {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("hyperdjango-{name}-{}", std::process::id()));
        std::fs::create_dir(&folder).unwrap();
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755)).unwrap();
        let mut this = Self { folder, postgres: Vec::new() };
        this.start();
        this
    }

    fn start(&mut self) {
        let options = Options::project(&self.folder).database_url(None);
        self.postgres.push(Postgres::start(options).unwrap_or_else(|error| panic!("{error}")));
    }

    fn url(&self) -> &str {
        self.postgres[0].url()
    }

    fn postmaster(&self) -> u32 {
        let file = self.folder.join(".hyper/pg/data/postmaster.pid");
        std::fs::read_to_string(file).unwrap().lines().next().unwrap().parse().unwrap()
    }

    fn signal(&self, signal: &str) {
        signal_to(self.postmaster(), signal);
    }
}

fn signal_to(process: u32, signal: &str) {
    let status = Command::new("/bin/sh").arg("-c").arg(format!("kill -{signal} {process}")).status().unwrap();
    assert!(status.success());
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Some(last) = self.postgres.pop() {
            self.postgres.clear();
            let _ = last.stop();
        }
        remove(&self.folder);
    }
}

fn remove(folder: &Path) {
    let _ = std::fs::remove_dir_all(folder);
}

/// Waits until the clients have done this much more.
#[track_caller]
fn wait_for(what: &str, count: impl Fn() -> usize, more: usize) {
    let before = count();
    wait_until(what, || count() >= before + more);
}

#[test]
fn a_killed_postgresql_loses_nothing_and_the_site_recovers() {
    let mut cluster = Cluster::new("outage");
    let served = &Served::on(cluster.url(), &[]);
    let counts = &Counts::default();
    let told: Vec<_> = std::thread::scope(|scope| {
        let running = counts.until_dropped();
        let clients = start(scope, served, counts, 32);
        for _ in 0..2 {
            wait_for("work", || counts.writes.load(SeqCst), 150);
            cluster.signal("KILL");
            wait_for("refusals", || counts.refused(), 300);
            cluster.start();
            wait_for("work after the outage", || counts.writes.load(SeqCst), 150);
        }
        drop(running);
        clients.into_iter().map(|client| client.join().unwrap()).collect()
    });
    assert_kept(served, &told);
    // Every client is served again, without a refusal.
    for user in 1..=32 {
        let answer =
            served.client_of(user).json("POST", "/api/v1/posts/1/comments", &json!({"body": "after"}));
        assert_eq!(answer.status, 201, "{answer:?}");
    }
}

#[test]
fn a_postgresql_that_does_not_answer_makes_nobody_wait_for_ever() {
    let cluster = Cluster::new("frozen");
    let served = Served::on(cluster.url(), &[]);
    // The connections there were are closed, and whoever would take new ones is stopped.
    let postmaster = cluster.postmaster();
    signal_to(postmaster, "STOP");
    let children =
        Command::new("ps").args(["-o", "pid=,args=", "--ppid", &postmaster.to_string()]).output().unwrap();
    let children = String::from_utf8(children.stdout).unwrap();
    let mut ended = 0;
    for line in children.lines().filter(|line| line.contains("hyper hyper")) {
        signal_to(line.split_whitespace().next().unwrap().parse().unwrap(), "TERM");
        ended += 1;
    }
    assert!(ended > 0, "{children}");
    wait_until("a refusal", || served.client().get("/new").status == 503);
    let answer =
        served.client_of(1).json("POST", "/api/v1/posts/1/comments", &json!({"body": "nobody hears"}));
    assert_eq!((answer.status, answer.header("retry-after")), (503, Some("1")), "{answer:?}");
    signal_to(postmaster, "CONT");
    wait_until("the site to serve again", || served.client().get("/new").status == 200);
}

#[test]
fn terminated_connections_cost_a_statement_each_at_most() {
    let served = &Served::new();
    let counts = &Counts::default();
    let told: Vec<_> = std::thread::scope(|scope| {
        let running = counts.until_dropped();
        let clients = start(scope, served, counts, 32);
        for _ in 0..10 {
            wait_for("work", || counts.done(), 300);
            served.sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                 WHERE datname = current_database() AND pid <> pg_backend_pid()",
            );
        }
        wait_for("work after the last", || counts.done(), 300);
        drop(running);
        clients.into_iter().map(|client| client.join().unwrap()).collect()
    });
    // A read is asked again unless some of its rows had come, and that can be one of each connection.
    let pinned = std::thread::available_parallelism().unwrap().get();
    let (reads, writes) = (counts.refused_reads.load(SeqCst), counts.refused_writes.load(SeqCst));
    assert!(reads <= 10 * pinned, "{reads} reads were refused");
    // A write is not: one of each connection, of which there are as many as `POOL_SIZE` says by default.
    assert!(writes <= 10 * (pinned + 8).max(32), "{writes} writes were refused");
    assert_kept(served, &told);
}

const OTHERS: &str = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";

#[test]
fn clients_that_hang_up_leave_nothing_behind() {
    let served = Served::on(hyper_tests::postgres().url(), &[("POOL_SIZE", "16")]);
    let cookie = signed(1);
    let post = served.value("SELECT id FROM posts WHERE author_id <> 1 LIMIT 1");
    let vote = |up: bool| {
        let body = json!({"up": up}).to_string();
        format!(
            "PUT /api/v1/posts/{post}/vote HTTP/1.1\r\nhost: t\r\ncookie: hypernews={cookie}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    let whole = [
        vote(true),
        vote(false),
        "GET /new HTTP/1.1\r\nhost: t\r\n\r\n".to_owned(),
        format!("GET /posts/{post} HTTP/1.1\r\nhost: t\r\n\r\n"),
    ];
    let started = std::time::Instant::now();
    for n in 0..2000 {
        let mut stream = served.connect();
        let request = &whole[n % 4];
        // Some before the request is whole, most when it is under way.
        let part = if n % 5 == 0 { &request[..request.len() / 2] } else { &request[..] };
        stream.write_all(part.as_bytes()).unwrap();
        if n % 3 == 0 {
            // Some moments later than others.
            std::thread::yield_now();
        }
    }
    eprintln!("2,000 clients hung up within {:?}", started.elapsed());
    wait_until("the clients to be gone", || served.connections() == 0);
    wait_until("no statement to be under way", || {
        served.value(&format!("SELECT count(*) {OTHERS} AND state <> 'idle'")) == "0"
    });
    assert_eq!(served.value(&format!("SELECT count(*) {OTHERS} AND state LIKE '%transaction%'")), "0");
    let connections: usize = served.value(&format!("SELECT count(*) {OTHERS}")).parse().unwrap();
    assert!(connections <= 16, "{connections} connections");
    // Those of other tests, in other databases, may wait.
    let waiting = format!("SELECT count(*) FROM pg_locks WHERE NOT granted AND pid IN (SELECT pid {OTHERS})");
    assert_eq!(served.value(&waiting), "0");
    served.assert_counted();
    // Every connection for writes can be had: more votes at once than there are.
    let counts = &Counts::default();
    std::thread::scope(|scope| {
        let running = counts.until_dropped();
        let clients = start(scope, &served, counts, 40);
        wait_for("work", || counts.writes.load(SeqCst), 400);
        drop(running);
        clients.into_iter().for_each(|client| drop(client.join().unwrap()));
    });
    assert_eq!(counts.refused(), 0);
}

/// A vote that waits for a lock is dropped with its client, and does not keep its connection.
#[test]
fn clients_that_hang_up_while_they_wait_for_a_lock_give_their_connections_back() {
    let served = Served::new();
    let post = served.value("SELECT id FROM posts WHERE author_id > 40 LIMIT 1");
    let lock = served.wait(served.site.db.begin()).unwrap();
    served
        .wait(hyperdjango::db::Executor::execute_batch(
            &lock,
            &format!("UPDATE posts SET ups = ups WHERE id = {post}"),
        ))
        .unwrap();
    let body = r#"{"up": true}"#;
    let mut streams: Vec<_> = (1..=15)
        .map(|user| {
            let mut stream = served.connect();
            let request = format!(
                "PUT /api/v1/posts/{post}/vote HTTP/1.1\r\nhost: t\r\ncookie: hypernews={}\r\n\
                 content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
                signed(user),
                body.len()
            );
            stream.write_all(request.as_bytes()).unwrap();
            stream
        })
        .collect();
    let waiting = format!("SELECT count(*) {OTHERS} AND wait_event_type = 'Lock'");
    wait_until("all to wait for the lock", || served.value(&waiting) == "15");
    streams.clear();
    wait_until("nobody to wait any more", || served.value(&waiting) == "0");
    // All other connections can be used again while the lock is still held.
    for user in 1..=20 {
        let mut client = served.client_of(user);
        let answer = client.json("POST", "/api/v1/posts", &json!({"title": "Meanwhile", "body": "x"}));
        assert_eq!(answer.status, 201, "{answer:?}");
    }
    served.wait(lock.rollback()).unwrap();
    assert_eq!(served.value(&format!("SELECT count(*) {OTHERS} AND state LIKE '%transaction%'")), "0");
    served.assert_counted();
}

#[test]
fn with_too_few_connections_the_site_works_with_those_it_gets() {
    let database = hyper_tests::postgres();
    let role = format!("few_{}", database.name());
    let superuser = Served::on(database.url(), &[]);
    superuser.sql(&format!("CREATE ROLE {role} LOGIN CONNECTION LIMIT 5; GRANT hyper TO {role}"));
    let url = database.url().replacen("hyper@", &format!("{role}@"), 1);
    let served = &Served::on(&url, &[]);
    let counts = &Counts::default();
    std::thread::scope(|scope| {
        let running = counts.until_dropped();
        let clients = start(scope, served, counts, 32);
        wait_for("reads and writes", || counts.done(), 1500);
        drop(running);
        clients.into_iter().for_each(|client| drop(client.join().unwrap()));
    });
    assert_eq!(counts.refused(), 0, "{counts:?}");
    superuser.assert_counted();
}
