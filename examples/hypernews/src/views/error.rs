//! The page for a request that could not be answered.

use sailfish::TemplateSimple;

use super::Chrome;
use crate::links;

/// Says what went wrong and where to go from there.
#[derive(Clone, Debug, TemplateSimple)]
#[template(path = "error.stpl")]
pub struct ErrorPage {
    /// What surrounds the page.
    pub chrome: Chrome,
    /// The HTTP status.
    pub status: u16,
    /// What went wrong, as a heading.
    pub title: String,
    /// What the reader can do, as a sentence or two.
    pub detail: String,
}
