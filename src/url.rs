//! `url!`: reverse URLs of routes that are mounted.

/// The URL of a route that the crate's set of all routes has: `url!(posts::show(7))`.
///
/// It is `posts::show::url(7)`, in code and in templates, and compiles only when the route is in the set `Urls` at the root
/// of the crate, or in one that is mounted there. Where the set of the site stands elsewhere, the root names it:
/// `pub use site::Urls;`. In a crate that others mount it is the crate's own.
///
/// ```
/// use hyperdjango::prelude::*;
///
/// mod posts {
///     use hyperdjango::prelude::*;
///
///     #[get("/{id}")]
///     pub async fn show(id: i64) -> String {
///         id.to_string()
///     }
///
///     routes! { pub Urls: show }
/// }
///
/// routes! { Urls: mount("/posts", posts::Urls) }
///
/// fn main() {
///     let url = url!(posts::show(7)).query("page", 2);
///     assert!(url.to_string().ends_with("/7?page=2"));
/// }
/// ```
// The caller's root is meant: whoever writes `url!` has the set there.
#[expect(clippy::crate_in_macro_def)]
#[macro_export]
macro_rules! url {
    ($($route:ident)::+ ( $($argument:expr),* $(,)? )) => {{
        const _: () = $crate::__private::check_mounted(
            "Urls",
            <crate::Urls as $crate::__private::RouteItems>::ITEMS,
            &<$($route)::+ as $crate::__private::RouteMeta>::DEF,
        );
        <$($route)::+>::url($($argument),*)
    }};
    ($($other:tt)*) => {
        ::core::compile_error!("`url!` takes a route with the parameters of its path\n  help: write `url!(posts::show(7))`")
    };
}
