//! Structs of the user's own that rows are made and changed from: forms and JSON bodies, Django's ModelForm.
//!
//! [`Input`] is what `#[derive(Input)]` implements: its fields are columns of a model, held against the model's rules, and
//! `create` takes it. [`Patch`] is a value that may be missing, and `#[derive(Patch)]` makes a struct of them what
//! `patch` takes.

mod changes;
mod column;
mod foreign_key;
mod patch;

use hyper_core::ValidationErrors;

use crate::expr::Assignments;
use crate::model::Model;

pub use changes::Changes;
pub use column::{Filled, Fills, KeyFor, filled};
pub use patch::Patch;

/// A struct that a row of a model can be made from, by `#[derive(Input)]`.
///
/// ```
/// # hyperdjango::__blog!();
/// #[derive(Input, serde::Deserialize)]
/// #[input(Post)]
/// struct NewPost {
///     title: String,
///     url: Option<String>,
/// }
///
/// # async fn f(db: &Db, form: NewPost, author: &User) -> Result<()> {
/// // What the form does not say, the program does.
/// let post: Post = Post::objects().create(db, (form, Post.author.set(author))).await?;
/// # Ok(()) }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an input",
    label = "no model belongs to this type",
    note = "add `#[derive(Input)]` and `#[input(Post)]`, with the model's name, to `{Self}`"
)]
pub trait Input: Assignments<<Self as Input>::Model> {
    /// The model.
    type Model: Model;

    /// Holds all fields against the model's rules, and the struct against its own (`#[input(validate = path)]`). `create`
    /// and `update` do so by themselves; a form that is shown again wants to know before.
    ///
    /// # Errors
    /// All that is wrong, by field.
    fn validate(&self) -> Result<(), ValidationErrors> {
        let mut errors = ValidationErrors::new();
        Assignments::check(self, &mut errors);
        errors.into_result()
    }
}
