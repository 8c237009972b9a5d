//! What the macros expand to, as reviewed files in `ui-tests/expand`: what users see who look with `cargo expand`.
//!
//! `UPDATE=1 cargo test -p hyper-macros` writes them anew.

use std::path::Path;

use proc_macro2::TokenStream;

/// Compares what `expand` makes of `ui-tests/expand/{name}.in.rs` with `{name}.out.rs`.
pub(crate) fn check(name: &str, expand: impl Fn(TokenStream) -> TokenStream) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui-tests/expand");
    let input = std::fs::read_to_string(folder.join(format!("{name}.in.rs"))).expect("the input is there");
    let tokens = expand(input.parse().expect("the input is Rust"));
    let code = syn::parse2(tokens.clone()).unwrap_or_else(|error| panic!("not items: {error}\n{tokens}"));
    let code = prettyplease::unparse(&code);
    let path = folder.join(format!("{name}.out.rs"));
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &code).expect("the folder can be written to");
    }
    let known = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        known == code,
        "{name} expands to something else than {}; UPDATE=1 writes it anew",
        path.display()
    );
}
