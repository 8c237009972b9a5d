//! Django's `in`, by another name as Rust keeps that word for itself.

use hyper_core::db::types::ToSql;

use super::Expr;
use super::node::Node;
use crate::field::Field;
use crate::sql::{Params, Part, Rope};

/// `a = ANY(array)`: one text and one parameter for any number of values.
#[derive(Debug, Clone, Copy)]
pub struct Within<A, V>(A, V);

impl<A: Node, V: ToSql + Send + Sync> Node for Within<A, V> {
    const ROPE: Rope = &[Part::Rope(A::ROPE), Part::Text(" = ANY("), Part::Param, Part::Text(")")];
    const NULLABLE: bool = A::NULLABLE;

    #[inline]
    fn bind<'a>(&'a self, params: &mut Params<'a>) {
        self.0.bind(params);
        params.push(&self.1);
    }
}

impl<R, T: Field, N: Node> Expr<R, T, N> {
    /// Is one of these values: `= ANY($1)`. No values are nobody: an empty list matches no row.
    pub fn within<'v, V>(self, values: &'v [V]) -> Expr<R, bool, Within<N, &'v [V]>>
    where
        V: ToSql + Sync + Into<T::Base> + Clone,
        &'v [V]: ToSql,
    {
        Expr::new(Within(self.node, values))
    }
}
