//! `COPY` into a table that no model is of.

use std::error::Error as StdError;

use bytes::{BufMut, BytesMut};
use hyper_core::db::types::{ToSql, Type};
use hyper_core::db::{Column, Executor, Sql};

use super::copy::encode;
use super::copy_in::pieces;
use super::copy_rows::{CopyRows, told};
use crate::error::Result;
use crate::field::Field;
use crate::query::FromRow;
use crate::tuples::tuples;

/// A row for [`copy_into`](crate::query::RawSql::copy_into): a value, a tuple of up to twelve, or a `Result` of one.
#[diagnostic::on_unimplemented(
    message = "a row of `{Self}` cannot be copied into a table",
    label = "expected the type of a column, a tuple of such, or a `Result` of it",
    note = "a value that may be NULL is an `Option`"
)]
pub trait IntoRow {
    #[doc(hidden)]
    fn check(columns: &[Column]) -> Result<(), String>;
    #[doc(hidden)]
    fn encode(self, out: &mut BytesMut) -> Result<()>;
}

/// As [`FromRow::check`], and that what is written is what the columns take.
fn check<R: FromRow>(columns: &[Column]) -> Result<(), String> {
    R::check(columns)?;
    match columns.iter().find(|column| [Type::JSON, Type::JSON_ARRAY].contains(column.type_())) {
        Some(column) => Err(format!(
            "column `{}` is `{}`, which a binary COPY does not fill: make it `jsonb`, or use `execute`",
            column.name(),
            column.type_(),
        )),
        None => Ok(()),
    }
}

#[diagnostic::do_not_recommend]
impl<T: Field + ToSql> IntoRow for T {
    fn check(columns: &[Column]) -> Result<(), String> {
        check::<T>(columns)
    }

    fn encode(self, out: &mut BytesMut) -> Result<()> {
        out.put_i16(1);
        Ok(encode(&self, out)?)
    }
}

#[diagnostic::do_not_recommend]
impl<R: IntoRow, E: Into<Box<dyn StdError + Send + Sync>>> IntoRow for std::result::Result<R, E> {
    fn check(columns: &[Column]) -> Result<(), String> {
        R::check(columns)
    }

    fn encode(self, out: &mut BytesMut) -> Result<()> {
        self.map_err(told)?.encode(out)
    }
}

macro_rules! implement {
    ($(($($name:ident),+))+) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($name: Field + ToSql),+> IntoRow for ($($name,)+) {
            fn check(columns: &[Column]) -> Result<(), String> {
                check::<Self>(columns)
            }

            #[expect(non_snake_case)]
            fn encode(self, out: &mut BytesMut) -> Result<()> {
                let ($($name,)+) = self;
                out.put_i16([$(stringify!($name)),+].len() as i16);
                $(encode(&$name, out)?;)+
                Ok(())
            }
        }
    )+};
}

tuples!(up to 12: implement);

/// A name in quotes; of a table, its schema may stand before it with a dot.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

pub(crate) async fn copy_into<Kind, S: CopyRows<Kind, Item: IntoRow>>(
    db: &(impl Executor + ?Sized),
    table: &str,
    columns: &[&str],
    rows: S,
) -> Result<u64> {
    let table = table.split('.').map(quoted).collect::<Vec<_>>().join(".");
    let columns = columns.iter().map(|column| quoted(column)).collect::<Vec<_>>().join(", ");
    // The bytes say nothing of their types: that of `bigint` is taken for that of `timestamptz`.
    let look = format!("SELECT {columns} FROM {table} LIMIT 0");
    db.read(Sql::rendered(&look).checked(S::Item::check).of_primary(true), &[], |_| Ok(())).await?;
    let mut failed = None;
    let pieces = pieces(rows.into_stream(), &mut failed, |row: S::Item, out| row.encode(out));
    let text = format!("COPY {table} ({columns}) FROM STDIN (FORMAT binary)");
    let copied = db.copy_in_stream(&text, pieces).await;
    match failed {
        Some(error) => Err(error),
        None => Ok(copied?),
    }
}
