//! What each page shows: one struct and one template (`templates/`) a page, and how sizes and descriptions are put on it.
//!
//! Whatever a file says is escaped by the templates; none of them writes raw HTML.

mod pages;
mod row;
mod text;
mod tree;

pub use pages::{DependentsPage, HomePage, ListingPage, PackagePage, SearchPage, StatisticsPage, TreePage};
pub use row::PackageRow;
pub use text::{Block, blocks, marked, number, percent, plural, size, web_url};
pub use tree::{Line, lines};
