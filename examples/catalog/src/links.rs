//! Every path of the site, in one place: nothing else writes a path.

use hyperdjango::http::Url;

use crate::models::Kind;
use crate::pages::{listing as listings, package as packages, search as searches};

/// The stylesheet.
pub const STYLESHEET: &str = "/static/catalog.css";
/// The icon.
pub const ICON: &str = "/static/icon.svg";
/// The first page.
pub const HOME: &str = "/";
/// The search form and its results.
pub const SEARCH: &str = "/search";
/// Numbers about all packages.
pub const STATISTICS: &str = "/statistics";

fn on(url: Url, page: u64) -> String {
    if page > 1 { url.query("page", page.to_string()).into() } else { url.into() }
}

/// A package.
#[must_use]
pub fn package(label: &str) -> String {
    packages::show::url(label).into()
}

/// What a package needs.
#[must_use]
pub fn tree(label: &str) -> String {
    packages::tree::url(label).into()
}

/// What wants a package so.
#[must_use]
pub fn dependents(label: &str, kind: Kind, page: u64) -> String {
    on(packages::dependents::url(label).query("kind", kind.to_string()), page)
}

/// A page of a section.
#[must_use]
pub fn section(name: &str, page: u64) -> String {
    on(listings::section::url(name), page)
}

/// A page of the packages with a tag.
#[must_use]
pub fn tag(name: &str, page: u64) -> String {
    on(listings::tag::url(name), page)
}

/// A page of what provides a name.
#[must_use]
pub fn provided(name: &str, page: u64) -> String {
    on(listings::provided::url(name), page)
}

/// A page of what somebody looks after.
#[must_use]
pub fn maintainer(id: i64, page: u64) -> String {
    on(listings::maintainer::url(id), page)
}

/// A page of what a search found, in all sections or in one.
#[must_use]
pub fn search(words: &str, section: Option<&str>, tag: Option<&str>, page: u64) -> String {
    let mut url = searches::search::url().query("q", words);
    if let Some(section) = section {
        url = url.query("section", section);
    }
    if let Some(tag) = tag {
        url = url.query("tag", tag);
    }
    on(url, page)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::{asset, home, statistics};

    #[test]
    fn paths_are_encoded() {
        assert_eq!(package("libc6:i386"), "/packages/libc6%3Ai386");
        assert_eq!(section("contrib/net", 2), "/sections/contrib%2Fnet?page=2");
        assert_eq!(search("a&b", Some("libs"), None, 3), "/search?q=a%26b&section=libs&page=3");
        assert_eq!(dependents("sed", Kind::PreDepends, 1), "/packages/sed/dependents?kind=pre_depends");
    }

    #[test]
    fn the_constants_are_the_routes() {
        assert_eq!(asset::stylesheet::url(), STYLESHEET);
        assert_eq!(asset::icon::url(), ICON);
        assert_eq!(home::home::url(), HOME);
        assert_eq!(searches::search::url(), SEARCH);
        assert_eq!(statistics::statistics::url(), STATISTICS);
    }
}
