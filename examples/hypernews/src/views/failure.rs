//! What people see when a page cannot be shown.

use sailfish::TemplateSimple;

use super::{Chrome, Errors};
use crate::links;

/// Why there is no page.
#[derive(Clone, Debug, TemplateSimple)]
#[template(path = "failure.stpl")]
pub struct FailurePage {
    /// What surrounds the page.
    pub chrome: Chrome,
    /// The status, such as 404.
    pub status: u16,
    /// What happened, in a few words.
    pub heading: String,
    /// What it is about, in a sentence.
    pub detail: String,
    /// What is wrong by field, where it is about fields.
    pub errors: Errors,
}
