//! The workloads with diesel-async: `AsyncPgConnection` with its cache of prepared statements. Statements that do not need
//! each other's answers are pipelined, as its documentation shows.

mod reading;
mod rows;
mod schema;
mod writing;

use std::process::ExitCode;

use bench_orm::{Harness, Result};
use diesel_async::{AsyncConnection, AsyncPgConnection};

fn main() -> ExitCode {
    bench_orm::start(|| (), run)
}

async fn run(harness: &Harness) -> Result {
    let connection = AsyncPgConnection::establish(harness.url()).await?;
    let workload = harness.workload();
    match workload[1..].split('-').next().and_then(|n| n.parse().ok()).unwrap_or(0) {
        10..=13 => writing::run(harness, connection).await,
        _ => reading::run(harness, connection).await,
    }
}
