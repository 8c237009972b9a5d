//! What a query returns a row as.

use hyper_core::db::{Column, DatabaseError};

use crate::model::{Back, HasForeignKey, HasOne, Loaded, Model, Path, Relation, Root, ToOne, Via};
use crate::row::RowReader;
use crate::sql::{Params, Part, Rope};

/// What stands behind `SELECT`, and what its columns are read into.
pub trait Selection<M>: Send + Sync {
    /// A row.
    type Row: Send;
    /// What `order_by` can use: columns of `M`, or of groups of its rows.
    type Scope;
    /// The SQL behind `SELECT`.
    const ROPE: Rope;
    /// The SQL behind the table and what foreign keys join: other tables.
    const JOIN: Rope = &[];
    /// The SQL behind `WHERE`: how rows are grouped.
    const TAIL: Rope = &[];
    /// How many columns there are.
    const COLUMNS: usize;
    /// Whether each row is one of the table's, so that counting need not look at what is selected.
    const PLAIN: bool = true;

    /// Hands over the values of the expressions.
    fn bind<'a>(&'a self, params: &mut Params<'a>);

    /// Hands over the values in [`TAIL`](Self::TAIL).
    fn bind_tail<'a>(&'a self, _: &mut Params<'a>) {}

    /// Whether the columns PostgreSQL returns can be read.
    ///
    /// # Errors
    /// A sentence that names table, column, what is expected and what is found.
    fn check(columns: &[Column]) -> Result<(), String>;

    /// Reads a row.
    ///
    /// # Errors
    /// A value cannot be read as its field's type.
    fn decode(row: &mut RowReader<'_>) -> Result<Self::Row, DatabaseError>;

    /// Writes a row as JSON.
    ///
    /// # Errors
    /// As [`decode`](Self::decode).
    fn write_json(&self, row: &mut RowReader<'_>, out: &mut Vec<u8>) -> Result<(), DatabaseError>;
}

/// Whole rows of the model.
#[derive(Debug, Clone, Copy)]
pub struct Whole;

impl<M: Model> Selection<M> for Whole {
    type Row = M;
    type Scope = M;
    const ROPE: Rope = &[Part::Columns(Root::<M>::NODE, M::NAMES)];
    const COLUMNS: usize = M::NAMES.len();

    fn bind<'a>(&'a self, _: &mut Params<'a>) {}

    fn check(columns: &[Column]) -> Result<(), String> {
        check_model::<M>(columns)
    }

    fn decode(row: &mut RowReader<'_>) -> Result<M, DatabaseError> {
        M::decode(row)
    }

    fn write_json(&self, row: &mut RowReader<'_>, out: &mut Vec<u8>) -> Result<(), DatabaseError> {
        write_object::<M>(row, &[], out)
    }
}

fn write_object<M: Model>(
    row: &mut RowReader<'_>,
    without: &[usize],
    out: &mut Vec<u8>,
) -> Result<(), DatabaseError> {
    out.push(b'{');
    M::write_json(row, without, out)?;
    out.push(b'}');
    Ok(())
}

fn check_model<M: Model>(columns: &[Column]) -> Result<(), String> {
    for (expected, found) in M::META.columns.iter().zip(columns) {
        if !(expected.accepts)(found.type_()) {
            return Err(format!(
                "column `{}` of table `{}` is `{}` in the database, and field `{}` of the model needs `{}`; \
                 change the field's type or migrate the table",
                expected.name,
                M::TABLE,
                found.type_(),
                expected.field,
                expected.declaration,
            ));
        }
    }
    Ok(())
}

/// Whole rows with those that foreign keys lead to.
#[derive(Debug, Clone, Copy)]
pub struct Related<T>(pub(crate) T);

/// A relation of `M`, or a tuple of up to four: what `select_related` takes.
#[diagnostic::on_unimplemented(
    message = "`select_related` cannot load this in a query on `{M}`",
    label = "expected a foreign key such as `{M}.author`, or a tuple of them",
    note = "columns that are no foreign keys are loaded anyway"
)]
pub trait Relations<M>: Send + Sync {
    /// The rows they lead to.
    type Rows: Send;
    /// The model's row with them, flattened.
    type With;
    /// Their columns, each behind a comma.
    const ROPE: Rope;
    /// How many those are.
    const COLUMNS: usize;
    /// The models' own columns the related rows take the place of in JSON.
    const REPLACED: &'static [usize];

