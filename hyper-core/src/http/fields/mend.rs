//! All mistakes of an input, not only the first.
//!
//! serde stops at the first mistake. So the input is decoded again and again, each time with the places where it went
//! wrong before replaced by made-up values of the right type, until it decodes. This needs nothing of the type, and is
//! only done for what is refused anyway. What it may cost is bounded: a large input has fewer of its mistakes named.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};

use super::Rules;
use super::mended::Mended;
use crate::http::serde_errors::{Mistake, describe};
use crate::{NON_FIELD_ERRORS, ValidationErrors};

/// How many mistakes are named.
const MOST: usize = 20;
/// How many bytes are decoded to find them.
const BUDGET: usize = 1 << 20;
/// How many different values are made up for one place.
const ATTEMPTS: usize = 24;

/// Why an input does not decode.
pub(crate) struct Failure {
    pub(crate) message: String,
    /// Nothing can be made of the rest.
    pub(crate) fatal: bool,
}

/// What is replaced, and where the decoder stands.
#[derive(Default)]
pub(crate) struct Mends {
    path: RefCell<String>,
    failed: RefCell<Option<String>>,
    /// Places with a made-up value, and which of them.
    forged: RefCell<HashMap<String, usize>>,
    /// Fields that are added to a place.
    added: RefCell<HashMap<String, Vec<String>>>,
    /// Fields that are not to be there, or not once more.
    dropped: RefCell<HashSet<String>>,
    /// Whether nothing is replaced yet.
    pristine: Cell<bool>,
}

