//! What writes.

use bench_orm::{Harness, Result, item_name, item_note, pick, unknown};
use hyperdjango::prelude::*;

use crate::models::{Item, ItemPatch, Line};

pub(crate) async fn run(harness: &Harness, db: &Db) -> Result {
    let size = harness.size();
    match harness.workload() {
        "w10-1" => {
            harness
                .drive(async |i, out| {
                    let values =
                        (Item.name.set(item_name(i)), Item.note.set(item_note(i)), Item.score.set(7));
                    out.value(&Item::objects().create(db, values).await?);
                    Ok(())
                })
                .await
        }
        "w10-100" | "w10-1k" | "w10-10k" => {
            harness
                .drive(async |_, out| {
                    let rows = (0..size).map(|n| {
                        (Item.name.set(item_name(n)), Item.note.set(item_note(n)), Item.score.set(n as i32))
                    });
                    out.value(&Item::objects().bulk_create(db, rows).await?);
                    Ok(())
                })
                .await
        }
        "w10-copy" => {
            harness
                .drive(async |_, out| {
                    let rows = (0..100_000).map(|n| (item_name(n), item_note(n), n as i32));
                    out.value(&Item::objects().copy_in(db, (Item.name, Item.note, Item.score), rows).await?);
                    Ok(())
                })
                .await
        }
        "w11-set" => {
            harness
                .drive(async |i, out| {
                    let item = Item::objects().filter(Item.id.eq(pick(i, 1000)));
                    out.value(&item.update(db, (Item.name.set(item_name(i)), Item.score.set(8))).await?);
                    Ok(())
                })
                .await
        }
        "w11-f" => {
            harness
                .drive(async |i, out| {
                    let item = Item::objects().filter(Item.id.eq(pick(i, 1000)));
                    out.value(&item.update(db, Item.views.set(Item.views + 1)).await?);
                    Ok(())
                })
                .await
        }
        "w11-patch" => {
            harness
                .drive(async |i, out| {
                    let patch = ItemPatch { score: Patch::Set(9), ..ItemPatch::default() };
                    let item = Item::objects().filter(Item.id.eq(pick(i, 1000)));
                    out.value(&item.patch(db, patch).await?);
                    Ok(())
                })
                .await
        }
        "w12" => {
            harness
                .drive(async |i, out| {
                    let first = (i * 50 + 951).cast_signed();
                    let rows = (0..100_u64).map(|n| {
                        (
                            Item.id.set(first + n.cast_signed()),
                            Item.name.set(item_name(n)),
                            Item.note.set(item_note(n)),
                            Item.score.set(n as i32),
                        )
                    });
                    let upsert = Item::objects().on_conflict(Item.id).update((Item.name, Item.score));
                    out.value(&upsert.bulk_create(db, rows).await?);
                    Ok(())
                })
                .await
        }
        "w13" => {
            harness
                .drive(async |i, out| {
                    let item = db
                        .atomic::<_, Error>(async |tx| {
                            let item = Item::objects().select_for_update().get(tx, pick(i, 1000)).await?;
                            Item::objects()
                                .filter(Item.id.eq(item.id))
                                .update(tx, Item.score.set(item.score + 1))
                                .await?;
                            let line = (Line.item_id.set(item.id), Line.line.set(&item.name));
                            Line::objects().create(tx, line).await?;
                            Ok(item)
                        })
                        .await?;
                    out.value(&item);
                    Ok(())
                })
                .await
        }
        other => unknown(other),
    }
}
