//! `LIMIT` and `OFFSET`.

use crate::expr::Node;
use crate::sql::{Params, Part, Rope};

/// Which rows of the result are wanted; what was not said stands in the type, so that it is not in the text.
#[derive(Debug, Clone, Copy)]
pub struct Window<const LIMIT: bool, const OFFSET: bool> {
    pub(crate) limit: i64,
    pub(crate) offset: i64,
}

impl<const LIMIT: bool, const OFFSET: bool> Window<LIMIT, OFFSET> {
    /// Only the `OFFSET`, for statements with a `LIMIT` of their own.
    pub(crate) const SKIP: Rope = if OFFSET { &[Part::Text(" OFFSET "), Part::Param] } else { &[] };

    pub(crate) fn bind_skip<'a>(&'a self, params: &mut Params<'a>) {
        if OFFSET {
            params.push(&self.offset);
        }
    }
}

impl<const LIMIT: bool, const OFFSET: bool> Node for Window<LIMIT, OFFSET> {
    const ROPE: Rope =
        if LIMIT { &[Part::Text(" LIMIT "), Part::Param, Part::Rope(Self::SKIP)] } else { Self::SKIP };
    const NULLABLE: bool = false;

    #[inline]
    fn bind<'a>(&'a self, params: &mut Params<'a>) {
        if LIMIT {
            params.push(&self.limit);
        }
        self.bind_skip(params);
    }
}
