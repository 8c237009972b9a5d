//! From named values, as forms and query strings send them, to a struct.
//!
//! [`pairs`] reads the urlencoded text, [`node`] brings the values where the struct wants them, [`scalar`] reads one,
//! and [`mend`] goes on after a mistake, so that all of them are answered at once.

mod forged;
mod key;
mod members;
pub(super) mod mend;
mod mended;
mod node;
mod pair_list;
pub(super) mod pairs;
mod picked;
mod scalar;

use std::borrow::Cow;

use serde::de::DeserializeOwned;

use super::upload::Upload;
use crate::{Error, Result, ValidationErrors};

use node::Node;

/// A named value. Keys lead into structs and lists: `author.name`, `author[name]`, `tags[]`, `posts-0-title`.
#[derive(Debug)]
pub(crate) struct Entry<'a> {
    pub(crate) key: Cow<'a, str>,
    pub(crate) value: Value<'a>,
}

/// What a form sends under a name.
#[derive(Debug)]
pub(crate) enum Value<'a> {
    Text(Cow<'a, str>),
    File(Upload),
}

/// What a value has to keep to beyond its type.
pub(crate) type Rules<T> = fn(&T, &mut ValidationErrors);

/// No rules at all.
pub(crate) fn no_rules<T>(_: &T, _: &mut ValidationErrors) {}

/// Makes a `T` of the entries.
///
/// # Errors
/// 422 with all that does not fit, by field.
pub(crate) fn decode<T: DeserializeOwned>(entries: &[Entry<'_>], rules: Rules<T>) -> Result<T> {
    match T::deserialize(Node::root(entries)) {
        Ok(value) => {
            let mut errors = ValidationErrors::new();
            rules(&value, &mut errors);
            errors.into_result()?;
            Ok(value)
        }
        Err(_) => Err(explain(entries, rules)),
    }
}

#[cold]
fn explain<T: DeserializeOwned>(entries: &[Entry<'_>], rules: Rules<T>) -> Error {
    let size = entries.iter().map(|entry| entry.key.len() + 32).sum();
    let errors = mend::all_errors(size, rules, |mends| {
        let result = T::deserialize(mends.around(Node::root(entries)));
        result.map_err(|error| mend::Failure { message: error.to_string(), fatal: false })
    });
    Error::invalid(errors)
}
