//! Lookups that several families of types have: a text, JSON, an array or a range contains something.

use super::call::functions;
use super::{Arg, Call, Carries};
use crate::expr::{Expr, Node};
use crate::field::Field;

/// Something that a column of type `T` can contain; whether it can is said by [`Contains`].
#[diagnostic::on_unimplemented(
    message = "a `{T}` column cannot contain a `{Self}`",
    label = "expected a part of a `{T}`: a text's is a text, JSON's is JSON, a range's a range",
    note = "a number, date or uuid is made a text by `.cast::<String>()` before"
)]
pub trait PartOf<R, T> {
    /// `bool`, or `Option<bool>` where it can be NULL.
    type Truth: Carries;
    /// What it becomes.
    type Node<N: Node>: Node;
    /// Becomes it.
    fn within<N: Node>(self, node: N) -> Self::Node<N>;
}

#[diagnostic::do_not_recommend]
impl<R, T: Contains<R, V>, V> PartOf<R, T> for V {
    type Truth = T::Truth;
    type Node<N: Node> = T::Node<N>;

    fn within<N: Node>(self, node: N) -> Self::Node<N> {
        T::contains(node, self)
    }
}

/// A column type of which something like `V` can be a part.
#[diagnostic::on_unimplemented(
    message = "a `{Self}` column cannot contain a `{V}`",
    label = "expected a part of a `{Self}`: a text's is a text, JSON's is JSON, a range's a range"
)]
pub trait Contains<R, V>: Field {
    /// `bool`, or `Option<bool>` where `V` can be NULL.
    type Truth: Carries;
    /// What it becomes.
    type Node<N: Node>: Node;
    /// Becomes it.
    fn contains<N: Node>(node: N, part: V) -> Self::Node<N>;
}

/// A column type of which `V` can be the whole.
#[diagnostic::on_unimplemented(
    message = "a `{Self}` column cannot be contained by a `{V}`",
    label = "expected a value or an expression of type `{Self}`"
)]
pub trait ContainedBy<R, V>: Field {
    /// `bool`, or `Option<bool>` where `V` can be NULL.
    type Truth: Carries;
    /// What it becomes.
    type Node<N: Node>: Node;
    /// Becomes it.
    fn contained_by<N: Node>(node: N, whole: V) -> Self::Node<N>;
}

/// A column type whose values have numbered items.
#[diagnostic::on_unimplemented(
    message = "a `{Self}` has no items to be counted",
    label = "this is asked of JSON and of arrays"
)]
pub trait Indexed: Field {
    /// An item.
    type Item: Carries;
    /// How it is asked for.
    type Function: super::Function;
}

functions! {
    ContainsOperator("", " @> ", "") Nulls::Any;
    ContainedByOperator("", " <@ ", "") Nulls::Any;
}

impl<R, T: Carries, N: Node> Expr<R, T, N> {
    /// Django's `contains`.
    ///
    /// A text contains a text, `LIKE '%..%'`; `%`, `_` and `\` stand for themselves. JSON contains JSON, `@>`: an object
    /// at least these members, an array at least these items.
    ///
    /// ```
    /// # hyperdjango::__events!();
    /// // Event.objects.filter(name__contains="conf")
    /// assert_eq!(Event.name.contains("conf").sql(), r#""events"."name" LIKE $1"#);
    ///
    /// // Event.objects.filter(data__contains={"city": "Rome"})
    /// let rome = hyperdjango::serde_json::json!({"city": "Rome"});
    /// assert_eq!(Event.data.contains(rome).sql(), r#""events"."data" @> $1::jsonb"#);
    /// ```
    pub fn contains<V: PartOf<R, T::Base>>(self, part: V) -> Expr<R, T::Carry<V::Truth>, V::Node<N>> {
        Expr::new(part.within(self.node))
    }

    /// Django's `contained_by`: the other way round, `<@`.
    ///
    /// ```
    /// # hyperdjango::__events!();
    /// let whole = hyperdjango::serde_json::json!({"city": "Rome", "free": true});
    /// assert_eq!(Event.data.contained_by(whole).sql(), r#""events"."data" <@ $1::jsonb"#);
    /// ```
    pub fn contained_by<V>(
        self,
        whole: V,
    ) -> Expr<R, T::Carry<<T::Base as ContainedBy<R, V>>::Truth>, <T::Base as ContainedBy<R, V>>::Node<N>>
    where
        T::Base: ContainedBy<R, V>,
    {
        Expr::new(T::Base::contained_by(self.node, whole))
    }

    /// Django's `data__0`: the item of this number, counted from 0; NULL if there is none. Of JSON, a negative number
    /// counts from the end.
    ///
    /// ```
    /// # hyperdjango::__events!();
    /// // Event.objects.values(first=F("data__speakers__0"))
    /// assert_eq!(
    ///     Event.data.key("speakers").index(0).sql(),
    ///     r#"(("events"."data" -> $1::text) -> $2::integer)"#
    /// );
    /// ```
    pub fn index<A: Arg<R, i32>>(
        self,
        number: A,
    ) -> Expr<
        R,
        Option<<<T::Base as Indexed>::Item as Field>::Base>,
        Call<<T::Base as Indexed>::Function, (N, A::Node)>,
    >
    where
        T::Base: Indexed,
    {
        Expr::new(Call::new((self.node, number.into_arg())))
    }
}