    #[doc(hidden)]
    fn own(row: &Self::With) -> &M;
    #[doc(hidden)]
    fn check(columns: &[Column]) -> Result<(), String>;
    #[doc(hidden)]
    fn decode(row: M, reader: &mut RowReader<'_>) -> Result<Self::With, DatabaseError>;
    #[doc(hidden)]
    fn write_json(reader: &mut RowReader<'_>, out: &mut Vec<u8>) -> Result<(), DatabaseError>;
}

/// One foreign key, for the tuples below.
#[doc(hidden)]
pub trait OneRelation<M>: Send + Sync {
    type Row: Loaded;
    const COLUMNS: Rope;
    const FIELD: &'static str;
    const INDEX: Option<usize>;
}

#[diagnostic::do_not_recommend]
impl<R: Model, P: Path, M: HasForeignKey<I>, const I: usize> OneRelation<R> for Relation<R, P, M, I> {
    type Row = <Via<P, M, I> as Path>::Loaded<M::Target>;
    const COLUMNS: Rope =
        &[Part::Text(", "), Part::Columns(<Via<P, M, I> as Path>::NODE, <M::Target as Model>::NAMES)];
    const FIELD: &'static str = M::FIELD;
    const INDEX: Option<usize> = if P::NODE.parent.is_none() { Some(I) } else { None };
}

#[diagnostic::do_not_recommend]
impl<R: Model, P: Path, M: HasOne<I>, const I: usize> OneRelation<R> for ToOne<R, P, M, I> {
    type Row = Option<M::Target>;
    const COLUMNS: Rope =
        &[Part::Text(", "), Part::Columns(<Back<P, M, I> as Path>::NODE, <M::Target as Model>::NAMES)];
    const FIELD: &'static str = M::NAME;
    // It takes the place of no column.
    const INDEX: Option<usize> = None;
}

macro_rules! relations {
    ($(($($name:ident),+) $only:ty;)+) => {$(
        #[diagnostic::do_not_recommend]
        impl<M: Model, $($name: OneRelation<M>),+> Relations<M> for $only {
            type Rows = ($($name::Row,)+);
            type With = (M, $($name::Row),+);
            const ROPE: Rope = &[$(Part::Rope($name::COLUMNS)),+];
            const COLUMNS: usize = 0 $(+ <<$name::Row as Loaded>::Model as Model>::NAMES.len())+;
            const REPLACED: &'static [usize] = &[$(
                match $name::INDEX {
                    Some(index) => index,
                    None => usize::MAX,
                }
            ),+];

            fn own(row: &Self::With) -> &M {
                &row.0
            }

            fn check(columns: &[Column]) -> Result<(), String> {
                let mut rest = columns;
                $(
                    check_model::<<$name::Row as Loaded>::Model>(rest)?;
                    rest = rest.get(<<$name::Row as Loaded>::Model as Model>::NAMES.len()..).unwrap_or(&[]);
                )+
                let _ = rest;
                Ok(())
            }

            fn decode(row: M, reader: &mut RowReader<'_>) -> Result<Self::With, DatabaseError> {
                Ok((row, $(<$name::Row as Loaded>::decode(reader)?),+))
            }

            fn write_json(reader: &mut RowReader<'_>, out: &mut Vec<u8>) -> Result<(), DatabaseError> {
                $(
                    out.extend_from_slice(b",\"");
                    out.extend_from_slice($name::FIELD.as_bytes());
                    out.extend_from_slice(b"\":");
                    if reader.skip_absent::<<$name::Row as Loaded>::Model>() {
                        out.extend_from_slice(b"null");
                    } else {
                        write_object::<<$name::Row as Loaded>::Model>(reader, &[], out)?;
                    }
                )+
                Ok(())
            }
        }
    )+};
}

relations! {
    (A) (A,);
    (A, B) (A, B);
    (A, B, C) (A, B, C);
    (A, B, C, D) (A, B, C, D);
}

macro_rules! alone {
    ($(<$bound:ident> $relation:ty;)+) => {$(
        #[diagnostic::do_not_recommend]
        impl<R: Model, P: Path, M: $bound<I>, const I: usize> Relations<R> for $relation {
        type Rows = <(Self,) as Relations<R>>::Rows;
            type With = <(Self,) as Relations<R>>::With;
            const ROPE: Rope = <(Self,) as Relations<R>>::ROPE;
            const COLUMNS: usize = <(Self,) as Relations<R>>::COLUMNS;
            const REPLACED: &'static [usize] = <(Self,) as Relations<R>>::REPLACED;

            fn own(row: &Self::With) -> &R {
                <(Self,) as Relations<R>>::own(row)
            }

            fn check(columns: &[Column]) -> Result<(), String> {
                <(Self,) as Relations<R>>::check(columns)
            }

            fn decode(row: R, reader: &mut RowReader<'_>) -> Result<Self::With, DatabaseError> {
                <(Self,) as Relations<R>>::decode(row, reader)
            }

            fn write_json(reader: &mut RowReader<'_>, out: &mut Vec<u8>) -> Result<(), DatabaseError> {
                <(Self,) as Relations<R>>::write_json(reader, out)
            }
        }
    )+};
}

alone! {
    <HasForeignKey> Relation<R, P, M, I>;
    <HasOne> ToOne<R, P, M, I>;
}

impl<M: Model, T: Relations<M>> Selection<M> for Related<T>
where
    T::With: Send,
{
    type Row = T::With;
    type Scope = M;
    const ROPE: Rope = &[Part::Columns(Root::<M>::NODE, M::NAMES), Part::Rope(T::ROPE)];
    const COLUMNS: usize = M::NAMES.len() + T::COLUMNS;

    fn bind<'a>(&'a self, _: &mut Params<'a>) {}

    fn check(columns: &[Column]) -> Result<(), String> {
        check_model::<M>(columns)?;
        T::check(columns.get(M::NAMES.len()..).unwrap_or(&[]))
    }

    fn decode(row: &mut RowReader<'_>) -> Result<T::With, DatabaseError> {
        let own = M::decode(row)?;
        T::decode(own, row)
    }

    fn write_json(&self, row: &mut RowReader<'_>, out: &mut Vec<u8>) -> Result<(), DatabaseError> {
        out.push(b'{');
        M::write_json(row, T::REPLACED, out)?;
        T::write_json(row, out)?;
        out.push(b'}');
        Ok(())
    }
}
