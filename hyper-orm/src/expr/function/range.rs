//! Ranges: Django's range lookups.

use super::array::Overlaps;
use super::bounds::Bounds;
use super::call::{functions, methods};
use super::contain::{ContainedByOperator, ContainsOperator};
use super::{Arg, Call, Carries, ContainedBy, Contains};
use crate::expr::Node;
use crate::field::{Field, Range, RangeBound};

/// A column type that is a range in PostgreSQL.
#[diagnostic::on_unimplemented(message = "`{Self}` is not a range", label = "this is a function of ranges")]
pub trait RangeField: Field {
    /// The type of its ends.
    type Value: Carries<Base = Self::Value>;
}

impl<T: RangeBound + Field<Base = T>> RangeField for Range<T>
where
    Self: Field<Base = Self>,
{
    type Value = T;
}

functions! {
    LowerEnd("lower(", ")") Nulls::Always;
    UpperEnd("upper(", ")") Nulls::Always;
    IsEmpty("isempty(", ")") Nulls::Any;
    LowerInc("lower_inc(", ")") Nulls::Any;
    UpperInc("upper_inc(", ")") Nulls::Any;
    LowerInf("lower_inf(", ")") Nulls::Any;
    UpperInf("upper_inf(", ")") Nulls::Any;
    FullyLt("", " << ", "") Nulls::Any;
    FullyGt("", " >> ", "") Nulls::Any;
    NotLt("", " &> ", "") Nulls::Any;
    NotGt("", " &< ", "") Nulls::Any;
    AdjacentTo("", " -|- ", "") Nulls::Any;
}

#[diagnostic::do_not_recommend]
impl<R, T: RangeBound + Field<Base = T>, V: Arg<R, Self>> Contains<R, V> for Range<T>
where
    Self: Field<Base = Self>,
{
    type Truth = <V::Type as Carries>::Carry<bool>;
    type Node<N: Node> = Call<ContainsOperator, (N, V::Node)>;

    fn contains<N: Node>(node: N, part: V) -> Self::Node<N> {
        Call::new((node, part.into_arg()))
    }
}

#[diagnostic::do_not_recommend]
impl<R, T: RangeBound + Field<Base = T>, V: Arg<R, Self>> ContainedBy<R, V> for Range<T>
where
    Self: Field<Base = Self>,
{
    type Truth = <V::Type as Carries>::Carry<bool>;
    type Node<N: Node> = Call<ContainedByOperator, (N, V::Node)>;

    fn contained_by<N: Node>(node: N, whole: V) -> Self::Node<N> {
        Call::new((node, whole.into_arg()))
    }
}

impl<T: RangeBound + Field<Base = T>> Bounds for Range<T>
where
    Self: Field<Base = Self>,
{
    type Bound = Option<T>;
    type Lower = LowerEnd;
    type Upper = UpperEnd;
}

impl<T: RangeBound + Field<Base = T>> Overlaps for Range<T> where Self: Field<Base = Self> {}

/// What can be in a range.
macro_rules! values {
    ($($type:ty),+) => {$(
        #[diagnostic::do_not_recommend]
        impl<R, V: Arg<R, Range<Self>>> ContainedBy<R, V> for $type {
            type Truth = <V::Type as Carries>::Carry<bool>;
            type Node<N: Node> = Call<ContainedByOperator, (N, V::Node)>;

            fn contained_by<N: Node>(node: N, whole: V) -> Self::Node<N> {
                Call::new((node, whole.into_arg()))
            }
        }
    )+};
}

values!(i32, i64, jiff::Timestamp, jiff::civil::Date, jiff::civil::DateTime);
#[cfg(feature = "decimal")]
values!(rust_decimal::Decimal);

methods! {
    RangeField;

    /// Django's `contains=5` of a range: has this value in it.
    ///
    /// ```
    /// # hyperdjango::__things!();
    /// assert_eq!(Thing.ages.contains_value(5).sql(), r#""things"."ages" @> $1::integer"#);
    /// ```
    contains_value / ContainsOperator(value: A = <T::Base as RangeField>::Value) -> bool;

    /// Django's `fully_lt`: ends before the other begins.
    ///
    /// ```
    /// # hyperdjango::__things!();
    /// use hyperdjango::orm::field::Range;
    ///
    /// assert_eq!(Thing.ages.fully_lt(Range::from(3..5)).sql(), r#""things"."ages" << $1::int4range"#);
    /// ```
    fully_lt / FullyLt(other: A = T::Base) -> bool;

    /// Django's `fully_gt`: begins after the other ends.
    ///
    /// ```
    /// # hyperdjango::__things!();
    /// # use hyperdjango::orm::field::Range;
    /// assert_eq!(Thing.ages.fully_gt(Range::from(3..5)).sql(), r#""things"."ages" >> $1::int4range"#);
    /// ```
    fully_gt / FullyGt(other: A = T::Base) -> bool;

    /// Django's `not_lt`: begins nowhere before the other does.
    ///
    /// ```
    /// # hyperdjango::__things!();
    /// # use hyperdjango::orm::field::Range;
    /// assert_eq!(Thing.ages.not_lt(Range::from(3..5)).sql(), r#""things"."ages" &> $1::int4range"#);
    /// ```
    not_lt / NotLt(other: A = T::Base) -> bool;

    /// Django's `not_gt`: ends nowhere after the other does.
    ///
    /// ```
    /// # hyperdjango::__things!();
    /// # use hyperdjango::orm::field::Range;
    /// assert_eq!(Thing.ages.not_gt(Range::from(3..5)).sql(), r#""things"."ages" &< $1::int4range"#);
    /// ```
    not_gt / NotGt(other: A = T::Base) -> bool;

    /// Django's `adjacent_to`: one begins where the other ends.
    ///
    /// ```
    /// # hyperdjango::__things!();
    /// # use hyperdjango::orm::field::Range;
    /// assert_eq!(Thing.ages.adjacent_to(Range::from(3..5)).sql(), r#""things"."ages" -|- $1::int4range"#);
    /// ```
    adjacent_to / AdjacentTo(other: A = T::Base) -> bool;

    /// Django's `isempty`: has nothing in it.
    ///
    /// ```
    /// # hyperdjango::__things!();
    /// assert_eq!(Thing.ages.is_empty().sql(), r#"isempty("things"."ages")"#);
    /// ```
    is_empty / IsEmpty() -> bool;

    /// Django's `lower_inc`: its lower end is in it.
    ///
    /// ```
    /// # hyperdjango::__things!();
    /// assert_eq!(Thing.ages.lower_inc().sql(), r#"lower_inc("things"."ages")"#);
    /// ```
    lower_inc / LowerInc() -> bool;

    /// Django's `upper_inc`: its upper end is in it.
    ///
    /// ```
    /// # hyperdjango::__things!();
    /// assert_eq!(Thing.ages.upper_inc().sql(), r#"upper_inc("things"."ages")"#);
    /// ```
    upper_inc / UpperInc() -> bool;

    /// Django's `lower_inf`: it has no lower end.
    ///
    /// ```
    /// # hyperdjango::__things!();
    /// assert_eq!(Thing.ages.lower_inf().sql(), r#"lower_inf("things"."ages")"#);
    /// ```
    lower_inf / LowerInf() -> bool;

    /// Django's `upper_inf`: it has no upper end.
    ///
    /// ```
    /// # hyperdjango::__things!();
    /// assert_eq!(Thing.ages.upper_inf().sql(), r#"upper_inf("things"."ages")"#);
    /// ```
    upper_inf / UpperInf() -> bool;
}
