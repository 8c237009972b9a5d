//! `OVER (..)`

use std::marker::PhantomData;

use super::context::Windowed;
use super::frame::{Bound, Frame, FrameUnit, Groups, Range, Rows};
use crate::copied::copied;
use crate::expr::function::Carries;
use crate::expr::{Expr, Node, Ordering};
use crate::field::Field;
use crate::sql::{Params, Part, Rope};
use crate::tuples::tuples;

/// A function that is computed over a window, before it has one: what [`window`] takes.
#[must_use = "give it to `window(..)`"]
pub struct WindowFunction<R, T, N, K> {
    node: N,
    of: PhantomData<fn() -> (R, T, K)>,
}

impl<R, T, N, K> WindowFunction<R, T, N, K> {
    pub(super) const fn new(node: N) -> Self {
        Self { node, of: PhantomData }
    }
}

/// A sort of window functions: what stands around it, and whether a frame can leave it without rows.
pub trait Kind: Send + Sync + 'static {
    /// Before the function.
    const BEFORE: &'static str = "";
    /// Behind its window.
    const AFTER: &'static str = "";
    /// Its type with a frame that need not hold the row itself.
    type Framed<T: Carries>: Carries;
}

/// `f(..) OVER (PARTITION BY .. ORDER BY .. ROWS BETWEEN .. AND ..)`
pub struct Over<N, K, P, O, F> {
    function: N,
    partition: P,
    order: O,
    frame: F,
    kind: PhantomData<fn() -> K>,
}

/// A part of a window that is not said.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct Unsaid;

/// `PARTITION BY ..`
#[doc(hidden)]
pub struct PartitionBy<R, P>(P, PhantomData<fn() -> R>);

/// `ORDER BY ..`
#[doc(hidden)]
pub struct OrderBy<R, O>(O, PhantomData<fn() -> R>);

copied! {
    WindowFunction<R, T, N, K> { node: N; of }
    Over<N, K, P, O, F> { function: N, partition: P, order: O, frame: F; kind }
    PartitionBy<R, P> { 0: P; 1 }
    OrderBy<R, O> { 0: O; 1 }
}

impl Node for Unsaid {
    const ROPE: Rope = &[];
    const NULLABLE: bool = false;

    fn bind<'a>(&'a self, _: &mut Params<'a>) {}
}

macro_rules! clause {
    ($name:ident, $list:ident, $text:literal) => {
        impl<R, L: $list<R>> Node for $name<R, L> {
            const ROPE: Rope = &[Part::Text($text), Part::Rope(L::ROPE)];
            const NULLABLE: bool = false;

            fn bind<'a>(&'a self, params: &mut Params<'a>) {
                self.0.bind(params);
            }
        }
    };
}

clause!(PartitionBy, Partition, "PARTITION BY ");
clause!(OrderBy, Ordering, "ORDER BY ");

/// Expressions that rows of one partition have the same values of: one, or a tuple of up to six.
#[diagnostic::on_unimplemented(
    message = "a window over `{R}` cannot be partitioned by this",
    label = "expected an expression such as `Post.author.id`, or a tuple of up to six"
)]
pub trait Partition<R>: Send + Sync {
    /// The expressions, separated by commas.
    const ROPE: Rope;
    /// Hands over their values.
    fn bind<'a>(&'a self, params: &mut Params<'a>);
}

#[diagnostic::do_not_recommend]
impl<R, T: Field, N: Node> Partition<R> for Expr<R, T, N> {
    const ROPE: Rope = N::ROPE;

    fn bind<'a>(&'a self, params: &mut Params<'a>) {
        self.node.bind(params);
    }
}

macro_rules! implement {
    ($(($first:ident $(, $rest:ident)*))+) => {$(
        #[diagnostic::do_not_recommend]
        impl<R, $first: Partition<R>, $($rest: Partition<R>),*> Partition<R> for ($first, $($rest,)*) {
            const ROPE: Rope = &[Part::Rope($first::ROPE), $(Part::Text(", "), Part::Rope($rest::ROPE)),*];

            #[expect(non_snake_case)]
            fn bind<'a>(&'a self, params: &mut Params<'a>) {
                let ($first, $($rest,)*) = self;
                $first.bind(params);
                $($rest.bind(params);)*
            }
        }
    )+};
}

