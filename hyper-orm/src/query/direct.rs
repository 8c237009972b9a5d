//! SQL of one's own, run as it is: `query`, `query_one`, `query_val`, `execute`, `query_json`.

use std::future::Future;

use hyper_core::db::{Column, DatabaseError, ErrorKind, Executor, Param, Reader, Sql};

use crate::error::{Error, Result};
use crate::field::Field;
use crate::query::asked::asked_freely;
use crate::row::{AnyJson, JsonRows, RowReader};
use crate::write::{CopyRows, IntoRow, copy_into};

/// A row of SQL of one's own: a value, or a tuple of up to twelve, read by their places.
#[diagnostic::on_unimplemented(
    message = "a row of SQL cannot be read as `{Self}`",
    label = "expected the type of a column, or a tuple of such",
    note = "a column that can be NULL is an `Option`; rows of a model come from `Post::objects().raw(..)`"
)]
pub trait FromRow: Sized + Send {
    #[doc(hidden)]
    fn check(columns: &[Column]) -> Result<(), String>;
    #[doc(hidden)]
    fn read(row: &mut RowReader<'_>) -> Result<Self, DatabaseError>;
}

/// Whether there are so many columns.
fn check_count(columns: &[Column], expected: usize) -> Result<(), String> {
    if columns.len() == expected {
        return Ok(());
    }
    Err(format!("the query returns {} columns, and {expected} are read", columns.len()))
}

fn check_type<T: Field>(column: &Column) -> Result<(), String> {
    if T::accepts(column.type_()) {
        return Ok(());
    }
    Err(format!(
        "column `{}` is `{}` in the database, and is read as `{}`",
        column.name(),
        column.type_(),
        std::any::type_name::<T>(),
    ))
}

#[diagnostic::do_not_recommend]
impl<T: Field> FromRow for T {
    fn check(columns: &[Column]) -> Result<(), String> {
        check_count(columns, 1)?;
        check_type::<T>(&columns[0])
    }

    fn read(row: &mut RowReader<'_>) -> Result<T, DatabaseError> {
        row.read()
    }
}

macro_rules! implement {
    ($(($($name:ident),+))+) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($name: Field),+> FromRow for ($($name,)+) {
            fn check(columns: &[Column]) -> Result<(), String> {
                check_count(columns, [$(stringify!($name)),+].len())?;
                let mut columns = columns.iter();
                $(columns.next().map_or(Ok(()), check_type::<$name>)?;)+
                Ok(())
            }

            fn read(row: &mut RowReader<'_>) -> Result<Self, DatabaseError> {
                Ok(($(row.read::<$name>()?,)+))
            }
        }
    )+};
}

crate::tuples::tuples!(up to 12: implement);

