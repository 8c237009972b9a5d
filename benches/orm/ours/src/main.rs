//! The workloads as a user of the framework writes them.

mod models;
mod reading;
mod writing;

use bench_orm::{Harness, Result};
use hyperdjango::db::{Db, DbOptions, register_worker};
use hyperdjango::prelude::ExitCode;

fn main() -> ExitCode {
    bench_orm::start(register_worker, run)
}

pub(crate) fn open(harness: &Harness) -> Result<Db> {
    let mut options = DbOptions::default();
    options.pinned = harness.connections();
    options.exclusive = harness.connections();
    Ok(Db::with_options(harness.url().parse()?, options))
}

async fn run(harness: &Harness) -> Result {
    let db = open(harness)?;
    let workload = harness.workload();
    match workload[1..].split('-').next().and_then(|n| n.parse().ok()).unwrap_or(0) {
        10..=13 => writing::run(harness, &db).await,
        _ => reading::run(harness, &db).await,
    }
}
