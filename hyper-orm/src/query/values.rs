//! Expressions instead of whole rows.

use hyper_core::db::{Column, DatabaseError};

use super::select::Selection;
use crate::expr::function::Carries;
use crate::expr::{Expr, Node};
use crate::field::Field;
use crate::row::RowReader;
use crate::sql::{Params, Part, Rope};
use crate::tuples::tuples;

/// The values of one expression, or tuples of several.
#[derive(Debug, Clone, Copy)]
pub struct Values<V>(pub(crate) V);

/// An expression over `R`, or a tuple of up to twelve: what `values` takes.
#[diagnostic::on_unimplemented(
    message = "this cannot be selected in a query on `{R}`",
    label = "uses columns of another table, or is not an expression",
    note = "columns of a related table are reached through the foreign key: `Post.author.name`; its own value is `Post.author.id`",
    note = "aggregates stand in `annotate`, and `values` before it says what rows are grouped by: `.values(Post.title).annotate(count())`"
)]
pub trait ValuesOf<R>: Send + Sync {
    /// A row of them.
    type Row: Send;
    /// The SQL.
    const ROPE: Rope;
    /// How many expressions there are.
    const COLUMNS: usize;

    #[doc(hidden)]
    fn bind<'a>(&'a self, params: &mut Params<'a>);
    #[doc(hidden)]
    fn check(columns: &[Column]) -> Result<(), String>;
    #[doc(hidden)]
    fn decode(row: &mut RowReader<'_>) -> Result<Self::Row, DatabaseError>;
    /// Writes the members of an object, named as PostgreSQL names the columns.
    #[doc(hidden)]
    fn write_json(&self, row: &mut RowReader<'_>, out: &mut Vec<u8>) -> Result<(), DatabaseError>;
}

/// One expression over `R`, or a foreign key: what a query has to select to stand for a value.
pub trait OneValue<R>: ValuesOf<R> {
    /// Its type.
    type Type: Carries;
}

#[diagnostic::do_not_recommend]
impl<R, T: Carries, N: Node> OneValue<R> for Expr<R, T, N> {
    type Type = T;
}

#[diagnostic::do_not_recommend]
impl<R, T: Field, N: Node> ValuesOf<R> for Expr<R, T, N> {
    type Row = T;
    const ROPE: Rope = N::ROPE;
    const COLUMNS: usize = 1;

    fn bind<'a>(&'a self, params: &mut Params<'a>) {
        self.node.bind(params);
    }

    fn check(columns: &[Column]) -> Result<(), String> {
        match columns.first() {
            Some(column) if !T::accepts(column.type_()) => Err(format!(
                "column `{}` is `{}` in the database, and the query reads it as `{}`",
                column.name(),
                column.type_(),
                std::any::type_name::<T>(),
            )),
            _ => Ok(()),
        }
    }

    fn decode(row: &mut RowReader<'_>) -> Result<T, DatabaseError> {
        row.read()
    }

    fn write_json(&self, row: &mut RowReader<'_>, out: &mut Vec<u8>) -> Result<(), DatabaseError> {
        write_named::<T>(row, out)
    }
}

/// Writes the next column as a member of an object, named as PostgreSQL names it.
pub(crate) fn write_named<T: Field>(row: &mut RowReader<'_>, out: &mut Vec<u8>) -> Result<(), DatabaseError> {
    crate::field::write_json_str(row.name(), out);
    out.push(b':');
    row.write_json::<T>(out)
}

macro_rules! implement {
    ($(($first:ident $(, $rest:ident)*))+) => {$(
        #[diagnostic::do_not_recommend]
        impl<R, $first: ValuesOf<R>, $($rest: ValuesOf<R>),*> ValuesOf<R> for ($first, $($rest,)*) {
            type Row = ($first::Row, $($rest::Row,)*);
            const ROPE: Rope = &[Part::Rope($first::ROPE), $(Part::Text(", "), Part::Rope($rest::ROPE)),*];
            const COLUMNS: usize = $first::COLUMNS $(+ $rest::COLUMNS)*;

            #[expect(non_snake_case)]
            fn bind<'a>(&'a self, params: &mut Params<'a>) {
                let ($first, $($rest,)*) = self;
                $first.bind(params);
                $($rest.bind(params);)*
            }

            fn check(columns: &[Column]) -> Result<(), String> {
                $first::check(columns)?;
                let columns = columns.get($first::COLUMNS..).unwrap_or(&[]);
                $(
                    $rest::check(columns)?;
                    let columns = columns.get($rest::COLUMNS..).unwrap_or(&[]);
                )*
                let _ = columns;
                Ok(())
            }

            fn decode(row: &mut RowReader<'_>) -> Result<Self::Row, DatabaseError> {
                Ok(($first::decode(row)?, $($rest::decode(row)?,)*))
            }

            #[expect(non_snake_case)]
            fn write_json(&self, row: &mut RowReader<'_>, out: &mut Vec<u8>) -> Result<(), DatabaseError> {
                let ($first, $($rest,)*) = self;
                $first.write_json(row, out)?;
                $(
                    out.push(b',');
                    $rest.write_json(row, out)?;
                )*
                Ok(())
            }
        }
    )+};
}

tuples!(up to 12: implement);

impl<M, V: ValuesOf<M>> Selection<M> for Values<V> {
    type Row = V::Row;
    type Scope = M;
    const ROPE: Rope = V::ROPE;
    const COLUMNS: usize = V::COLUMNS;

    fn bind<'a>(&'a self, params: &mut Params<'a>) {
        self.0.bind(params);
    }

    fn check(columns: &[Column]) -> Result<(), String> {
        V::check(columns)
    }

    fn decode(row: &mut RowReader<'_>) -> Result<V::Row, DatabaseError> {
        V::decode(row)
    }

    fn write_json(&self, row: &mut RowReader<'_>, out: &mut Vec<u8>) -> Result<(), DatabaseError> {
        out.push(b'{');
        self.0.write_json(row, out)?;
        out.push(b'}');
        Ok(())
    }
}
