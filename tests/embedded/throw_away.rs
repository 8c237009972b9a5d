//! Clusters for tests: nothing runs and nothing is on the disk afterwards.

use std::path::PathBuf;

use hyper_core::embedded::{Postgres, Source};

use crate::project::{Holder, server_of, sql, wait_until};

fn folder(url: &str) -> PathBuf {
    let config: tokio_postgres::Config = url.parse().unwrap();
    match &config.get_hosts()[0] {
        tokio_postgres::config::Host::Unix(path) => path.clone(),
        other => panic!("not a socket: {other:?}"),
    }
}

#[test]
fn it_is_gone_when_it_has_stopped() {
    let postgres = Postgres::ephemeral().unwrap();
    assert_eq!(sql(postgres.url(), "SHOW fsync").unwrap(), ["off"]);
    let Source::Own { data, .. } = postgres.source().clone() else { panic!("DATABASE_URL was looked at") };
    assert!(server_of(&data).is_some());
    assert!(postgres.stop().unwrap());
    assert!(!data.parent().unwrap().exists());
}

#[test]
fn it_is_gone_when_its_process_was_killed() {
    let holder = Holder::new("ephemeral");
    let folder = folder(&holder.url);
    assert!(folder.exists());
    holder.kill();
    wait_until("the folder to be removed", || !folder.exists());
}

#[test]
fn it_is_gone_after_a_panic() {
    let folder = std::thread::spawn(|| {
        let postgres = Postgres::ephemeral().unwrap();
        std::panic::panic_any(folder(postgres.url()));
    });
    let folder = folder.join().unwrap_err().downcast::<PathBuf>().unwrap();
    wait_until("the folder to be removed", || !folder.exists());
}

#[test]
fn each_test_has_a_database_of_its_own() {
    let (one, two) = (hyper_tests::postgres(), hyper_tests::postgres());
    sql(one.url(), "CREATE TABLE mine (n int)").unwrap();
    assert_ne!(one.name(), two.name());
    assert!(sql(two.url(), "SELECT * FROM mine").is_err());
    assert_eq!(sql(two.url(), "SELECT current_database()").unwrap(), [two.name()]);
}

#[tokio::test]
async fn it_may_be_asked_for_within_a_runtime() {
    let database = hyper_tests::postgres();
    assert!(tokio_postgres::connect(database.url(), tokio_postgres::NoTls).await.is_ok());
}
