//! What writes.

use std::pin::pin;

use bench_orm::{Harness, Result, item_name, item_note, pick, unknown};
use tokio_postgres::Client;
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::types::Type;

use crate::rows::{ITEM, Item};
use crate::{all, one};

pub(crate) async fn run(harness: &Harness, mut client: Client) -> Result {
    let size = harness.size();
    match harness.workload() {
        "w10-1" => {
            let insert = client
                .prepare(&format!(
                    "INSERT INTO items (name, note, score) VALUES ($1, $2, $3) RETURNING {ITEM}"
                ))
                .await?;
            harness
                .drive(async |i, out| {
                    let (name, note) = (item_name(i), item_note(i));
                    out.value(&one::<Item>(&client, &insert, &[&name, &note, &7_i32]).await?);
                    Ok(())
                })
                .await
        }
        "w10-100" | "w10-1k" | "w10-10k" => {
            let insert = client
                .prepare(&format!(
                    "INSERT INTO items (name, note, score) SELECT * FROM unnest($1::text[], $2::text[], $3::int4[]) \
                     RETURNING {ITEM}"
                ))
                .await?;
            harness
                .drive(async |_, out| {
                    let names: Vec<_> = (0..size).map(item_name).collect();
                    let notes: Vec<_> = (0..size).map(item_note).collect();
                    let scores: Vec<_> = (0..size).map(|n| n as i32).collect();
                    out.value(&all::<Item>(&client, &insert, &[&names, &notes, &scores]).await?);
                    Ok(())
                })
                .await
        }
        "w10-copy" => {
            harness
                .drive(async |_, out| {
                    let sink =
                        client.copy_in("COPY items (name, note, score) FROM STDIN (FORMAT binary)").await?;
                    let mut writer =
                        pin!(BinaryCopyInWriter::new(sink, &[Type::TEXT, Type::TEXT, Type::INT4]));
                    for n in 0..100_000 {
                        writer.as_mut().write(&[&item_name(n), &item_note(n), &(n as i32)]).await?;
                    }
                    out.value(&writer.finish().await?);
                    Ok(())
                })
                .await
        }
        "w11-set" => {
            let update = client.prepare("UPDATE items SET name = $1, score = $2 WHERE id = $3").await?;
            harness
                .drive(async |i, out| {
                    let (name, id) = (item_name(i), pick(i, 1000));
                    out.value(&client.execute(&update, &[&name, &8_i32, &id]).await?);
                    Ok(())
                })
                .await
        }
        "w11-f" => {
            let update = client.prepare("UPDATE items SET views = views + 1 WHERE id = $1").await?;
            harness
                .drive(async |i, out| {
                    out.value(&client.execute(&update, &[&pick(i, 1000)]).await?);
                    Ok(())
                })
                .await
        }
        "w11-patch" => {
            let update = client
                .prepare(
                    "UPDATE items SET name = CASE WHEN $1 THEN $2 ELSE name END, \
                     note = CASE WHEN $3 THEN $4 ELSE note END, score = CASE WHEN $5 THEN $6 ELSE score END WHERE id = $7",
                )
                .await?;
            harness
                .drive(async |i, out| {
                    let (none, id) = (None::<String>, pick(i, 1000));
                    let touched =
                        client.execute(&update, &[&false, &none, &false, &none, &true, &9_i32, &id]).await?;
                    out.value(&touched);
                    Ok(())
                })
                .await
        }
        "w12" => {
            let upsert = client
                .prepare(&format!(
                    "INSERT INTO items (id, name, note, score) \
                     SELECT * FROM unnest($1::int8[], $2::text[], $3::text[], $4::int4[]) \
                     ON CONFLICT (id) DO UPDATE SET name = excluded.name, score = excluded.score RETURNING {ITEM}"
                ))
                .await?;
            harness
                .drive(async |i, out| {
                    let first = (i * 50 + 951).cast_signed();
                    let ids: Vec<_> = (first..first + 100).collect();
                    let names: Vec<_> = (0..100).map(item_name).collect();
                    let notes: Vec<_> = (0..100).map(item_note).collect();
                    let scores: Vec<_> = (0..100).collect();
                    out.value(&all::<Item>(&client, &upsert, &[&ids, &names, &notes, &scores]).await?);
                    Ok(())
                })
                .await
        }
        "w13" => {
            let lock = client.prepare(&format!("SELECT {ITEM} FROM items WHERE id = $1 FOR UPDATE")).await?;
            let update = client.prepare("UPDATE items SET score = $1 WHERE id = $2").await?;
            let insert = client.prepare("INSERT INTO log (item_id, line) VALUES ($1, $2)").await?;
            let client = tokio::sync::Mutex::new(&mut client);
            harness
                .drive(async |i, out| {
                    let mut client = client.lock().await;
                    let transaction = client.transaction().await?;
                    let item: Item = one(transaction.client(), &lock, &[&pick(i, 1000)]).await?;
                    let score = item.score + 1;
                    transaction.execute(&update, &[&score, &item.id]).await?;
                    transaction.execute(&insert, &[&item.id, &item.name]).await?;
                    transaction.commit().await?;
                    out.value(&item);
                    Ok(())
                })
                .await
        }
        other => unknown(other),
    }
}
