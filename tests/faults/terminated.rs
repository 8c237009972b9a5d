//! An administrator ends connections, in the middle of transactions.

use std::time::Duration;

use hyperdjango::db::ErrorKind;

use crate::load::Load;
use crate::models::make_tables;
use crate::whole::{assert_whole, number, open, outside, until};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn transactions_are_terminated() {
    let database = hyper_tests::postgres();
    let (db, look) = (open(database.url()), outside(database.url()));
    make_tables(&look).await;
    let load = Load::begin(&db).await;
    let end = "SELECT count(pg_terminate_backend(pid)) FROM (SELECT pid FROM pg_stat_activity \
               WHERE datname = current_database() AND application_name <> 'outside' \
               AND state = 'idle in transaction' LIMIT 1) one";
    for _ in 0..30 {
        let done = number(&look, "SELECT count(*) FROM fault_receipts").await.unwrap();
        until("a transaction that is under way", async || number(&look, end).await.unwrap() == 1).await;
        until("work", async || number(&look, "SELECT count(*) FROM fault_receipts").await.unwrap() > done)
            .await;
    }
    load.failures(ErrorKind::Interrupted, 10).await;
    let recovered = load.all_served().await;
    let outcome = load.end(&look).await;
    outcome.assert_failures(&[(ErrorKind::Interrupted, Duration::from_secs(2))]);
    assert!(
        outcome.failures["Interrupted"].count <= 30,
        "each is told to one client: {:?}",
        outcome.failures
    );
    assert_whole(&db, &look).await;
    outcome.print("`pg_terminate_backend` in a transaction, 30 times", recovered);
}
