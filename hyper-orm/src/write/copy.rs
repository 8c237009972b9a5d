//! Columns and values as `COPY` takes them in PostgreSQL's binary format.

use bytes::{BufMut, BytesMut};
use hyper_core::ValidationErrors;
use hyper_core::db::types::{IsNull, ToSql};
use hyper_core::db::{DatabaseError, ErrorKind};

use super::copy_out::CopiedRow;
use crate::expr::{Column, Expr};
use crate::field::Field;
use crate::model::{HasColumn, HasForeignKey, Relation, Root, Writable};
use crate::tuples::tuples;
use crate::validation::Check;

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
pub(super) fn encode<T: Field + ToSql>(value: &T, out: &mut BytesMut) -> Result<(), DatabaseError> {
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
