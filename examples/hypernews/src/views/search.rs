//! The search form and what was found.

use sailfish::TemplateSimple;

use super::{Chrome, PostRow};
use crate::{links, wording};

/// What a search found.
#[derive(Clone, Debug, TemplateSimple)]
#[template(path = "search.stpl")]
pub struct SearchPage {
    /// What surrounds the page.
    pub chrome: Chrome,
    /// What was asked for; empty before the first search.
    pub query: String,
    /// The posts found, best first.
    pub posts: Vec<PostRow>,
    /// How many there are in all, if that is known.
    pub total: Option<i64>,
    /// The link to the next page, if there is one.
    pub more: Option<String>,
}
