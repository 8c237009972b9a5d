//! A field and the column it is a value for.

use hyper_core::ValidationErrors;
use hyper_core::db::types::ToSql;

use crate::expr::{Column, Expr, Settable, Value};
use crate::field::Field;
use crate::model::{ForeignKey, HasColumn, HasForeignKey, Model, Relation, Root, Writable};
use crate::validation::Check;

/// A column that a value of type `F` can be written to.
#[diagnostic::on_unimplemented(
    message = "a field of an input is no value for this",
    label = "expected a column, or a foreign key"
)]
pub trait Fills<F> {
    /// The column's number.
    const NUMBER: usize;

    /// Holds a value against the column's rules.
    #[doc(hidden)]
    fn check(value: &F, name: &'static str, errors: &mut ValidationErrors);
}

impl<M, T, F, const I: usize> Fills<F> for Expr<M, T, Column<Root<M>, M, I>>
where
    M: HasColumn<I, Source: Writable>,
    F: Settable<M, M::Type, Node = Value<F>> + Check,
{
    const NUMBER: usize = I;

    fn check(value: &F, name: &'static str, errors: &mut ValidationErrors) {
        value.check(&M::RULES, name, errors);
    }
}

/// A value for a foreign key to `M`, whose column is of type `T`.
#[diagnostic::on_unimplemented(
    message = "a foreign key to `{M}` cannot be set to a value of type `{Self}`",
    label = "expected the key, `{T}`, or a `ForeignKey<{M}>`"
)]
pub trait KeyFor<M, T> {}

#[diagnostic::do_not_recommend]
impl<M: Model<Key = K>, K: Field<Base = K> + ToSql> KeyFor<M, K> for K {}
#[diagnostic::do_not_recommend]
impl<M: Model<Key = K>, K: Field<Base = K> + ToSql> KeyFor<M, Option<K>> for K {}
#[diagnostic::do_not_recommend]
impl<M: Model<Key = K>, K: Field<Base = K> + ToSql> KeyFor<M, Option<K>> for Option<K> {}
#[diagnostic::do_not_recommend]
impl<M: Model<Key = K>, K: Field<Base = K>> KeyFor<M, K> for ForeignKey<M> {}
#[diagnostic::do_not_recommend]
impl<M: Model<Key = K>, K: Field<Base = K>> KeyFor<M, Option<K>> for ForeignKey<M> {}
#[diagnostic::do_not_recommend]
impl<M: Model<Key = K>, K: Field<Base = K>> KeyFor<M, Option<K>> for Option<ForeignKey<M>> {}

/// The database says whether there is such a row.
impl<M, F, const I: usize> Fills<F> for Relation<M, Root<M>, M, I>
where
    M: HasForeignKey<I> + HasColumn<I>,
    F: KeyFor<<M as HasForeignKey<I>>::Target, <M as HasColumn<I>>::Type>,
{
    const NUMBER: usize = I;

    fn check(_: &F, _: &'static str, _: &mut ValidationErrors) {}
}

/// A column as a field of type `F` fills it.
#[doc(hidden)]
#[derive(Debug)]
pub struct Filled<F> {
    pub number: usize,
    /// Takes the value, what whoever sent it calls it, and where to say what is wrong with it.
    pub check: fn(&F, &'static str, &mut ValidationErrors),
}

/// The column that a value of type `F` can be written to.
#[doc(hidden)]
pub const fn filled<F, C: Fills<F>>(_: &C) -> Filled<F> {
    Filled { number: C::NUMBER, check: C::check }
}
