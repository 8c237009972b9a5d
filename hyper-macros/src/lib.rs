//! The compile-time part of HyperDjango: derive and attribute macros.
//!
//! Each macro is a folder: `parse` reads the tokens, `check` finds mistakes, `emit` writes code.
//! This file only names the entry points; users reach them through `hyperdjango`.

mod app;
mod cached;
mod diagnostic;
mod field;
mod fnv1a;
mod http_error;
mod input;
mod middleware;
mod model;
mod of_model;
mod patch;
mod route;
mod routes;
mod shape;
#[cfg(test)]
mod snapshot;
mod sql;
mod test;

use proc_macro::TokenStream;

use route::Verb;

/// A handler for `GET` requests: `#[get("/posts/{id}")]`.
#[proc_macro_attribute]
pub fn get(attribute: TokenStream, item: TokenStream) -> TokenStream {
    route::expand(Verb::Get, attribute.into(), item.into()).into()
}

/// A handler for `POST` requests: `#[post("/posts")]`.
#[proc_macro_attribute]
pub fn post(attribute: TokenStream, item: TokenStream) -> TokenStream {
    route::expand(Verb::Post, attribute.into(), item.into()).into()
}

/// A handler for `PUT` requests: `#[put("/posts/{id}")]`.
#[proc_macro_attribute]
pub fn put(attribute: TokenStream, item: TokenStream) -> TokenStream {
    route::expand(Verb::Put, attribute.into(), item.into()).into()
}

/// A handler for `PATCH` requests: `#[patch("/posts/{id}")]`.
#[proc_macro_attribute]
pub fn patch(attribute: TokenStream, item: TokenStream) -> TokenStream {
    route::expand(Verb::Patch, attribute.into(), item.into()).into()
}

/// A handler for `DELETE` requests: `#[delete("/posts/{id}")]`.
#[proc_macro_attribute]
pub fn delete(attribute: TokenStream, item: TokenStream) -> TokenStream {
    route::expand(Verb::Delete, attribute.into(), item.into()).into()
}

/// A set of routes: `routes! { pub Urls: index, show, mount("/api/v1", api::Urls) }`.
#[proc_macro]
pub fn routes(input: TokenStream) -> TokenStream {
    routes::expand(input.into()).into()
}

/// Makes an `async fn` a middleware: `#[middleware]`, `#[middleware(needs = [SESSIONS])]`.
///
/// It takes `request: &mut Request` and `next: impl Next`, and beside them what handlers take: `&T` of the application,
/// and what comes from a request. An argument that cannot be made is answered with its error.
#[proc_macro_attribute]
pub fn middleware(attribute: TokenStream, item: TokenStream) -> TokenStream {
    middleware::expand(attribute.into(), item.into()).into()
}

/// Keeps what an `async fn` returns in the cache it takes: `#[cached(ttl = 60)]`, `#[cached(ttl = 60, skip = [db])]`.
///
/// The key is the function's path with its arguments, but for `&Cache` and those that are skipped. Of a `Result` only `Ok` is kept.
/// Of all who ask at once one computes, and before it expires, as `StampedeProtection` says.
///
/// | | |
/// |---|---|
/// | `ttl` | seconds, or a `Duration`; as long as the cache does by default. A constant |
/// | `skip` | arguments that results do not depend on |
/// | `name` | what is in the key instead of the path: another one when what is returned has another meaning |
/// | `beta` | how early it is computed anew; 1 |
/// | `across_instances` | seconds, or a `Duration`, for which at most one of all instances computes |
///
/// Beside a function `f` there are `f::key(..)` and `f::invalidate(&cache, ..)`, with the arguments of the key. Two functions of
/// one name inside functions of one module need a `name` each.
#[proc_macro_attribute]
pub fn cached(attribute: TokenStream, item: TokenStream) -> TokenStream {
    cached::expand(attribute.into(), item.into()).into()
}

