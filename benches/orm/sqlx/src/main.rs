//! The workloads with sqlx: statements prepared by the connection when it first sees their text, rows read by position.
//! It does not pipeline, so statements that do not need each other's answers go one after the other.

mod reading;
mod rows;
mod writing;

use std::process::ExitCode;

use bench_orm::{Harness, Result};
use sqlx::{Connection, PgConnection};

fn main() -> ExitCode {
    bench_orm::start(|| (), run)
}

async fn run(harness: &Harness) -> Result {
    let connection = connect(harness.url()).await?;
    let workload = harness.workload();
    match workload[1..].split('-').next().and_then(|n| n.parse().ok()).unwrap_or(0) {
        10..=13 => writing::run(harness, connection).await,
        _ => reading::run(harness, connection).await,
    }
}

pub(crate) async fn connect(url: &str) -> Result<PgConnection> {
    Ok(PgConnection::connect(url).await?)
}
