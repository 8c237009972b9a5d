//! What tells a model's rows apart.

use hyper_core::db::DatabaseError;
use hyper_core::db::types::ToSql;

use super::Model;
use crate::field::Field;
use crate::row::RowReader;
use crate::sql::Params;

/// A primary key's value: of any column type, or a tuple of up to four where the key has several columns.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a primary key",
    label = "PostgreSQL has no column for this",
    note = "keys are `i64`, `i32`, `Uuid`, `String` and the like; for several columns mark each `#[field(primary_key)]`"
)]
pub trait Key: Clone + Send + Sync + 'static {
    /// Hands over the values, in the order of the columns.
    fn bind<'a>(&'a self, params: &mut Params<'a>);

    /// Reads the key of a row from columns at these places.
    ///
    /// # Errors
    /// A value cannot be read as its type.
    fn read(row: &mut RowReader<'_>, at: impl Fn(usize) -> usize) -> Result<Self, DatabaseError>;
}

/// A model whose primary key is one column, so that foreign keys can refer to it.
#[diagnostic::on_unimplemented(
    message = "a foreign key cannot refer to `{Self}`",
    label = "expected a model whose primary key is one column",
    note = "where the key of `{Self}` has several, give it one, `id: i64`, and make the others `unique_together`"
)]
pub trait SingleKey: Model<Key = Self::Column> {
    /// The key's type.
    type Column: Field<Base = Self::Column>;
}

#[diagnostic::do_not_recommend]
impl<T: Field<Base = T> + ToSql + Clone + Sync> Key for T {
    #[inline]
    fn bind<'a>(&'a self, params: &mut Params<'a>) {
        params.push(self);
    }

    fn read(row: &mut RowReader<'_>, at: impl Fn(usize) -> usize) -> Result<Self, DatabaseError> {
        row.read_at(at(0))
    }
}

macro_rules! tuples {
    ($(($($name:ident $index:tt),+))+) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($name: Field<Base = $name> + ToSql + Clone + Sync),+> Key for ($($name,)+) {
            #[expect(non_snake_case)]
            fn bind<'a>(&'a self, params: &mut Params<'a>) {
                let ($($name,)+) = self;
                $(params.push($name);)+
            }

            fn read(row: &mut RowReader<'_>, at: impl Fn(usize) -> usize) -> Result<Self, DatabaseError> {
                Ok(($(row.read_at::<$name>(at($index))?,)+))
            }
        }
    )+};
}

tuples! {
    (A 0, B 1)
    (A 0, B 1, C 2)
    (A 0, B 1, C 2, D 3)
}
