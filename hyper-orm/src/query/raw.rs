//! Django's `raw`: rows of the model by SQL of one's own.

use std::marker::PhantomData;

use hyper_core::db::{Column, DatabaseError, Executor, Param, Reader, Row, Sql};

use super::explain::{Explain, Explanation};
use super::query_set::QuerySet;
use crate::error::{Error, Result};
use crate::model::Model;
use crate::query::asked::asked;
use crate::row::{JsonRows, RowReader};

/// A query in SQL of one's own, whose rows are read as `M` by the names of their columns; from [`QuerySet::raw`].
#[derive(Debug, Clone, Copy)]
#[must_use = "a query does nothing until `.all(db)`, `.first(db)`, `.one(db)`, ..."]
pub struct RawQuery<'q, M> {
    sql: &'q str,
    params: &'q [Param<'q>],
    model: PhantomData<fn() -> M>,
}

impl<M: Model> QuerySet<M> {
    /// Django's `raw()`: rows of this model by SQL of one's own, with `$1`, `$2`, .. for the values.
    ///
    /// Columns are found by their names, in any order; those the model has not are left out.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// # async fn f(db: &Db) -> Result<()> {
    /// let posts: Vec<Post> = Post::objects()
    ///     .raw("SELECT * FROM posts TABLESAMPLE SYSTEM ($1) WHERE score > $2", &[&10.0_f32, &3])
    ///     .all(db)
    ///     .await?;
    /// # Ok(()) }
    /// ```
    ///
    /// Each value must be of the type PostgreSQL takes it for: `i64` for a `bigint`, `i32` for an `integer`.
    pub fn raw<'q>(self, sql: &'q str, params: &'q [Param<'q>]) -> RawQuery<'q, M> {
        RawQuery { sql, params, model: PhantomData }
    }
}

impl<M: Model> RawQuery<'_, M> {
    /// All rows.
    ///
    /// # Errors
    /// [`SchemaMismatch`](hyper_core::db::ErrorKind::SchemaMismatch) when a column of the model is missing or of another
    /// type, before any row is read; what PostgreSQL reports, or that it cannot be reached.
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn all(&self, db: &impl Reader) -> impl Future<Output = Result<Vec<M>>> {
        asked::<M, _>(async move {
            let mut rows = Vec::new();
            self.each(db, |row| {
                rows.push(M::decode(row)?);
                Ok(())
            })
            .await?;
            Ok(rows)
        })
    }

    /// The first row, or none. All are fetched: say `LIMIT 1`.
    ///
    /// # Errors
    /// As [`all`](Self::all).
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn first(&self, db: &impl Reader) -> impl Future<Output = Result<Option<M>>> {
        asked::<M, _>(async move {
            let mut found = None;
            self.each(db, |row| {
                if found.is_none() {
                    found = Some(M::decode(row)?);
                }
                Ok(())
            })
            .await?;
            Ok(found)
        })
    }

    /// The only row.
    ///
    /// # Errors
    /// [`DoesNotExist`](Error::DoesNotExist) and [`MultipleObjectsReturned`](Error::MultipleObjectsReturned); as
    /// [`all`](Self::all).
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn one(&self, db: &impl Reader) -> impl Future<Output = Result<M>> {
        asked::<M, _>(async move {
            let mut rows = self.all(db).await?;
            match (rows.pop(), rows.is_empty()) {
                (Some(row), true) => Ok(row),
                (Some(_), false) => Err(Error::MultipleObjectsReturned { table: M::TABLE }),
                (None, _) => Err(Error::DoesNotExist { table: M::TABLE }),
            }
        })
    }

    /// All rows as a JSON array, as [`QuerySet::json`] writes it: without fields that are `secret`.
    ///
    /// # Errors
    /// As [`all`](Self::all).
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn json(&self, db: &impl Reader) -> impl Future<Output = Result<JsonRows>> {
        asked::<M, _>(async move {
            let mut out = vec![b'['];
            self.each(db, |row| {
                if out.len() > 1 {
                    out.push(b',');
                }
                out.push(b'{');
                M::write_json(row, &[], &mut out)?;
                out.push(b'}');
                Ok(())
            })
            .await?;
            out.push(b']');
            Ok(JsonRows::new(out))
        })
    }

    /// How PostgreSQL runs it, as [`QuerySet::explain_with`].
    ///
    /// # Errors
    /// What PostgreSQL reports, or that it cannot be reached.
    pub async fn explain_with(&self, db: &impl Executor, options: Explain) -> Result<Explanation> {
        options.write(db, self.sql, self.params).await
    }

    /// It may write: `UPDATE .. RETURNING *`.
    async fn each(
        &self,
        db: &impl Reader,
        mut each: impl FnMut(&mut RowReader<'_>) -> Result<(), DatabaseError> + Send,
    ) -> Result<()> {
        let mut places = Vec::new();
        let sql = Sql::rendered(self.sql).checked(check::<M>);
        db.run(sql, self.params, |row: &Row| {
            if places.is_empty() {
                places = M::NAMES.iter().filter_map(|name| place(row.columns(), name)).collect();
            }
            each(&mut RowReader::placed(row, &places))
        })
        .await
        .map_err(crate::error::refused::<M>)?;
        Ok(())
    }
}

fn place(columns: &[Column], name: &str) -> Option<usize> {
    columns.iter().position(|column| column.name() == name)
}

/// Whether all columns of the model are there, and of types that can be read.
fn check<M: Model>(columns: &[Column]) -> Result<(), String> {
    let mut ordered = Vec::with_capacity(M::NAMES.len());
    for expected in M::META.columns {
        let Some(place) = place(columns, expected.name) else {
            let there: Vec<_> = columns.iter().map(|column| format!("`{}`", column.name())).collect();
            return Err(format!(
                "the query returns no column `{}`, which field `{}` of the model is read from; it returns {}",
                expected.name,
                expected.field,
                if there.is_empty() { "nothing".into() } else { there.join(", ") },
            ));
        };
        ordered.push(&columns[place]);
    }
    for (expected, found) in M::META.columns.iter().zip(ordered) {
        super::select::check_column::<M>(expected, found)?;
    }
    Ok(())
}