/// Makes an `async fn` a test: `#[hyperdjango::test]`, with a `client: Client<Site>` as its argument.
///
/// It runs in a transaction that is rolled back at its end, as `hyperdjango::test` says. Other attributes, such as
/// `#[ignore]` and `#[should_panic]`, go below it.
#[proc_macro_attribute]
pub fn test(attribute: TokenStream, item: TokenStream) -> TokenStream {
    test::expand(test::Place::Tests, attribute.into(), item.into()).into()
}

/// The same in documentation, where the compiler leaves out what is only for tests: a function that runs the test.
#[doc(hidden)]
#[proc_macro_attribute]
pub fn __test_in_docs(attribute: TokenStream, item: TokenStream) -> TokenStream {
    test::expand(test::Place::Docs, attribute.into(), item.into()).into()
}

/// An application: `#[derive(App)] #[app(routes = Urls)]`.
#[proc_macro_derive(App, attributes(app))]
pub fn derive_app(input: TokenStream) -> TokenStream {
    app::expand(input.into()).into()
}

/// Makes an enum the error of handlers, each variant with its status and sentence: `#[status(404, "no post {0}")]`.
///
/// It gives `Display`, `std::error::Error` and `From<..> for Error`, and `From<Cause>` for each variant with `#[from]`.
#[proc_macro_derive(HttpError, attributes(status, from, source, errors))]
pub fn derive_http_error(input: TokenStream) -> TokenStream {
    http_error::expand(input.into()).into()
}

/// Makes a struct with named fields a table's row.
#[proc_macro_derive(Model, attributes(model, field))]
pub fn derive_model(input: TokenStream) -> TokenStream {
    model::expand(input.into()).into()
}

/// Makes a struct one that rows of a model are read into: `#[derive(Shape)] #[shape(Post)]`.
#[proc_macro_derive(Shape, attributes(shape))]
pub fn derive_shape(input: TokenStream) -> TokenStream {
    shape::expand(input.into()).into()
}

/// Makes an enum without data the type of a column: `#[choices(native = "mood")]`, `#[choices(value = "..", label = "..")]`.
#[proc_macro_derive(Choices, attributes(choices))]
pub fn derive_choices(input: TokenStream) -> TokenStream {
    field::expand_choices(input.into()).into()
}

/// Makes a struct around a column's type one of its own: `#[field(validate = path)]`.
#[proc_macro_derive(Field, attributes(field))]
pub fn derive_field(input: TokenStream) -> TokenStream {
    field::expand_newtype(input.into()).into()
}

/// Makes a struct one that rows of a model are made from: `#[derive(Input)] #[input(Post)]`.
#[proc_macro_derive(Input, attributes(input))]
pub fn derive_input(input: TokenStream) -> TokenStream {
    input::expand(input.into()).into()
}

/// Makes a struct of `Patch<T>` one that rows of a model are changed by, and reads it from JSON and forms:
/// `#[derive(Patch)] #[patch(Post)]`.
#[proc_macro_derive(Patch, attributes(patch, serde))]
pub fn derive_patch(input: TokenStream) -> TokenStream {
    patch::expand(input.into()).into()
}

/// Makes a struct a part of models: fields they share.
#[proc_macro_derive(Part, attributes(field))]
pub fn derive_part(input: TokenStream) -> TokenStream {
    model::part::expand(input.into()).into()
}

/// SQL of one's own as an expression: `sql!(bool, "{} % {} = 0", Post.score, 2)`.
///
/// First the type of its values: an `Option` where it can be NULL though nothing in it is. Then the text, in which each
/// `{}` is for one of the columns, expressions and values behind it, eight at most; values become parameters. The text is
/// a constant as all others, and stands in parentheses. A brace of SQL's own is written twice.
#[proc_macro]
pub fn sql(input: TokenStream) -> TokenStream {
    sql::expand(input.into()).into()
}

/// What the parts of a model hand it over to.
#[doc(hidden)]
#[proc_macro]
pub fn __model_with_parts(input: TokenStream) -> TokenStream {
    model::expand_with_parts(input.into()).into()
}