impl Mends {
    /// The decoder with everything replaced that is to be.
    pub(crate) fn around<D>(&self, inner: D) -> Mended<'_, D> {
        self.path.borrow_mut().clear();
        Mended { inner, mends: self }
    }

    /// Runs `inside` one step deeper.
    pub(super) fn at<R, E>(
        &self,
        step: impl FnOnce(&mut String),
        inside: impl FnOnce() -> Result<R, E>,
    ) -> Result<R, E> {
        let before = self.path.borrow().len();
        step(&mut self.path.borrow_mut());
        let result = inside();
        if result.is_err() && self.failed.borrow().is_none() {
            *self.failed.borrow_mut() = Some(self.path.borrow().clone());
        }
        self.path.borrow_mut().truncate(before);
        result
    }

    /// Which made-up value stands here, if one does.
    pub(super) fn forged(&self) -> Option<usize> {
        self.forged.borrow().get(&*self.path.borrow()).copied()
    }

    /// The fields to add here.
    pub(super) fn added(&self) -> Vec<String> {
        self.added.borrow().get(&*self.path.borrow()).cloned().unwrap_or_default()
    }

    /// Whether a field of this place is left out: an unknown one always, another when it comes again.
    pub(super) fn leaves_out(&self, name: &str, again: bool) -> bool {
        let dropped = self.dropped.borrow();
        if self.pristine.get() || dropped.is_empty() {
            return false;
        }
        let path = join(&self.path.borrow(), name);
        dropped.contains(&path) || (again && dropped.contains(&format!("{path} again")))
    }

    /// The made-up value that this place lies in.
    fn forged_around(&self, path: &str) -> Option<String> {
        let forged = self.forged.borrow();
        let around = |place: &&String| {
            path.strip_prefix(place.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        };
        forged.keys().find(around).cloned()
    }

    fn forge(&self, path: String, attempt: usize) {
        self.forged.borrow_mut().insert(path, attempt);
    }

    /// Replaces what is wrong. False when nothing more can be done.
    fn mend(&self, failure: &Failure, errors: &mut ValidationErrors) -> bool {
        self.pristine.set(false);
        let path = self.failed.borrow_mut().take().unwrap_or_default();
        let made_up = self.forged_around(&path);
        if let Some(place) = made_up {
            let attempt = self.forged.borrow().get(&place).map_or(0, |attempt| attempt + 1);
            self.forge(place, attempt);
            return attempt < ATTEMPTS;
        }
        let (mistake, sentence) = describe(&failure.message);
        let (field, goes_on) = match mistake {
            Mistake::Missing(name) => {
                let field = join(&path, &name);
                self.added.borrow_mut().entry(path).or_default().push(name);
                let goes_on = self.forged.borrow_mut().insert(field.clone(), 0).is_none();
                (field, goes_on)
            }
            Mistake::Unknown(name) => {
                // The place is the field itself, or what it stands in.
                let field = if path == name || path.ends_with(&format!(".{name}")) {
                    path
                } else {
                    join(&path, &name)
                };
                let goes_on = self.dropped.borrow_mut().insert(field.clone());
                (field, goes_on)
            }
            Mistake::Twice(name) => {
                let field = join(&path, &name);
                let goes_on = self.dropped.borrow_mut().insert(format!("{field} again"));
                (field, goes_on)
            }
            Mistake::Value => {
                let goes_on = !path.is_empty();
                self.forge(path.clone(), 0);
                (path, goes_on)
            }
        };
        if goes_on || errors.is_empty() {
            let field = if field.is_empty() { NON_FIELD_ERRORS.to_owned() } else { field };
            errors.add(field, sentence);
        }
        goes_on
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// Decodes until it has all mistakes. An input of `size` bytes is decoded by `decode`, which goes through
/// [`Mends::around`]; the rules say what is wrong with the values that could be read.
#[cold]
pub(crate) fn all_errors<T>(
    size: usize,
    rules: Rules<T>,
    decode: impl Fn(&Mends) -> Result<T, Failure>,
) -> ValidationErrors {
    let mends = Mends::default();
    mends.pristine.set(true);
    let mut errors = ValidationErrors::new();
    let mut budget = BUDGET;
    loop {
        match decode(&mends) {
            Ok(value) => {
                let mut broken = ValidationErrors::new();
                rules(&value, &mut broken);
                for (field, sentences) in broken.iter() {
                    // What was made up may well break the rules.
                    if mends.forged_around(field).is_none() && field != NON_FIELD_ERRORS {
                        sentences.iter().for_each(|sentence| errors.add(field.to_owned(), sentence.clone()));
                    }
                }
                return errors;
            }
            Err(failure) if failure.fatal && !errors.is_empty() => return errors,
            Err(failure) => {
                if !mends.mend(&failure, &mut errors) || errors.iter().count() >= MOST {
                    return errors;
                }
            }
        }
        budget = budget.saturating_sub(size);
        if budget == 0 {
            return errors;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::net::IpAddr;

    use serde::Deserialize;

    use super::*;
    use crate::http::fields::no_rules;

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Colour {
        Red,
        Green,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code)]
    struct Author {
        name: String,
        age: std::num::NonZeroU8,
        address: Option<IpAddr>,
        colour: Colour,
    }

    #[derive(Debug, Deserialize)]
    #[expect(dead_code)]
    struct Post {
        title: String,
        id: uuid::Uuid,
        tags: Vec<String>,
        author: Author,
        pair: (i32, bool),
        prices: HashMap<String, f64>,
    }

    fn errors(json: &str) -> String {
        all_errors(json.len(), no_rules::<Post>, |mends| {
            Post::deserialize(mends.around(&mut serde_json::Deserializer::from_str(json)))
                .map_err(|error| Failure { message: error.to_string(), fatal: !error.is_data() })
        })
        .iter()
        .map(|(field, sentences)| format!("{field}: {}\n", sentences.join(" ")))
        .collect()
    }

    #[test]
    fn all_mistakes_are_found() {
        assert_eq!(
            errors("{}"),
            "author: This field is required.\nid: This field is required.\npair: This field is required.\n\
             prices: This field is required.\ntags: This field is required.\ntitle: This field is required.\n"
        );
        let bad = r#"{
            "title": 5, "id": "x", "tags": ["a", 7, "b", null], "pair": [1, 2], "prices": {"eur": "x"},
            "title": "again", "title": 1,
            "author": {"name": "n", "name": "m", "age": 0, "address": "here", "colour": "blue", "nam": 1}
        }"#;
        let expected = [
            "author.address: Invalid IP address syntax.",
            "author.age: Invalid value: integer `0`, expected a nonzero u8.",
            "author.colour: Unknown variant `blue`, expected `red` or `green`.",
            "author.nam: There is no such field: expected one of `name`, `age`, `address`, `colour`.",
            "author.name: This field is there more than once.",
            "id: UUID parsing failed: invalid character: found `x` at 0.",
            "pair[1]: Invalid type: integer `2`, expected a boolean.",
            "prices.eur: Invalid type: string \"x\", expected f64.",
            "tags[1]: Invalid type: integer `7`, expected a string.",
            "tags[3]: Invalid type: null, expected a string.",
            "title: Invalid type: integer `5`, expected a string. This field is there more than once.",
        ];
        assert_eq!(errors(bad).lines().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn what_is_no_object_is_said_once() {
        assert_eq!(errors("5"), "__all__: Invalid type: integer `5`, expected struct Post.\n");
        assert_eq!(errors(r#"{"author": 5}"#).matches("author").count(), 1);
    }

    #[test]
    fn a_large_input_has_its_first_mistakes_named() {
        let json = format!(r#"{{"tags": [{}7]}}"#, "8,".repeat(3 << 20));
        assert_eq!(errors(&json).lines().count(), 1);
        let many = format!(r#"{{"tags": [{}7]}}"#, "8,".repeat(300));
        assert_eq!(errors(&many).lines().count(), MOST);
    }
}
