//! The form to submit a post.

use sailfish::TemplateSimple;
use serde::Deserialize;

use super::{Chrome, Errors};
use crate::links;

/// A post being written: a link, a text, or both.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct PostForm {
    /// What it is called.
    #[serde(default)]
    pub title: String,
    /// Where it leads; empty for a text post.
    #[serde(default)]
    pub url: String,
    /// The text; may be empty beside a link.
    #[serde(default)]
    pub body: String,
}

/// The form to submit a post.
#[derive(Clone, Debug, TemplateSimple)]
#[template(path = "submit.stpl")]
pub struct SubmitPage {
    /// What surrounds the page.
    pub chrome: Chrome,
    /// What was written so far.
    pub form: PostForm,
    /// What is wrong with it.
    pub errors: Errors,
}
