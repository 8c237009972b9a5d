//! JSON: Django's `KeyTransform`, `has_key` and their kind, and JSON made of expressions.

use hyper_core::db::types::ToSql;
use serde_json::Value;

use super::call::{functions, methods};
use super::contain::{ContainedByOperator, ContainsOperator};
use super::{Arg, Call, Carries, ContainedBy, Contains, Indexed, IntoExpr};
use crate::expr::{Expr, Node};
use crate::field::{Field, Jsonb};
use crate::sql::{Params, Part, Rope};

/// A column type that is `jsonb` in PostgreSQL.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not JSON",
    label = "this is a function of JSON",
    note = "columns of JSON are of type `serde_json::Value`"
)]
pub trait JsonField: Field {}

impl JsonField for Value {}
impl<T> JsonField for Jsonb<T> where Self: Field {}

functions! {
    JsonKey("(", " -> ", ")") Nulls::Always;
    JsonItem("(", " -> ", ")") Nulls::Always;
    JsonKeyText("(", " ->> ", ")") Nulls::Always;
    JsonPath("(", " #> ", ")") Nulls::Always;
    JsonPathText("(", " #>> ", ")") Nulls::Always;
    JsonText("(", " #>> '{}')") Nulls::Always;
    HasKey("", " ? ", "") Nulls::Any;
    HasAnyKeys("", " ?| ", "") Nulls::Any;
    HasAllKeys("", " ?& ", "") Nulls::Any;
    JsonType("jsonb_typeof(", ")") Nulls::Any;
    JsonLength("jsonb_array_length(", ")") Nulls::Any;
}

/// `$1::text[]`
#[derive(Debug, Clone, Copy)]
pub struct Keys<V>(V);

impl<V: ToSql + Send + Sync> Node for Keys<V> {
    const ROPE: Rope = &[Part::Param, Part::Text("::text[]")];
    const NULLABLE: bool = false;

    #[inline]
    fn bind<'a>(&'a self, params: &mut Params<'a>) {
        params.push(&self.0);
    }
}

macro_rules! lookups {
    ($(<$($param:ident)?> $type:ty;)+) => {$(
        #[diagnostic::do_not_recommend]
        impl<R, $($param,)? V: Arg<R, Value>> Contains<R, V> for $type
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
        impl<R, $($param,)? V: Arg<R, Value>> ContainedBy<R, V> for $type
        where
            Self: Field,
        {
            type Truth = <V::Type as Carries>::Carry<bool>;
            type Node<N: Node> = Call<ContainedByOperator, (N, V::Node)>;

            fn contained_by<N: Node>(node: N, whole: V) -> Self::Node<N> {
                Call::new((node, whole.into_arg()))
            }
        }

        impl$(<$param>)? Indexed for $type
        where
            Self: Field,
        {
            type Item = Value;
            type Function = JsonItem;
        }
    )+};
}

lookups! {
    <> Value;
    <T> Jsonb<T>;
}

methods! {
    JsonField;

    /// Django's `data__city`: the member of this name; NULL if there is none, or if it is no object. JSON's own `null` is
    /// the value `null`, not NULL.
    ///
    /// ```
    /// # hyperdjango::__events!();
    /// // Event.objects.filter(data__city="Rome")
    /// assert_eq!(
    ///     Event.data.key("city").eq(hyperdjango::serde_json::json!("Rome")).sql(),
    ///     r#"("events"."data" -> $1::text) = $2"#
    /// );
    /// ```
    key / JsonKey(name: A = String) -> Option<Value>;

    /// Django's `KT("data__city")`: the member of this name as a text, without quotes; NULL if there is none, or if it
    /// is `null`.
    ///
    /// ```
    /// # hyperdjango::__events!();
    /// // Event.objects.filter(data__city__icontains="rom")
    /// assert_eq!(
    ///     Event.data.key_text("city").icontains("rom").sql(),
    ///     r#"("events"."data" ->> $1::text) ILIKE $2"#
    /// );
    /// ```
    key_text / JsonKeyText(name: A = String) -> Option<String>;

    /// It as a text: a string without quotes, anything else as JSON; NULL of `null`.
    ///
    /// ```
    /// # hyperdjango::__events!();
    /// assert_eq!(
    ///     Event.data.key("speakers").index(0).text().sql(),
    ///     r#"((("events"."data" -> $1::text) -> $2::integer) #>> '{}')"#
    /// );
    /// // Numbers: .key("age").cast::<i32>()
    /// assert_eq!(
    ///     Event.data.key("age").cast::<i32>().gt(17).sql(),
    ///     r#"CAST(("events"."data" -> $1::text) AS integer) > $2"#
    /// );
    /// ```
    text / JsonText() -> Option<String>;

    /// Django's `has_key`: it is an object with this member, or an array with this string.
    ///
    /// ```
    /// # hyperdjango::__events!();
    /// // Event.objects.filter(data__has_key="city")
    /// assert_eq!(Event.data.has_key("city").sql(), r#""events"."data" ? $1::text"#);
    /// ```
    has_key / HasKey(name: A = String) -> bool;

    /// What it is: `object`, `array`, `string`, `number`, `boolean` or `null`.
    ///
    /// ```
    /// # hyperdjango::__events!();
    /// assert_eq!(Event.data.json_type().eq("array").sql(), r#"jsonb_typeof("events"."data") = $1"#);
    /// ```
    json_type / JsonType() -> String;

    /// How many items the array has. What is no array makes the statement fail.
    ///
    /// ```
    /// # hyperdjango::__events!();
    /// assert_eq!(
    ///     Event.data.key("speakers").json_length().sql(),
    ///     r#"jsonb_array_length(("events"."data" -> $1::text))"#
    /// );
    /// ```
    json_length / JsonLength() -> i32;
}

