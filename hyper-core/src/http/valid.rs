//! What is held against its rules before the handler runs.

use std::future::Future;
use std::ops::{Deref, DerefMut};

use super::fields::Rules;
use super::{FromRequest, Request};
use crate::{Result, ValidationErrors};

/// What has rules beyond the types of its fields.
///
/// `#[derive(Input)]` and `#[derive(Patch)]` implement it with the rules of the model. By hand it is:
///
/// ```
/// use hyper_core::{ValidationErrors, http::Validate};
///
/// struct Page { number: u32, size: u32 }
///
/// impl Validate for Page {
///     fn clean(&self, errors: &mut ValidationErrors) {
///         if !(1..=100).contains(&self.size) {
///             errors.add("size", "Take 1 to 100 a page.");
///         }
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no rules to be held against",
    label = "says nothing of what is valid",
    note = "put `#[derive(Input)]` and `#[input(Post)]`, with the model's name, on `{Self}`, or implement `Validate` for it",
    note = "without rules take it as it is: `Json<{Self}>`, `Form<{Self}>`, `Query<{Self}>`"
)]
pub trait Validate {
    /// Adds what is wrong with it to `errors`.
    fn clean(&self, errors: &mut ValidationErrors);
}

/// `Valid<Json<T>>`: what `Json<T>`, `Form<T>`, `Query<T>` or `Multipart<T>` decode, held against its rules too.
///
/// Answers 422 with everything that is wrong: missing fields and wrong types beside broken rules. `create` and `patch`
/// hold their input against the rules as well; this is for what does something else first, and tells the client more at
/// once.
///
/// ```
/// # use hyper_core::{ValidationErrors, http::{Query, Valid, Validate}};
/// # #[derive(serde::Deserialize)]
/// # struct Page { number: u32, size: u32 }
/// # impl Validate for Page { fn clean(&self, errors: &mut ValidationErrors) {} }
/// async fn list(page: Valid<Query<Page>>) -> String {
///     format!("{} of page {}", page.size, page.number)
/// }
/// # drop(list);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Valid<E>(pub E);

impl<E: Deref> Deref for Valid<E> {
    type Target = E::Target;

    fn deref(&self) -> &E::Target {
        &self.0
    }
}

impl<E: DerefMut> DerefMut for Valid<E> {
    fn deref_mut(&mut self) -> &mut E::Target {
        &mut self.0
    }
}

/// What decodes a value and can hold it against rules: [`Json`](super::Json), [`Form`](super::Form),
/// [`Query`](super::Query) and [`Multipart`](super::Multipart).
#[diagnostic::on_unimplemented(
    message = "`Valid` does not know how to read `{Self}`",
    label = "not one of `Json<T>`, `Form<T>`, `Query<T>`, `Multipart<T>`",
    note = "write `Valid<Json<{Self}>>` for a JSON body, `Valid<Form<{Self}>>` for a form"
)]
pub trait Extract: FromRequest {
    /// What is decoded.
    type Value;

    /// Decodes it, and adds what the rules say of it to the errors.
    #[doc(hidden)]
    fn extract(request: &mut Request, rules: Rules<Self::Value>)
    -> impl Future<Output = Result<Self>> + Send;
}

impl<E: Extract> FromRequest for Valid<E>
where
    E::Value: Validate,
{
    const READS_BODY: bool = E::READS_BODY;

    async fn from_request(request: &mut Request) -> Result<Self> {
        E::extract(request, <E::Value as Validate>::clean).await.map(Self)
    }
}
