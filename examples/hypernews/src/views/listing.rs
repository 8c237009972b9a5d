//! The front page and the other listings.

use sailfish::TemplateSimple;

use super::{Chrome, PostRow, Tab};
use crate::{links, wording};

/// One page of posts in the order of a [`Tab`].
#[derive(Clone, Debug, TemplateSimple)]
#[template(path = "listing.stpl")]
pub struct ListingPage {
    /// What surrounds the page.
    pub chrome: Chrome,
    /// Which listing.
    pub tab: Tab,
    /// The posts, in order.
    pub posts: Vec<PostRow>,
    /// The link to the next page, if there is one.
    pub more: Option<String>,
}
