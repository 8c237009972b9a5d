//! The statements one query can become, each a constant of its own.

use std::marker::PhantomData;

use super::filter::{Conditions, Filter};
use super::select::Selection;
use super::window::Window;
use crate::expr::{Node, Ordering};
use crate::model::{Model, Path, Root};
use crate::sql::{Part, Rope, Statement};

macro_rules! head {
    ($(#[$doc:meta])* $name:ident<$($param:ident),+>) => {
        $(#[$doc])*
        pub(super) struct $name<M, $($param),+>(PhantomData<fn() -> (M, $($param),+)>);
    };
}

head!(
    /// `SELECT .. FROM .. WHERE .. ORDER BY .. LIMIT ..`
    All<S, W, O, L>
);
head!(
    /// The same with `LIMIT 1`, ordered by the primary key if by nothing else.
    First<S, W, O, L>
);
head!(
    /// The same with `LIMIT 2`, to see whether there are several.
    One<S, W, L>
);
head!(
    /// The row with this primary key.
    Get<S, W>
);
head!(
    /// The rows with these primary keys.
    InBulk<S, W>
);
head!(Count<S, W, L>);
head!(Exists<S, W, L>);

const fn order_by(rope: Rope, clause: Rope) -> Rope {
    if rope.is_empty() { &[] } else { clause }
}

impl<M: Model, S: Selection<M>, W: Filter, O: Ordering<S::Scope>, L: Node> Statement for All<M, S, W, O, L> {
    const TABLE: &'static str = M::TABLE;
    const ROPE: Rope = &[
        Part::Text("SELECT "),
        Part::Rope(S::ROPE),
        Part::Text(" FROM "),
        Part::From,
        Part::Rope(S::JOIN),
        Part::Where(Conditions::<M, W>::ROPE),
        Part::Rope(S::TAIL),
        Part::Rope(order_by(O::ROPE, &[Part::Text(" ORDER BY "), Part::Rope(O::ROPE)])),
        Part::Rope(L::ROPE),
    ];
}

impl<M: Model, S: Selection<M>, W: Filter, O: Ordering<S::Scope>, const LIMIT: bool, const OFFSET: bool>
    Statement for First<M, S, W, O, Window<LIMIT, OFFSET>>
{
    const TABLE: &'static str = M::TABLE;
    const ROPE: Rope = &[
        Part::Text("SELECT "),
        Part::Rope(S::ROPE),
        Part::Text(" FROM "),
        Part::From,
        Part::Rope(S::JOIN),
        Part::Where(Conditions::<M, W>::ROPE),
        Part::Rope(S::TAIL),
        Part::Text(" ORDER BY "),
        if !O::ROPE.is_empty() {
            Part::Rope(O::ROPE)
        } else if S::PLAIN {
            Part::Rope(if O::BACKWARD {
                KeyDown::<M>::ROPE
            } else {
                &[Part::Columns(Root::<M>::NODE, M::KEY)]
            })
        } else {
            Part::Text("1")
        },
        Part::Text(" LIMIT 1"),
        Part::Rope(Window::<LIMIT, OFFSET>::SKIP),
    ];
}

impl<M: Model, S: Selection<M>, W: Filter, const LIMIT: bool, const OFFSET: bool> Statement
    for One<M, S, W, Window<LIMIT, OFFSET>>
{
    const TABLE: &'static str = M::TABLE;
    const ROPE: Rope = &[
        Part::Text("SELECT "),
        Part::Rope(S::ROPE),
        Part::Text(" FROM "),
        Part::From,
        Part::Rope(S::JOIN),
        Part::Where(Conditions::<M, W>::ROPE),
        Part::Rope(S::TAIL),
        Part::Text(" LIMIT 2"),
        Part::Rope(Window::<LIMIT, OFFSET>::SKIP),
    ];
}

impl<M: Model, S: Selection<M>, W: Filter> Statement for Get<M, S, W> {
    const TABLE: &'static str = M::TABLE;
    const ROPE: Rope = &[
        Part::Text("SELECT "),
        Part::Rope(S::ROPE),
        Part::Text(" FROM "),
        Part::From,
        Part::Rope(S::JOIN),
        Part::Where(&[
            Part::Rope(Conditions::<M, W>::ROPE),
            Part::And(&[Part::Equal(Root::<M>::NODE, M::KEY)]),
        ]),
    ];
}

impl<M: Model, S: Selection<M>, W: Filter, L: Node> Statement for Count<M, S, W, L> {
    const TABLE: &'static str = M::TABLE;
    const ROPE: Rope = if L::ROPE.is_empty() && S::PLAIN {
        &[
            Part::Text("SELECT count(*) FROM "),
            Part::From,
            Part::Rope(S::JOIN),
            Part::Where(Conditions::<M, W>::ROPE),
        ]
    } else {
        &[Part::Text("SELECT count(*) FROM ("), Part::Rope(any::<M, S, W, L>()), Part::Text(") AS \"rows\"")]
    };
}

impl<M: Model, S: Selection<M>, W: Filter, L: Node> Statement for Exists<M, S, W, L> {
    const TABLE: &'static str = M::TABLE;
    const ROPE: Rope = &[Part::Text("SELECT EXISTS ("), Part::Rope(any::<M, S, W, L>()), Part::Text(")")];
}

/// The rows without what is in them, where that can be left out.
pub(super) const fn any<M: Model, S: Selection<M>, W: Filter, L: Node>() -> Rope {
    if S::PLAIN {
        &[
            Part::Text("SELECT 1 FROM "),
            Part::From,
            Part::Rope(S::JOIN),
            Part::Where(Conditions::<M, W>::ROPE),
            Part::Rope(L::ROPE),
        ]
    } else {
        &[
            Part::Text("SELECT "),
            Part::Rope(S::ROPE),
            Part::Text(" FROM "),
            Part::From,
            Part::Rope(S::JOIN),
            Part::Where(Conditions::<M, W>::ROPE),
            Part::Rope(S::TAIL),
            Part::Rope(L::ROPE),
        ]
    }
}

impl<M: Model, S: Selection<M>, W: Filter> Statement for InBulk<M, S, W> {
    const TABLE: &'static str = M::TABLE;
    const ROPE: Rope = &[
        Part::Text("SELECT "),
        Part::Rope(S::ROPE),
        Part::Text(" FROM "),
        Part::From,
        Part::Rope(S::JOIN),
        Part::Where(&[
            Part::Rope(Conditions::<M, W>::ROPE),
            Part::And(&[
                Part::Column(Root::<M>::NODE, M::KEY[0]),
                Part::Text(" = ANY("),
                Part::Param,
                Part::Text(")"),
            ]),
        ]),
    ];
}

/// The primary key's columns, greatest first.
struct KeyDown<M>(PhantomData<fn() -> M>);

impl<M: Model> KeyDown<M> {
    const ROPE: Rope = match M::KEY {
        [_] => &[Part::Columns(Root::<M>::NODE, M::KEY), Part::Text(" DESC")],
        [a, b] => &[
            Part::Column(Root::<M>::NODE, a),
            Part::Text(" DESC, "),
            Part::Column(Root::<M>::NODE, b),
            Part::Text(" DESC"),
        ],
        [a, b, c] => &[
            Part::Column(Root::<M>::NODE, a),
            Part::Text(" DESC, "),
            Part::Column(Root::<M>::NODE, b),
            Part::Text(" DESC, "),
            Part::Column(Root::<M>::NODE, c),
            Part::Text(" DESC"),
        ],
        _ => panic!("the last row of a key of four columns is asked for with `order_by`"),
    };
}
