//! Conditions put together at run time.

use std::marker::PhantomData;
use std::ops;

use super::piece::{NodePiece, Piece};
use crate::expr::{Condition, Expr, Node};
use crate::field::Field;
use crate::sql::{Params, Part};

/// A condition of a query on `M` whose type has been forgotten, so that any number of them can be combined.
///
/// ```
/// # hyperdjango::__blog!();
/// let words = ["rust", "garden"];
/// let any = DynamicCondition::any(words.map(|word| Post.title.icontains(word).dynamic()));
/// let query = Post::objects().dynamic().filter(any);
/// assert!(query.sql().ends_with(r#" WHERE ("posts"."title" ILIKE $1 OR "posts"."title" ILIKE $2)"#));
/// ```
pub struct DynamicCondition<'q, M> {
    pub(super) form: Form<'q>,
    of: PhantomData<fn() -> M>,
}

pub(super) enum Form<'q> {
    One(Box<dyn Piece + 'q>, bool),
    All(Vec<Form<'q>>),
    Any(Vec<Form<'q>>),
    Not(Box<Form<'q>>),
}

impl Form<'_> {
    pub(super) fn write(&self, parts: &mut Vec<Part>) {
        match self {
            Self::One(piece, _) => parts.push(Part::Rope(piece.rope())),
            // Of no conditions all hold, and none does.
            Self::All(forms) if forms.is_empty() => parts.push(Part::Text("true")),
            Self::Any(forms) if forms.is_empty() => parts.push(Part::Text("false")),
            Self::All(forms) => Self::list(forms, " AND ", parts),
            Self::Any(forms) => {
                parts.push(Part::Text("("));
                Self::list(forms, " OR ", parts);
                parts.push(Part::Text(")"));
            }
            Self::Not(form) => {
                let nullable = form.is_nullable();
                parts.push(Part::Text(if nullable { "(" } else { "NOT (" }));
                form.write(parts);
                parts.push(Part::Text(if nullable { ") IS NOT TRUE" } else { ")" }));
            }
        }
    }

    fn list(forms: &[Self], between: &'static str, parts: &mut Vec<Part>) {
        for (i, form) in forms.iter().enumerate() {
            if i > 0 {
                parts.push(Part::Text(between));
            }
            form.write(parts);
        }
    }

    fn is_nullable(&self) -> bool {
        match self {
            Self::One(_, nullable) => *nullable,
            Self::All(forms) | Self::Any(forms) => forms.iter().any(Self::is_nullable),
            Self::Not(_) => false,
        }
    }

    pub(super) fn bind<'a>(&'a self, params: &mut Params<'a>) {
        match self {
            Self::One(piece, _) => piece.bind(params),
            Self::All(forms) | Self::Any(forms) => forms.iter().for_each(|form| form.bind(params)),
            Self::Not(form) => form.bind(params),
        }
    }
}

impl<'q, M> DynamicCondition<'q, M> {
    fn new(form: Form<'q>) -> Self {
        Self { form, of: PhantomData }
    }

    /// All of these hold; of none, that is true.
    pub fn all(conditions: impl IntoIterator<Item = Self>) -> Self {
        Self::new(Form::All(conditions.into_iter().map(|condition| condition.form).collect()))
    }

    /// Any of these holds; of none, that is false.
    pub fn any(conditions: impl IntoIterator<Item = Self>) -> Self {
        Self::new(Form::Any(conditions.into_iter().map(|condition| condition.form).collect()))
    }
}

impl<M> ops::BitAnd for DynamicCondition<'_, M> {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        Self::all([self, other])
    }
}

impl<M> ops::BitOr for DynamicCondition<'_, M> {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self::any([self, other])
    }
}

impl<M> ops::Not for DynamicCondition<'_, M> {
    type Output = Self;

    fn not(self) -> Self {
        Self::new(Form::Not(Box::new(self.form)))
    }
}

impl<M> std::fmt::Debug for DynamicCondition<'_, M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DynamicCondition")
    }
}

impl<'q, M, T: Field<Base = bool>, N: Node + 'q> Expr<M, T, N> {
    /// Forgets the condition's type, to combine any number of them: see [`DynamicCondition`].
    pub fn dynamic(self) -> DynamicCondition<'q, M> {
        DynamicCondition::new(Form::One(Box::new(NodePiece(self.node)), N::NULLABLE))
    }
}

impl<'q, M, T: Field<Base = bool>, N: Node + 'q> From<Expr<M, T, N>> for DynamicCondition<'q, M>
where
    Expr<M, T, N>: Condition<M>,
{
    fn from(condition: Expr<M, T, N>) -> Self {
        condition.dynamic()
    }
}
