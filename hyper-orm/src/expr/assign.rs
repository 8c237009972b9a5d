//! `Post.title.set("..")`: what `create` and `update` take.

use std::marker::PhantomData;

use hyper_core::ValidationErrors;

use super::Expr;
use super::node::{Column, Node};
use super::operand::Operand;
use crate::field::Field;
use crate::model::{HasColumn, HasForeignKey, Model, Relation, Root, Writable};
use crate::sql::{Params, Part, Rope};
use crate::tuples::tuples;

/// Something a column of type `T` can be set to.
#[diagnostic::on_unimplemented(
    message = "a `{T}` column cannot be set to a value of type `{Self}`",
    label = "expected a `{T}`, or a `{T}` expression over `{R}`"
)]
pub trait Settable<R, T> {
    /// What it becomes in the statement.
    type Node: Node;
    /// Becomes it.
    fn into_node(self) -> Self::Node;
}

#[diagnostic::do_not_recommend]
impl<R, T, U: Field, N: Node> Settable<R, T> for Expr<R, U, N>
where
    T: Field<Base = U::Base>,
{
    type Node = N;

    fn into_node(self) -> N {
        self.node
    }
}

/// Column number `I` of `M`, and its new value.
#[derive(Debug)]
pub struct Assign<M, N, const I: usize> {
    pub(crate) node: N,
    of: PhantomData<fn() -> M>,
}

// By hand, as a derive would ask for `M: Copy`.
impl<M, N: Clone, const I: usize> Clone for Assign<M, N, I> {
    fn clone(&self) -> Self {
        Self { node: self.node.clone(), of: PhantomData }
    }
}

impl<M, N: Copy, const I: usize> Copy for Assign<M, N, I> {}

impl<M: HasColumn<I>, T, const I: usize> Expr<M, T, Column<Root<M>, M, I>> {
    /// Sets the column: `SET "title" = $1`.
    pub fn set<V: Settable<M, M::Type>>(self, value: V) -> Assign<M, V::Node, I>
    where
        M::Source: Writable,
    {
        Assign { node: value.into_node(), of: PhantomData }
    }
}

/// The type of the key a foreign key holds.
type KeyOf<M, const I: usize> = <<M as HasForeignKey<I>>::Target as Model>::Key;

impl<M: HasForeignKey<I>, const I: usize> Relation<M, Root<M>, M, I> {
    /// Makes it refer to a row: a key, a `ForeignKey`, or `&row`.
    pub fn set<V: Operand<M, <M::Target as Model>::Key>>(self, row: V) -> Assign<M, V::Node, I> {
        Assign { node: row.into_node(), of: PhantomData }
    }

    /// Makes it refer to a row, or to none.
    pub fn set_or_null<K>(self, key: Option<K>) -> Assign<M, super::Value<Option<KeyOf<M, I>>>, I>
    where
        K: Into<KeyOf<M, I>>,
        super::Value<Option<KeyOf<M, I>>>: Node,
    {
        Assign { node: super::Value(key.map(Into::into)), of: PhantomData }
    }
}

/// One assignment to a column of `M`, a struct with `#[derive(Input)]`, or a tuple of up to sixteen of these.
#[diagnostic::on_unimplemented(
    message = "these are not assignments to columns of `{M}`",
    label = "expected `{M}.column.set(value)`, a struct with `#[derive(Input)]` and `#[input({M})]`, or a tuple of these"
)]
pub trait Assignments<M>: Send + Sync {
    /// The columns' numbers.
    const COLUMNS: &'static [usize];
    /// The columns' names, separated by commas.
    const NAMES: Rope;
    /// The values, separated by commas.
    const VALUES: Rope;
    /// `"a" = .., "b" = ..`
    const SET: Rope;
    /// Hands over the values.
    fn bind<'a>(&'a self, params: &mut Params<'a>);
    /// Holds the values against the columns' rules.
    fn check(&self, errors: &mut ValidationErrors);
}

