//! What the integration tests share.

use hyperdjango::db::Db;

/// A fresh database.
pub async fn postgres() -> Db {
    static N: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
    let n = N.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let name = format!("t{}_{n}", std::process::id());
    let admin = Db::new("host=/tmp/pgdev user=hyper dbname=postgres".parse().unwrap());
    hyperdjango::db::Executor::execute_batch(&admin, &format!("CREATE DATABASE {name} STRATEGY file_copy"))
        .await
        .unwrap();
    Db::new(format!("host=/tmp/pgdev user=hyper dbname={name}").parse().unwrap())
}
