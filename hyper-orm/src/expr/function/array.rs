//! Arrays: Django's `ArrayField` lookups.

use super::call::{functions, methods};
use super::contain::{ContainedByOperator, ContainsOperator};
use super::{Arg, Call, Carries, ContainedBy, Contains, Indexed};
use crate::expr::{Expr, Node};
use crate::field::Field;

/// A column type that is an array in PostgreSQL: a `Vec` of anything but bytes.
#[diagnostic::on_unimplemented(message = "`{Self}` is not an array", label = "this is a function of arrays")]
pub trait ArrayField: Field {
    /// An item's type.
    type Item: Carries;
}

impl<T: Carries> ArrayField for Vec<T>
where
    Self: Field,
{
    type Item = T;
}

functions! {
    ArrayLen("cardinality(", ")") Nulls::Any;
    ArrayItem("(", ")[", " + 1]") Nulls::Always;
    ArraySlice("(", ")[", " + 1:", "]") Nulls::Any;
    Overlap("", " && ", "") Nulls::Any;
    HasItem("", " = ANY(", ")") Nulls::Any;
}

#[diagnostic::do_not_recommend]
impl<R, T: Carries, V: Arg<R, Self>> Contains<R, V> for Vec<T>
where
    Self: Field,
{
    type Truth = <V::Type as Carries>::Carry<bool>;
    type Node<N: Node> = Call<ContainsOperator, (N, V::Node)>;

    fn contains<N: Node>(node: N, part: V) -> Self::Node<N> {
        Call::new((node, part.into_arg()))
    }
}

#[diagnostic::do_not_recommend]
impl<R, T: Carries, V: Arg<R, Self>> ContainedBy<R, V> for Vec<T>
where
    Self: Field,
{
    type Truth = <V::Type as Carries>::Carry<bool>;
    type Node<N: Node> = Call<ContainedByOperator, (N, V::Node)>;

    fn contained_by<N: Node>(node: N, whole: V) -> Self::Node<N> {
        Call::new((node, whole.into_arg()))
    }
}

impl<T: Carries> Indexed for Vec<T>
where
    Self: Field,
{
    type Item = T;
    type Function = ArrayItem;
}

methods! {
    ArrayField;

    /// Django's `tags__len`: how many items it has.
    ///
    /// ```
    /// # hyperdjango::__things!();
    /// // Thing.objects.filter(tags__len=0)
    /// assert_eq!(Thing.tags.len().eq(0).sql(), r#"cardinality("things"."tags") = $1"#);
    /// ```
    len / ArrayLen() -> i32;

    /// Django's `tags__0_2`: the items from one number up to another that is not in it, counted from 0. Beyond the ends there
    /// is nothing.
    ///
    /// ```
    /// # hyperdjango::__things!();
    /// assert_eq!(Thing.tags.slice(0, 2).sql(), r#"("things"."tags")[$1::integer + 1:$2::integer]"#);
    /// ```
    slice / ArraySlice(from: A = i32, to: B = i32) -> T::Base;
}

impl<R, T: Carries, N: Node> Expr<R, T, N>
where
    T::Base: ArrayField,
{
    /// Has this item: `= ANY(tags)`.
    ///
    /// ```
    /// # hyperdjango::__things!();
    /// assert_eq!(Thing.tags.has_item("rust").sql(), r#"$1::text = ANY("things"."tags")"#);
    /// ```
    pub fn has_item<V>(
        self,
        item: V,
    ) -> Expr<R, T::Carry<<V::Type as Carries>::Carry<bool>>, Call<HasItem, (V::Node, N)>>
    where
        V: Arg<R, <<T::Base as ArrayField>::Item as Field>::Base>,
    {
        Expr::new(Call::new((item.into_arg(), self.node)))
    }
}

/// A column type whose values can have something in common.
#[diagnostic::on_unimplemented(
    message = "`{Self}`s cannot overlap",
    label = "this is asked of arrays and ranges"
)]
pub trait Overlaps: Field {}

impl<T: Carries> Overlaps for Vec<T> where Self: Field {}

impl<R, T: Carries, N: Node> Expr<R, T, N>
where
    T::Base: Overlaps,
{
    /// Django's `overlap`: arrays with an item in common, ranges with a value in common.
    ///
    /// ```
    /// # hyperdjango::__things!();
    /// // Thing.objects.filter(tags__overlap=["rust", "django"])
    /// let tags = vec!["rust".to_owned(), "django".to_owned()];
    /// assert_eq!(Thing.tags.overlap(tags).sql(), r#""things"."tags" && $1::text[]"#);
    /// ```
    pub fn overlap<V: Arg<R, T::Base>>(
        self,
        other: V,
    ) -> Expr<R, T::Carry<<V::Type as Carries>::Carry<bool>>, Call<Overlap, (N, V::Node)>> {
        Expr::new(Call::new((self.node, other.into_arg())))
    }
}
