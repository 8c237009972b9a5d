//! Which line of the program asks, and about which model: noted where debug assertions are on, so that a query that runs
//! for each row of another can be shown with its place. Elsewhere this is nothing, and futures are as large as without.

#[cfg(debug_assertions)]
use std::panic::Location;

#[cfg(debug_assertions)]
use hyper_core::db::{Asked, AskedModel, Asking};

use crate::model::Model;

/// A query about `M`. The method that has it has `#[cfg_attr(debug_assertions, track_caller)]`.
#[cfg(debug_assertions)]
#[track_caller]
pub(crate) fn asked<M: Model, F: Future>(work: F) -> impl Future<Output = F::Output> {
    Asking::new(Asked { place: Location::caller(), model: Some(Known::<M>::ASKED) }, work)
}

/// A query that is about no model, or about several.
#[cfg(debug_assertions)]
#[track_caller]
pub(crate) fn asked_freely<F: Future>(work: F) -> impl Future<Output = F::Output> {
    Asking::new(Asked { place: Location::caller(), model: None }, work)
}

#[cfg(not(debug_assertions))]
#[inline(always)]
pub(crate) fn asked<M: Model, F: Future>(work: F) -> impl Future<Output = F::Output> {
    work
}

#[cfg(not(debug_assertions))]
#[inline(always)]
pub(crate) fn asked_freely<F: Future>(work: F) -> impl Future<Output = F::Output> {
    work
}

#[cfg(debug_assertions)]
struct Known<M>(std::marker::PhantomData<M>);

#[cfg(debug_assertions)]
impl<M: Model> Known<M> {
    const ASKED: &'static AskedModel = &AskedModel {
        table: M::TABLE,
        name: std::any::type_name::<M>,
        key: M::KEY,
        foreign_keys: || {
            let columns = M::META.columns.iter();
            columns.filter_map(|column| Some((column.name, column.field, column.references?.table))).collect()
        },
    };
}
