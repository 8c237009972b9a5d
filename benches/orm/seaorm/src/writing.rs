//! What writes.

use bench_orm::{Harness, Result, item_name, item_note, pick, unknown};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, DatabaseConnection, EntityTrait, QueryFilter,
    QuerySelect, TransactionTrait,
};

use crate::entities::{item, log};

pub(crate) async fn run(harness: &Harness, db: &DatabaseConnection) -> Result {
    let size = harness.size();
    macro_rules! drive {
        ($i:pat, $out:ident, $body:block) => {
            harness
                .drive(async |$i, $out| {
                    $body
                    Ok(())
                })
                .await
        };
    }
    match harness.workload() {
        "w10-1" => drive!(i, out, {
            out.value(&new(i, 7).insert(db).await?);
        }),
        "w10-100" | "w10-1k" | "w10-10k" => drive!(_, out, {
            let rows = (0..size).map(|n| new(n, n as i32));
            out.value(&item::Entity::insert_many(rows).exec_with_returning(db).await?);
        }),
        "w11-set" => drive!(i, out, {
            let done = item::Entity::update_many()
                .col_expr(item::Column::Name, Expr::value(item_name(i)))
                .col_expr(item::Column::Score, Expr::value(8))
                .filter(item::Column::Id.eq(pick(i, 1000)))
                .exec(db)
                .await?;
            out.value(&done.rows_affected);
        }),
        "w11-f" => drive!(i, out, {
            let done = item::Entity::update_many()
                .col_expr(item::Column::Views, Expr::col(item::Column::Views).add(1))
                .filter(item::Column::Id.eq(pick(i, 1000)))
                .exec(db)
                .await?;
            out.value(&done.rows_affected);
        }),
        "w11-patch" => drive!(i, out, {
            let patch = item::ActiveModel { score: Set(9), ..Default::default() };
            let done = item::Entity::update_many()
                .set(patch)
                .filter(item::Column::Id.eq(pick(i, 1000)))
                .exec(db)
                .await?;
            out.value(&done.rows_affected);
        }),
        "w12" => drive!(i, out, {
            let first = (i * 50 + 951).cast_signed();
            let rows = (0..100_u64)
                .map(|n| item::ActiveModel { id: Set(first + n.cast_signed()), ..new(n, n as i32) });
            let upserted = item::Entity::insert_many(rows)
                .on_conflict(
                    OnConflict::column(item::Column::Id)
                        .update_columns([item::Column::Name, item::Column::Score])
                        .to_owned(),
                )
                .exec_with_returning(db)
                .await?;
            out.value(&upserted);
        }),
        "w13" => drive!(i, out, {
            let tx = db.begin().await?;
            let item =
                item::Entity::find_by_id(pick(i, 1000)).lock_exclusive().one(&tx).await?.ok_or("no row")?;
            item::Entity::update_many()
                .col_expr(item::Column::Score, Expr::value(item.score + 1))
                .filter(item::Column::Id.eq(item.id))
                .exec(&tx)
                .await?;
            let line = log::ActiveModel {
                item_id: Set(item.id),
                line: Set(item.name.clone()),
                ..Default::default()
            };
            log::Entity::insert(line).exec_without_returning(&tx).await?;
            tx.commit().await?;
            out.value(&item);
        }),
        other => unknown(other),
    }
}

fn new(n: u64, score: i32) -> item::ActiveModel {
    item::ActiveModel {
        name: Set(item_name(n)),
        note: Set(item_note(n)),
        score: Set(score),
        ..Default::default()
    }
}
