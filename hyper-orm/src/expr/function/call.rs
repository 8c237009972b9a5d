//! One node for all functions: what is called is a type, what it is called with a tuple of nodes.

use std::marker::PhantomData;

use crate::copied::copied;
use crate::expr::{Expr, Node};
use crate::field::Field;
use crate::sql::{Params, Part, Rope};

/// A function of SQL, or anything else that is text around and between expressions. Declared with
/// [`sql_function!`](crate::sql_function).
pub trait Function: 'static {
    /// What stands before each argument, and behind the last: one more than there are arguments.
    const TEXT: &'static [&'static str];
    /// When it is NULL.
    const NULLS: Nulls;
}

/// When a function is NULL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nulls {
    /// When any argument is, as most functions.
    Any,
    /// When any of those arguments is that are marked here.
    When(&'static [bool]),
    /// Never.
    Never,
    /// Whatever the arguments are.
    Always,
}

impl Nulls {
    /// Whether a function of these arguments can be NULL.
    pub(crate) const fn of(self, arguments: &[bool]) -> bool {
        let (mut i, mut any, mut marked) = (0, false, false);
        while i < arguments.len() {
            any |= arguments[i];
            if let Self::When(which) = self {
                marked |= i < which.len() && which[i] && arguments[i];
            }
            i += 1;
        }
        match self {
            Self::Any => any,
            Self::When(_) => marked,
            Self::Never => false,
            Self::Always => true,
        }
    }
}

/// The function `F` of the arguments `A`, a tuple of nodes.
pub struct Call<F, A> {
    arguments: A,
    of: PhantomData<fn() -> F>,
}

impl<F, A> Call<F, A> {
    pub(crate) const fn new(arguments: A) -> Self {
        Self { arguments, of: PhantomData }
    }
}

/// Calls a function; what `sql_function!` expands to.
#[doc(hidden)]
pub const fn call<R, T: Field, F: Function, A>(arguments: A) -> Expr<R, T, Call<F, A>> {
    Expr::new(Call::new(arguments))
}

impl<F: Function> Node for Call<F, ()> {
    const ROPE: Rope = &[Part::Text(F::TEXT[0])];
    const NULLABLE: bool = F::NULLS.of(&[]);

    #[inline]
    fn bind<'a>(&'a self, _: &mut Params<'a>) {}
}

macro_rules! implement {
    ($(($($name:ident $index:literal),+))+) => {$(
        impl<F: Function, $($name: Node),+> Node for Call<F, ($($name,)+)> {
            const ROPE: Rope = &[Part::Text(F::TEXT[0]), $(Part::Rope($name::ROPE), Part::Text(F::TEXT[$index])),+];
            const NULLABLE: bool = F::NULLS.of(&[$($name::NULLABLE),+]);

            #[expect(non_snake_case)]
            #[inline]
            fn bind<'a>(&'a self, params: &mut Params<'a>) {
                let ($($name,)+) = &self.arguments;
                $($name.bind(params);)+
            }
        }
    )+};
}

implement! {
    (A 1)
    (A 1, B 2)
    (A 1, B 2, C 3)
    (A 1, B 2, C 3, D 4)
    (A 1, B 2, C 3, D 4, E 5)
    (A 1, B 2, C 3, D 4, E 5, G 6)
    (A 1, B 2, C 3, D 4, E 5, G 6, H 7)
    (A 1, B 2, C 3, D 4, E 5, G 6, H 7, I 8)
}

copied! { Call<F, A> { arguments: A; of } }

/// The type of a function that is NULL when an argument is: `carried!(R; String; A: i32, B: String)`.
macro_rules! carried {
    ($query:ident; $type:ty;) => { $type };
    ($query:ident; $type:ty; $arg:ident: $of:ty $(, $($rest:tt)*)?) => {
        <<$arg as $crate::expr::function::Arg<$query, $of>>::Type as $crate::expr::function::Carries>::Carry<
            $crate::expr::function::call::carried!($query; $type; $($($rest)*)?)
        >
    };
}
pub(crate) use carried;

/// Methods of expressions whose base type has a trait, each a function of the expression and arguments.
macro_rules! methods {
    (
        $family:path;
        $($(#[$doc:meta])* $method:ident / $node:ident($($arg:ident: $param:ident = $of:ty),*) -> $type:ty;)+
    ) => {
        impl<R, T: $crate::expr::function::Carries, N: $crate::expr::Node> $crate::expr::Expr<R, T, N>
        where
            T::Base: $family,
        {$(
            $(#[$doc])*
            pub fn $method<$($param: $crate::expr::function::Arg<R, $of>),*>(
                self,
                $($arg: $param),*
            ) -> $crate::expr::Expr<
                R,
                T::Carry<$crate::expr::function::call::carried!(R; $type; $($param: $of),*)>,
                $crate::expr::function::Call<$node, (N, $($param::Node,)*)>,
            > {
                $crate::expr::Expr::new($crate::expr::function::Call::new((self.node, $($arg.into_arg(),)*)))
            }
        )+}
    };
}
pub(crate) use methods;

/// Declares functions for [`Call`], each with the text around its arguments.
macro_rules! functions {
    ($($name:ident($($text:literal),+) $nulls:expr;)+) => {$(
        #[doc = concat!("`", $($text, " "),+, "`")]
        #[derive(Debug)]
        pub struct $name;

        impl $crate::expr::function::Function for $name {
            const TEXT: &'static [&'static str] = &[$($text),+];
            const NULLS: $crate::expr::function::Nulls = {
                use $crate::expr::function::Nulls;
                $nulls
            };
        }
    )+};
}
pub(crate) use functions;
