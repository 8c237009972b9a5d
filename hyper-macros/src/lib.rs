//! The compile-time part of HyperDjango: derive and attribute macros.
//!
//! A folder a macro: `parse` reads what the user wrote, `check` says what is wrong with it, `emit` writes the code.
//! Users reach all of this through the `hyperdjango` crate, where each is documented.

mod model;
#[cfg(test)]
mod snapshot;
mod suggest;

use proc_macro::TokenStream;

/// Makes a struct with named fields a table's row.
#[proc_macro_derive(Model, attributes(model, field))]
pub fn derive_model(input: TokenStream) -> TokenStream {
    model::expand(input.into()).into()
}
