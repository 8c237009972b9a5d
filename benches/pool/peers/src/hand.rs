//! The workloads of one task with tokio-postgres by hand: statements prepared once, sent by `query_raw`, rows read as they
//! come, by position.

use std::pin::pin;
use std::process::ExitCode;

use bench_orm::{Harness, Result, item_name, item_note, pick, unknown};
use bench_pool_peers::{Account, BY_KEY};
use futures_util::TryStreamExt;
use serde::Serialize;
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, NoTls, Row, Statement};

#[derive(Serialize)]
struct Item {
    id: i64,
    name: String,
    note: Option<String>,
    score: i32,
}

impl From<&Row> for Item {
    #[inline]
    fn from(row: &Row) -> Self {
        Self { id: row.get(0), name: row.get(1), note: row.get(2), score: row.get(3) }
    }
}

fn main() -> ExitCode {
    bench_orm::start(|| (), run)
}

async fn all<T>(client: &Client, statement: &Statement, params: &[&(dyn ToSql + Sync)]) -> Result<Vec<T>>
where
    T: for<'r> From<&'r Row>,
{
    let mut rows = pin!(client.query_raw(statement, params.iter().copied()).await?);
    let mut found = Vec::new();
    while let Some(row) = rows.try_next().await? {
        found.push(T::from(&row));
    }
    Ok(found)
}

async fn one<T>(client: &Client, statement: &Statement, params: &[&(dyn ToSql + Sync)]) -> Result<T>
where
    T: for<'r> From<&'r Row>,
{
    let mut rows = pin!(client.query_raw(statement, params.iter().copied()).await?);
    let mut found = None;
    while let Some(row) = rows.try_next().await? {
        found = Some(T::from(&row));
    }
    found.ok_or_else(|| "no row".into())
}

async fn run(harness: &Harness) -> Result {
    let (client, connection) = tokio_postgres::connect(harness.url(), NoTls).await?;
    tokio::spawn(connection);
    match harness.workload() {
        "pk" => {
            let by_key = client.prepare(BY_KEY).await?;
            harness
                .drive(async |i, out| {
                    out.value(&one::<Account>(&client, &by_key, &[&(pick(i, 1_000_000) as i32)]).await?);
                    Ok(())
                })
                .await
        }
        "range" => {
            let range = client
                .prepare(
                    "SELECT aid, bid, abalance, filler FROM pgbench_accounts WHERE aid BETWEEN $1 AND $2 ORDER BY aid",
                )
                .await?;
            harness
                .drive(async |i, out| {
                    let first = pick(i, 999_900) as i32;
                    out.value(&all::<Account>(&client, &range, &[&first, &(first + 99)]).await?);
                    Ok(())
                })
                .await
        }
        "update" => {
            let update = client.prepare("UPDATE items SET score = $1 WHERE id = $2").await?;
            harness
                .drive(async |i, out| {
                    let (score, id) = ((i % 1000) as i32, pick(i, 10_000));
                    out.value(&client.execute(&update, &[&score, &id]).await?);
                    Ok(())
                })
                .await
        }
        "insert" => {
            let insert = client
                .prepare("INSERT INTO items (name, note, score) VALUES ($1, $2, $3) RETURNING id, name, note, score")
                .await?;
            harness
                .drive(async |i, out| {
                    let (name, note) = (item_name(i), item_note(i));
                    out.value(&one::<Item>(&client, &insert, &[&name, &note, &7]).await?);
                    Ok(())
                })
                .await
        }
        "bulk-1k" => {
            let rows = harness.size();
            let insert = client
                .prepare(
                    "INSERT INTO items (name, note, score) SELECT * FROM unnest($1::text[], $2::text[], $3::int4[]) \
                     RETURNING id, name, note, score",
                )
                .await?;
            harness
                .drive(async |_, out| {
                    let names: Vec<_> = (0..rows).map(item_name).collect();
                    let notes: Vec<_> = (0..rows).map(item_note).collect();
                    let scores: Vec<_> = (0..rows).map(|n| n as i32).collect();
                    out.value(&all::<Item>(&client, &insert, &[&names, &notes, &scores]).await?);
                    Ok(())
                })
                .await
        }
        "copy-50k" => {
            let rows = harness.size();
            harness
                .drive(async |_, out| {
                    let copy = "COPY items (name, note, score) FROM STDIN (FORMAT binary)";
                    let sink = client.copy_in(copy).await?;
                    let mut writer =
                        pin!(BinaryCopyInWriter::new(sink, &[Type::TEXT, Type::TEXT, Type::INT4]));
                    for n in 0..rows {
                        writer.as_mut().write(&[&item_name(n), &item_note(n), &(n as i32)]).await?;
                    }
                    out.value(&writer.finish().await?);
                    Ok(())
                })
                .await
        }
        other => unknown(other),
    }
}
