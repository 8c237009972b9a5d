//! What `#[cached]` expands to, and what it refuses.

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse2;

use super::*;

/// Expands the functions of a file, as the compiler does.
fn all(file: TokenStream) -> TokenStream {
    let file: syn::File = parse2(file).unwrap();
    let expanded = file.items.into_iter().map(|item| {
        let syn::Item::Fn(mut function) = item else { panic!("not a function") };
        let at = function.attrs.iter().position(|attribute| attribute.path().is_ident("cached")).unwrap();
        let attribute = function.attrs.remove(at);
        let options = attribute.meta.require_list().map(|list| list.tokens.clone()).unwrap_or_default();
        expand(options, quote!(#function))
    });
    expanded.collect()
}

#[test]
fn what_it_expands_to() {
    crate::snapshot::check("cached", all);
}

fn error(attribute: TokenStream, item: TokenStream) -> String {
    let function = parse2(item).unwrap();
    let checked = parse2(attribute).and_then(|attribute| check::cached(attribute, &function));
    checked
        .err()
        .map(|error| error.to_string().lines().next().unwrap_or_default().to_owned())
        .unwrap_or_default()
}

#[test]
fn mistakes_are_named() {
    let right = || {
        quote!(
            async fn a(db: &Db, cache: &Cache, mut id: i64) -> Result<Post> {}
        )
    };
    assert_eq!(error(quote!(ttl = 60, skip = [db]), right()), "");
    assert_eq!(error(quote!(skip = [db], ttl = Duration::from_millis(5), beta = 2), right()), "");
    assert_eq!(error(quote!(ttl = 60), right()), "`db` can be no part of the key");
    assert_eq!(error(quote!(skip = [bd]), right()), "unknown argument `bd`");
    assert_eq!(error(quote!(skip = [cache]), right()), "the cache is no part of the key by itself");
    assert_eq!(error(quote!(skip = db), right()), "a list of arguments");
    assert_eq!(error(quote!(tll = 60), right()), "unknown option `tll`");
    assert_eq!(error(quote!(timeout = 60), right()), "unknown option `timeout`");
    assert_eq!(error(quote!(60), right()), "an option has a name");
    assert_eq!(error(quote!(ttl = "60"), right()), "this is in whole seconds");
    assert_eq!(error(quote!(ttl = 60, ttl = 60), right()), "`ttl` is given twice");
    let of = |item| error(quote!(), item);
    assert_eq!(
        of(quote!(
            fn a(cache: &Cache) -> i32 {}
        )),
        "a cached function is an `async fn`"
    );
    assert_eq!(
        of(quote!(
            async fn a(id: i32) -> i32 {}
        )),
        "a cached function takes the cache that it is kept in"
    );
    assert_eq!(
        of(quote!(
            async fn a(cache: Cache) -> i32 {}
        )),
        "the cache is lent to the function"
    );
    assert_eq!(
        of(quote!(
            async fn a(a: &Cache, b: &Cache) -> i32 {}
        )),
        "a cached function is kept in one cache"
    );
    assert_eq!(
        of(quote!(
            async fn a(cache: &Cache) {}
        )),
        "a cached function returns what is to be kept"
    );
    let nothing = quote!(
        async fn a(cache: &Cache) -> Result<()> {}
    );
    assert_eq!(of(nothing), "a cached function returns what is to be kept");
    let hidden = quote!(
        async fn a(cache: &Cache) -> impl Display {}
    );
    assert_eq!(of(hidden), "what is kept is of a type that can be written");
    let generic = quote!(
        async fn a<'a, T>(cache: &'a Cache, id: T) -> i32 {}
    );
    let message = "a cached function is not generic, as one key would stand for values of several types";
    assert_eq!(of(generic), message);
    assert_eq!(
        of(quote!(
            async fn a<'a>(cache: &'a Cache, id: &'a str) -> i32 {}
        )),
        ""
    );
    let receiver = quote!(
        async fn a(&self, cache: &Cache) -> i32 {}
    );
    assert_eq!(of(receiver), "a cached function is a free function, without `self`");
    let apart = quote!(
        async fn a(cache: &Cache, (x, y): (i32, i32)) -> i32 {}
    );
    assert_eq!(of(apart), "an argument of a cached function has a name");
    assert_eq!(
        of(quote!(
            async fn a(cache: &Cache, id: &mut i32) -> i32 {}
        )),
        "`id` can be no part of the key"
    );
    assert!(
        of(quote!(
            async fn a(cache: &Cache, price: f64) -> i32 {}
        ))
        .contains("floats")
    );
    let handler = quote!(
        #[get("/")]
        async fn a(cache: &Cache) -> i32 {}
    );
    assert_eq!(of(handler), "a handler's answer is nothing that is kept under its arguments");
}
