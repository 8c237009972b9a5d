//! A row known by its key.

use super::filter::{Chain, Everything};
use super::query_set::QuerySet;
use super::select::Whole;
use crate::expr::Node;
use crate::model::{Key, Model, Path, Root};
use crate::sql::{Params, Part, Rope};

/// `"posts"."id" = $1`, for each column of the key.
pub(crate) struct KeyIs<M: Model>(M::Key);

impl<M: Model> Node for KeyIs<M> {
    const ROPE: Rope = &[Part::Equal(Root::<M>::NODE, M::KEY)];
    const NULLABLE: bool = false;

    fn bind<'a>(&'a self, params: &mut Params<'a>) {
        self.0.bind(params);
    }
}

impl<M: Model, const SCOPED: bool> QuerySet<M, Whole, Everything<SCOPED>> {
    /// The row with this key.
    pub(crate) fn with_key(self, key: M::Key) -> QuerySet<M, Whole, Chain<Everything<SCOPED>, KeyIs<M>>> {
        let Self { select, filter, order, window, model } = self;
        QuerySet { select, filter: Chain(filter, KeyIs(key)), order, window, model }
    }
}
