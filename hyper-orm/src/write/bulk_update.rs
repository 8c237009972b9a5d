//! Columns of many rows written by one statement: `bulk_update`.

use std::fmt::Write;
use std::marker::PhantomData;

use hyper_core::db::{Executor, Sql};

use super::bulk::{Column, MOST_PARAMS};
use super::copy::CopyColumns;
use crate::error::{Result, refused};
use crate::model::Model;
use crate::query::QuerySet;
use crate::query::asked::asked;
use crate::sql::{Params, Part, Rope, Statement, Text, render};

struct BulkUpdate<M, C>(PhantomData<fn() -> (M, C)>);

impl<M: Model, C: CopyColumns<M>> Statement for BulkUpdate<M, C> {
    const TABLE: &'static str = M::TABLE;
    const ROPE: Rope = &[
        Part::Text("UPDATE "),
        Part::Name(M::TABLE),
        Part::Text(" SET "),
        Part::Same("", C::COLUMNS, M::NAMES, ", "),
        Part::Text(" FROM unnest("),
        Part::Arrays(M::KEY_COLUMNS, M::META.columns),
        Part::Text(", "),
        Part::Arrays(C::COLUMNS, M::META.columns),
        Part::Text(") AS \"values\" ("),
        Part::Names(M::KEY_COLUMNS, M::NAMES),
        Part::Text(", "),
        Part::Names(C::COLUMNS, M::NAMES),
        Part::Text(") WHERE "),
        Part::Same(M::TABLE, M::KEY_COLUMNS, M::NAMES, " AND "),
    ];
}

/// The same with `VALUES ($1, $2), ($3, $4), ..`: an array of arrays would come out of `unnest` as one long list.
struct UpdateValues<M, C>(PhantomData<fn() -> (M, C)>);

impl<M: Model, C: CopyColumns<M>> UpdateValues<M, C> {
    const HEAD: Rope = &[
        Part::Text("UPDATE "),
        Part::Name(M::TABLE),
        Part::Text(" SET "),
        Part::Same("", C::COLUMNS, M::NAMES, ", "),
        Part::Text(" FROM (VALUES "),
    ];
    const TAIL: Rope = &[
        Part::Text(") AS \"values\" ("),
        Part::Names(M::KEY_COLUMNS, M::NAMES),
        Part::Text(", "),
        Part::Names(C::COLUMNS, M::NAMES),
        Part::Text(") WHERE "),
        Part::Same(M::TABLE, M::KEY_COLUMNS, M::NAMES, " AND "),
    ];

    fn numbers() -> impl Iterator<Item = usize> {
        M::KEY_COLUMNS.iter().chain(C::COLUMNS).copied()
    }

    fn text(rows: usize) -> String {
        let mut text = String::from(render(M::TABLE, Self::HEAD, 0).as_str());
        let mut number = 0;
        for row in 0..rows {
            let mut before = if row == 0 { "(" } else { ", (" };
            for column in Self::numbers() {
                number += 1;
                let _ = write!(text, "{before}${number}");
                // The types of the first row are those of all.
                if row == 0 {
                    let _ = write!(text, "::{}", M::META.columns[column].declaration);
                }
                before = ", ";
            }
            text.push(')');
        }
        text.push_str(render(M::TABLE, Self::TAIL, 0).as_str());
        text
    }

    async fn run(db: &impl Executor, rows: &[M]) -> Result<u64> {
        let text = Self::text(rows.len());
        let mut params = Params::new();
        for row in rows {
            Self::numbers().for_each(|column| params.push(row.column(column)));
        }
        let params = &params;
        db.write(Sql::rendered(&text), params.as_slice(), |_| Ok(())).await.map_err(refused::<M>)
    }
}

const fn any_array<M: Model>(columns: &[usize]) -> bool {
    let mut i = 0;
    while i < columns.len() {
        if M::META.columns[columns[i]].is_array {
            return true;
        }
        i += 1;
    }
    false
}

impl<M: Model> QuerySet<M> {
    /// Writes some columns of many rows, found by their primary keys, in one statement. Returns how many there were.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// # async fn f(db: &Db, mut posts: Vec<Post>) -> Result<()> {
    /// posts.iter_mut().for_each(|post| post.score += 1);
    /// // UPDATE "posts" SET "score" = "values"."score" FROM unnest($1::bigint[], $2::integer[])
    /// //     AS "values" ("id", "score") WHERE "posts"."id" = "values"."id"
    /// Post::objects().bulk_update(db, Post.score, &posts).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// With an array among the columns the values stand in the statement one by one, `(VALUES ($1::bigint, $2::text[]),
    /// ($3, $4), ..)`, and rows of more than 65,535 of them take several statements in one transaction.
    ///
    /// # Errors
    /// [`Invalid`](crate::Error::Invalid) with the broken rules of the first row that has some; what PostgreSQL reports:
    /// then no row was changed.
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn bulk_update<C: CopyColumns<M>>(
        self,
        db: &impl Executor,
        _columns: C,
        rows: &[M],
    ) -> impl Future<Output = Result<u64>> {
        asked::<M, _>(async move {
            if rows.is_empty() {
                return Ok(0);
            }
            for row in rows {
                row.validate()?;
            }
            if const { any_array::<M>(C::COLUMNS) } {
                let mut chunks = rows.chunks(MOST_PARAMS / (M::KEY_COLUMNS.len() + C::COLUMNS.len()));
                if chunks.len() == 1 {
                    return UpdateValues::<M, C>::run(db, rows).await;
                }
                let tx = db.begin().await?;
                let mut changed = 0;
                for rows in &mut chunks {
                    changed += UpdateValues::<M, C>::run(&tx, rows).await?;
                }
                tx.commit().await?;
                return Ok(changed);
            }
            let columns: Vec<_> = UpdateValues::<M, C>::numbers()
                .map(|number| Column { rows: rows.len(), value: move |row: usize| rows[row].column(number) })
                .collect();
            let mut params = Params::new();
            columns.iter().for_each(|column| params.push(column));
            let params = &params;
            db.write(Text::<BulkUpdate<M, C>, 0>::SQL, params.as_slice(), |_| Ok(()))
                .await
                .map_err(refused::<M>)
        })
    }
}
