//! New values for some columns, which ones being known when the program runs.

use hyper_core::ValidationErrors;
use hyper_core::db::Param;
use hyper_core::db::types::ToSql;

use crate::expr::{Assign, Node, Value};
use crate::model::HasColumn;
use crate::tuples::tuples;

/// What `patch` takes: a struct with `#[derive(Patch)]`, `Post.title.set("..")`, or a tuple of up to six of these.
#[diagnostic::on_unimplemented(
    message = "`patch` cannot change rows of `{M}` by this",
    label = "expected a struct with `#[derive(Patch)]` and `#[patch({M})]`, or a tuple of one and `{M}.column.set(value)`",
    note = "expressions that PostgreSQL computes are for `update`"
)]
pub trait Changes<M>: Send + Sync {
    /// Gives the number and the new value of each column that is touched.
    fn each<'a>(&'a self, change: &mut dyn FnMut(usize, Param<'a>));

    /// Holds the new values against the columns' rules.
    fn check(&self, errors: &mut ValidationErrors);
}

#[diagnostic::do_not_recommend]
impl<M: HasColumn<I>, V: ToSql + Sync, const I: usize> Changes<M> for Assign<M, Value<V>, I>
where
    Value<V>: Node,
{
    fn each<'a>(&'a self, change: &mut dyn FnMut(usize, Param<'a>)) {
        change(I, &self.node.0);
    }

    fn check(&self, errors: &mut ValidationErrors) {
        self.node.check(&M::RULES, M::META.columns[I].field, errors);
    }
}

macro_rules! implement {
    ($(($($name:ident),+))+) => {$(
        #[diagnostic::do_not_recommend]
        impl<T, $($name: Changes<T>),+> Changes<T> for ($($name,)+) {
            #[expect(non_snake_case)]
            fn each<'a>(&'a self, change: &mut dyn FnMut(usize, Param<'a>)) {
                let ($($name,)+) = self;
                $($name.each(change);)+
            }

            #[expect(non_snake_case)]
            fn check(&self, errors: &mut ValidationErrors) {
                let ($($name,)+) = self;
                $($name.check(errors);)+
            }
        }
    )+};
}

tuples!(up to 6: implement);
