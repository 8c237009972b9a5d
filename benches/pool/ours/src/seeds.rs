//! The workloads of one task.

use bench_orm::{Harness, Result, item_name, item_note, pick, unknown};
use hyperdjango::prelude::*;

use crate::models::{Account, Item};

pub(crate) async fn run(harness: &Harness) -> Result {
    let db = &crate::open(harness.url(), 2, 1)?;
    match harness.workload() {
        "pk" => {
            harness
                .drive(async |i, out| {
                    out.value(&Account::objects().get(db, pick(i, 1_000_000) as i32).await?);
                    Ok(())
                })
                .await
        }
        "range" => {
            harness
                .drive(async |i, out| {
                    let first = pick(i, 999_900) as i32;
                    out.value(
                        &Account::objects().filter(Account.aid.range(first, first + 99)).all(db).await?,
                    );
                    Ok(())
                })
                .await
        }
        "update" => {
            harness
                .drive(async |i, out| {
                    let item = Item::objects().filter(Item.id.eq(pick(i, 10_000)));
                    out.value(&item.update(db, Item.score.set((i % 1000) as i32)).await?);
                    Ok(())
                })
                .await
        }
        "insert" => {
            harness
                .drive(async |i, out| {
                    let values =
                        (Item.name.set(item_name(i)), Item.note.set(item_note(i)), Item.score.set(7));
                    out.value(&Item::objects().create(db, values).await?);
                    Ok(())
                })
                .await
        }
        "bulk-1k" => {
            let rows = harness.size();
            harness
                .drive(async |_, out| {
                    let rows = (0..rows).map(|n| {
                        (Item.name.set(item_name(n)), Item.note.set(item_note(n)), Item.score.set(n as i32))
                    });
                    out.value(&Item::objects().bulk_create(db, rows).await?);
                    Ok(())
                })
                .await
        }
        "copy-50k" => {
            let rows = harness.size();
            harness
                .drive(async |_, out| {
                    let rows = (0..rows).map(|n| (item_name(n), item_note(n), n as i32));
                    out.value(&Item::objects().copy_in(db, (Item.name, Item.note, Item.score), rows).await?);
                    Ok(())
                })
                .await
        }
        other => unknown(other),
    }
}
