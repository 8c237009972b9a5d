//! The pages. Each has `query`, what stands in the search form at its top.

use sailfish::TemplateSimple;

use super::{Block, Line, blocks, lines, marked, number, percent, plural, size, web_url};
use crate::data::{Dependents, Detail, Found, Listing, PAGE, Statistics};
use crate::links;
use crate::models::{Fault, Kind, Source};

/// The first page.
#[derive(Debug, TemplateSimple)]
#[template(path = "home.stpl")]
pub struct HomePage {
    /// What stands in the search form.
    pub query: String,
    /// All sections: name, packages, size.
    pub sections: Vec<(String, i64, i64)>,
    /// Where everything was read from.
    pub source: Source,
}

/// What a search found.
#[derive(Debug, TemplateSimple)]
#[template(path = "search.stpl")]
pub struct SearchPage {
    /// What stands in the search form.
    pub query: String,
    /// Only in this section.
    pub section: Option<String>,
    /// Only with this tag.
    pub tag: Option<String>,
    /// Which page, from 1.
    pub page: u64,
    /// What was found.
    pub found: Found,
}

/// A package.
#[derive(Debug, TemplateSimple)]
#[template(path = "package.stpl")]
pub struct PackagePage {
    /// What stands in the search form.
    pub query: String,
    /// The package with all around it.
    pub detail: Detail,
}

/// What a package needs.
#[derive(Debug, TemplateSimple)]
#[template(path = "tree.stpl")]
pub struct TreePage {
    /// What stands in the search form.
    pub query: String,
    /// The package, with what it needs below.
    pub tree: crate::data::Branch,
}

/// What wants a package.
#[derive(Debug, TemplateSimple)]
#[template(path = "dependents.stpl")]
pub struct DependentsPage {
    /// What stands in the search form.
    pub query: String,
    /// A page of them.
    pub found: Dependents,
    /// How they want it.
    pub kind: Kind,
    /// Which page, from 1.
    pub page: u64,
}

/// A list of packages.
#[derive(Debug, TemplateSimple)]
#[template(path = "listing.stpl")]
pub struct ListingPage {
    /// What stands in the search form.
    pub query: String,
    /// What they have in common.
    pub heading: String,
    /// A line below; may be empty.
    pub note: String,
    /// A page of them.
    pub listing: Listing,
    /// The link to the page before, if there is one.
    pub before: Option<String>,
    /// The link to the next page, if there is one.
    pub next: Option<String>,
}

/// Numbers about all packages.
#[derive(Debug, TemplateSimple)]
#[template(path = "statistics.stpl")]
pub struct StatisticsPage {
    /// What stands in the search form.
    pub query: String,
    /// The numbers.
    pub numbers: Statistics,
    /// Where everything was read from.
    pub source: Source,
    /// How many problems that had.
    pub problems: u64,
    /// The first of them.
    pub faults: Vec<Fault>,
}
