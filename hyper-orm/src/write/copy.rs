//! `COPY .. FROM STDIN` in PostgreSQL's binary format: the way to load very many rows.

use std::fmt::Write;

use bytes::{BufMut, BytesMut};
use hyper_core::ValidationErrors;
use hyper_core::db::types::{IsNull, ToSql};
use hyper_core::db::{DatabaseError, ErrorKind, Executor};

use super::copy_out::CopiedRow;
use crate::error::{Error, Result};
use crate::expr::{Column, Expr};
use crate::field::Field;
use crate::model::{HasColumn, HasForeignKey, Model, Relation, Root, Writable};
use crate::query::QuerySet;
use crate::tuples::tuples;
use crate::validation::Check;

/// How many bytes are gathered before they are handed to the connection.
const CHUNK: usize = 64 * 1024;

/// Columns of `M` that `copy_in` fills: one, or a tuple of up to sixteen.
#[diagnostic::on_unimplemented(
    message = "these are not columns of `{M}` that `copy_in` can fill",
    label = "expected a tuple of columns, such as `({M}.id, {M}.title)`"
)]
pub trait CopyColumns<M> {
    /// A row of their values; keys for foreign keys.
    type Row;
    /// Their numbers.
    const COLUMNS: &'static [usize];

    #[doc(hidden)]
    fn check(row: &Self::Row, errors: &mut ValidationErrors);
    #[doc(hidden)]
    fn encode(row: &Self::Row, out: &mut BytesMut) -> Result<(), DatabaseError>;
    #[doc(hidden)]
    fn decode(row: &mut CopiedRow<'_>) -> Result<Self::Row, DatabaseError>;
}

impl<M: HasColumn<I, Source: Writable>, T, const I: usize> CopyColumns<M>
    for Expr<M, T, Column<Root<M>, M, I>>
where
    <M as HasColumn<I>>::Type: ToSql + Check,
{
    type Row = <M as HasColumn<I>>::Type;
    const COLUMNS: &'static [usize] = &[I];

    fn check(row: &<M as HasColumn<I>>::Type, errors: &mut ValidationErrors) {
        row.check(&M::RULES, M::META.columns[I].field, errors);
    }

    fn encode(row: &<M as HasColumn<I>>::Type, out: &mut BytesMut) -> Result<(), DatabaseError> {
        encode(row, out)
    }

    fn decode(row: &mut CopiedRow<'_>) -> Result<Self::Row, DatabaseError> {
        row.read()
    }
}

impl<M: HasForeignKey<I> + HasColumn<I, Source: Writable>, const I: usize> CopyColumns<M>
    for Relation<M, Root<M>, M, I>
where
    <M as HasColumn<I>>::Type: ToSql,
{
    type Row = <M as HasColumn<I>>::Type;
    const COLUMNS: &'static [usize] = &[I];

    fn check(_: &Self::Row, _: &mut ValidationErrors) {}

    fn encode(row: &Self::Row, out: &mut BytesMut) -> Result<(), DatabaseError> {
        encode(row, out)
    }

    fn decode(row: &mut CopiedRow<'_>) -> Result<Self::Row, DatabaseError> {
        row.read()
    }
}

/// A value as COPY wants it: its length in four bytes, -1 for NULL, and itself.
fn encode<T: Field + ToSql>(value: &T, out: &mut BytesMut) -> Result<(), DatabaseError> {
    let at = out.len();
    out.put_i32(0);
    let problem = |what: String| DatabaseError::new(ErrorKind::Data, what);
    let length = match value.to_sql(&T::TYPE, out).map_err(|error| problem(error.to_string()))? {
        IsNull::Yes => -1,
        IsNull::No => {
            i32::try_from(out.len() - at - 4).map_err(|_| problem("a value is over 2 GiB large".into()))?
        }
    };
    out[at..at + 4].copy_from_slice(&length.to_be_bytes());
    Ok(())
}

const fn single(columns: &'static [usize]) -> usize {
    assert!(columns.len() == 1, "tuples of columns do not nest");
    columns[0]
}

macro_rules! implement {
    ($(($($name:ident),+))+) => {$(
        impl<T, $($name: CopyColumns<T>),+> CopyColumns<T> for ($($name,)+) {
            type Row = ($($name::Row,)+);
            const COLUMNS: &'static [usize] = &[$(single($name::COLUMNS)),+];

            #[expect(non_snake_case)]
            fn check(row: &Self::Row, errors: &mut ValidationErrors) {
                let ($($name,)+) = row;
                $(<$name as CopyColumns<T>>::check($name, errors);)+
            }

            #[expect(non_snake_case)]
            fn encode(row: &Self::Row, out: &mut BytesMut) -> Result<(), DatabaseError> {
                let ($($name,)+) = row;
                $(<$name as CopyColumns<T>>::encode($name, out)?;)+
                Ok(())
            }

            fn decode(row: &mut CopiedRow<'_>) -> Result<Self::Row, DatabaseError> {
                Ok(($(<$name as CopyColumns<T>>::decode(row)?,)+))
            }
        }
    )+};
}

tuples!(up to 16: implement);

impl<M: Model> QuerySet<M> {
    /// Loads rows by `COPY`, several times faster than inserting them, all or none. Returns how many there were.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// # async fn f(db: &Db, names: Vec<String>) -> Result<()> {
    /// // COPY "users" ("id", "name") FROM STDIN (FORMAT binary)
    /// let loaded: u64 = User::objects().copy_in(db, (User.id, User.name), (1..).zip(names)).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// When the primary key is among the columns and numbered by PostgreSQL, the numbering goes on behind the
    /// greatest key.
    ///
    /// # Errors
    /// [`Invalid`](Error::Invalid) with the broken rules of the first row that has some; what PostgreSQL reports.
    pub async fn copy_in<C: CopyColumns<M>>(
        self,
        db: &impl Executor,
        _columns: C,
        rows: impl IntoIterator<Item = C::Row, IntoIter: Send>,
    ) -> Result<u64> {
        let mut rows = rows.into_iter();
        let mut invalid = None;
        let mut header = true;
        let text = copy_sql::<M>(C::COLUMNS);
        let copied = db
            .copy_in(&text, |out| {
                if std::mem::take(&mut header) {
                    // Signature, flags, length of the header's extension.
                    out.put_slice(b"PGCOPY\n\xff\r\n\0");
                    out.put_u64(0);
                }
                while out.len() < CHUNK {
                    let Some(row) = rows.next() else {
                        out.put_i16(-1);
                        return Ok(false);
                    };
                    let mut errors = ValidationErrors::new();
                    C::check(&row, &mut errors);
                    if let Err(errors) = errors.into_result() {
                        invalid = Some(errors);
                        return Err(DatabaseError::new(
                            ErrorKind::Data,
                            "a row breaks the rules of its fields",
                        ));
                    }
                    out.put_i16(C::COLUMNS.len() as i16);
                    C::encode(&row, out)?;
                }
                Ok(true)
            })
            .await;
        if let Some(errors) = invalid {
            return Err(Error::Invalid(errors));
        }
        let copied = copied?;
        if C::COLUMNS.iter().any(|&column| M::META.columns[column].identity) {
            db.execute_batch(&format!(
                "SELECT setval(pg_get_serial_sequence('\"{table}\"', '{key}'), max(\"{key}\")) FROM \"{table}\"",
                table = M::TABLE,
                key = M::META.columns[C::COLUMNS.iter().copied().find(|&column| M::META.columns[column].identity).unwrap_or(0)].name,
            ))
            .await?;
        }
        Ok(copied)
    }
}

fn copy_sql<M: Model>(columns: &[usize]) -> String {
    let mut sql = format!("COPY \"{}\" (", M::TABLE);
    for (i, &column) in columns.iter().enumerate() {
        let comma = if i == 0 { "" } else { ", " };
        let _ = write!(sql, "{comma}\"{}\"", M::NAMES[column]);
    }
    sql.push_str(") FROM STDIN (FORMAT binary)");
    sql
}
