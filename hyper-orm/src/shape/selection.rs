//! A shape as what a query selects.

use std::marker::PhantomData;

use hyper_core::db::{Column, DatabaseError};

use super::plan::Plan;
use crate::model::Model;
use crate::query::Selection;
use crate::row::RowReader;
use crate::sql::{Params, Rope};

/// What a plan selects. A row comes with the keys by which the rest of it is loaded.
#[derive(Debug)]
pub struct Shaped<Q, S>(pub(super) Q, PhantomData<fn() -> S>);

impl<Q: Plan<Value = S>, S> Shaped<Q, S> {
    pub(super) fn new(plan: Q) -> Self {
        Self(plan, PhantomData)
    }
}

impl<M: Model, Q: Plan<Value = S>, S: Send> Selection<M> for Shaped<Q, S> {
    type Row = (S, Q::Owners);
    type Scope = M;
    const ROPE: Rope = Q::ROPE;
    const COLUMNS: usize = Q::COLUMNS;

    fn bind<'a>(&'a self, params: &mut Params<'a>) {
        self.0.bind(params);
    }

    fn check(columns: &[Column]) -> Result<(), String> {
        Q::check(columns)
    }

    fn decode(row: &mut RowReader<'_>) -> Result<Self::Row, DatabaseError> {
        let mut owners = Q::Owners::default();
        Ok((Q::decode(row, &mut owners)?, owners))
    }

    fn write_json(&self, row: &mut RowReader<'_>, out: &mut Vec<u8>) -> Result<(), DatabaseError> {
        self.0.write_json(row, &mut Q::Owners::default(), out)
    }
}
