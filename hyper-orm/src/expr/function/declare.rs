//! Functions of a user's own.

/// Declares functions of PostgreSQL for use in queries: its own, an extension's, or those of `CREATE FUNCTION`.
///
/// Arguments are values or expressions of the declared types, checked when the program is compiled. A function whose
/// argument can be NULL can be NULL: its type is then an `Option`, as most functions of PostgreSQL are `STRICT`. Where
/// that is not so, the declaration says it: a parameter of type `Option<_>` takes NULL without becoming NULL for it, and
/// `-> Option<_>` is NULL whatever the arguments are.
///
/// The name in SQL is the function's own, or what stands behind `=`. Nothing is sent to create the function: that is a
/// migration's business.
///
/// ```
/// # hyperdjango::__blog!();
/// sql_function! {
///     /// How many single-character edits lie between two texts. Of the extension fuzzystrmatch.
///     pub fn levenshtein(a: String, b: String) -> i32;
///     /// The price of a post in a country's currency.
///     fn price(post: i64, currency: Option<String>) -> Option<f64> = "shop.price";
/// }
///
/// assert_eq!(levenshtein(Post.title, "rust").sql(), r#"levenshtein("posts"."title", $1::text)"#);
///
/// let near = Post::objects().filter(levenshtein(Post.title, "rust").lt(3)).order_by(price(Post.id, "EUR").desc());
/// assert!(near.sql().ends_with(
///     r#" WHERE levenshtein("posts"."title", $1::text) < $2 ORDER BY shop.price("posts"."id", $3::text) DESC"#
/// ));
/// ```
///
/// `window fn` declares an aggregate, or another function that is computed over rows, for [`window`]:
///
/// ```
/// # hyperdjango::__blog!();
/// use hyperdjango::orm::functions::window::window;
///
/// sql_function! {
///     /// All of the texts, with a separator between them.
///     window fn string_agg(texts: String, separator: String) -> String;
/// }
///
/// let titles = window(string_agg(Post.title, ", ")).partition_by(Post.author.id);
/// assert_eq!(titles.sql(), r#"string_agg("posts"."title", $1::text) OVER (PARTITION BY "posts"."author_id")"#);
/// ```
///
/// [`window`]: crate::expr::function::window::window
///
/// An argument of the wrong type does not compile:
///
/// ```compile_fail
/// # hyperdjango::__blog!();
/// sql_function! {
///     fn levenshtein(a: String, b: String) -> i32;
/// }
/// let query = Post::objects().filter(levenshtein(Post.score, "rust").lt(3));
/// ```
#[macro_export]
macro_rules! sql_function {
    () => {};
    (
        $(#[$meta:meta])*
        $vis:vis fn $name:ident($($arg:ident: $type:ty),* $(,)?) -> $result:ty $(= $sql:literal)?;
        $($rest:tt)*
    ) => {
        $crate::sql_function! {
            @declare [$crate::expr::Expr] [$crate::expr::function::call]
            $(#[$meta])* $vis fn $name($($arg: $type),*) -> $result $(= $sql)?;
        }
        $crate::sql_function! { $($rest)* }
    };
    (
        $(#[$meta:meta])*
        $vis:vis window fn $name:ident($($arg:ident: $type:ty),* $(,)?) -> $result:ty $(= $sql:literal)?;
        $($rest:tt)*
    ) => {
        $crate::sql_function! {
            @declare [$crate::expr::function::window::OverRows] [$crate::expr::function::window::over_rows]
            $(#[$meta])* $vis fn $name($($arg: $type),*) -> $result $(= $sql)?;
        }
        $crate::sql_function! { $($rest)* }
    };
    (
        @declare [$($of:tt)*] [$($make:tt)*]
        $(#[$meta:meta])*
        $vis:vis fn $name:ident($($arg:ident: $type:ty),*) -> $result:ty $(= $sql:literal)?;
    ) => {
        #[doc(hidden)]
        #[allow(non_camel_case_types)]
        $vis enum $name {}

        impl $crate::expr::function::Function for $name {
            const TEXT: &'static [&'static str] =
                $crate::sql_function!(@text $crate::sql_function!(@name $name $($sql)?); $($arg)*);
            const NULLS: $crate::expr::function::Nulls = if <$result as $crate::field::Field>::NULLABLE {
                $crate::expr::function::Nulls::Always
            } else {
                $crate::expr::function::Nulls::When(&[$(!<$type as $crate::field::Field>::NULLABLE),*])
            };
        }

        $(#[$meta])*
        #[allow(non_camel_case_types, dead_code)]
        $vis fn $name<Query, $($arg),*>($($arg: $arg),*) -> $($of)*<
            Query,
            $crate::sql_function!(@carried Query; $result; $($arg: $type,)*),
            $crate::expr::function::Call<
                $name,
                ($(<$arg as $crate::expr::function::Arg<Query, <$type as $crate::field::Field>::Base>>::Node,)*),
            >,
        >
        where
            $($arg: $crate::expr::function::Arg<Query, <$type as $crate::field::Field>::Base>),*
        {
            $($make)*(($($crate::expr::function::Arg::into_arg($arg),)*))
        }
    };
    (@name $name:ident) => { stringify!($name) };
    (@name $name:ident $sql:literal) => { $sql };
    (@text $name:expr;) => { &[concat!($name, "()")] };
    (@text $name:expr; $first:ident $($rest:ident)*) => {
        &[concat!($name, "("), $($crate::sql_function!(@comma $rest),)* ")"]
    };
    (@comma $arg:ident) => { ", " };
    (@carried $query:ident; $result:ty;) => { $result };
    (@carried $query:ident; $result:ty; $arg:ident: $type:ty, $($rest:tt)*) => {
        <<$type as $crate::expr::function::Carries>::Takes<
            <$arg as $crate::expr::function::Arg<$query, <$type as $crate::field::Field>::Base>>::Type
        > as $crate::expr::function::Carries>::Carry<
            $crate::sql_function!(@carried $query; $result; $($rest)*)
        >
    };
}
