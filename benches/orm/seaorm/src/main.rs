//! The workloads with sea-orm 2, on sqlx: statements are built for each call and prepared by the connection when it first sees
//! their text. It does not pipeline, so statements that do not need each other's answers go one after the other.

mod entities;
mod reading;
mod writing;

use std::process::ExitCode;

use bench_orm::{Harness, Result};
use sea_orm::{ConnectOptions, Database, DatabaseConnection};

fn main() -> ExitCode {
    bench_orm::start(|| (), run)
}

async fn run(harness: &Harness) -> Result {
    let db = connect(harness).await?;
    let workload = harness.workload();
    match workload[1..].split('-').next().and_then(|n| n.parse().ok()).unwrap_or(0) {
        10..=13 => writing::run(harness, &db).await,
        _ => reading::run(harness, &db).await,
    }
}

pub(crate) async fn connect(harness: &Harness) -> Result<DatabaseConnection> {
    let connections = harness.connections() as u32;
    let mut options = ConnectOptions::new(harness.url());
    options
        .max_connections(connections)
        .min_connections(connections)
        .sqlx_logging(false)
        .test_before_acquire(false);
    Ok(Database::connect(options).await?)
}
