//! Lists of packages: of a section, of a tag, of a virtual package.

use hyperdjango::orm::expr::Condition;
use hyperdjango::orm::functions::window::{rank, sum, window};
use hyperdjango::prelude::*;

use crate::models::{Alternative, Package, Provision, Section, Tag};
use crate::views::PackageRow;

/// How many packages a page has.
pub const PAGE: u64 = 30;

/// A page of packages, and how many there are in all.
#[derive(Debug, Clone)]
pub struct Listing {
    /// The packages of the page.
    pub packages: Vec<PackageRow>,
    /// How many there are on all pages.
    pub total: u64,
}

/// Packages for which a condition holds, the largest first, with the place of each among them and what those up to it take
/// together.
pub(super) async fn packages<C: Condition<Package> + Clone>(
    db: &Db,
    condition: C,
    page: u64,
) -> Result<Listing> {
    let order = (Package.installed_size.desc().nulls_last(), Package.id);
    let rows = Package::objects()
        .filter(condition.clone())
        .order_by(order)
        .offset((page - 1) * PAGE)
        .limit(PAGE)
        .values((
            Package.label,
            Package.version,
            Package.summary,
            Package.installed_size,
            window(rank()).order_by(Package.installed_size.desc().nulls_last()),
            window(sum(Package.installed_size)).order_by(order),
        ))
        .all(db)
        .await?;
    let row = |(label, version, summary, size, place, together)| PackageRow {
        label,
        version,
        summary,
        size,
        place: Some((place, together)),
    };
    let total = Package::objects().filter(condition).count(db).await?;
    Ok(Listing { packages: rows.into_iter().map(row).collect(), total })
}

/// A page of a section's packages.
///
/// # Errors
/// There is no such section, or the database cannot be reached.
pub async fn in_section(db: &Db, name: &str, page: u64) -> Result<Listing> {
    packages(db, Package.section.eq(Section::objects().get(db, name).await?.name), page).await
}

/// A page of the packages with a tag.
///
/// # Errors
/// There is no such tag, or the database cannot be reached.
pub async fn tagged(db: &Db, name: &str, page: u64) -> Result<Listing> {
    packages(db, Package.tags.any(Tag.name.eq(Tag::objects().get(db, name).await?.name)), page).await
}

/// A page of the packages that are one of a virtual package.
///
/// # Errors
/// There is nothing of that name, or the database cannot be reached.
pub async fn providers(db: &Db, name: &str, page: u64) -> Result<Listing> {
    let found = packages(db, Package.provisions.any(Provision.name.eq(name)), page).await?;
    if found.total == 0 && !Alternative::objects().filter(Alternative.name.eq(name)).exists(db).await? {
        return Err(Error::not_found("No package provides or wants anything of that name."));
    }
    Ok(found)
}

/// How many packages want something by this name.
///
/// # Errors
/// The database cannot be reached.
pub async fn wanted_by_name(db: &Db, name: &str) -> Result<i64> {
    let wanted = Alternative::objects().filter(Alternative.name.eq(name));
    Ok(wanted.aggregate(db, Alternative.dependency.package.key().count().distinct()).await?)
}

/// All sections by name, with how many packages are in each and what they take, in KiB.
///
/// # Errors
/// The database cannot be reached.
pub async fn sections(db: &Db) -> Result<Vec<(String, i64, i64)>> {
    Ok(Section::objects()
        .order_by(Section.name)
        .values((
            Section.name,
            Section.packages.count(),
            coalesce((Section.packages.aggregate(Package.installed_size.sum()), value(0_i64))),
        ))
        .all(db)
        .await?)
}