macro_rules! with_keys {
    ($($(#[$doc:meta])* $method:ident / $node:ident -> $type:ty;)+) => {
        impl<R, T: Carries, N: Node> Expr<R, T, N>
        where
            T::Base: JsonField,
        {$(
            $(#[$doc])*
            pub fn $method<S>(
                self,
                keys: &[S],
            ) -> Expr<R, T::Carry<$type>, Call<$node, (N, Keys<&[S]>)>>
            where
                S: ToSql + Sync + AsRef<str>,
            {
                Expr::new(Call::new((self.node, Keys(keys))))
            }
        )+}
    };
}

with_keys! {
    /// Django's `data__venue__city`: what is reached by these names, or numbers of items, one after the other.
    ///
    /// ```
    /// # hyperdjango::__events!();
    /// assert_eq!(Event.data.path(&["venue", "city"]).sql(), r#"("events"."data" #> $1::text[])"#);
    /// ```
    path / JsonPath -> Option<Value>;

    /// Django's `KT("data__venue__city")`: the same as a text, without quotes.
    ///
    /// ```
    /// # hyperdjango::__events!();
    /// assert_eq!(
    ///     Event.data.path_text(&["speakers", "0", "name"]).sql(),
    ///     r#"("events"."data" #>> $1::text[])"#
    /// );
    /// ```
    path_text / JsonPathText -> Option<String>;

    /// Django's `has_any_keys`: has one of these members at least.
    ///
    /// ```
    /// # hyperdjango::__events!();
    /// assert_eq!(Event.data.has_any_keys(&["city", "town"]).sql(), r#""events"."data" ?| $1::text[]"#);
    /// ```
    has_any_keys / HasAnyKeys -> bool;

    /// Django's `has_keys`: has all of these members.
    ///
    /// ```
    /// # hyperdjango::__events!();
    /// assert_eq!(Event.data.has_all_keys(&["city", "date"]).sql(), r#""events"."data" ?& $1::text[]"#);
    /// ```
    has_all_keys / HasAllKeys -> bool;
}

/// Members of an object: a tuple of up to eight pairs of a name and an expression or a value.
#[diagnostic::on_unimplemented(
    message = "no JSON object can be made from this in a query on `{R}`",
    label = "expected a tuple of pairs, such as `((\"title\", Post.title), (\"score\", Post.score))`"
)]
pub trait Members<R> {
    /// `'name', value, 'name', value`
    type Node: Node;
    /// Becomes it.
    fn into_node(self) -> Self::Node;
}

/// `name, value`, from pairs.
#[derive(Debug, Clone, Copy)]
pub struct Pairs<A>(A);

/// One member.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct Pair<K, V>(K, V);

impl<K: Node, V: Node> Node for Pair<K, V> {
    const ROPE: Rope = &[Part::Rope(K::ROPE), Part::Text(", "), Part::Rope(V::ROPE)];
    const NULLABLE: bool = false;

    #[inline]
    fn bind<'a>(&'a self, params: &mut Params<'a>) {
        self.0.bind(params);
        self.1.bind(params);
    }
}

macro_rules! members {
    ($(($first:ident $first_key:ident $first_index:tt $(, $rest:ident $key:ident $index:tt)*))+) => {$(
        impl<$first: Node, $($rest: Node),*> Node for Pairs<($first, $($rest,)*)> {
            const ROPE: Rope = &[Part::Rope($first::ROPE), $(Part::Text(", "), Part::Rope($rest::ROPE)),*];
            const NULLABLE: bool = false;

            #[inline]
            fn bind<'a>(&'a self, params: &mut Params<'a>) {
                self.0.$first_index.bind(params);
                $(self.0.$index.bind(params);)*
            }
        }

        #[diagnostic::do_not_recommend]
        impl<R, $first_key: Arg<R, String>, $first: IntoExpr<R>, $($key: Arg<R, String>, $rest: IntoExpr<R>),*>
            Members<R> for (($first_key, $first), $(($key, $rest),)*)
        {
            type Node = Pairs<(Pair<$first_key::Node, $first::Node>, $(Pair<$key::Node, $rest::Node>,)*)>;

            fn into_node(self) -> Self::Node {
                Pairs((
                    Pair(self.$first_index.0.into_arg(), self.$first_index.1.into_expr().node),
                    $(Pair(self.$index.0.into_arg(), self.$index.1.into_expr().node),)*
                ))
            }
        }
    )+};
}

members! {
    (A KA 0)
    (A KA 0, B KB 1)
    (A KA 0, B KB 1, C KC 2)
    (A KA 0, B KB 1, C KC 2, D KD 3)
    (A KA 0, B KB 1, C KC 2, D KD 3, E KE 4)
    (A KA 0, B KB 1, C KC 2, D KD 3, E KE 4, F KF 5)
    (A KA 0, B KB 1, C KC 2, D KD 3, E KE 4, F KF 5, G KG 6)
    (A KA 0, B KB 1, C KC 2, D KD 3, E KE 4, F KF 5, G KG 6, H KH 7)
}

functions! {
    JsonObject("jsonb_build_object(", ")") Nulls::Never;
}

/// Django's `JSONObject`: an object of these members; those that are NULL are `null`.
///
/// ```
/// # hyperdjango::__blog!();
/// use hyperdjango::orm::functions::json_object;
///
/// // JSONObject(title="title", by="author__name")
/// assert_eq!(
///     json_object((("title", Post.title), ("by", Post.author.name))).sql(),
///     r#"jsonb_build_object($1::text, "posts"."title", $2::text, "author"."name")"#
/// );
/// ```
pub fn json_object<R, A: Members<R>>(members: A) -> Expr<R, Value, Call<JsonObject, (A::Node,)>> {
    Expr::new(Call::new((members.into_node(),)))
}