#[diagnostic::do_not_recommend]
impl<M: HasColumn<I>, N: Node, const I: usize> Assignments<M> for Assign<M, N, I> {
    const COLUMNS: &'static [usize] = &[I];
    const NAMES: Rope = &[Part::Name(M::NAMES[I])];
    const VALUES: Rope = N::ROPE;
    const SET: Rope = &[Part::Name(M::NAMES[I]), Part::Text(" = "), Part::Rope(N::ROPE)];

    fn bind<'a>(&'a self, params: &mut Params<'a>) {
        self.node.bind(params);
    }

    fn check(&self, errors: &mut ValidationErrors) {
        self.node.check(&M::RULES, M::META.columns[I].field, errors);
    }
}

/// Most columns that assignments inside each other name together.
const MOST: usize = 256;

/// The columns of several assignments, some of which have several themselves, at full length.
const fn concat(all: &[&'static [usize]]) -> ([usize; MOST], usize) {
    let (mut columns, mut len) = ([0; MOST], 0);
    let mut i = 0;
    while i < all.len() {
        let mut k = 0;
        while k < all[i].len() {
            assert!(len < MOST, "one statement names at most 256 columns");
            columns[len] = all[i][k];
            len += 1;
            k += 1;
        }
        i += 1;
    }
    (columns, len)
}

/// The first `N` of them, so that no more than needed reaches the binary.
const fn head<const N: usize>(columns: &[usize; MOST]) -> [usize; N] {
    match columns.first_chunk::<N>() {
        Some(head) => *head,
        None => panic!("there are no more than 256"),
    }
}

/// A tuple of assignments.
struct Joined<M, T>(PhantomData<fn() -> (M, T)>);

macro_rules! implement {
    ($(($first:ident $(, $rest:ident)*))+) => {$(
        impl<M, $first: Assignments<M>, $($rest: Assignments<M>),*> Joined<M, ($first, $($rest,)*)> {
            const FULL: ([usize; MOST], usize) = concat(&[$first::COLUMNS, $($rest::COLUMNS),*]);
            const CUT: &'static [usize] = match Self::FULL.1 {
                0..=8 => &head::<8>(&Self::FULL.0),
                9..=32 => &head::<32>(&Self::FULL.0),
                _ => &Self::FULL.0,
            };
        }

        #[diagnostic::do_not_recommend]
        impl<M, $first: Assignments<M>, $($rest: Assignments<M>),*> Assignments<M> for ($first, $($rest,)*) {
            const COLUMNS: &'static [usize] = Joined::<M, Self>::CUT.split_at(Joined::<M, Self>::FULL.1).0;
            const NAMES: Rope = &[Part::Rope($first::NAMES), $(Part::Text(", "), Part::Rope($rest::NAMES)),*];
            const VALUES: Rope = &[Part::Rope($first::VALUES), $(Part::Text(", "), Part::Rope($rest::VALUES)),*];
            const SET: Rope = &[Part::Rope($first::SET), $(Part::Text(", "), Part::Rope($rest::SET)),*];

            #[expect(non_snake_case)]
            fn bind<'a>(&'a self, params: &mut Params<'a>) {
                let ($first, $($rest,)*) = self;
                $first.bind(params);
                $($rest.bind(params);)*
            }

            #[expect(non_snake_case)]
            fn check(&self, errors: &mut ValidationErrors) {
                let ($first, $($rest,)*) = self;
                $first.check(errors);
                $($rest.check(errors);)*
            }
        }
    )+};
}

tuples!(up to 16: implement);

/// Nothing: what `get_or_create` takes when the fields looked up are all there is to say.
#[diagnostic::do_not_recommend]
impl<M> Assignments<M> for () {
    const COLUMNS: &'static [usize] = &[];
    const NAMES: Rope = &[];
    const VALUES: Rope = &[];
    const SET: Rope = &[];

    fn bind<'a>(&'a self, _: &mut Params<'a>) {}

    fn check(&self, _: &mut ValidationErrors) {}
}