tuples!(up to 6: implement);

impl<N: Node, K: Kind, P: Node, O: Node, F: Node> Node for Over<N, K, P, O, F> {
    const ROPE: Rope = &[
        Part::Text(K::BEFORE),
        Part::Rope(N::ROPE),
        Part::Text(" OVER ("),
        Part::Rope(P::ROPE),
        Part::Text(if P::ROPE.is_empty() || O::ROPE.is_empty() { "" } else { " " }),
        Part::Rope(O::ROPE),
        Part::Text(if P::ROPE.is_empty() && O::ROPE.is_empty() || F::ROPE.is_empty() { "" } else { " " }),
        Part::Rope(F::ROPE),
        Part::Text(")"),
        Part::Text(K::AFTER),
    ];
    // It is never negated, as it is no condition; its type says what it is read as.
    const NULLABLE: bool = true;

    #[inline]
    fn bind<'a>(&'a self, params: &mut Params<'a>) {
        self.function.bind(params);
        self.partition.bind(params);
        self.order.bind(params);
        self.frame.bind(params);
    }
}

/// A window that has this and that.
type Window<R, T, N, K, P, O, F> = Windowed<R, T, Over<N, K, P, O, F>>;

/// Django's `Window`: a function over the rows of the result, or, with `partition_by`, over those of the same partition.
///
/// ```
/// # hyperdjango::__blog!();
/// use hyperdjango::orm::functions::window::{rank, window};
///
/// // Post.objects.annotate(place=Window(Rank(), partition_by="author", order_by="-score"))
/// let place = window(rank()).partition_by(Post.author.id).order_by(Post.score.desc());
/// let query = Post::objects().values((Post.title, place)).order_by(place);
/// assert_eq!(
///     query.sql(),
///     r#"SELECT "posts"."title", rank() OVER (PARTITION BY "posts"."author_id" ORDER BY "posts"."score" DESC) FROM "posts" ORDER BY rank() OVER (PARTITION BY "posts"."author_id" ORDER BY "posts"."score" DESC)"#
/// );
/// ```
///
/// It cannot be filtered by:
///
/// ```compile_fail
/// # hyperdjango::__blog!();
/// # use hyperdjango::orm::functions::window::{rank, window};
/// let best = Post::objects().filter(window(rank()).order_by(Post.score).eq(1));
/// ```
pub fn window<R, T, N, K>(
    function: WindowFunction<R, T, N, K>,
) -> Window<R, T, N, K, Unsaid, Unsaid, Unsaid> {
    Windowed::new(Over {
        function: function.node,
        partition: Unsaid,
        order: Unsaid,
        frame: Unsaid,
        kind: PhantomData,
    })
}

impl<R, T, N, K, P, O, F> Windowed<R, T, Over<N, K, P, O, F>> {
    /// Django's `partition_by`: only over the rows with the same values of these.
    pub fn partition_by<Q: Partition<R>>(
        self,
        expressions: Q,
    ) -> Window<R, T, N, K, PartitionBy<R, Q>, O, F> {
        let Over { function, order, frame, kind, .. } = self.node;
        Windowed::new(Over { function, partition: PartitionBy(expressions, PhantomData), order, frame, kind })
    }

    /// Django's `order_by` of a `Window`: in this order. Without a frame, the function then sees the rows up to this one,
    /// and those that are equal to it.
    pub fn order_by<Q: Ordering<R>>(self, order: Q) -> Window<R, T, N, K, P, OrderBy<R, Q>, F> {
        let Over { function, partition, frame, kind, .. } = self.node;
        Windowed::new(Over { function, partition, order: OrderBy(order, PhantomData), frame, kind })
    }
}

