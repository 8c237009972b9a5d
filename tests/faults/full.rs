//! Others take all the connections PostgreSQL has.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering::SeqCst};
use std::time::Duration;

use hyper_tests::standbys::Cluster;
use hyper_tests::{Suite, require};
use hyperdjango::db::{Db, ErrorKind};
use tokio::task::JoinHandle;

use crate::load::Load;
use crate::models::make_tables;
use crate::whole::{assert_whole, count, number, open, outside, until};

/// Programs that take each connection they can get, and do not give it back.
struct Others {
    leave: Arc<AtomicBool>,
    have: Arc<AtomicI64>,
    tasks: Vec<JoinHandle<()>>,
}

impl Others {
    fn come(url: &str, count: usize) -> Self {
        let (leave, have) = (Arc::<AtomicBool>::default(), Arc::<AtomicI64>::default());
        let one = || {
            let (leave, have, url) = (leave.clone(), have.clone(), format!("{url} application_name=outside"));
            tokio::spawn(async move {
                while !leave.load(SeqCst) {
                    if let Ok((client, connection)) =
                        tokio_postgres::connect(&url, tokio_postgres::NoTls).await
                    {
                        have.fetch_add(1, SeqCst);
                        let connection = tokio::spawn(connection);
                        while !leave.load(SeqCst) {
                            tokio::time::sleep(Duration::from_millis(5)).await;
                        }
                        drop(client);
                        let _ = connection.await;
                    }
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
            })
        };
        let tasks = (0..count).map(|_| one()).collect();
        Self { leave, have, tasks }
    }

    async fn go(self) {
        self.leave.store(true, SeqCst);
        for task in self.tasks {
            task.await.unwrap();
        }
    }
}

/// Ends so many connections of the program.
async fn end(look: &Db, limit: &str) {
    let text = format!(
        "SELECT count(pg_terminate_backend(pid)) FROM (SELECT pid FROM pg_stat_activity WHERE \
         datname = current_database() AND application_name <> 'outside' LIMIT {limit}) those"
    );
    number(look, &text).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn others_have_all_connections() {
    if !require(Suite::Faults) {
        return;
    }
    let cluster = Cluster::alone("max_connections = 24\nsuperuser_reserved_connections = 0");
    let (db, look) = (open(&cluster.url(0)), outside(&cluster.url(0)));
    make_tables(&look).await;
    let load = Load::begin(&db).await;
    let others = Others::come(&cluster.url(0), 30);
    let mine = async || count(&look, "backend_type = 'client backend'").await.unwrap();
    // Some: it goes on with those that it has.
    until("all to be taken", async || others.have.load(SeqCst) >= 10).await;
    until("others to have what was its own", async || {
        let before = mine().await;
        if before > 4 {
            end(&look, "1").await;
        }
        before <= 4
    })
    .await;
    load.more(500).await;
    // All: it has none, and says so.
    until("none to be left", async || {
        end(&look, "ALL").await;
        mine().await == 0
    })
    .await;
    load.failures(ErrorKind::Unavailable, 50).await;
    assert_eq!(mine().await, 0);
    others.go().await;
    let recovered = load.all_served().await;
    load.more(500).await;
    let outcome = load.end(&look).await;
    // Who writes waits for as long as for a connection of the pool.
    outcome.assert_failures(&[
        (ErrorKind::Unavailable, Duration::from_secs(2)),
        (ErrorKind::Interrupted, Duration::from_secs(2)),
    ]);
    assert_whole(&db, &look).await;
    outcome.print("`max_connections` reached by others, who leave", recovered);
}
