//! Pieces of SQL whose types have been forgotten.

use std::marker::PhantomData;

use crate::expr::{Node, Ordering};
use crate::model::{Model, Path, Root};
use crate::query::{Conditions, Filter};
use crate::sql::{Params, Part, Rope};

/// A piece of SQL whose type has been forgotten.
#[doc(hidden)]
pub trait Piece: Send + Sync {
    fn rope(&self) -> Rope;
    fn bind<'a>(&'a self, params: &mut Params<'a>);
}

pub(super) struct NodePiece<N>(pub(super) N);

impl<N: Node> Piece for NodePiece<N> {
    fn rope(&self) -> Rope {
        N::ROPE
    }

    fn bind<'a>(&'a self, params: &mut Params<'a>) {
        self.0.bind(params);
    }
}

/// What a query began with, before it was dynamic.
pub(super) struct Start<M, W>(pub(super) W, pub(super) PhantomData<fn() -> M>);

impl<M: Model, W: Filter> Piece for Start<M, W> {
    fn rope(&self) -> Rope {
        Conditions::<M, W>::ROPE
    }

    fn bind<'a>(&'a self, params: &mut Params<'a>) {
        self.0.bind(params);
    }
}

/// An order, or its opposite.
pub(super) struct OrderPiece<O, R, const REVERSED: bool>(O, PhantomData<fn() -> R>);

impl<O, R, const REVERSED: bool> OrderPiece<O, R, REVERSED> {
    pub(super) fn new(order: O) -> Self {
        Self(order, PhantomData)
    }
}

impl<R, O: Ordering<R>, const REVERSED: bool> Piece for OrderPiece<O, R, REVERSED> {
    fn rope(&self) -> Rope {
        if REVERSED { O::REVERSED } else { O::ROPE }
    }

    fn bind<'a>(&'a self, params: &mut Params<'a>) {
        self.0.bind(params);
    }
}

/// The primary key, as an order.
pub(super) struct KeyPiece<M>(PhantomData<fn() -> M>);

impl<M> KeyPiece<M> {
    pub(super) fn new() -> Self {
        Self(PhantomData)
    }
}

impl<M: Model> KeyPiece<M> {
    const ROPE: Rope = &[Part::Columns(Root::<M>::NODE, M::KEY)];
}

impl<M: Model> Piece for KeyPiece<M> {
    fn rope(&self) -> Rope {
        Self::ROPE
    }

    fn bind<'a>(&'a self, _: &mut Params<'a>) {}
}