macro_rules! frames {
    ($($(#[$doc:meta])* $method:ident $unit:ident;)+) => {
        impl<R, T: Carries, N, K: Kind, P, O, F> Windowed<R, T, Over<N, K, P, O, F>> {$(
            $(#[$doc])*
            pub fn $method<A: Bound, B: Bound>(
                self,
                from: A,
                to: B,
            ) -> Window<R, K::Framed<T>, N, K, P, O, Frame<$unit, A, B>> {
                self.framed(Frame::new(from, to))
            }
        )+}
    };
}

frames! {
    /// Django's `frame=RowRange(start=-2, end=0)`: over so many rows. What has no rows in its frame is NULL.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// use hyperdjango::orm::functions::window::{CurrentRow, preceding, sum, window};
    ///
    /// let last_three = window(sum(Post.score)).order_by(Post.id).rows_between(preceding(2), CurrentRow);
    /// assert_eq!(
    ///     last_three.sql(),
    ///     r#"sum("posts"."score") OVER (ORDER BY "posts"."id" ROWS BETWEEN $1::integer PRECEDING AND CURRENT ROW)"#
    /// );
    /// ```
    rows_between Rows;

    /// Django's `frame=ValueRange(..)`: over the rows whose value of the order is so near. `preceding(10)` is 10 less than
    /// this row's.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// use hyperdjango::orm::functions::window::{count_all, following, preceding, window};
    ///
    /// let alike = window(count_all()).order_by(Post.score).range_between(preceding(5), following(5));
    /// assert_eq!(
    ///     alike.sql(),
    ///     r#"count(*) OVER (ORDER BY "posts"."score" RANGE BETWEEN $1::integer PRECEDING AND $2::integer FOLLOWING)"#
    /// );
    /// ```
    range_between Range;

    /// Over so many groups of rows that are equal in the order.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// use hyperdjango::orm::functions::window::{CurrentRow, UnboundedPreceding, sum, window};
    ///
    /// let so_far = window(sum(Post.score)).order_by(Post.score).groups_between(UnboundedPreceding, CurrentRow);
    /// assert_eq!(
    ///     so_far.sql(),
    ///     r#"sum("posts"."score") OVER (ORDER BY "posts"."score" GROUPS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)"#
    /// );
    /// ```
    groups_between Groups;
}

impl<R, T: Carries, N, K: Kind, P, O, F> Windowed<R, T, Over<N, K, P, O, F>> {
    fn framed<U: FrameUnit, A: Bound, B: Bound>(
        self,
        frame: Frame<U, A, B>,
    ) -> Window<R, K::Framed<T>, N, K, P, O, Frame<U, A, B>> {
        let Over { function, partition, order, kind, .. } = self.node;
        Windowed::new(Over { function, partition, order, frame, kind })
    }
}

impl<R, T, N, K, P, O, U, A, B> Windowed<R, T, Over<N, K, P, O, Frame<U, A, B>>> {
    /// Django's `exclusion=`: without some rows of the frame, [`ExcludeCurrentRow`](super::ExcludeCurrentRow),
    /// [`ExcludeGroup`](super::ExcludeGroup) or [`ExcludeTies`](super::ExcludeTies).
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// use hyperdjango::orm::functions::window::{
    ///     ExcludeCurrentRow, UnboundedFollowing, UnboundedPreceding, max, window,
    /// };
    ///
    /// let best_other = window(max(Post.score))
    ///     .rows_between(UnboundedPreceding, UnboundedFollowing)
    ///     .excluding(ExcludeCurrentRow);
    /// assert_eq!(
    ///     best_other.sql(),
    ///     r#"max("posts"."score") OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING EXCLUDE CURRENT ROW)"#
    /// );
    /// ```
    pub fn excluding<X: Node>(self, rows: X) -> Window<R, T, N, K, P, O, Frame<U, A, B, X>> {
        let Over { function, partition, order, frame, kind } = self.node;
        Windowed::new(Over { function, partition, order, frame: frame.excluding(rows), kind })
    }
}
