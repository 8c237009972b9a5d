//! A foreign key in a query: `Post.author`.

use std::marker::PhantomData;
use std::ops::Deref;

use hyper_core::db::{self, DatabaseError};

use super::path::{HasForeignKey, Path, Via};
use super::{ColumnSet, HasColumn, Model};
use crate::expr::{Column, Eq, Expr, IsNotNull, IsNull, Ne, Node, Operand};
use crate::query::{OneValue, ValuesOf};
use crate::row::RowReader;
use crate::sql::{Params, Rope};

/// A foreign key of a query on `R`: column number `I` of model `M`, at the end of path `P`.
///
/// Its fields are the columns of the model it refers to. Mentioning one of them joins that table, once however
/// often it is mentioned; the primary key among them is the foreign key's own column and joins nothing.
pub struct Relation<R, P, M, const I: usize>(PhantomData<fn() -> (R, P, M)>);

/// The expression for a foreign key's own column.
type Key<R, P, M, const I: usize> = Expr<R, <P as Path>::Reached<<M as HasColumn<I>>::Type>, Column<P, M, I>>;
/// The type of the key it holds.
type KeyOf<M, const I: usize> = <<M as HasForeignKey<I>>::Target as Model>::Key;

#[diagnostic::do_not_recommend]
impl<R, P, M, const I: usize> ValuesOf<R> for Relation<R, P, M, I>
where
    P: Path,
    M: HasForeignKey<I> + HasColumn<I>,
{
    type Row = <P as Path>::Reached<M::Type>;
    const ROPE: Rope = <Column<P, M, I> as Node>::ROPE;
    const COLUMNS: usize = 1;

    fn bind<'a>(&'a self, _: &mut Params<'a>) {}

    fn check(columns: &[db::Column]) -> Result<(), String> {
        <Key<R, P, M, I> as ValuesOf<R>>::check(columns)
    }

    fn decode(row: &mut RowReader<'_>) -> Result<Self::Row, DatabaseError> {
        row.read()
    }

    fn write_json(&self, row: &mut RowReader<'_>, out: &mut Vec<u8>) -> Result<(), DatabaseError> {
        self.key().write_json(row, out)
    }
}

#[diagnostic::do_not_recommend]
impl<R, P, M, const I: usize> OneValue<R> for Relation<R, P, M, I>
where
    P: Path,
    M: HasForeignKey<I> + HasColumn<I>,
{
    type Type = <P as Path>::Reached<M::Type>;
}

/// A comparison with a `V`: an `Option<bool>` where either can be NULL.
type Truth<R, P, M, V, N, const I: usize> =
    Expr<R, <Via<P, M, I> as Path>::Reached<<V as Operand<R, KeyOf<M, I>>>::Truth>, N>;

impl<R, P, M, const I: usize> Relation<R, P, M, I> {
    #[doc(hidden)]
    pub const NEW: Self = Self(PhantomData);
}

impl<R, P, M, const I: usize> Relation<R, P, M, I>
where
    P: Path,
    M: HasForeignKey<I> + HasColumn<I>,
{
    /// The key itself, as a column.
    #[must_use]
    pub const fn key(self) -> Key<R, P, M, I> {
        Expr::column()
    }

    /// Refers to this row: a key, a `ForeignKey`, or `&row`.
    pub fn eq<V: Operand<R, KeyOf<M, I>>>(
        self,
        row: V,
    ) -> Truth<R, P, M, V, Eq<Column<P, M, I>, V::Node>, I> {
        Expr::new(Eq(Column::NEW, row.into_node()))
    }

    /// Refers to another row than this, or to none.
    pub fn ne<V: Operand<R, KeyOf<M, I>>>(
        self,
        row: V,
    ) -> Truth<R, P, M, V, Ne<Column<P, M, I>, V::Node>, I> {
        Expr::new(Ne(Column::NEW, row.into_node()))
    }

    /// Refers to no row.
    #[must_use]
    pub fn is_null(self) -> Expr<R, bool, IsNull<Column<P, M, I>>> {
        Expr::new(IsNull(Column::NEW))
    }

    /// Refers to a row.
    #[must_use]
    pub fn is_not_null(self) -> Expr<R, bool, IsNotNull<Column<P, M, I>>> {
        Expr::new(IsNotNull(Column::NEW))
    }
}

impl<R: 'static, P: Path, M: HasForeignKey<I>, const I: usize> Deref for Relation<R, P, M, I> {
    type Target = <M::Target as Model>::Columns<R, Via<P, M, I>>;

    fn deref(&self) -> &Self::Target {
        <Self::Target as ColumnSet>::ALL
    }
}

impl<R, P, M, const I: usize> Clone for Relation<R, P, M, I> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R, P, M, const I: usize> Copy for Relation<R, P, M, I> {}

impl<R, P, M, const I: usize> std::fmt::Debug for Relation<R, P, M, I> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Relation({I})")
    }
}
