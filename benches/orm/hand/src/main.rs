//! The yardstick: statements prepared once, sent by `query_raw`, rows read as they come, by position. Statements that
//! do not need each other's answers are sent together.

mod reading;
mod rows;
mod writing;

use std::pin::pin;
use std::process::ExitCode;

use bench_orm::{Harness, Result};
use futures_util::TryStreamExt;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, NoTls, Statement};

use rows::Read;

pub(crate) type Param<'a> = &'a (dyn ToSql + Sync);

fn main() -> ExitCode {
    bench_orm::start(|| (), run)
}

async fn run(harness: &Harness) -> Result {
    let client = connect(harness.url()).await?;
    let workload = harness.workload();
    let number: u32 = workload[1..].split('-').next().and_then(|n| n.parse().ok()).unwrap_or(0);
    match number {
        10..=13 => writing::run(harness, client).await,
        _ => reading::run(harness, client).await,
    }
}

pub(crate) async fn connect(url: &str) -> Result<Client> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}

/// All rows.
pub(crate) async fn all<T: Read>(
    client: &Client,
    statement: &Statement,
    params: &[Param<'_>],
) -> Result<Vec<T>> {
    let mut rows = pin!(client.query_raw(statement, params.iter().copied()).await?);
    let mut found = Vec::new();
    while let Some(row) = rows.try_next().await? {
        found.push(T::read(&row, 0));
    }
    Ok(found)
}

/// The only row.
pub(crate) async fn one<T: Read>(client: &Client, statement: &Statement, params: &[Param<'_>]) -> Result<T> {
    let mut rows = pin!(client.query_raw(statement, params.iter().copied()).await?);
    let mut found = None;
    while let Some(row) = rows.try_next().await? {
        found = Some(T::read(&row, 0));
    }
    found.ok_or_else(|| "no row".into())
}
