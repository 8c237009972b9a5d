//! What writes.

use std::cell::RefCell;

use bench_orm::{Harness, Result, item_name, item_note, pick, unknown};
use diesel::prelude::*;
use diesel::upsert::excluded;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};

use crate::rows::{Item, ItemPatch, NewItem};
use crate::schema::{items, log};

pub(crate) async fn run(harness: &Harness, connection: AsyncPgConnection) -> Result {
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
            let new = NewItem { name: item_name(i), note: item_note(i), score: 7 };
            let item: Item = diesel::insert_into(items::table)
                .values(new)
                .returning(Item::as_returning())
                .get_result(db)
                .await?;
            out.value(&item);
        }),
        "w10-100" | "w10-1k" | "w10-10k" => drive!(db, _, out, {
            let new: Vec<NewItem> = (0..size)
                .map(|n| NewItem { name: item_name(n), note: item_note(n), score: n as i32 })
                .collect();
            let inserted: Vec<Item> = diesel::insert_into(items::table)
                .values(new)
                .returning(Item::as_returning())
                .get_results(db)
                .await?;
            out.value(&inserted);
        }),
        "w11-set" => drive!(db, i, out, {
            let touched = diesel::update(items::table.find(pick(i, 1000)))
                .set((items::name.eq(item_name(i)), items::score.eq(8)))
                .execute(db)
                .await?;
            out.value(&touched);
        }),
        "w11-f" => drive!(db, i, out, {
            let touched = diesel::update(items::table.find(pick(i, 1000)))
                .set(items::views.eq(items::views + 1))
                .execute(db)
                .await?;
            out.value(&touched);
        }),
        "w11-patch" => drive!(db, i, out, {
            let patch = ItemPatch { score: Some(9), ..ItemPatch::default() };
            out.value(&diesel::update(items::table.find(pick(i, 1000))).set(patch).execute(db).await?);
        }),
        "w12" => drive!(db, i, out, {
            let first = (i * 50 + 951).cast_signed();
            let new: Vec<_> = (0..100_u64)
                .map(|n| {
                    (
                        items::id.eq(first + n.cast_signed()),
                        items::name.eq(item_name(n)),
                        items::note.eq(item_note(n)),
                        items::score.eq(n as i32),
                    )
                })
                .collect();
            let upserted: Vec<Item> = diesel::insert_into(items::table)
                .values(new)
                .on_conflict(items::id)
                .do_update()
                .set((items::name.eq(excluded(items::name)), items::score.eq(excluded(items::score))))
                .returning(Item::as_returning())
                .get_results(db)
                .await?;
            out.value(&upserted);
        }),
        "w13" => drive!(db, i, out, {
            let item = db
                .transaction::<Item, diesel::result::Error, _>(async |db| {
                    let item: Item = items::table
                        .find(pick(i, 1000))
                        .select(Item::as_select())
                        .for_update()
                        .first(db)
                        .await?;
                    diesel::update(items::table.find(item.id))
                        .set(items::score.eq(item.score + 1))
                        .execute(db)
                        .await?;
                    diesel::insert_into(log::table)
                        .values((log::item_id.eq(item.id), log::line.eq(&item.name)))
                        .execute(db)
                        .await?;
                    Ok(item)
                })
                .await?;
            out.value(&item);
        }),
        other => unknown(other),
    }
}