/// SQL of one's own on a `Db` or in a transaction, with `$1`, `$2`, .. for the values. What it returns is checked when it is
/// prepared.
///
/// Each runs on a connection of its own, as it may write. Values must be of the types PostgreSQL takes them for: `i64` for a
/// `bigint`, `i32` for an `integer`. A statement with values of its own in its text is prepared anew for each: give them as
/// values.
///
/// ```
/// # use hyperdjango::prelude::*;
/// # async fn f(db: &Db) -> Result<()> {
/// let rows: Vec<(i64, Option<String>)> = db.query("SELECT id, url FROM posts WHERE score > $1", &[&3]).await?;
/// let (id, title): (i64, String) = db.query_one("SELECT id, title FROM posts WHERE id = $1", &[&7_i64]).await?;
/// let best: Option<i32> = db.query_val("SELECT max(score) FROM posts", &[]).await?;
/// let changed: u64 = db.execute("UPDATE posts SET score = score + $1", &[&1]).await?;
/// let json = db.query_json("SELECT id, title FROM posts", &[]).await?; // [{"id":7,"title":".."}]
/// # Ok(()) }
/// ```
pub trait RawSql: Reader {
    /// All rows.
    ///
    /// # Errors
    /// [`SchemaMismatch`](ErrorKind::SchemaMismatch) when the columns do not fit what they are read as, before any row is
    /// read; what PostgreSQL reports, or that it cannot be reached.
    #[cfg_attr(debug_assertions, track_caller)]
    fn query<T: FromRow>(
        &self,
        sql: &str,
        params: &[Param<'_>],
    ) -> impl Future<Output = Result<Vec<T>>> + Send {
        asked_freely(async move {
            let mut rows = Vec::new();
            let sql = Sql::rendered(sql).checked(T::check);
            self.run(sql, params, |row| {
                rows.push(T::read(&mut RowReader::new(row))?);
                Ok(())
            })
            .await?;
            Ok(rows)
        })
    }

    /// The only row.
    ///
    /// # Errors
    /// [`DoesNotExist`](Error::DoesNotExist) when there is none, [`MultipleObjectsReturned`](Error::MultipleObjectsReturned)
    /// when there are several, both without a table; as [`query`](Self::query).
    #[cfg_attr(debug_assertions, track_caller)]
    fn query_one<T: FromRow>(
        &self,
        sql: &str,
        params: &[Param<'_>],
    ) -> impl Future<Output = Result<T>> + Send {
        asked_freely(async move {
            let mut rows = self.query(sql, params).await?;
            match (rows.pop(), rows.is_empty()) {
                (Some(row), true) => Ok(row),
                (Some(_), false) => Err(Error::MultipleObjectsReturned { table: "" }),
                (None, _) => Err(Error::DoesNotExist { table: "" }),
            }
        })
    }

    /// The only value of the only row.
    ///
    /// # Errors
    /// As [`query_one`](Self::query_one).
    #[cfg_attr(debug_assertions, track_caller)]
    fn query_val<T: Field>(&self, sql: &str, params: &[Param<'_>]) -> impl Future<Output = Result<T>> + Send {
        self.query_one(sql, params)
    }

    /// Runs a statement, and returns how many rows it touched.
    ///
    /// # Errors
    /// What PostgreSQL reports, or that it cannot be reached.
    #[cfg_attr(debug_assertions, track_caller)]
    fn execute(&self, sql: &str, params: &[Param<'_>]) -> impl Future<Output = Result<u64>> + Send
    where
        Self: Executor,
    {
        asked_freely(async move { Ok(self.write(Sql::rendered(sql), params, |_| Ok(())).await?) })
    }

    /// All rows as a JSON array of objects with the columns' names, written from what PostgreSQL sends.
    ///
    /// # Errors
    /// [`Decode`](ErrorKind::Decode) for a column of a type that is not known: cast it to `text`; as
    /// [`query`](Self::query).
    #[cfg_attr(debug_assertions, track_caller)]
    fn query_json(&self, sql: &str, params: &[Param<'_>]) -> impl Future<Output = Result<JsonRows>> + Send {
        asked_freely(async move {
            let mut out = vec![b'['];
            let mut plan: Option<AnyJson> = None;
            self.run(Sql::rendered(sql), params, |row| {
                let plan = match &plan {
                    Some(plan) => plan,
                    None => plan.insert(
                        AnyJson::new(row.columns())
                            .map_err(|problem| DatabaseError::new(ErrorKind::Decode, problem))?,
                    ),
                };
                if out.len() > 1 {
                    out.push(b',');
                }
                plan.write(&mut RowReader::new(row), &mut out)
            })
            .await?;
            out.push(b']');
            Ok(JsonRows::new(out))
        })
    }

    /// Loads rows into columns of a table by `COPY`, several times faster than inserting them, all or none. Returns how many
    /// there were. Where there is a model, [`copy_in`](crate::query::QuerySet::copy_in) knows more.
    ///
    /// ```
    /// # use hyperdjango::prelude::*;
    /// # async fn f(db: &Db) -> Result<()> {
    /// // COPY "archive"."posts" ("id", "url") FROM STDIN (FORMAT binary)
    /// let rows = [(1_i64, Some("https://example.org".to_owned())), (2, None)];
    /// let loaded: u64 = db.copy_into("archive.posts", &["id", "url"], rows).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// Rows are tuples or `Result`s of them, from an iterator or a stream. A name with a dot is that of a
    /// schema and a table. Numbering by PostgreSQL is left where it is.
    ///
    /// # Errors
    /// [`SchemaMismatch`](ErrorKind::SchemaMismatch) when the columns are of other types than the values, before anything is
    /// sent; the first error among the rows; what PostgreSQL reports. Nothing has arrived then.
    fn copy_into<Kind>(
        &self,
        table: &str,
        columns: &[&str],
        rows: impl CopyRows<Kind, Item: IntoRow> + Send,
    ) -> impl Future<Output = Result<u64>> + Send
    where
        Self: Executor,
    {
        copy_into(self, table, columns, rows)
    }
}

impl<E: Reader + ?Sized> RawSql for E {}
