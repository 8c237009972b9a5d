//! What writes.

use std::cell::RefCell;
use std::fmt::Write;

use bench_orm::{Harness, Result, item_name, item_note, pick, unknown};
use sqlx::postgres::Postgres;
use sqlx::{Connection, PgConnection, QueryBuilder, query, query_as};

use crate::rows::{Item, columns};

pub(crate) async fn run(harness: &Harness, connection: PgConnection) -> Result {
    let size = harness.size();
    let connection = RefCell::new(connection);
    macro_rules! drive {
        ($db:ident, $i:pat, $out:ident, $body:block) => {
            harness
                .drive(#[expect(clippy::await_holding_refcell_ref)] async |$i, $out| {
                    let mut guard = connection.borrow_mut();
                    let $db = &mut *guard;
                    $body
                    Ok(())
                })
                .await
        };
    }
    match harness.workload() {
        "w10-1" => drive!(db, i, out, {
            let item: Item = query_as(concat!(
                "INSERT INTO items (name, note, score) VALUES ($1, $2, $3) RETURNING ",
                columns!(item)
            ))
            .bind(item_name(i))
            .bind(item_note(i))
            .bind(7)
            .fetch_one(db)
            .await?;
            out.value(&item);
        }),
        "w10-100" | "w10-1k" | "w10-10k" => drive!(db, _, out, {
            let inserted: Vec<Item> = query_as(concat!(
                "INSERT INTO items (name, note, score) SELECT * FROM unnest($1::text[], $2::text[], $3::int4[]) \
                 RETURNING ",
                columns!(item)
            ))
            .bind((0..size).map(item_name).collect::<Vec<_>>())
            .bind((0..size).map(item_note).collect::<Vec<_>>())
            .bind((0..size).map(|n| n as i32).collect::<Vec<_>>())
            .fetch_all(db)
            .await?;
            out.value(&inserted);
        }),
        // It has no writer of rows: text, as the documentation shows.
        "w10-copy" => drive!(db, _, out, {
            let mut copy = db.copy_in_raw("COPY items (name, note, score) FROM STDIN").await?;
            let mut text = String::new();
            for n in 0..100_000 {
                let note = item_note(n);
                let note = note.as_deref().unwrap_or("\\N");
                writeln!(text, "{}\t{note}\t{n}", item_name(n))?;
                if text.len() >= 64 * 1024 {
                    copy.send(text.as_bytes()).await?;
                    text.clear();
                }
            }
            copy.send(text.as_bytes()).await?;
            out.value(&copy.finish().await?);
        }),
        "w11-set" => drive!(db, i, out, {
            let done = query("UPDATE items SET name = $1, score = $2 WHERE id = $3")
                .bind(item_name(i))
                .bind(8)
                .bind(pick(i, 1000))
                .execute(db)
                .await?;
            out.value(&done.rows_affected());
        }),
        "w11-f" => drive!(db, i, out, {
            let done = query("UPDATE items SET views = views + 1 WHERE id = $1")
                .bind(pick(i, 1000))
                .execute(db)
                .await?;
            out.value(&done.rows_affected());
        }),
        "w11-patch" => drive!(db, i, out, {
            let (name, note, score) = (None::<String>, None::<String>, Some(9));
            let mut sql = QueryBuilder::<Postgres>::new("UPDATE items SET ");
            let mut sets = sql.separated(", ");
            if let Some(name) = name {
                sets.push("name = ").push_bind_unseparated(name);
            }
            if let Some(note) = note {
                sets.push("note = ").push_bind_unseparated(note);
            }
            if let Some(score) = score {
                sets.push("score = ").push_bind_unseparated(score);
            }
            sql.push(" WHERE id = ").push_bind(pick(i, 1000));
            out.value(&sql.build().execute(db).await?.rows_affected());
        }),
        "w12" => drive!(db, i, out, {
            let first = (i * 50 + 951).cast_signed();
            let upserted: Vec<Item> = query_as(concat!(
                "INSERT INTO items (id, name, note, score) \
                 SELECT * FROM unnest($1::int8[], $2::text[], $3::text[], $4::int4[]) \
                 ON CONFLICT (id) DO UPDATE SET name = excluded.name, score = excluded.score RETURNING ",
                columns!(item)
            ))
            .bind((first..first + 100).collect::<Vec<_>>())
            .bind((0..100).map(item_name).collect::<Vec<_>>())
            .bind((0..100).map(item_note).collect::<Vec<_>>())
            .bind((0..100).collect::<Vec<i32>>())
            .fetch_all(db)
            .await?;
            out.value(&upserted);
        }),
        "w13" => drive!(db, i, out, {
            let mut tx = db.begin().await?;
            let item: Item =
                query_as(concat!("SELECT ", columns!(item), " FROM items WHERE id = $1 FOR UPDATE"))
                    .bind(pick(i, 1000))
                    .fetch_one(&mut *tx)
                    .await?;
            query("UPDATE items SET score = $1 WHERE id = $2")
                .bind(item.score + 1)
                .bind(item.id)
                .execute(&mut *tx)
                .await?;
            query("INSERT INTO log (item_id, line) VALUES ($1, $2)")
                .bind(item.id)
                .bind(&item.name)
                .execute(&mut *tx)
                .await?;
            tx.commit().await?;
            out.value(&item);
        }),
        other => unknown(other),
    }
}
